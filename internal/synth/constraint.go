package synth

import (
	"math/big"
	"slices"

	"github.com/crcheck/crcheck/schema"
)

// textsAt returns the texts of strings at a place; nil if it has none, or the source does not
// describe them.
func textsAt(at spot) *texts {
	if at.form.shape.Type != schema.String {
		return nil
	}
	return at.form.texts
}

func textual(at spot, how, text string) broken {
	return broken{how: how, key: text, value: quoted(text)}
}

func (s *Synth) unknownValues(at spot) []broken {
	t, how := textsAt(at), "unknown value"
	values := at.form.shape.Enum.Or(nil)
	if t == nil || len(values) == 0 {
		return nil
	}
	if text, ok := t.unknown(values, "CRCHECK_UNKNOWN", "crcheck_unknown"); ok {
		return []broken{textual(at, how, text)}
	}
	return []broken{{how: how, reason: "the other facets allow only values of the enum"}}
}

// unknown returns a text that is not a value of an enum and that the other facets allow: one of
// those that are preferred if possible.
func (t *texts) unknown(values []string, preferred ...string) (string, bool) {
	for _, text := range preferred {
		if t.fits(text) && !slices.Contains(values, text) {
			return text, true
		}
	}
	random := usual()
	for range attempts {
		if text, ok := t.between(random, false, t.low, t.high); ok && !slices.Contains(values, text) {
			return text, true
		}
	}
	return "", false
}

// Reasons why no value breaks a length.
const (
	tooLarge   = "it would be larger than what is made here"
	enumToo    = "it would be no value of the enum either"
	patternToo = "no text that matches the pattern has such a length"
	alike      = "its elements must differ, and are built alike"
	notFound   = "no text of such a length that matches the pattern was found"
)

func (s *Synth) lengthsMissed(at spot) []broken {
	f := at.form
	low, high := lengths(f.shape)
	var all []broken
	add := func(how string, b broken) {
		b.how = how
		all = append(all, b)
	}
	var missed func(from, to int) broken
	switch f.shape.Type {
	case schema.String:
		missed = func(from, to int) broken { return s.textOf(at, from, to) }
	case schema.Blob:
		if s.encoding == schema.SDK {
			return nil // any text
		}
		missed = func(_, to int) broken { return blobOf(to) }
	case schema.List:
		missed = func(_, to int) broken {
			if f.shape.Unique.Or(false) && to > 1 {
				return broken{reason: alike}
			}
			return s.listOf(f, to)
		}
	case schema.Map:
		missed = func(_, to int) broken { return s.mapOf(f, to) }
	default:
		return nil
	}
	if low > 0 {
		add("too short", missed(0, low-1))
	}
	if high < endless {
		if f.shape.Type == schema.String {
			add("too long", missed(high+1, high+64))
		} else {
			add("too long", missed(0, high+1))
		}
	}
	return all
}

// textOf returns a text of a length that the shape does not allow, which breaks no other
// constraint.
func (s *Synth) textOf(at spot, low, high int) broken {
	t := at.form.texts
	switch {
	case len(at.form.shape.Enum.Or(nil)) > 0:
		return broken{reason: enumToo}
	case low > maxCharacters:
		return broken{reason: tooLarge}
	}
	text, ok := t.between(usual(), false, low, high)
	switch {
	case !ok && t.excludes(low, high):
		return broken{reason: patternToo}
	case !ok:
		return broken{reason: notFound}
	}
	return textual(at, "", text)
}

func blobOf(n int) broken {
	if n > maxBytes {
		return broken{reason: tooLarge}
	}
	return broken{value: scalar(blob(n))}
}

func (s *Synth) listOf(f *form, n int) broken {
	if n > maxEntries+1 || times(n, f.below[0].size) > maxValues {
		return broken{reason: tooLarge}
	}
	if n > 0 && f.below[0].size >= endless {
		return broken{reason: "it can have no entry"}
	}
	return broken{value: s.list(f, n, nil)}
}

// elementsRepeated returns a list with equal elements.
func (s *Synth) elementsRepeated(at spot) []broken {
	f := at.form
	low, high := lengths(f.shape)
	if !f.shape.Unique.Or(false) || high < 2 {
		return nil
	}
	b := s.listOf(f, max(low, 2))
	b.how, b.below = "equal elements", "/1"
	return []broken{b}
}

func (s *Synth) mapOf(f *form, n int) broken {
	if n > maxEntries+1 || times(n, f.below[0].size) > maxValues {
		return broken{reason: tooLarge}
	}
	keys := s.differentKeys(f, n)
	if len(keys) < n {
		return broken{reason: "there are too few different keys"}
	}
	return broken{value: s.mapping(f, keys, nil)}
}

func (s *Synth) rangesMissed(at spot) []broken {
	shape := at.form.shape
	if at.key || shape.Type != schema.Integer && shape.Type != schema.Float {
		return nil
	}
	v := intervalOf(shape)
	var all []broken
	add := func(how string, n *big.Rat) {
		switch {
		case !v.typed(n):
			all = append(all, broken{how: how, reason: "its bits exclude it too"})
		case shape.Type == schema.Integer && new(big.Rat).Abs(n).Cmp(exact) > 0:
			all = append(all, broken{how: how, reason: "it would be beyond 2^53"})
		default:
			all = append(all, broken{how: how, value: scalar(decimal(n))})
		}
	}
	if v.low != nil {
		add("below the range", plus(ceiling(v.low), -1))
	}
	if v.high != nil {
		add("above the range", plus(floor(v.high), 1))
	}
	return all
}

func (s *Synth) patternsMissed(at spot) []broken {
	t, how := textsAt(at), "no match"
	switch {
	case t == nil || t.engine == nil:
		return nil
	case len(at.form.shape.Enum.Or(nil)) > 0:
		return []broken{{how: how, reason: enumToo}}
	}
	text, ok := t.miss(usual())
	if !ok {
		return []broken{{how: how, reason: "no text of the length was found that the pattern refuses"}}
	}
	return []broken{textual(at, how, text)}
}
