package tallies

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/decimal"
	"github.com/crcheck/crcheck/internal/piece"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// maxDetails bounds the details that one kind of observation keeps: the first in the order of their
// text. The rest are counted. What is kept does not depend on the order of the traffic.
const maxDetails = 100

// maxText bounds the bytes that are kept of a name or value.
const maxText = 256

// Tally counts what traffic does, interaction by interaction, in memory that grows with the
// contract and not with the traffic. It is not safe for concurrent use: goroutines count in tallies of
// their own, and [Tally.Merge] adds them up.
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
	Source      string `json:"source"`
	Interaction int    `json:"interaction"` // in its source, from 1

	at piece.At
}

func seen(at piece.At) Seen { return Seen{at.Source, at.Index + 1, at} }

func (s Seen) before(t Seen) bool { return s.at.Compare(t.at) < 0 }

// Observation is one kind of deviation from the contract: a rule at a place of the contract.
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
	Details  []Detail    `json:"details,omitempty"` // sorted by text
	More     int         `json:"more,omitempty"`    // findings whose details are not kept
	Least    json.Number `json:"least,omitempty"`   // of an invalid length or number
	Greatest json.Number `json:"greatest,omitempty"`

	details map[string]*Detail
	last    string // the last text that is kept, once details are dropped
}

// Detail is one of the values, names or types that were seen.
type Detail struct {
	Text string `json:"text"` // a value of an enum, a member, an error's name, a type
	// Partial says that the text is only the beginning of the value, or withheld.
	Partial bool     `json:"partial,omitempty"`
	Names   []string `json:"names,omitempty"` // members of a union that were set at once
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

// NotChecked returns how many interactions were not checked, by reason.
func (t *Tally) NotChecked() map[string]int { return maps.Clone(t.notChecked) }

// Add counts the outcome of an interaction at a place.
func (t *Tally) Add(place piece.At, x *traffic.Interaction, outcome validate.Outcome) {
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
	p := t.of(outcome.Contract)
	p.timestamps.see(x)
	if len(outcome.Findings) == 0 {
		return
	}
	at := seen(place)
	for _, f := range outcome.Findings {
		t.finding(p, f, at)
	}
}

func (t *Tally) of(c *schema.Contract) *places {
	p := t.places[c]
	if p == nil { // a contract that a cassette names
		p = newPlaces(c)
		t.places[c] = p
	}
	return p
}

// Merge adds what another tally of the same contracts counted, as if this one had counted it too.
// Merging is associative and commutative, and an empty tally is its identity.
func (t *Tally) Merge(u *Tally) {
	t.total += u.total
	for c, n := range u.checked {
		t.checked[c] += n
	}
	for reason, n := range u.notChecked {
		t.notChecked[reason] += n
	}
	for c, p := range u.places {
		maps.Copy(t.of(c).timestamps.seen, p.timestamps.seen)
	}
	for key, o := range u.kinds {
		if t.kinds[key] == nil {
			t.kinds[key] = &Observation{Rule: o.Rule, Operation: o.Operation, Part: o.Part, Place: o.Place, Shape: o.Shape, First: o.First, details: map[string]*Detail{}}
		}
		finished := o.finished()
		t.kinds[key].merge(&finished)
	}
}

// merge adds a finished observation.
func (o *Observation) merge(p *Observation) {
	o.Count += p.Count
	o.More += p.More
	o.Severity = max(o.Severity, p.Severity)
	if p.First.before(o.First) {
		o.First, o.Shape = p.First, p.Shape
	}
	for _, n := range []json.Number{p.Least, p.Greatest} {
		if n != "" {
			o.stretch(n)
		}
	}
	for _, d := range p.Details {
		o.take(d)
	}
}

// finding counts a finding.
func (t *Tally) finding(p *places, f finding.Finding, at Seen) {
	part := schema.Part(cmp.Or(f.Part, string(schema.OutputPart)))
	if f.General() == finding.ConstraintPattern {
		f.Rule = finding.ConstraintPattern // also of an empty string, because a proposal changes the pattern
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
		o.First, o.Shape = at, observedShape(f)
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

// take counts a detail, and drops the last ones beyond [maxDetails]. A dropped detail cannot come
// back, because those before it stay. So every kept detail was counted from its first occurrence.
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
			known.First, known.Partial, known.Names = d.First, d.Partial, d.Names
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

// less orders numbers by value, and equal ones by their text.
func less(a, b json.Number) bool {
	return cmp.Or(decimal.Compare(a, b), strings.Compare(string(a), string(b))) < 0
}

// observedShape returns the shape of a finding, without the names that are details.
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
