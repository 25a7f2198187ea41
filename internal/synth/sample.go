package synth

import (
	"slices"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/schema"
)

// Choice says how a sample differs at one place. The zero Choice but for the place only opens the
// way to it: the unions above it have the members that lead there.
type Choice struct {
	// Pointer is the place in the contract, as [schema.Place.Pointer] names it: "*" is every entry of
	// a list or map.
	Pointer string
	Text    string // the JSON text of the value, which the contract need not allow; empty: a sample
	Absent  bool   // the member is left out
	Entries int    // of a list or map that has this number of them; 0: one
	Extra   string // the name of a member that is added to the structure
	Least   bool   // optional members of the structure and below are left out unless a choice leads to them
}

// Sample is a document in full surroundings.
type Sample struct {
	Document []byte
	// Pointers has, for the pointer of each choice that took effect, the place in the document.
	Pointers map[string]string
}

// Sample returns a document of a part in full surroundings, with values that read well: every
// member is present, a status is a final one, times are in order, and an ARN names the service. A
// structure inside itself is minimal unless a choice lies below it. A choice has no effect if
// another one excludes it. The error is a [*Problem].
func (s *Synth) Sample(part schema.Part, choices ...Choice) (Sample, error) {
	t, formed, err := s.top(part)
	if err != nil || !formed {
		return Sample{Document: s.only(t)}, err
	}
	b := sampler{s: s, choices: map[string]Choice{}, seen: map[*form]bool{}, open: map[*form]bool{}, met: map[string]string{}, budget: maxExpanded}
	for _, c := range choices {
		b.choices[c.Pointer] = c
	}
	v := b.value(t.form, nil, where{contract: s.rootPlace(part).Pointer})
	if v == nil {
		v = null
	}
	return Sample{t.write(v), b.met}, nil
}

// where is a place in the contract and in the document.
type where struct{ contract, document string }

func (w where) below(contract, document string) where {
	return where{child(w.contract, contract), child(w.document, document)}
}

// sampler makes one sample.
type sampler struct {
	s       *Synth
	choices map[string]Choice // by pointer
	met     map[string]string // choices that took effect
	seen    map[*form]bool    // structures already written with all members
	open    map[*form]bool    // structures around the current value
	budget  int               // how often a structure that was written may be written again
	least   bool              // in a structure without optional members
}

// leads reports whether a choice is at a pointer or below it.
func (b *sampler) leads(pointer string) bool {
	for to := range b.choices {
		if below, ok := strings.CutPrefix(to, pointer); ok && (below == "" || below[0] == '/') {
			return true
		}
	}
	return false
}

// value makes the sample of a place; member is nil at the root and in lists and maps. It is nil
// where there is none.
func (b *sampler) value(f *form, member *schema.Member, at where) *value {
	chosen, ok := b.choices[at.contract]
	if ok {
		b.met[at.contract] = at.document
	}
	if chosen.Text != "" {
		return scalar(chosen.Text)
	}
	if f.size >= endless {
		return nil
	}
	switch f.shape.Type {
	case schema.Structure:
		v := b.structure(f, at, chosen.Least)
		if chosen.Extra != "" {
			v = object(append(slices.Clone(v.entries), entry{chosen.Extra, quoted("example")})...)
		}
		return v
	case schema.List:
		if n := b.entries(f, at, chosen); n > 0 {
			v := array()
			for i := range n {
				v.entries = append(v.entries, entry{value: b.value(f.below[0], nil, at.below("*", strconv.Itoa(i)))})
			}
			return v
		}
	case schema.Map:
		if n := b.entries(f, at, chosen); n > 0 {
			v := object()
			for _, key := range b.s.sampleKeys(f, n) {
				v.entries = append(v.entries, entry{key, b.value(f.below[0], nil, at.below("*", key))})
			}
			return v
		}
	default:
		return scalar(b.s.sampleScalar(f, member, at.contract))
	}
	return b.s.minimal(f)
}

// entries returns how many entries a list or map gets.
func (b *sampler) entries(f *form, at where, chosen Choice) int {
	usual := 1
	if b.least && !b.leads(at.contract) {
		usual = 0
	}
	if n := max(usual, smallest(f.shape), chosen.Entries); f.holdsOne() {
		return n
	}
	return 0
}

func (b *sampler) structure(f *form, at where, least bool) *value {
	if !b.leads(at.contract) && (b.open[f] || b.seen[f] && b.budget <= 0) {
		return b.s.minimal(f)
	}
	if b.seen[f] {
		b.budget--
	}
	again, above := b.open[f], b.least
	b.seen[f], b.open[f], b.least = true, true, above || least
	defer func() { b.open[f], b.least = again, above }()

	if f.shape.Union.Or(false) {
		i := b.pick(f, at)
		if below := b.member(f, i, at); below != nil {
			return object(entry{f.members[i], below})
		}
		return object()
	}
	v := object()
	for i, m := range f.shape.Members {
		there := at.below(m.Name, f.members[i])
		if b.choices[there.contract].Absent {
			b.met[there.contract] = there.document
			continue
		}
		if b.least && !m.Required.Or(false) && !b.leads(there.contract) {
			continue
		}
		if below := b.member(f, i, at); below != nil {
			v.entries = append(v.entries, entry{f.members[i], below})
		}
	}
	return v
}

func (b *sampler) member(f *form, i int, at where) *value {
	m := &f.shape.Members[i]
	return b.value(f.below[i], m, at.below(m.Name, f.members[i]))
}

// pick returns the member of a union that a choice leads to, or else the usual one.
func (b *sampler) pick(f *form, at where) int {
	for i, m := range f.shape.Members {
		if b.leads(child(at.contract, m.Name)) {
			return i
		}
	}
	return f.pick()
}

// sampleKeys returns n different keys of a map: words where the contract allows them.
func (s *Synth) sampleKeys(f *form, n int) []string {
	key := f.below[1]
	if len(key.shape.Enum.Or(nil)) == 0 {
		words := []string{"example", "environment", "team", "project"}
		if fitting := slices.DeleteFunc(words, func(w string) bool { return key.texts != nil && !key.texts.fits(w) }); len(fitting) >= n {
			return fitting[:n]
		}
	}
	return s.differentKeys(f, n)
}

// SampleResponse returns the response of a sample, with all members that travel in headers, as
// [Synth.Response] does. The error is a [*BindingError] or a [*Problem].
func (s *Synth) SampleResponse(part schema.Part, to Request, choices ...Choice) (Response, Sample, error) {
	sample, err := s.Sample(part, choices...)
	if err != nil {
		return Response{}, sample, err
	}
	optional := func(*binding.Member) bool {
		return !slices.ContainsFunc(choices, func(c Choice) bool { return c.Least })
	}
	all, err := s.bound(part, optional, nil)
	if err != nil {
		return Response{}, sample, err
	}
	r, err := s.response(part, sample.Document, to, all)
	return r, sample, err
}
