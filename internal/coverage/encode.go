package coverage

import (
	"encoding/json"
	"fmt"

	"github.com/crcheck/crcheck/internal/piece"
	"github.com/crcheck/crcheck/schema"
)

// form is a [Tally] in JSON.
type form struct {
	Contracts  map[string]contractForm `json:"contracts"` // of which a response was seen, by name and version
	NotCounted map[string]int          `json:"notCounted,omitempty"`
}

type contractForm struct {
	Digest     string   `json:"digest"`
	Responses  int      `json:"responses"`
	Unreadable int      `json:"unreadable,omitempty"`
	Seen       pointSet `json:"seen"`
}

// MarshalJSON writes the tally with the digests of its contracts.
func (t *Tally) MarshalJSON() ([]byte, error) {
	f := form{map[string]contractForm{}, t.notCounted}
	for c, sum := range t.sums {
		if sum.responses > 0 {
			f.Contracts[c.String()] = contractForm{c.Digest(), sum.responses, sum.unreadable, sum.seen}
		}
	}
	return json.Marshal(f)
}

// Decode reads a tally of the plan.
func (p *Plan) Decode(text []byte) (*Tally, error) {
	var f form
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, err
	}
	t := p.NewTally()
	byName := map[string]*schema.Contract{}
	for c := range t.sums {
		byName[c.String()] = c
	}
	for name, one := range f.Contracts {
		c := byName[name]
		if c == nil || c.Digest() != one.Digest || len(one.Seen) != len(t.sums[c].seen) {
			return nil, fmt.Errorf("%s: %w", name, piece.ErrOtherContract)
		}
		t.sums[c] = &sum{one.Seen, one.Responses, one.Unreadable}
	}
	for why, n := range f.NotCounted {
		t.notCounted[why] = n
	}
	return t, nil
}
