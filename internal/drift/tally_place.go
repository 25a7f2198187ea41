package drift

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
	"github.com/go-json-experiment/json/jsontext"
)

// places finds the places of findings in a contract.
type places struct {
	contract   *schema.Contract
	first      map[schema.Part]map[string]string // the first place of each structure
	timestamps *timestamps
}

func newPlaces(c *schema.Contract) *places {
	return &places{contract: c, timestamps: newTimestamps(c)}
}

// observed is what a finding comes to.
type observed struct {
	place  string
	detail string
	told   bool        // there is a detail; it may be empty
	kind   string      // the JSON type of the value
	number json.Number // a length, or a number out of range
}

// of folds a finding's pointer to the place of the contract that it is about:
// indexes and keys, and recursion to where the structure stands first. Where the
// key and the value of an entry break a rule in the same words, there are two.
func (p *places) of(part schema.Part, f finding.Finding, body []byte) []observed {
	root, _ := p.contract.Root(part)
	if root.Name == "" {
		return []observed{{detail: detailText(f.Got), told: f.Got != ""}}
	}
	w := newWalk(p.contract, p.contract, part)
	tokens, value := jsontree.Tokens(f.Pointer), valueAt(body, f.Pointer)
	payload, _ := payloadOf(p.contract, root)
	rule, _ := f.Rule.Lookup()
	switch {
	case p.beside(root, payload, f.Rule, tokens, value):
		value = literal(f)
	case payload == nil, len(tokens) > 0 && tokens[0] == payload.Name:
	case len(tokens) > 0 || rule.Layer != finding.LayerHTTP: // else it is about the answer, not its body
		w.down(payload.Name, memberName)
	}
	if f.Rule == finding.MemberUnknown && len(tokens) > 0 {
		tokens = tokens[:len(tokens)-1]
	}
	inMap := false
	for _, token := range tokens {
		if inMap = w.shape(0).Type == schema.Map; inMap {
			token = "*" // also for the key "*key"
		}
		w.down(token, func(m *schema.Member) string {
			if m.Wire() == token {
				return token
			}
			return m.Name
		})
	}
	if !inMap {
		return []observed{p.told(part, f, w, value)}
	}
	above := w.above()
	above.down("*key", memberName)
	key := jsontext.Value(quote(tokens[len(tokens)-1]))
	ofKey, ofValue := breaks(above.shape(0), f, key), breaks(w.shape(0), f, value)
	switch {
	case ofKey && ofValue:
		return []observed{p.told(part, f, above, key), p.told(part, f, w, value)}
	case ofKey:
		return []observed{p.told(part, f, above, key)}
	}
	return []observed{p.told(part, f, w, value)}
}

// beside reports whether a finding is about a member that travels beside the
// body. Such findings and those about the body have pointers of one form.
func (p *places) beside(root schema.Ref, payload *schema.Member, rule finding.RuleID, tokens []string, value jsontext.Value) bool {
	if len(tokens) == 0 || len(tokens) == 1 && rule == finding.MemberUnknown {
		return false
	}
	m, ok := p.contract.Resolve(root).Member(tokens[0])
	if !ok || p.contract.Location(m) == "body" || p.contract.Location(m) == "payload" {
		return false
	}
	if payload == nil {
		return true
	}
	return value == nil || !slices.ContainsFunc(p.contract.Resolve(payload.Shape).Members, func(m schema.Member) bool { return m.Wire() == tokens[0] })
}

// literal is what a finding quotes of a value that stands in no document, as far
// as its type goes.
func literal(f finding.Finding) jsontext.Value {
	switch {
	case f.Sensitive:
		return nil
	case f.Got == "an object":
		return jsontext.Value("{}")
	case f.Got == "an array":
		return jsontext.Value("[]")
	}
	return jsontext.Value(f.Got)
}

// told is what a finding tells of the place at which a walk has ended.
func (p *places) told(part schema.Part, f finding.Finding, w *walk, value jsontext.Value) observed {
	at := w.last().shape
	if f.General() == finding.MemberMissing || f.Rule == finding.TypeNull {
		at = w.last().member // its structure says so, or the list or map around it
	}
	o := observed{place: p.folded(part, w, at)}
	detail := func(text string) { o.detail, o.told = text, true }
	switch f.General() {
	case finding.MemberUnknown:
		tokens := jsontree.Tokens(f.Pointer)
		detail(detailText(tokens[len(tokens)-1]))
		o.kind = cmp.Or(typeOf(value), unknownType)
	case finding.UnionUnknownMember:
		detail(detailText(f.Got))
		o.kind = typeOf(below(value, f.Got))
		if o.kind == "" && below(value, "SDK_UNKNOWN_MEMBER") != nil {
			o.kind = nameAlone
		}
		o.kind = cmp.Or(o.kind, unknownType)
	case finding.EnumUnknownValue:
		detail(quotedText(f, value))
	case finding.TypeMismatch:
		if kind := typeOf(value); kind != "" {
			detail(kind)
		}
		if o.detail == httpDate && strings.Contains(f.Want, "ISO 8601") {
			detail("string") // in the sdk projection, where no format makes a difference
		}
	case finding.UnionMultipleMembers, finding.ErrorUnmodeled, finding.ErrorStatusMismatch, finding.HTTPStatus, finding.HTTPContentType:
		detail(detailText(f.Got))
	case finding.ConstraintLength, finding.ConstraintRange:
		if number, _, _ := strings.Cut(f.Got, " "); isBound(number) {
			o.number = json.Number(number)
		} else {
			detail(detailText(f.Got))
		}
	}
	return o
}

// mostQuoted is how many bytes of a text findings quote.
const mostQuoted = 80

// quotedText is the text that a finding is about, unless it is withheld; the rest
// of a clipped one is that of the value.
func quotedText(f finding.Finding, value jsontext.Value) string {
	text, err := strconv.Unquote(f.Got)
	if err != nil {
		return f.Got
	}
	clipped := strings.LastIndex(text, "…")
	if len(text) <= mostQuoted || clipped < 0 {
		return detailText(text)
	}
	begin := text[:clipped]
	if whole, _ := unquote(string(value)); whole != text && strings.HasPrefix(whole, begin) {
		return detailText(whole)
	}
	return begin + "…"
}

// isBound reports a number that may be the end of an interval in a contract.
func isBound(number string) bool {
	_, exponent, _ := strings.Cut(strings.ToLower(number), "e")
	return len(number) <= 40 && len(strings.TrimLeft(exponent, "+-")) <= 3 && jsontext.Value(number).Kind() == '0' && jsontext.Value(number).IsValid()
}

// payloadOf is the member that is the whole body.
func payloadOf(c *schema.Contract, root schema.Ref) (*schema.Member, bool) {
	members := c.Resolve(root).Members
	for i := range members {
		if c.Location(&members[i]) == "payload" {
			return &members[i], true
		}
	}
	return nil, false
}

// breaks reports whether a finding may be about a key or a value of this shape.
// Both stand at the same pointer; what they break, and what of them is quoted,
// tells them apart, unless it is withheld.
func breaks(s *schema.Shape, f finding.Finding, value jsontext.Value) bool {
	text, isText := unquote(string(value))
	if isText && !f.Sensitive && f.General() != finding.ConstraintLength && quotedText(f, value) != detailText(text) {
		return false
	}
	switch f.General() {
	case finding.EnumUnknownValue:
		values := s.Enum.Or(nil)
		return len(values) > 0 && (f.Sensitive || !slices.Contains(values, text))
	case finding.ConstraintLength:
		if s.Length.Or(schema.Bounds{}).String() != f.Want {
			return false
		}
		size, unit, _ := strings.Cut(f.Got, " ")
		return f.Sensitive || s.Type != schema.String || strings.HasPrefix(unit, "code point") && size == strconv.Itoa(utf8.RuneCountInString(text))
	case finding.ConstraintPattern:
		return s.Pattern.Or("") == f.Want
	}
	return false
}

// folded is the place of a walk that ended at a site; below a structure that stands
// at several places, the first of them.
func (p *places) folded(part schema.Part, w *walk, at site) string {
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
		b.WriteString("/" + jsontree.Escape(token))
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
