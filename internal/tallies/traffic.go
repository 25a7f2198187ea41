package tallies

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/piece"
	"github.com/crcheck/crcheck/schema"
)

// Traffic is the result of a [Tally].
type Traffic struct {
	Profile      string        `json:"profile"`
	Contracts    []Contract    `json:"contracts"`
	Interactions int           `json:"interactions"`
	Checked      int           `json:"checked"`
	NotChecked   []Reason      `json:"notChecked,omitempty"`
	Observations []Observation `json:"observations"` // gravest first
	// Timestamps are the places at which a timestamp was seen in the contract's format, so that no
	// other format may replace it.
	Timestamps []TimestampPlace `json:"timestamps,omitempty"`
}

// TimestampPlace is the first place of a timestamp in a contract.
type TimestampPlace struct {
	Operation string      `json:"operation"`
	Part      schema.Part `json:"part"`
	Place     string      `json:"place"`
}

// Contract is a contract that traffic was validated against.
type Contract struct {
	Name    string `json:"name"` // with its version
	Digest  string `json:"digest"`
	Checked int    `json:"checked"` // interactions
}

// Reason says why interactions were not checked.
type Reason struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Traffic returns the result. The pieces say what was read, if the tally was merged of pieces.
func (t *Tally) Traffic(profile finding.Profile, pieces *piece.Set) *Traffic {
	r := &Traffic{Profile: profile.String(), Interactions: t.total, Contracts: []Contract{}, Observations: []Observation{}}
	for c, n := range t.checked {
		r.Checked += n
		r.Contracts = append(r.Contracts, Contract{c.String(), c.Digest(), n})
	}
	for name, n := range t.notChecked {
		r.NotChecked = append(r.NotChecked, Reason{name, n})
	}
	for _, o := range t.kinds {
		done := o.finished()
		done.place(pieces)
		r.Observations = append(r.Observations, done)
	}
	for c, p := range t.places {
		for place := range p.timestamps.seen {
			r.Timestamps = append(r.Timestamps, TimestampPlace{c.Name(), place.Part, place.Pointer})
		}
	}
	r.sort()
	return r
}

// finished returns the observation with its details listed.
func (o *Observation) finished() Observation {
	done := *o
	done.details, done.last, done.Details = nil, "", nil
	for _, text := range slices.Sorted(maps.Keys(o.details)) {
		done.Details = append(done.Details, *o.details[text])
	}
	return done
}

// place counts interactions from the beginning of their sources.
func (o *Observation) place(pieces *piece.Set) {
	if pieces == nil {
		return
	}
	o.First.Interaction += pieces.Before(o.First.Source, o.First.at.Start).Interactions
	for i := range o.Details {
		first := &o.Details[i].First
		first.Interaction += pieces.Before(first.Source, first.at.Start).Interactions
	}
}

func (r *Traffic) sort() {
	slices.SortFunc(r.Contracts, func(a, b Contract) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Digest, b.Digest))
	})
	slices.SortFunc(r.NotChecked, func(a, b Reason) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(r.Observations, func(a, b Observation) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Part, b.Part),
			cmp.Compare(a.Place, b.Place), cmp.Compare(a.Rule, b.Rule))
	})
	slices.SortFunc(r.Timestamps, func(a, b TimestampPlace) int {
		return cmp.Or(cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Place, b.Place))
	})
	r.Timestamps = slices.Compact(r.Timestamps)
}

// Findings returns the observations as findings, for ignore rows: one for each unknown value,
// member and union member. Other rules have one finding for each place: with all types seen there,
// or with any length, number or pattern.
func (r *Traffic) Findings() []finding.Finding {
	var all []finding.Finding
	for _, o := range r.Observations {
		f := finding.Finding{Rule: o.Rule, Severity: o.Severity, Operation: o.Operation, Pointer: o.Place, Shape: o.Shape}
		if o.Part != schema.OutputPart {
			f.Part = string(o.Part)
		}
		if len(o.Details) == 0 || o.Rule != finding.MemberUnknown && o.Rule != finding.EnumUnknownValue && o.Rule != finding.UnionUnknownMember {
			var texts []string
			for _, d := range o.Details {
				texts = append(texts, d.Text)
			}
			f.Got = strings.Join(texts, ", ")
			all = append(all, f)
			continue
		}
		for _, d := range o.Details {
			f.Got = d.Text
			if namesUnknown(o.Rule) && o.Shape != "" {
				f.Shape = o.Shape + "$" + d.Text
			}
			if o.Rule == finding.MemberUnknown {
				f.Pointer = o.Place + "/" + jsontree.Escape(d.Text)
			}
			all = append(all, f)
		}
	}
	return all
}
