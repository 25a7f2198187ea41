package synth

import (
	"slices"

	"github.com/crcheck/crcheck/schema"
)

// minimal makes the smallest document of a form, which is the same wherever the form occurs. It
// terminates: each step leads out of a group of forms, or to a smaller size within one.
func (s *Synth) minimal(f *form) *value {
	if f.minimal != nil || f.size >= endless {
		return f.minimal
	}
	switch f.shape.Type {
	case schema.Structure:
		if f.shape.Union.Or(false) {
			i := f.pick()
			f.minimal = object(entry{f.members[i], s.minimal(f.below[i])})
			break
		}
		f.minimal = s.structure(f, nil)
	case schema.List:
		f.minimal = s.list(f, smallest(f.shape), nil)
	case schema.Map:
		f.minimal = s.mapping(f, f.keys[:smallest(f.shape)], nil)
	default:
		f.minimal = scalar(f.variants[0])
	}
	return f.minimal
}

// structure makes an object of the required members and of the given ones, in the contract's order.
func (s *Synth) structure(f *form, given map[int]*value) *value {
	v := object()
	for i, m := range f.shape.Members {
		below, ok := given[i]
		switch {
		case ok && below == nil:
			continue // left out
		case !ok && (f.shape.Union.Or(false) || !m.Required.Or(false)):
			continue
		case !ok:
			below = s.minimal(f.below[i])
		}
		v.entries = append(v.entries, entry{f.members[i], below})
	}
	return v
}

// list makes an array of n elements, the first of them as given.
func (s *Synth) list(f *form, n int, first *value) *value {
	v := array()
	for i := range n {
		item := first
		if i > 0 || first == nil {
			item = s.minimal(f.below[0])
		}
		v.entries = append(v.entries, entry{value: item})
	}
	return v
}

// mapping makes an object of entries, the first value as given.
func (s *Synth) mapping(f *form, keys []string, first *value) *value {
	v := object()
	for i, key := range keys {
		item := first
		if i > 0 || first == nil {
			item = s.minimal(f.below[0])
		}
		v.entries = append(v.entries, entry{key, item})
	}
	return v
}

// differentKeys returns up to n different keys of a map.
func (s *Synth) differentKeys(f *form, n int) []string {
	n = min(n, maxEntries+1)
	key := f.below[1]
	texts := key.texts
	if texts == nil {
		texts = newTexts(&schema.Shape{Type: schema.String}) // the source does not state the key
	}
	if len(key.shape.Enum.Or(nil)) > 0 {
		return texts.enum[:min(n, len(texts.enum))]
	}
	var keys []string
	seen := map[string]bool{}
	random := usual()
	for tried, width := 0, 8; len(keys) < n && tried < 4*n+20; tried++ {
		text, ok := texts.about(random, false, width)
		if !ok {
			break
		}
		if seen[text] {
			width++
			continue
		}
		seen[text] = true
		keys = append(keys, text)
	}
	return keys
}

// maxExpanded bounds the structures that a full document writes with all members although they
// already occurred elsewhere.
const maxExpanded = 256

// fullBuilder makes documents with every member.
type fullBuilder struct {
	s      *Synth
	seen   map[*form]bool // structures already written with all members
	open   map[*form]bool // structures around the current value
	budget int
}

func (b *fullBuilder) value(f *form) *value {
	if f.size >= endless {
		return nil
	}
	switch f.shape.Type {
	case schema.Structure:
		if b.open[f] || b.seen[f] && b.budget <= 0 {
			return b.s.minimal(f)
		}
		if b.seen[f] {
			b.budget--
		}
		b.seen[f], b.open[f] = true, true
		defer delete(b.open, f)
		if f.shape.Union.Or(false) {
			i := f.pick()
			return object(entry{f.members[i], b.value(f.below[i])})
		}
		given := map[int]*value{}
		for i, below := range f.below[:len(f.below)-f.ending] {
			given[i] = b.value(below) // nil if it cannot be made
		}
		return b.s.structure(f, given)
	case schema.List:
		if f.holdsOne() {
			return b.s.list(f, max(1, smallest(f.shape)), b.value(f.below[0]))
		}
	case schema.Map:
		if f.holdsOne() {
			return b.s.mapping(f, f.keys, b.value(f.below[0]))
		}
	}
	return b.s.minimal(f)
}

// holdsOne reports whether a list or map can have an entry.
func (f *form) holdsOne() bool {
	_, high := lengths(f.shape)
	return high >= max(1, smallest(f.shape)) && f.below[0].size < endless && (f.shape.Type == schema.List || len(f.keys) >= max(1, smallest(f.shape)))
}

// sequence returns the different values of a form, apart from those that differ below it.
func (s *Synth) sequence(f *form) []*value {
	all := []*value{s.minimal(f)}
	low, high := entries(f.shape)
	switch f.shape.Type {
	case schema.Structure:
		if absent := s.absentByNull(f); absent != nil {
			all = append(all, absent)
		}
	case schema.List:
		for _, n := range counts(low, high) {
			if times(n, f.below[0].size) <= maxValues {
				all = append(all, s.list(f, n, nil))
			}
		}
		if f.shape.Sparse.Or(false) && f.holdsOne() {
			all = append(all, s.list(f, max(low, 1), null))
		}
	case schema.Map:
		for _, n := range counts(low, high) {
			if keys := s.differentKeys(f, n); len(keys) == n && times(n, f.below[0].size) <= maxValues {
				all = append(all, s.mapping(f, keys, nil))
			}
		}
		if f.shape.Sparse.Or(false) && f.holdsOne() {
			all = append(all, s.mapping(f, f.keys, null))
		}
	default:
		for _, text := range f.variants[1:] {
			all = append(all, scalar(text))
		}
	}
	return all
}

// counts returns the numbers of entries to try in addition to the minimum.
func counts(low, high int) []int {
	var all []int
	for _, n := range []int{low + 1, high} {
		if n > low && n <= high && n <= maxEntries && !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	return all
}

// absentByNull writes the absent members of a structure or union as null.
func (s *Synth) absentByNull(f *form) *value {
	v, nulls := object(), false
	if f.events {
		return nil
	}
	minimal := s.minimal(f)
	for _, name := range f.members {
		at := slices.IndexFunc(minimal.entries, func(e entry) bool { return e.name == name })
		if at >= 0 {
			v.entries = append(v.entries, minimal.entries[at])
		} else {
			v.entries, nulls = append(v.entries, entry{name, null}), true
		}
	}
	if !nulls {
		return nil
	}
	return v
}
