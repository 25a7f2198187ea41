package tallies

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// Traffic is what a [Tally] comes to. Its JSON holds all that [Merge] needs.
type Traffic struct {
	// Shard says that this is a part of the traffic only, as in "3/10".
	Shard        string        `json:"shard,omitempty"`
	Profile      string        `json:"profile"`
	Contracts    []Contract    `json:"contracts"`
	Interactions int           `json:"interactions"`
	Checked      int           `json:"checked"`
	NotChecked   []Reason      `json:"notChecked,omitempty"`
	Observations []Observation `json:"observations"` // gravest first
	// Timestamps are the places at which one was seen in the form that the
	// contract says, which no other form may replace.
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

// Reason is why interactions were not checked.
type Reason struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Shard is one of several parts of the same traffic: interactions by turns.
type Shard struct{ Index, Of int } // from 1; the zero value is all of it

// UnmarshalText reads "3/10".
func (s *Shard) UnmarshalText(text []byte) error {
	index, of, ok := strings.Cut(string(text), "/")
	i, err := strconv.Atoi(index)
	n, err2 := strconv.Atoi(of)
	if !ok || err != nil || err2 != nil || i < 1 || i > n {
		return fmt.Errorf("%q is no shard: write which one and of how many, as in 3/10", text)
	}
	*s = Shard{i, n}
	return nil
}

func (s Shard) String() string {
	if s.Of == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Index, s.Of)
}

// Holds reports whether an interaction, by its position from 1, is of the shard.
func (s Shard) Holds(position int) bool { return s.Of == 0 || (position-1)%s.Of == s.Index-1 }

// Traffic returns what was tallied.
func (t *Tally) Traffic(shard Shard, profile finding.Profile) *Traffic {
	r := &Traffic{Shard: shard.String(), Profile: profile.String(), Interactions: t.total, Contracts: []Contract{}, Observations: []Observation{}}
	for c, n := range t.checked {
		r.Checked += n
		r.Contracts = append(r.Contracts, Contract{c.String(), c.Digest(), n})
	}
	for name, n := range t.notChecked {
		r.NotChecked = append(r.NotChecked, Reason{name, n})
	}
	for _, o := range t.kinds {
		r.Observations = append(r.Observations, o.finished())
	}
	for c, p := range t.places {
		for place := range p.timestamps.seen {
			r.Timestamps = append(r.Timestamps, TimestampPlace{c.Name(), place.Part, place.Pointer})
		}
	}
	r.sort()
	return r
}

// finished lists the details.
func (o *Observation) finished() Observation {
	done := *o
	done.details, done.last, done.Details = nil, "", nil
	for _, text := range slices.Sorted(maps.Keys(o.details)) {
		done.Details = append(done.Details, *o.details[text])
	}
	return done
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

// ShardError says that results are not the shards of one run.
type ShardError struct{ Problem string }

func (e *ShardError) Error() string { return "these results do not make a whole: " + e.Problem }

// Merge puts the shards of one run together: the result is that of the run over
// all of the traffic. The error is a [*ShardError].
func Merge(shards []*Traffic) (*Traffic, error) {
	if err := complete(shards); err != nil {
		return nil, err
	}
	r := &Traffic{Profile: shards[0].Profile, Contracts: []Contract{}, Observations: []Observation{}}
	contracts, reasons, kinds := map[[2]string]int{}, map[string]int{}, map[kindKey]*Observation{}
	for _, s := range shards {
		r.Interactions += s.Interactions
		r.Checked += s.Checked
		for _, c := range s.Contracts {
			contracts[[2]string{c.Name, c.Digest}] += c.Checked
		}
		for _, n := range s.NotChecked {
			reasons[n.Name] += n.Count
		}
		r.Timestamps = append(r.Timestamps, s.Timestamps...)
		for i := range s.Observations {
			o := &s.Observations[i]
			key := kindKey{o.Rule, o.Operation, string(o.Part), o.Place}
			if kinds[key] == nil {
				kinds[key] = &Observation{Rule: o.Rule, Severity: o.Severity, Operation: o.Operation, Part: o.Part, Place: o.Place, Shape: o.Shape, First: o.First, details: map[string]*Detail{}}
			}
			kinds[key].merge(o)
		}
	}
	for c, n := range contracts {
		r.Contracts = append(r.Contracts, Contract{c[0], c[1], n})
	}
	for name, n := range reasons {
		r.NotChecked = append(r.NotChecked, Reason{name, n})
	}
	for _, o := range kinds {
		r.Observations = append(r.Observations, o.finished())
	}
	r.sort()
	return r, nil
}

func (o *Observation) merge(p *Observation) {
	o.Count += p.Count
	o.More += p.More
	if p.First.before(o.First) {
		o.First = p.First
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

// complete reports what keeps results from being all shards of one run.
func complete(shards []*Traffic) error {
	if len(shards) == 0 {
		return &ShardError{"there are none"}
	}
	seen := map[int]bool{}
	for _, r := range shards {
		var s Shard
		if err := s.UnmarshalText([]byte(r.Shard)); err != nil {
			return &ShardError{"one of them is of no shard; run with --shard"}
		}
		same := func(a, b Contract) bool { return a.Name == b.Name && a.Digest == b.Digest }
		switch {
		case s.Of != len(shards):
			return &ShardError{fmt.Sprintf("shard %s is one of %d, and there are %d", r.Shard, s.Of, len(shards))}
		case seen[s.Index]:
			return &ShardError{fmt.Sprintf("shard %s is there twice", r.Shard)}
		case r.Profile != shards[0].Profile:
			return &ShardError{fmt.Sprintf("shard %s is of the profile %s, another one of %s", r.Shard, r.Profile, shards[0].Profile)}
		case !slices.EqualFunc(r.Contracts, shards[0].Contracts, same):
			return &ShardError{fmt.Sprintf("shard %s was validated against other contracts", r.Shard)}
		}
		seen[s.Index] = true
	}
	return nil
}

// Findings returns what was observed as findings, for ignore rows: one for each
// value, member and union member that the contract does not know. What is wrong
// otherwise is one finding for each place: of types, with all that was seen there;
// of lengths, numbers and patterns, whatever was.
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
