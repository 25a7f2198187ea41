package conformance

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/internal/decimal"
	"github.com/crcheck/crcheck/internal/synth"
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
		case shape.Type == schema.Map && shape.Value != nil && shape.Key != nil && g.free(g.operation.Resolve(*shape.Value)) && g.free(g.operation.Resolve(*shape.Key)) && allows(shape, 1, len(oddKeys)):
			entries := map[string]string{}
			for _, key := range oddKeys {
				entries[key] = "x"
			}
			if err := add("map/keys", m.Name+" has odd keys", "Smithy: aggregate-types, map", with(m.Wire(), entries)); err != nil {
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

// gateways adds the first error of the operation as gateways and older services write it.
func (g *generator) gateways() error {
	i := slices.IndexFunc(g.operation.Errors, func(e schema.Error) bool {
		code, renamed := e.Code.Get()
		return !renamed || code == e.Name
	})
	if i < 0 || g.operation.QueryCompatible.Or(false) {
		return nil
	}
	e := &g.operation.Errors[i]
	if _, raw := g.operation.RawBody(schema.ErrorPart(e.Name)); raw {
		return nil
	}
	body, err := g.synth.Minimal(schema.ErrorPart(e.Name))
	if err != nil {
		return nil // it has no other cases either
	}
	response, err := g.synth.Response(schema.ErrorPart(e.Name), body, g.smallest)
	if err != nil {
		return err
	}
	var members map[string]any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if d.Decode(&members) != nil {
		return nil
	}
	full := "com.amazonaws.test#" + e.Name + ":http://internal.amazon.com/coral/com.amazon.coral.service/"
	rest := !strings.HasPrefix(g.operation.Protocol.Or(""), "awsJson")
	for _, v := range []struct {
		how, about string
		restOnly   bool
		header     string         // X-Amzn-Errortype; empty: none
		more       map[string]any // members of the body
	}{
		{"header", "the header has a namespace and a URI", true, full, nil},
		{"code", "code in the body has a namespace and a URI", true, "", map[string]any{"code": full}},
		{"type", "__type in the body has a namespace and a URI", false, "", map[string]any{"__type": full}},
		{"unknown-members", "it has members of every type that are unknown to the client", false, e.Name, map[string]any{
			"__type": e.Name, "crcheckText": "x", "crcheckFlag": true, "crcheckNumber": 3, "crcheckDetails": map[string]any{"a": []any{1, nil}}, "crcheckNull": nil}},
	} {
		if v.restOnly && !rest {
			continue
		}
		changed := map[string]any{}
		for name, value := range members {
			if name != "__type" {
				changed[name] = value
			}
		}
		for name, value := range v.more {
			if _, own := changed[name]; !own {
				changed[name] = value
			}
		}
		odd := synth.Response{Status: response.Status, Header: response.Header.Clone(), Body: marshalled(changed)}
		odd.Header.Del("X-Amzn-Errortype")
		if v.header != "" && rest {
			odd.Header[http.CanonicalHeaderKey("X-Amzn-Errortype")] = []string{v.header}
		}
		c := scenario{Level: levelMust, Layer: layerError, Ref: g.errors(), About: "The response is " + e.Name + ": " + v.about + "."}
		if err := g.add("wire", schema.Place{}, "error/"+v.how, rankWire, c, g.smallest, odd); err != nil {
			return err
		}
	}
	return nil
}
