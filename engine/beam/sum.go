package main

import (
	"github.com/crcheck/crcheck/tally"
)

// Sum is a tally on its way between workers: it is decoded where its options are known.
type Sum struct {
	encoded []byte
	tally   *tally.Tally // nil: only encoded
}

func encodeSum(s Sum) ([]byte, error) {
	if s.tally == nil {
		return s.encoded, nil
	}
	return s.tally.Marshal()
}

func decodeSum(encoded []byte) Sum { return Sum{encoded: encoded} }

// of returns the tally; that of the zero Sum is empty.
func (s Sum) of(o *spec) (*tally.Tally, error) {
	if s.tally != nil {
		return s.tally, nil
	}
	counter, err := o.counter()
	switch {
	case err != nil:
		return nil, err
	case len(s.encoded) == 0:
		return counter.Empty(), nil
	}
	return counter.Unmarshal(s.encoded)
}

// mergeFn merges tallies, in any order and any tree.
type mergeFn struct{ Spec spec }

func (fn *mergeFn) MergeAccumulators(a, b Sum) (Sum, error) {
	sum, err := a.of(&fn.Spec)
	if err != nil {
		return Sum{}, err
	}
	other, err := b.of(&fn.Spec)
	if err != nil {
		return Sum{}, err
	}
	return Sum{tally: sum}, sum.Merge(other)
}
