package conformance

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/internal/decimal"
	"github.com/crcheck/crcheck/schema"
)

// oddTexts are strings that clients change when they decode, normalise or print them.
var oddTexts = []struct{ how, text string }{
	{"html-entities", `&lt;b&gt; &amp; &#39;x&#39; <b>`},
	{"percent-and-plus", `100%25+1 a%20b %zz`},
	{"cr-lf", "a\r\nb\rc\nd"},
	{"decomposed", "e\u0301 \u00e9"},
	{"zero-width", "a\u200bb\u200dc\ufeff"},
	{"template", `{{x}} ${x} <%= x %>`},
	{"outer-blanks", "  a  "},
	{"json", `{"message":"inner"}`},
}

// oddKeys are keys of maps that clients take for names of their own.
var oddKeys = []string{"ResponseMetadata", "SDK_UNKNOWN_MEMBER", "$unknown", " a key ", "a.b", "KEY", "key", "10", "9"}

// wire adds the smallest output with what clients change on its way from the connection to the
// caller: whitespace, depth, size, odd strings, lists and maps.
func (g *generator) wire() error {
	if _, raw := g.operation.RawBody(schema.OutputPart); raw {
		return nil
	}
	body, err := g.synth.Minimal(schema.OutputPart)
	if err != nil {
		return err
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return nil // no body
	}
	with := func(name string, value any) []byte {
		changed := map[string]any{name: value}
		for other, text := range members {
			if other != name {
				changed[other] = text
			}
		}
		return marshalled(changed)
	}
	const unknown, white, text = "Smithy: aws-restjson1-protocol; clients ignore unknown members", "RFC 8259 section 2: insignificant whitespace", "RFC 8259 section 7; Smithy: simple-types, string"
	add := func(how, about, ref string, body []byte) error {
		response, err := g.synth.Response(schema.OutputPart, body, g.smallest)
		if err != nil {
			return err
		}
		c := scenario{Level: levelMust, Layer: layerBytes, Ref: ref, Expect: []expectSpec{{Output: canonicalValue}}, About: "The response: " + about + "."}
		return g.add("wire", schema.Place{}, how, rankWire, c, g.smallest, response)
	}
	deep := strings.Repeat(`{"a":[`, 60) + strings.Repeat(`]}`, 60)
	for _, v := range []struct {
		how, about, ref string
		body            []byte
	}{
		{"white-space", "whitespace surrounds the document", white, slices.Concat([]byte(" \r\n\t"), body, []byte("\r\n "))},
		{"nested-120", "an unknown member nests 120 deep", unknown, with("crcheckUnknown", json.RawMessage(deep))},
		{"200-kib", "an unknown member has 200 KiB", unknown, with("crcheckUnknown", strings.Repeat("0123456789abcdef", 200<<10/16))},
	} {
		if err := add(v.how, v.about, v.ref, v.body); err != nil {
			return err
		}
	}
	root, ok := g.operation.Root(schema.OutputPart)
	if !ok {
		return nil
	}
	shown := map[schema.Type]bool{} // the first member of each type
	for _, m := range g.operation.Resolve(root).Members {
		shape := g.operation.Resolve(m.Shape)
		if !m.InBody() || shown[shape.Type] || g.echoed(m.Name) {
			continue
		}
		switch {
		case g.free(shape):
			for _, odd := range oddTexts {
				if err := add("text/"+odd.how, m.Name+" is an odd string", text, with(m.Wire(), odd.text)); err != nil {
					return err
				}
			}
		case shape.Type == schema.List && shape.Element != nil && g.free(g.operation.Resolve(*shape.Element)) && allows(shape, 3, 1000):
			many := make([]string, 1000)
			for i := range many {
				many[i] = []string{"a", "b", "a"}[i%3]
			}
			if err := add("list/repeated", m.Name+" has equal elements", "Smithy: aggregate-types, list", with(m.Wire(), []string{"a", "b", "a"})); err != nil {
				return err
			}
			if err := add("list/thousand", m.Name+" has 1,000 elements", "Smithy: aggregate-types, list", with(m.Wire(), many)); err != nil {
				return err
			}
		default:
			continue
		}
		shown[shape.Type] = true
	}
	return nil
}

// free reports whether a shape is a string that may be any short text.
func (g *generator) free(s *schema.Shape) bool {
	return s.Type == schema.String && len(s.Enum.Or(nil)) == 0 && s.Pattern.Or("") == "" && allows(s, 1, maxOddText)
}

// maxOddText is the length of the longest odd string or key, in characters.
const maxOddText = 40

// allows reports whether a shape allows all lengths of an interval.
func allows(s *schema.Shape, low, high int) bool {
	bounds := s.Length.Or(schema.Bounds{})
	inside := decimal.Between(bounds.Min, bounds.Max)
	return inside.Holds(decimal.Parse(nil, []byte(strconv.Itoa(low)))) && inside.Holds(decimal.Parse(nil, []byte(strconv.Itoa(high))))
}

// echoed reports whether a member of the output repeats one of the input.
func (g *generator) echoed(name string) bool {
	return slices.ContainsFunc(g.operation.Echoes, func(e schema.Echo) bool {
		return e.Output == "/"+name || strings.HasPrefix(e.Output, "/"+name+"/")
	})
}
