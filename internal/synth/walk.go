package synth

import (
	"slices"

	"github.com/crcheck/crcheck/schema"
)

// spot is a place of a part's document, with minimal surroundings.
type spot struct {
	place   schema.Place
	pointer string // into the document; of a key: of the map
	form    *form
	again   bool // a structure that was visited elsewhere
	key     bool // of a map
	// put returns the document with a value at the place; for a key, see putKey.
	put func(*value) *value
	// putKey returns the document with a key, and the key's pointer.
	putKey func(string) (*value, string)
	// omit returns the document without the place, which is a required member; nil if it is not.
	omit func() *value
}

// walk visits the places of a part's document, each once and in the order of
// [schema.Contract.Walk]. It enters each structure from the first place that leads to it. It visits
// places without a possible document, but nothing below them. It ends when visit returns false.
func (s *Synth) walk(part schema.Part, f *form, visit func(spot) bool) {
	w := walker{s: s, seen: map[*form]bool{}, visit: visit}
	w.at(spot{place: s.rootPlace(part), form: f, put: func(v *value) *value { return v }})
}

// rootPlace returns the place of a part's document: the part, or the member that is the body as
// JSON.
func (s *Synth) rootPlace(part schema.Part) schema.Place {
	place := schema.Place{Part: part}
	if t := s.tops[part]; s.encoding != schema.HTTP || t.raw != nil || t.events != nil {
		return place
	}
	if m, ok := s.contract.Payload(part); ok {
		return place.Child(m.Name)
	}
	return place
}

type walker struct {
	s     *Synth
	seen  map[*form]bool
	visit func(spot) bool
}

func (w *walker) at(here spot) bool {
	f := here.form
	if f.shape.Type == schema.Structure {
		here.again = w.seen[f]
		w.seen[f] = true
	}
	if !w.visit(here) {
		return false
	}
	if here.again || here.key {
		return true
	}
	switch f.shape.Type {
	case schema.Structure:
		if f.size >= endless && !f.shape.Union.Or(false) {
			return w.blocked(here)
		}
		for i := range f.below {
			if !w.at(w.member(here, i)) {
				return false
			}
		}
	case schema.List:
		n := max(1, smallest(f.shape))
		_, high := lengths(f.shape)
		if n > high || f.size >= endless {
			return w.blocked(here)
		}
		return w.at(spot{
			place: here.place.Child("*"), pointer: child(here.pointer, "0"), form: f.below[0],
			put: func(v *value) *value { return here.put(w.s.list(f, n, v)) },
		})
	case schema.Map:
		n := max(1, smallest(f.shape))
		_, high := lengths(f.shape)
		if n > high || f.size >= endless || len(f.keys) < n || f.below[0].size >= endless {
			return w.blocked(here)
		}
		return w.at(spot{
			place: here.place.Child("*key"), pointer: here.pointer, form: f.below[1], key: true,
			putKey: func(key string) (*value, string) {
				others := slices.DeleteFunc(slices.Clone(f.keys), func(other string) bool { return other == key })
				return here.put(w.s.mapping(f, append([]string{key}, others[:n-1]...), nil)), child(here.pointer, key)
			},
		}) && w.at(spot{
			place: here.place.Child("*"), pointer: child(here.pointer, f.keys[0]), form: f.below[0],
			put: func(v *value) *value { return here.put(w.s.mapping(f, f.keys, v)) },
		})
	}
	return true
}

func (w *walker) member(here spot, i int) spot {
	f, m := here.form, &here.form.shape.Members[i]
	there := spot{
		place: here.place.Child(m.Name), pointer: child(here.pointer, f.members[i]), form: f.below[i],
		put: func(v *value) *value { return here.put(w.s.structure(f, map[int]*value{i: v})) },
	}
	if m.Required.Or(false) && !f.shape.Union.Or(false) {
		there.omit = func() *value { return here.put(w.s.structure(f, map[int]*value{i: nil})) }
	}
	return there
}

// blocked visits the places directly below a place without a document, to find the ones that cause
// it.
func (w *walker) blocked(here spot) bool {
	for i, below := range here.form.below {
		token := "*"
		if here.form.shape.Type == schema.Structure {
			token = here.form.shape.Members[i].Name
		} else if i == 1 {
			token = "*key"
		}
		if below.size >= endless && !w.visit(spot{place: here.place.Child(token), form: below, again: true}) {
			return false
		}
	}
	return true
}

// Problems returns the places of a part that no document can be made for: the bounds of a number
// exclude each other, no string was found for a pattern, or a structure requires itself. What is
// above them has a document only if they are optional there.
func (s *Synth) Problems(part schema.Part) []*Problem {
	t := s.tops[part]
	if t.form == nil {
		return nil
	}
	var all []*Problem
	s.walk(part, t.form, func(at spot) bool {
		if at.form.size >= endless {
			all = append(all, &Problem{s.contract.String(), at.place, at.form.why()})
		}
		return true
	})
	return all
}

// why says what prevents a document of a form.
func (f *form) why() string {
	low, high := lengths(f.shape)
	pattern := f.shape.Pattern.Or("")
	switch {
	case low > high:
		return "its length excludes every value"
	case f.shape.Type == schema.String && len(f.shape.Enum.Or(nil)) > 0:
		return "its other facets exclude every value of its enum"
	case f.shape.Type == schema.String && pattern != "":
		return "no string was found that has its length and matches " + pattern
	case f.shape.Type == schema.String:
		return "it is too long"
	case f.shape.Type == schema.Integer:
		return "its range excludes every integer that it can hold"
	case f.shape.Type == schema.Structure && f.shape.Union.Or(false) && len(f.below) == 0:
		return "the union has no member"
	case f.shape.Type == schema.Map && len(f.keys) < low:
		return "there are too few different keys"
	}
	return "a required part has no document, or only one that contains itself or is too large"
}
