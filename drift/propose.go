package drift

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"go.yaml.in/yaml/v3"
)

// Proposal is an overlay under which traffic has no error, as far as an overlay
// can say what the traffic does.
type Proposal struct {
	Operation string
	Overlay   []byte   // YAML, see [schema.ParseOverlay]; nil: there is nothing to state
	Left      []string // what no overlay can settle, in words
}

// Propose returns an overlay for each of the contracts that traffic does not keep
// to, sorted by operation.
func (r *Traffic) Propose(contracts []*schema.Contract) []Proposal {
	var all []Proposal
	for _, c := range contracts {
		w := proposer{contract: c, entries: map[string]*proposed{}}
		for i := range r.Observations {
			if o := &r.Observations[i]; o.Operation == c.Name() {
				w.observation(o)
			}
		}
		if len(w.entries) > 0 || len(w.left) > 0 {
			all = append(all, Proposal{c.Name(), w.overlay(), w.left})
		}
	}
	slices.SortFunc(all, func(a, b Proposal) int { return cmp.Compare(a.Operation, b.Operation) })
	return all
}

// proposer makes the overlay of one contract.
type proposer struct {
	contract *schema.Contract
	entries  map[string]*proposed // by place
	left     []string
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

// observation states what makes an observation valid.
func (p *proposer) observation(o *Observation) {
	at := schema.Place{Part: o.Part, Pointer: o.Place}
	shape, _, ok := p.contract.At(at)
	if !ok {
		shape = &schema.Shape{}
	}
	set := func(name string, value any) { p.state(at, o.Count, o.First, name, value) }
	switch o.Rule {
	case finding.MemberUnknown, finding.UnionUnknownMember:
		for _, d := range o.Details {
			if strings.HasSuffix(d.Text, "…") || d.Text == "" {
				continue
			}
			p.state(at.Child(d.Text), d.Count, d.First, "type", string(typeFor(d.Types)))
		}
		if o.More > 0 {
			p.leave(o, "there are more of them than are kept")
		}
	case finding.UnionMultipleMembers, finding.UnionNoMember:
		set("union", false)
	case finding.MemberMissing:
		set("required", false)
	case finding.EnumUnknownValue:
		values := slices.Clone(shape.Enum.Or(nil))
		for _, d := range o.Details {
			values = append(values, d.Text)
		}
		if o.More > 0 || slices.ContainsFunc(o.Details, func(d Detail) bool { return strings.HasSuffix(d.Text, "…") || strings.HasPrefix(d.Text, "(withheld") }) {
			values = []string{} // any string
		}
		set("enum", values)
	case finding.ConstraintPattern:
		set("pattern", "")
	case finding.ConstraintLength:
		p.bounds(at, o, "length", shape.Length.Or(schema.Bounds{}))
	case finding.ConstraintRange:
		p.bounds(at, o, "range", shape.Range.Or(schema.Bounds{}))
	case finding.TypeNull:
		p.state(at.Parent(), o.Count, o.First, "sparse", true)
	case finding.TypeMismatch:
		p.types(at, o, shape)
	default:
		p.leave(o, "no overlay states it")
	}
}

// leave notes what is not settled.
func (p *proposer) leave(o *Observation, why string) {
	p.left = append(p.left, fmt.Sprintf("%s at %s, %s: %s", o.Rule, finding.PlaceText(partText(o.Part), o.Place), times(o.Count), why))
}

func partText(part schema.Part) string {
	if part == schema.OutputPart {
		return ""
	}
	return string(part)
}

// typeFor is the type of a member that had values of JSON types. Of objects and
// arrays nothing more is known than that they are JSON.
func typeFor(types []string) schema.Type {
	types = slices.DeleteFunc(slices.Clone(types), func(t string) bool { return t == "null" })
	all := func(of ...string) bool {
		return len(types) > 0 && !slices.ContainsFunc(types, func(t string) bool { return !slices.Contains(of, t) })
	}
	switch {
	case all("string", dateTime, httpDate):
		return schema.String
	case all("boolean"):
		return schema.Boolean
	case all("integer"):
		return schema.Integer
	case all("integer", "number"):
		return schema.Float
	}
	return schema.Document
}

// bounds widens an interval to what was seen.
func (p *proposer) bounds(at schema.Place, o *Observation, facet string, b schema.Bounds) {
	if o.Least == "" { // how far it is off is withheld
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
	p.state(at, o.Count, o.First, facet, ends)
}

// types settles values of another type where the contract's type has a form for
// them: more bits, another timestamp. An overlay does not change types.
func (p *proposer) types(at schema.Place, o *Observation, shape *schema.Shape) {
	seen := func(of string) bool {
		return len(o.Details) > 0 && !slices.ContainsFunc(o.Details, func(d Detail) bool { return d.Text != of })
	}
	switch {
	case shape.Type == schema.Integer && seen("integer") && shape.Bits.Or(64) < 64:
		p.state(at, o.Count, o.First, "bits", 64)
	case shape.Type == schema.Timestamp && seen(dateTime):
		p.state(at, o.Count, o.First, "timestampFormat", "date-time")
	case shape.Type == schema.Timestamp && seen(httpDate):
		p.state(at, o.Count, o.First, "timestampFormat", "http-date")
	default:
		p.leave(o, "an overlay does not change types")
	}
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
	for _, place := range sortedKeys(p.entries) {
		e := p.entries[place]
		reason := fmt.Sprintf("seen %s, first in %s, interaction %d", times(e.count), cmp.Or(e.first.Source, "the traffic"), e.first.Interaction)
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
