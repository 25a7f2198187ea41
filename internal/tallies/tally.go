package tallies

import (
	"cmp"
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// maxDetails bounds the details that are kept of one kind of observation: of
// more there are, the first in the order of their text are kept, and the rest is
// counted. What is kept does not depend on the order of the traffic.
const maxDetails = 100

// maxText bounds what is kept of a name or value, in bytes.
const maxText = 256

// Tally counts what traffic does, interaction by interaction, in memory
// that grows with the contract and not with the traffic. It is not safe for
// concurrent use.
type Tally struct {
	places     map[*schema.Contract]*places
	checked    map[*schema.Contract]int
	notChecked map[string]int
	kinds      map[kindKey]*Observation
	total      int
}

type kindKey struct {
	rule                   finding.RuleID
	operation, part, place string
}

// Seen is where something was seen first.
type Seen struct {
	Position    int    `json:"position"` // of the interaction in all of the traffic, from 1
	Source      string `json:"source"`
	Interaction int    `json:"interaction"` // in its source, from 1
}

func (s Seen) before(t Seen) bool { return s.Position < t.Position }

// Observation is one kind of thing that the contract does not explain: a rule at
// a place of the contract.
type Observation struct {
	Rule      finding.RuleID   `json:"rule"`
	Severity  finding.Severity `json:"severity"`
	Operation string           `json:"operation"`
	Part      schema.Part      `json:"part"`
	Place     string           `json:"place"` // a pointer into the part's shapes; of an unknown member: of its structure
	// Shape is the place as [finding.Finding] has it; of an unknown member: its structure.
	Shape    string      `json:"shape,omitempty"`
	Count    int         `json:"count"`
	First    Seen        `json:"first"`
	Details  []Detail    `json:"details,omitempty"` // by their text
	More     int         `json:"more,omitempty"`    // findings of details that are not kept
	Least    json.Number `json:"least,omitempty"`   // of a length or number, where that is what is wrong
	Greatest json.Number `json:"greatest,omitempty"`

	details map[string]*Detail
	last    string // the greatest text that is kept, once details are left out
}

// Detail is one of the values, names or types that were seen.
type Detail struct {
	Text string `json:"text"` // a value of an enum, a member, an error's name, a type
	// Partial says that the text is only the beginning of what was seen, or withheld.
	Partial bool     `json:"partial,omitempty"`
	Names   []string `json:"names,omitempty"` // of the members of a union that were set at once
	Types   []string `json:"types,omitempty"`
	Count   int      `json:"count"`
	First   Seen     `json:"first"`
}

// New returns an empty tally of contracts.
func New(contracts []*schema.Contract) *Tally {
	t := &Tally{places: map[*schema.Contract]*places{}, checked: map[*schema.Contract]int{}, notChecked: map[string]int{}, kinds: map[kindKey]*Observation{}}
	for _, c := range contracts {
		t.places[c] = newPlaces(c)
		t.checked[c] = 0
	}
	return t
}

// Add takes what came of an interaction, which has a position in all of the traffic.
func (t *Tally) Add(position int, x *traffic.Interaction, outcome validate.Outcome) {
	t.total++
	if outcome.NotRead != "" {
		t.notChecked["not read: "+outcome.NotRead]++
	} else if outcome.Contract == nil {
		t.notChecked[outcome.NotChecked]++
	} else {
		t.checked[outcome.Contract]++
	}
	if outcome.Contract == nil {
		return
	}
	p := t.places[outcome.Contract]
	if p == nil { // a contract that a cassette names
		p = newPlaces(outcome.Contract)
		t.places[outcome.Contract] = p
	}
	p.timestamps.see(x)
	if len(outcome.Findings) == 0 {
		return
	}
	at := Seen{position, x.Source, x.Index + 1}
	for _, f := range outcome.Findings {
		t.finding(p, f, at)
	}
}

// finding counts a finding.
func (t *Tally) finding(p *places, f finding.Finding, at Seen) {
	part := schema.Part(cmp.Or(f.Part, string(schema.OutputPart)))
	if f.General() == finding.ConstraintPattern {
		f.Rule = finding.ConstraintPattern // of an empty string, too: a proposal is about the pattern
	}
	t.observe(f, part, p.of(part, f), at)
}

func (t *Tally) observe(f finding.Finding, part schema.Part, where observed, at Seen) {
	key := kindKey{f.Rule, f.Operation, string(part), where.place}
	o := t.kinds[key]
	if o == nil {
		o = &Observation{Rule: f.Rule, Severity: f.Severity, Operation: f.Operation, Part: part, Place: where.place, Shape: observedShape(f), First: at, details: map[string]*Detail{}}
		t.kinds[key] = o
	}
	o.Count++
	o.Severity = max(o.Severity, f.Severity)
	if at.before(o.First) {
		o.First = at
	}
	if where.number != "" {
		o.stretch(where.number)
	}
	if !where.told {
		return
	}
	d := Detail{Text: where.detail, Partial: where.partial, Names: where.names, Count: 1, First: at}
	if where.kind != "" {
		d.Types = []string{where.kind}
	}
	o.take(d)
}

// take counts a detail, and lets go of the last ones beyond [maxDetails]. A
// detail that was let go of would not stay if it came back, for those before it do:
// what is kept in the end was counted from its first occurrence.
func (o *Observation) take(d Detail) {
	if o.last != "" && d.Text > o.last {
		o.More += d.Count
		return
	}
	known := o.details[d.Text]
	if known == nil {
		copied := d
		o.details[d.Text] = &copied
	} else {
		known.Count += d.Count
		if d.First.before(known.First) {
			known.First = d.First
		}
		known.Types = slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(known.Types), d.Types...))))
	}
	if len(o.details) <= maxDetails {
		return
	}
	texts := slices.Sorted(maps.Keys(o.details))
	out := texts[len(texts)-1]
	o.More += o.details[out].Count
	delete(o.details, out)
	o.last = texts[len(texts)-2]
}

func (o *Observation) stretch(n json.Number) {
	if o.Least == "" || less(n, o.Least) {
		o.Least = n
	}
	if o.Greatest == "" || less(o.Greatest, n) {
		o.Greatest = n
	}
}

// less orders numbers, and such as are equal by their text.
func less(a, b json.Number) bool {
	return cmp.Or(rational(a).Cmp(rational(b)), strings.Compare(string(a), string(b))) < 0
}

// rational is the exact value of a number; the zero of what is not a number.
func rational(n json.Number) *big.Rat {
	r, ok := new(big.Rat).SetString(string(n))
	if !ok {
		return new(big.Rat)
	}
	return r
}

// observedShape is the shape of a finding, without the names that are details.
func observedShape(f finding.Finding) string {
	if !namesUnknown(f.Rule) {
		return f.Shape
	}
	structure, _, _ := strings.Cut(f.Shape, "$")
	return structure
}

// namesUnknown reports a rule whose details are names of members that the contract lacks.
func namesUnknown(rule finding.RuleID) bool {
	return rule == finding.MemberUnknown || rule == finding.UnionUnknownMember
}
