package tallies

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/crcheck/crcheck/internal/piece"
	"github.com/crcheck/crcheck/schema"
)

// form is a [Tally] in JSON.
type form struct {
	Total      int               `json:"interactions"`
	Contracts  []contractForm    `json:"contracts"`
	NotChecked map[string]int    `json:"notChecked,omitempty"`
	Kinds      []observationForm `json:"kinds,omitempty"`
}

type contractForm struct {
	Contract
	Timestamps []schema.Place `json:"timestamps,omitempty"` // that were seen
}

// observationForm is an [Observation] with the pieces of what was seen first.
type observationForm struct {
	Observation
	Starts []int64 `json:"starts,omitempty"` // of the pieces of First and of each detail's First
}

// MarshalJSON writes the tally with the digests of its contracts.
func (t *Tally) MarshalJSON() ([]byte, error) {
	r := t.Traffic(0, nil)
	f := form{Total: t.total, Contracts: []contractForm{}, NotChecked: t.notChecked}
	for c, n := range t.checked {
		one := contractForm{Contract: Contract{c.String(), c.Digest(), n}}
		if p := t.places[c]; p != nil {
			one.Timestamps = slices.SortedFunc(maps.Keys(p.timestamps.seen), func(a, b schema.Place) int {
				return cmp.Or(cmp.Compare(a.Part, b.Part), cmp.Compare(a.Pointer, b.Pointer))
			})
		}
		f.Contracts = append(f.Contracts, one)
	}
	slices.SortFunc(f.Contracts, func(a, b contractForm) int { return cmp.Compare(a.Name, b.Name) })
	for _, o := range r.Observations {
		one := observationForm{o, []int64{o.First.at.Start}}
		for _, d := range o.Details {
			one.Starts = append(one.Starts, d.First.at.Start)
		}
		f.Kinds = append(f.Kinds, one)
	}
	return json.Marshal(f)
}

var errForm = errors.New("the counts do not agree")

// Decode reads a tally of the contracts.
func Decode(text []byte, contracts []*schema.Contract) (*Tally, error) {
	var f form
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, err
	}
	t := New(contracts)
	t.total = f.Total
	maps.Copy(t.notChecked, f.NotChecked)
	for _, one := range f.Contracts {
		i := slices.IndexFunc(contracts, func(c *schema.Contract) bool { return c.String() == one.Name && c.Digest() == one.Digest })
		if i < 0 {
			return nil, fmt.Errorf("%s: %w", one.Name, piece.ErrOtherContract)
		}
		c := contracts[i]
		t.checked[c] += one.Checked
		known := t.places[c].timestamps
		for _, place := range one.Timestamps {
			if !slices.Contains(slices.Collect(maps.Values(known.first)), place) {
				return nil, errForm
			}
			known.seen[place] = true
		}
	}
	for _, o := range f.Kinds {
		if len(o.Starts) != len(o.Details)+1 || len(o.Details) > maxDetails || o.Count < 1 {
			return nil, errForm
		}
		key := kindKey{o.Rule, o.Operation, string(o.Part), o.Place}
		kept := o.Observation
		kept.First = seen(o.First.in(o.Starts[0]))
		kept.Details, kept.details = nil, map[string]*Detail{}
		for i, d := range o.Details {
			d.First = seen(d.First.in(o.Starts[i+1]))
			kept.details[d.Text] = &d
		}
		t.kinds[key] = &kept
	}
	return t, nil
}

// in returns the place within a piece.
func (s Seen) in(start int64) piece.At {
	return piece.At{Source: s.Source, Start: start, Index: s.Interaction - 1}
}
