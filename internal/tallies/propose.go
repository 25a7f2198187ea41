package tallies

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/internal/binding"
)

// Proposal is an overlay under which traffic has no error, as far as an overlay
// can say what the traffic does.
type Proposal struct {
	Operation string
	Overlay   []byte   // YAML, see [schema.ParseOverlay]; nil: there is nothing to state
	Left      []string // what no overlay can settle, in words
}

// Propose returns an overlay for each of the contracts that traffic does not keep
// to, sorted by operation. It states nothing that would make other values of the
// traffic wrong.
func (r *Traffic) Propose(contracts []*schema.Contract) []Proposal {
	var all []Proposal
	for _, c := range contracts {
		p := newProposer(c, r.Timestamps)
		for _, o := range p.together(r.Observations) {
			p.observation(o)
		}
		p.addMembers()
		if len(p.entries) > 0 || len(p.left) > 0 {
			all = append(all, Proposal{c.Name(), p.overlay(), p.left})
		}
	}
	slices.SortFunc(all, func(a, b Proposal) int { return cmp.Compare(a.Operation, b.Operation) })
	return all
}

// proposer makes the overlay of one contract.
type proposer struct {
	contract *schema.Contract
	clocks   map[*schema.Shape]bool         // timestamps that were seen in the form of the contract
	places   map[*schema.Shape]schema.Place // at which facets of a shape are stated
	entries  map[string]*proposed           // by place
	added    map[*schema.Shape]map[string]*Detail
	opened   map[*schema.Shape]bool // unions of which several members were seen at once
	left     []string
}

func newProposer(c *schema.Contract, seen []TimestampPlace) *proposer {
	c = c.Clone() // readers have one shape stand inline at many places
	p := &proposer{c, map[*schema.Shape]bool{}, map[*schema.Shape]schema.Place{}, map[string]*proposed{}, map[*schema.Shape]map[string]*Detail{}, map[*schema.Shape]bool{}, nil}
	for _, at := range seen {
		if shape, _, ok := c.At(schema.Place{Part: at.Part, Pointer: at.Place}); ok && at.Operation == c.Name() {
			p.clocks[shape] = true
		}
	}
	return p
}

// subject is what an observation is about: a shape, which may stand at several
// places, or a member of a structure.
type subject struct {
	rule   finding.RuleID
	shape  *schema.Shape
	member *schema.Member
}

// joint is what was observed of a subject at all of its places.
type joint struct {
	Observation
	subject
	at  schema.Place // the first of them
	all []*Observation
}

// together joins the observations of the contract that are about the same. Those
// about no place of it are left.
func (p *proposer) together(observations []Observation) []*joint {
	known := map[subject]*joint{}
	var all []*joint
	for i := range observations {
		o := &observations[i]
		if o.Operation != p.contract.Name() {
			continue
		}
		at := schema.Place{Part: o.Part, Pointer: o.Place}
		if o.Rule == finding.TypeNull {
			at = at.Parent()
		}
		s := subject{rule: o.Rule.General()}
		var ok bool
		if s.shape, s.member, ok = p.contract.At(at); !ok {
			p.leave(o, notStated)
			continue
		}
		if o.Rule.General() == finding.MemberMissing {
			s.shape = nil
		} else {
			s.member = nil
		}
		j := known[s]
		if j == nil {
			j = &joint{Observation{Rule: o.Rule.General(), First: o.First, details: map[string]*Detail{}}, s, at, nil}
			known[s] = j
			all = append(all, j)
		}
		j.merge(o)
		j.all = append(j.all, o)
	}
	for _, j := range all {
		j.Observation = j.finished()
	}
	return all
}

// proposed is an entry of an overlay.
type proposed struct {
	facets []facetValue
	count  int
	first  Seen
}

type facetValue struct {
	name  string
	value any
}

// state states a facet at a place, once.
func (p *proposer) state(place schema.Place, count int, first Seen, name string, value any) {
	e := p.entries[place.String()]
	if e == nil {
		e = &proposed{first: first}
		p.entries[place.String()] = e
	}
	e.count += count
	if first.before(e.first) {
		e.first = first
	}
	if !slices.ContainsFunc(e.facets, func(f facetValue) bool { return f.name == name }) {
		e.facets = append(e.facets, facetValue{name, value})
	}
}

// place is where facets of a shape are stated: one place, wherever it appears.
func (p *proposer) place(shape *schema.Shape, at schema.Place) schema.Place {
	if _, known := p.places[shape]; !known {
		p.places[shape] = at
	}
	return p.places[shape]
}

// observation states what makes what was observed valid.
func (p *proposer) observation(j *joint) {
	set := func(name string, value any) { p.state(p.place(j.shape, j.at), j.Count, j.First, name, value) }
	switch j.Rule {
	case finding.MemberUnknown, finding.UnionUnknownMember:
		p.members(j)
	case finding.UnionMultipleMembers, finding.UnionNoMember:
		set("union", false)
		p.open(j)
	case finding.MemberMissing:
		p.state(j.at, j.Count, j.First, "required", false)
	case finding.EnumUnknownValue:
		values := slices.Clone(j.shape.Enum.Or(nil))
		for _, d := range j.Details {
			values = append(values, d.Text)
		}
		if j.More > 0 || slices.ContainsFunc(j.Details, func(d Detail) bool { return d.Partial }) {
			values = []string{} // any string
		}
		set("enum", values)
	case finding.ConstraintPattern:
		set("pattern", "")
	case finding.ConstraintLength:
		set("length", j.widened(j.shape.Length.Or(schema.Bounds{})))
	case finding.ConstraintRange:
		set("range", j.widened(j.shape.Range.Or(schema.Bounds{})))
	case finding.TypeNull:
		set("sparse", true)
	case finding.TypeMismatch:
		if name, value := p.form(j); name != "" {
			set(name, value)
			return
		}
		p.leaveAll(j, "an overlay does not change types")
	default:
		p.leaveAll(j, notStated)
	}
}

const notStated = "no overlay states it"

// leave notes what is not settled, once.
func (p *proposer) leave(o *Observation, why string) {
	line := fmt.Sprintf("%s at %s, %s: %s", o.Rule, finding.PlaceText(PartText(o.Part), o.Place), plural.Of(o.Count, "time"), why)
	if !slices.Contains(p.left, line) {
		p.left = append(p.left, line)
	}
}

// leaveAll notes it for each place.
func (p *proposer) leaveAll(j *joint, why string) {
	for _, o := range j.all {
		p.leave(o, why)
	}
}

// PartText names a part before a place; the output goes without saying.
func PartText(part schema.Part) string {
	if part == schema.OutputPart {
		return ""
	}
	return string(part)
}

// widened widens an interval to what was seen; to any, where some of that is withheld.
func (o *Observation) widened(b schema.Bounds) map[string]yaml.Node {
	if len(o.Details) > 0 {
		b = schema.Bounds{}
	}
	if b.Min != "" && less(o.Least, b.Min) {
		b.Min = o.Least
	}
	if b.Max != "" && less(b.Max, o.Greatest) {
		b.Max = o.Greatest
	}
	ends := map[string]yaml.Node{}
	for end, n := range map[string]json.Number{"min": b.Min, "max": b.Max} {
		if n != "" {
			ends[end] = yaml.Node{Kind: yaml.ScalarNode, Value: string(n)}
		}
	}
	return ends
}

// form is the facet under which values of another type are valid, where the
// contract's type has one for all that were seen: more bits, another form of
// timestamps. There is none of timestamps beside the body, of which only those that
// are wrong are known.
func (p *proposer) form(j *joint) (facet string, value any) {
	seen := func(of finding.Kind) bool {
		count := 0
		for _, d := range j.Details {
			if d.Text == string(of) {
				count += d.Count
			}
		}
		return count == j.Count
	}
	switch {
	case j.shape.Type == schema.Integer && seen(finding.KindInteger) && j.shape.Bits.Or(64) < 64:
		return "bits", 64
	case j.shape.Type != schema.Timestamp || p.clocks[j.shape] || p.isBeside(j.at):
		return "", nil
	case seen(finding.KindDateTime):
		return "timestampFormat", "date-time"
	case seen(finding.KindHTTPDate):
		return "timestampFormat", "http-date"
	}
	return "", nil
}

// isBeside reports a place beside the body.
func (p *proposer) isBeside(at schema.Place) bool {
	name := jsontree.Tokens(at.Pointer)[0]
	_, beside := binding.Of(p.contract, at.Part).Member(name)
	return beside
}

// overlay writes the YAML.
func (p *proposer) overlay() []byte {
	if len(p.entries) == 0 {
		return nil
	}
	form := struct {
		Overlay   int         `yaml:"overlay"`
		Operation string      `yaml:"operation"`
		Facets    []yaml.Node `yaml:"facets"`
	}{Overlay: 1, Operation: p.contract.Name()}
	for _, place := range slices.Sorted(maps.Keys(p.entries)) {
		e := p.entries[place]
		reason := fmt.Sprintf("seen %s, first in %s, interaction %d", plural.Of(e.count, "time"), cmp.Or(e.first.Source, "the traffic"), e.first.Interaction)
		all := slices.Concat([]facetValue{{"at", place}}, e.facets, []facetValue{{"reason", reason}})
		entry := yaml.Node{Kind: yaml.MappingNode}
		for _, f := range all {
			var name, value yaml.Node
			name.SetString(f.name)
			if err := value.Encode(f.value); err != nil {
				panic(err) // plain data
			}
			entry.Content = append(entry.Content, &name, &value)
		}
		form.Facets = append(form.Facets, entry)
	}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(form); err != nil {
		panic(err) // plain data
	}
	return b.Bytes()
}

func times(n int) string {
	if n == 1 {
		return "1 time"
	}
	return fmt.Sprintf("%d times", n)
}
