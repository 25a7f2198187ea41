package drift

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/pattern"
	"github.com/go-json-experiment/json/jsontext"
)

// places finds the places of findings in a contract.
type places struct {
	contract *schema.Contract
	first    map[schema.Part]map[string]string // the first place of each structure
}

// observed is what a finding comes to.
type observed struct {
	place  string
	detail string
	kind   string      // the JSON type of the value
	number json.Number // a length, or a number out of range
}

// of folds a finding's pointer to a place of the contract: indexes and keys, and
// recursion to where the structure stands first.
func (p *places) of(part schema.Part, f finding.Finding, body []byte) observed {
	root, _ := p.contract.Root(part)
	if root.Name == "" {
		return observed{detail: detailText(f.Got)}
	}
	w := newWalk(p.contract, p.contract, part)
	tokens := tokensOf(f.Pointer)
	unknown := f.Rule == finding.MemberUnknown && len(tokens) > 0
	name := ""
	if unknown {
		name, tokens = tokens[len(tokens)-1], tokens[:len(tokens)-1]
	}
	if m, ok := payloadOf(p.contract, root); ok && !(len(tokens) > 0 && tokens[0] == m) {
		w.down(m, memberName)
	}
	key := false
	for _, token := range tokens {
		key = w.shape(0).Type == schema.Map
		w.down(token, func(m *schema.Member) string {
			if m.Wire() == token {
				return token
			}
			return m.Name
		})
	}
	value := valueAt(body, f.Pointer)
	text, isText := unquote(string(value))
	if key && aboutKey(f, keyShape(p.contract, w), tokens[len(tokens)-1], w.shape(0), value) {
		above := w.above()
		above.down("*key", memberName)
		w, text, isText = above, tokens[len(tokens)-1], true
	}
	o := observed{place: p.folded(part, w)}
	switch f.Rule {
	case finding.MemberUnknown:
		o.detail, o.kind = detailText(name), typeOf(value)
	case finding.UnionUnknownMember:
		o.detail, o.kind = detailText(f.Got), typeOf(below(value, f.Got))
	case finding.EnumUnknownValue:
		o.detail = withheldOr(f, detailText(text))
	case finding.TypeMismatch:
		o.detail = typeOf(value)
	case finding.UnionMultipleMembers, finding.ErrorUnmodeled, finding.ErrorStatusMismatch, finding.HTTPStatus, finding.HTTPContentType:
		o.detail = detailText(f.Got)
	case finding.ConstraintLength:
		if f.Sensitive {
			break
		}
		if isText && w.shape(0).Type == schema.String {
			o.number = number(utf8.RuneCountInString(text))
		} else if size, _, ok := strings.Cut(f.Got, " "); ok {
			o.number = json.Number(size)
		}
	case finding.ConstraintRange:
		if !f.Sensitive {
			o.number = json.Number(value)
		}
	}
	return o
}

// aboutKey tells findings about a key from those about the value beside it, which
// stand at the same pointer: by the text that breaks the rule or, where that is
// withheld, by what the rule asks for.
func aboutKey(f finding.Finding, ofKeys *schema.Shape, key string, ofValues *schema.Shape, value jsontext.Value) bool {
	if text, ok := unquote(string(value)); ok || value != nil {
		return !(ok && breaks(ofValues, f.Rule, text)) && breaks(ofKeys, f.Rule, key)
	}
	wants := func(s *schema.Shape) bool {
		switch f.Rule {
		case finding.ConstraintLength:
			return s.Length.Or(schema.Bounds{}).String() == f.Want
		case finding.ConstraintPattern:
			return s.Pattern.Or("") == f.Want
		}
		return false
	}
	return wants(ofKeys) && !wants(ofValues)
}

// withheldOr is what may be shown of a value.
func withheldOr(f finding.Finding, text string) string {
	if f.Sensitive {
		return f.Got
	}
	return text
}

// payloadOf is the member that is the whole body.
func payloadOf(c *schema.Contract, root schema.Ref) (string, bool) {
	for _, m := range c.Resolve(root).Members {
		if c.Location(&m) == "payload" {
			return m.Name, true
		}
	}
	return "", false
}

// keyShape is the shape of the keys around an entry.
func keyShape(c *schema.Contract, entry *walk) *schema.Shape {
	m := entry.above().shape(0)
	if m.Key == nil {
		return &schema.Shape{}
	}
	return c.Resolve(*m.Key)
}

// breaks reports whether it is this text that breaks a rule.
func breaks(s *schema.Shape, rule finding.RuleID, text string) bool {
	switch rule {
	case finding.EnumUnknownValue:
		return len(s.Enum.Or(nil)) > 0 && !slices.Contains(s.Enum.Or(nil), text)
	case finding.ConstraintLength:
		b, n := s.Length.Or(schema.Bounds{}), number(utf8.RuneCountInString(text))
		return s.Type == schema.String && (b.Min != "" && less(n, b.Min) || b.Max != "" && less(b.Max, n))
	case finding.ConstraintPattern:
		p, err := pattern.Compile(s.Pattern.Or(""))
		if err != nil {
			return false
		}
		matched, err := p.Match([]byte(text))
		return err == nil && !matched
	}
	return false
}

// folded is the place of a walk; below a structure that stands at several places,
// the first of them.
func (p *places) folded(part schema.Part, w *walk) string {
	at := w.last().shape
	if at.old == "" {
		return pointerOf(w.tokens)
	}
	if p.first == nil {
		p.first = map[schema.Part]map[string]string{}
	}
	if p.first[part] == nil {
		p.first[part] = firstPlaces(p.contract, part)
	}
	return p.first[part][at.old] + at.below
}

func pointerOf(tokens []string) string {
	var b bytes.Buffer
	for _, token := range tokens {
		b.WriteString("/" + schema.Escape(token))
	}
	return b.String()
}

// firstPlaces are the places at which structures stand first.
func firstPlaces(c *schema.Contract, part schema.Part) map[string]string {
	names := map[*schema.Shape]string{}
	for name, s := range c.Shapes {
		names[s] = name
	}
	first := map[string]string{}
	only(c, part).Walk(func(place schema.Place, s *schema.Shape, _ *schema.Member) {
		name, ok := names[s]
		if _, known := first[name]; ok && !known && place.Part == part {
			first[name] = place.Pointer
		}
	})
	return first
}

// detailText is what is kept of a text.
func detailText(text string) string {
	if len(text) <= mostText {
		return text
	}
	return strings.ToValidUTF8(text[:mostText], "") + "…"
}

func number(n int) json.Number { return json.Number(jsontext.Int(int64(n)).String()) }

// What is told of strings besides that they are some.
const (
	dateTime = "date-time string"
	httpDate = "http-date string"
)

// typeOf is the JSON type of a value, of numbers and texts a little more.
func typeOf(value jsontext.Value) string {
	if len(value) == 0 {
		return ""
	}
	switch value.Kind() {
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	case '0':
		if !bytes.ContainsAny(value, ".eE") {
			return "integer"
		}
		return "number"
	}
	text, _ := unquote(string(value))
	if _, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return dateTime
	}
	if _, err := time.Parse(http.TimeFormat, text); err == nil {
		return httpDate
	}
	return "string"
}
