package drift

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/finding"
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
	place   string
	detail  string
	told    bool        // there is a detail; it may be empty
	partial bool        // the detail is only the beginning, or withheld
	names   []string    // that the detail joins
	kind    string      // of the value
	number  json.Number // a length, or a number out of range
}

// of folds a finding's pointer to the place of the contract that it is about: indexes and keys, and
// recursion to the first place of the structure.
func (p *places) of(part schema.Part, f finding.Finding) observed {
	root, _ := p.contract.Root(part)
	if root.Name == "" {
		return about(f)
	}
	w := newWalk(p.contract, p.contract, part)
	tokens := tokensOf(f.Pointer)
	payload, _ := payloadOf(p.contract, root)
	rule, _ := f.Rule.Lookup()
	switch {
	case payload == nil, f.Beside != finding.Carrier{}, len(tokens) > 0 && tokens[0] == payload.Name:
	case f.Rule == finding.EchoMismatch && p.beside(root, tokens):
	case len(tokens) > 0 || rule.Layer != finding.LayerHTTP: // else it is about the response, not its body
		w.down(payload.Name, memberName)
	}
	if f.Rule == finding.MemberUnknown && len(tokens) > 0 {
		tokens = tokens[:len(tokens)-1]
	}
	for i, token := range tokens {
		if w.shape(0).Type == schema.Map {
			if token = "*"; f.Key && i == len(tokens)-1 { // "*" also for the key "*key"
				token = "*key"
			}
		}
		w.down(token, func(m *schema.Member) string {
			if m.Wire() == token {
				return token
			}
			return m.Name
		})
	}
	o := about(f)
	at := w.last().shape
	if f.General() == finding.MemberMissing || f.Rule == finding.TypeNull {
		at = w.last().member // its structure says so, or the list or map around it
	}
	o.place = p.folded(part, w, at)
	return o
}

// beside reports whether a pointer leads to a member that travels beside the body. Echoes have
// pointers of the same form to those in the body.
func (p *places) beside(root schema.Ref, tokens []string) bool {
	m, ok := p.contract.Resolve(root).Member(tokens[0])
	return ok && p.contract.Location(m) != "body" && p.contract.Location(m) != "payload"
}

// about is what a finding tells besides its place.
func about(f finding.Finding) (o observed) {
	tell := func(text string, cut bool) {
		if cut = cut || len(text) > mostText; cut {
			text = strings.ToValidUTF8(text[:min(mostText, len(text))], "") + "…"
		}
		o.detail, o.told, o.partial = text, true, cut
	}
	switch rule := f.General(); {
	case rule == finding.MemberUnknown:
		tell(f.Names[0], false)
		o.kind = cmp.Or(string(f.Found.Kind), unknownType)
	case rule == finding.TypeMismatch:
		switch {
		case f.Found.Kind == finding.KindHTTPDate && f.Wanted.Format == finding.TextOrEpoch:
			tell(string(finding.KindString), false) // in the sdk projection, where no format makes a difference
		case f.Found.Kind != "":
			tell(string(f.Found.Kind), false)
		}
	case rule == finding.ConstraintLength && !f.Sensitive:
		o.number = json.Number(strconv.Itoa(f.Found.Length))
	case rule == finding.ConstraintRange && !f.Sensitive && f.Found.Cut == 0 && isBound(f.Found.Text):
		o.number = json.Number(f.Found.Text)
	case !told[rule]:
	case f.Sensitive:
		o.detail, o.told, o.partial = withheld, true, true
	case len(f.Names) > 0 && rule != finding.ErrorStatusMismatch:
		tell(strings.Join(f.Names, ", "), false)
		if rule == finding.UnionMultipleMembers && !o.partial {
			o.names = f.Names
		}
	case f.Found.Text != "" || rule == finding.EnumUnknownValue:
		tell(f.Found.Text, f.Found.Cut > 0)
	default:
		tell(string(f.Found.Kind), false)
	}
	if f.Rule == finding.UnionUnknownMember {
		o.kind = cmp.Or(string(f.Found.Kind), unknownType)
	}
	return o
}

// told are the rules of which each value or name that was found is a detail of its own.
var told = map[finding.RuleID]bool{
	finding.UnionUnknownMember: true, finding.EnumUnknownValue: true, finding.UnionMultipleMembers: true, finding.ErrorUnmodeled: true,
	finding.ErrorStatusMismatch: true, finding.HTTPStatus: true, finding.HTTPContentType: true, finding.ConstraintRange: true, finding.ConstraintLength: true,
}

// withheld is the detail of what the contract calls sensitive.
const withheld = "(withheld: sensitive)"

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
