// Package piece says which parts of its inputs a run read, and where in them something was seen.
//
// The model: an input is cut at byte offsets of its decompressed text into pieces, each of which
// consists of whole lines. A piece is read without those before it, so that its lines and interactions
// are counted from its beginning. Once all pieces of an input are in one [Set], [Set.Before] says how
// many there are before a piece.
package piece

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strings"
)

// At is the place of an interaction.
type At struct {
	Source string `json:"source"`
	Start  int64  `json:"start,omitempty"` // of its piece
	Index  int    `json:"index,omitempty"` // in its piece, from 0
	// Number is the place of the source in the order of reading, in a run that reads its inputs
	// whole. Runs that are merged have the order of paths.
	Number int `json:"-"`
}

// Compare orders places as a run over all inputs reads them.
func (a At) Compare(b At) int {
	if d := cmp.Or(cmp.Compare(a.Number, b.Number)); d != 0 || a.Source != b.Source {
		return cmp.Or(d, ComparePaths(a.Source, b.Source))
	}
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Index, b.Index))
}

// ComparePaths orders paths as a walk of their folders visits them.
func ComparePaths(a, b string) int {
	for {
		first, restA, moreA := strings.Cut(a, "/")
		second, restB, moreB := strings.Cut(b, "/")
		if d := cmp.Compare(first, second); d != 0 {
			return d
		}
		if !moreA || !moreB {
			return cmp.Compare(len(a), len(b))
		}
		a, b = restA, restB
	}
}

// Piece is what was read of a source.
type Piece struct {
	Start int64 `json:"start"` // bytes of the decompressed text
	End   int64 `json:"end"`
	Size
	// Last says that the source ends with the piece.
	Last bool `json:"last,omitempty"`
	// Open says that the source may end with the piece.
	Open bool `json:"open,omitempty"`
	// Traffic says that an interaction was read.
	Traffic bool `json:"traffic,omitempty"`
}

// Whole is the piece of a source that was read whole.
var Whole = Piece{End: math.MaxInt64, Last: true}

// Added is the piece of a source of which some interactions were counted, by whoever knows which.
var Added = Piece{Open: true, Traffic: true}

// Unread is the zero Piece, of a source that could not be read: it leaves a gap.
var Unread = Piece{}

// Size is how many lines and interactions a text has.
type Size struct {
	Lines        int `json:"lines,omitempty"`
	Interactions int `json:"interactions,omitempty"`
}

// Set is the pieces that were read, by source. Its zero value is empty.
type Set struct{ of map[string][]Piece } // sorted

// ErrOtherContract says that counts were made with another version of a contract.
var ErrOtherContract = errors.New("counted with another version of the contract")

// Error says that pieces do not fit together.
type Error struct {
	Source     string
	Start, End int64 // of the bytes that are missing, or were read twice
	Twice      bool
	// Rest says that the bytes from Start on are missing.
	Rest bool
}

func (e *Error) Error() string {
	switch {
	case e.Twice:
		return fmt.Sprintf("%s: bytes %d to %d were read twice; merge one tally of each range", e.Source, e.Start, e.End)
	case e.Rest:
		return fmt.Sprintf("%s: the bytes from %d on were not read; merge the tallies of all ranges", e.Source, e.Start)
	}
	return fmt.Sprintf("%s: bytes %d to %d were not read; merge the tallies of all ranges", e.Source, e.Start, e.End)
}

// Add adds a piece of a source. The error is an [*Error] if some of its bytes were read before, and the
// set is unchanged.
func (s *Set) Add(source string, p Piece) error {
	pieces := s.of[source]
	i, same := slices.BinarySearchFunc(pieces, p, Piece.compare)
	switch {
	case same && (p == Added || p == Unread):
		return nil
	case same:
		return twice(source, p, pieces[i])
	case i > 0 && (pieces[i-1].End > p.Start || pieces[i-1].Last):
		return twice(source, p, pieces[i-1])
	case i < len(pieces) && (p.End > pieces[i].Start || p.Last):
		return twice(source, p, pieces[i])
	}
	if s.of == nil {
		s.of = map[string][]Piece{}
	}
	s.of[source] = slices.Insert(pieces, i, p)
	return nil
}

func twice(source string, a, b Piece) error {
	return &Error{Source: source, Start: max(a.Start, b.Start), End: max(max(a.Start, b.Start), min(a.End, b.End)), Twice: true}
}

// compare orders pieces of one source: an empty piece is before the one that begins where it does.
func (p Piece) compare(q Piece) int {
	return cmp.Or(cmp.Compare(p.Start, q.Start), cmp.Compare(p.End, q.End))
}

// Merge adds the pieces of another set, or returns the error of [Set.Add] and adds none.
func (s *Set) Merge(t *Set) error {
	merged := Set{of: map[string][]Piece{}} // of the sources of t only, which may be far fewer
	for source, pieces := range t.of {
		merged.of[source] = slices.Clone(s.of[source])
		for _, p := range pieces {
			if err := merged.Add(source, p); err != nil {
				return err
			}
		}
	}
	if s.of == nil {
		s.of = map[string][]Piece{}
	}
	maps.Copy(s.of, merged.of)
	return nil
}

// All yields the pieces in their order.
func (s *Set) All() iter.Seq2[string, Piece] {
	return func(yield func(string, Piece) bool) {
		for _, source := range slices.SortedFunc(maps.Keys(s.of), ComparePaths) {
			for _, p := range s.of[source] {
				if !yield(source, p) {
					return
				}
			}
		}
	}
}

// MarshalJSON writes the pieces by source.
func (s *Set) MarshalJSON() ([]byte, error) {
	if s.of == nil {
		return []byte("{}"), nil
	}
	return json.Marshal(s.of)
}

// UnmarshalJSON reads pieces. The error is that of [Set.Add].
func (s *Set) UnmarshalJSON(text []byte) error {
	var of map[string][]Piece
	if err := json.Unmarshal(text, &of); err != nil {
		return err
	}
	*s = Set{}
	for source, pieces := range of {
		for _, p := range pieces {
			if p.Start < 0 || p.End < p.Start {
				return fmt.Errorf("%s: a piece ends before it begins", source)
			}
			if err := s.Add(source, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// Before returns the size of the text before the piece that begins at an offset. A source that is not
// in the set was read whole.
func (s *Set) Before(source string, start int64) (before Size) {
	for _, p := range s.of[source] {
		if p.Start >= start {
			break
		}
		before.Lines += p.Lines
		before.Interactions += p.Interactions
	}
	return before
}

// Missing yields an [*Error] for each gap, at most one for a source.
func (s *Set) Missing() iter.Seq[*Error] {
	return func(yield func(*Error) bool) {
		for _, source := range slices.SortedFunc(maps.Keys(s.of), ComparePaths) {
			if gap := gap(source, s.of[source]); gap != nil && !yield(gap) {
				return
			}
		}
	}
}

func gap(source string, pieces []Piece) *Error {
	at := int64(0)
	for _, p := range pieces {
		if p.Start > at {
			return &Error{Source: source, Start: at, End: p.Start}
		}
		at = p.End
	}
	if last := pieces[len(pieces)-1]; !last.Last && !last.Open {
		return &Error{Source: source, Start: at, Rest: true}
	}
	return nil
}

// Sources returns how many sources an interaction was read of.
func (s *Set) Sources() (n int) {
	for _, pieces := range s.of {
		if slices.ContainsFunc(pieces, func(p Piece) bool { return p.Traffic }) {
			n++
		}
	}
	return n
}
