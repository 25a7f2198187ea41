package tallies

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/decimal"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// places finds the places of findings in a contract.
type places struct {
	contract   *schema.Contract
	firsts     map[schema.Part]map[string]string // the first place of each structure
	timestamps *timestamps
}

func newPlaces(c *schema.Contract) *places {
	return &places{contract: c, timestamps: newTimestamps(c)}
}

// observed is what a finding contributes to an observation.
type observed struct {
	place   string
	detail  string
	told    bool        // whether there is a detail; it may be empty
	partial bool        // the detail is only the beginning of a value, or withheld
	names   []string    // joined in the detail
	kind    string      // of the value
	number  json.Number // a length, or a number out of range
}

// of folds a finding's pointer to its place in the contract: indexes and keys to "*", and recursion
// to the first place of the structure.
func (p *places) of(part schema.Part, f finding.Finding) observed {
	root, _ := p.contract.Root(part)
	if root.Name == "" {
		return about(f)
	}
	w := newWalk(p.contract, root)
	tokens := jsontree.Tokens(f.Pointer)
	payload, _ := p.contract.Payload(part)
	rule, _ := f.Rule.Lookup()
	switch {
	case payload == nil, f.Beside != finding.Carrier{}, len(tokens) > 0 && tokens[0] == payload.Name:
	case f.Rule == finding.EchoMismatch && p.beside(root, tokens):
	case len(tokens) > 0 || rule.Layer != finding.LayerHTTP: // otherwise it is about the response, not its body
		w.down(payload.Name)
	}
	if f.Rule == finding.MemberUnknown && len(tokens) > 0 {
		tokens = tokens[:len(tokens)-1]
	}
	for i, token := range tokens {
		if w.shape().Type == schema.Map {
			if token = "*"; f.Key && i == len(tokens)-1 { // "*" also for the key "*key"
				token = "*key"
			}
		}
		w.down(token)
	}
	o := about(f)
	at := w.at
	if f.General() == finding.MemberMissing || f.Rule == finding.TypeNull {
		at = w.member // stated by its structure, or by the list or map around it
	}
	o.place = p.first(part, at.structure) + at.below
	return o
}

// beside reports whether a pointer leads to a member beside the body. Pointers of echoes look like
// those in the body.
func (p *places) beside(root schema.Ref, tokens []string) bool {
	m, ok := p.contract.Resolve(root).Member(tokens[0])
	return ok && !p.contract.Location(m).InBody()
}

// about returns the detail of a finding, apart from its place.
func about(f finding.Finding) (o observed) {
	tell := func(text string, cut bool) {
		if cut = cut || len(text) > maxText; cut {
			text = strings.ToValidUTF8(text[:min(maxText, len(text))], "") + "…"
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
			tell(string(finding.KindString), false) // in the sdk encoding, where the format makes no difference
		case f.Found.Kind != "":
			tell(string(f.Found.Kind), false)
		}
	case rule == finding.ConstraintLength && !f.Sensitive:
		o.number = json.Number(strconv.Itoa(f.Found.Length))
	case rule == finding.ConstraintRange && !f.Sensitive && f.Found.Cut == 0 && decimal.Bound(f.Found.Text):
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

// told are the rules of which each value or name that was found is a separate detail.
var told = map[finding.RuleID]bool{
	finding.UnionUnknownMember: true, finding.EnumUnknownValue: true, finding.UnionMultipleMembers: true, finding.ErrorUnmodeled: true,
	finding.ErrorStatusMismatch: true, finding.HTTPStatus: true, finding.HTTPContentType: true, finding.ConstraintRange: true, finding.ConstraintLength: true,
}

// withheld is the detail of a value that the contract calls sensitive.
const withheld = "(withheld: sensitive)"

// first returns the first place of a structure.
func (p *places) first(part schema.Part, structure string) string {
	if p.firsts == nil {
		p.firsts = map[schema.Part]map[string]string{}
	}
	if p.firsts[part] == nil {
		p.firsts[part] = firstPlaces(p.contract, part)
	}
	return p.firsts[part][structure]
}

// firstPlaces returns the first place of each structure.
func firstPlaces(c *schema.Contract, part schema.Part) map[string]string {
	names := map[*schema.Shape]string{}
	for name, s := range c.Shapes {
		names[s] = name
	}
	first := map[string]string{}
	c.Only(part).Walk(func(place schema.Place, s *schema.Shape, _ *schema.Member) {
		name, ok := names[s]
		if _, known := first[name]; ok && !known && place.Part == part {
			first[name] = place.Pointer
		}
	})
	return first
}

// site is a place, identified by the innermost named structure and the way from there.
type site struct{ structure, below string }

// walk follows the pointer of a finding into a contract.
type walk struct {
	c          *schema.Contract
	ref        *schema.Ref // where the walk is; nil: a place that the contract does not know
	at, member site        // of the shape, and of the member that leads to it
}

func newWalk(c *schema.Contract, root schema.Ref) *walk {
	at := site{structure: root.Name}
	return &walk{c: c, ref: &root, at: at, member: at}
}

// down follows one token: a member's name on the wire or in the API, an index, a key or "*key".
func (w *walk) down(token string) {
	var next *schema.Ref
	word := token
	switch s := w.shape(); s.Type {
	case schema.Structure:
		at := slices.IndexFunc(s.Members, func(m schema.Member) bool { return m.Wire() == token || m.Name == token })
		switch {
		case at >= 0:
			next, word = &s.Members[at].Shape, s.Members[at].Name
		case s.EventStream.Or(false) && token != "" && strings.Trim(token, "0123456789") == "":
			return // all events have the place of their union
		}
	case schema.List:
		next, word = s.Element, "*"
	case schema.Map:
		next, word = s.Value, "*"
		if token == "*key" {
			next, word = s.Key, token
		}
	}
	w.ref = next
	w.at.below += "/" + jsontree.Escape(word)
	w.member = w.at
	if next != nil && next.Name != "" {
		w.at = site{structure: next.Name}
	}
}

// shape is the shape at the end of the walk.
func (w *walk) shape() *schema.Shape {
	if w.ref == nil {
		return &schema.Shape{}
	}
	return w.c.Resolve(*w.ref)
}
