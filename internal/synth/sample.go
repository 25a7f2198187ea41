package synth

import (
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
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
	First   bool   // of the lists on the way to the place, only the first entries differ
}

// Sample returns a document of a part in full surroundings, with values that read well: every
// member is present, a status is a final one, times are in order, and an ARN names the service. A
// structure inside itself is minimal unless a choice lies below it. A choice that another one
// excludes has no effect: [Synth.Chosen] tells. The error is a [*Problem].
func (s *Synth) Sample(part schema.Part, choices ...Choice) ([]byte, error) {
	t, formed, err := s.top(part)
	if err != nil || !formed {
		return t.only(), err
	}
	b := s.sampler(choices)
	v := b.value(t.form, nil, s.rootPlace(part).Pointer)
	if v == nil {
		v = null
	}
	return s.write(t, v)
}

// Chosen returns the place in the document of a sample where the choice at the index takes effect:
// for the entries of a list or map, in the first one. It returns false if another choice excludes
// it, or if a sample cannot have the place. A member in a header has no place in the document. The
// cost is that of the way to the place.
func (s *Synth) Chosen(part schema.Part, choices []Choice, index int) (pointer string, ok bool) {
	t, formed, err := s.top(part)
	to := choices[index].Pointer
	at := s.rootPlace(part).Pointer
	for i := range choices {
		if i != index && choices[i].Pointer == to {
			return "", false
		}
	}
	tokens := jsontree.Tokens(to)
	if choices[index].Least && to == "" {
		return "", true // also of members in headers
	}
	if table := s.tables[part]; table != nil && len(tokens) == 1 {
		if b, ok := table.Member(tokens[0]); ok {
			return "", len(s.boundValues(b, nil)) > 0
		}
	}
	rest, below := strings.CutPrefix(to, at)
	if err != nil || !formed || !below || part == schema.OutputPart && s.bodiless() {
		return "", false
	}
	b := s.sampler(choices)
	f := t.form
	for _, token := range jsontree.Tokens(rest) {
		chosen := b.choices[at]
		if chosen.Text != "" || chosen.Absent || f.size >= endless {
			return "", false
		}
		var i int
		switch f.shape.Type {
		case schema.Structure:
			i = slices.IndexFunc(f.shape.Members, func(m schema.Member) bool { return m.Name == token })
			if i < 0 || f.shape.Union.Or(false) && b.pick(f, at) != i {
				return "", false
			}
			pointer = child(pointer, f.members[i])
		case schema.List, schema.Map:
			if token != "*" || b.entries(f, at, chosen) == 0 {
				return "", false
			}
			key := "0"
			if f.shape.Type == schema.Map {
				key = b.s.sampleKeys(f, 1)[0]
			}
			pointer = child(pointer, key)
		default:
			return "", false
		}
		at, f = child(at, token), f.below[i]
	}
	switch choice := &choices[index]; {
	case choice.Text != "" || choice.Absent:
		return pointer, true
	case choice.Extra != "":
		return pointer, f.shape.Type == schema.Structure && f.size < endless && t.extends(tokens, f)
	case choice.Entries > 0:
		return pointer, f.below != nil && f.holdsOne()
	}
	return pointer, f.size < endless
}

func (s *Synth) sampler(choices []Choice) sampler {
	b := sampler{s: s, choices: map[string]Choice{}, seen: map[*form]bool{}, open: map[*form]bool{}, budget: maxExpanded}
	for _, c := range choices {
		b.choices[c.Pointer] = c
	}
	return b
}

// sampler makes one sample.
type sampler struct {
	s       *Synth
	choices map[string]Choice // by pointer
	seen    map[*form]bool    // structures already written with all members
	open    map[*form]bool    // structures around the current value
	budget  int               // how often a structure that was written may be written again
	least   bool              // in a structure without optional members
	further int               // how many of the entries around the current value are not the first ones
}

// choice returns the choice at a pointer.
func (b *sampler) choice(at string) Choice {
	if c := b.choices[at]; !c.First || b.further == 0 {
		return c
	}
	return Choice{}
}

// leads reports whether a choice is at a pointer or below it.
func (b *sampler) leads(pointer string) bool {
	for to, c := range b.choices {
		if below, ok := strings.CutPrefix(to, pointer); ok && (below == "" || below[0] == '/') && (!c.First || b.further == 0) {
			return true
		}
	}
	return false
}

// value makes the sample of a place; member is nil at the root and in lists and maps. It is nil
// where there is none.
func (b *sampler) value(f *form, member *schema.Member, at string) *value {
	chosen := b.choice(at)
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
				v.entries = append(v.entries, entry{value: b.entry(f, i, at)})
			}
			return v
		}
	case schema.Map:
		if n := b.entries(f, at, chosen); n > 0 {
			v := object()
			for i, key := range b.s.sampleKeys(f, n) {
				v.entries = append(v.entries, entry{key, b.entry(f, i, at)})
			}
			return v
		}
	default:
		return b.s.sampleAt(f, member, at)
	}
	return b.s.minimal(f)
}

// place is a place of a sample.
type place struct {
	form    *form
	pointer string
}

// sampleAt is [Synth.sampleScalar], which compiles patterns, once for each place.
func (s *Synth) sampleAt(f *form, member *schema.Member, pointer string) *value {
	made, ok := s.samples.Load(place{f, pointer})
	if !ok {
		made, _ = s.samples.LoadOrStore(place{f, pointer}, scalar(s.sampleScalar(f, member, pointer)))
	}
	return made.(*value)
}

// entry makes the value of an entry of a list or map.
func (b *sampler) entry(f *form, index int, at string) *value {
	if index > 0 {
		b.further++
		defer func() { b.further-- }()
	}
	return b.value(f.below[0], nil, child(at, "*"))
}

// entries returns how many entries a list or map gets.
func (b *sampler) entries(f *form, at string, chosen Choice) int {
	usual := 1
	if b.least && !b.leads(at) {
		usual = 0
	}
	if n := max(usual, smallest(f.shape), chosen.Entries); f.holdsOne() {
		return n
	}
	return 0
}

func (b *sampler) structure(f *form, at string, least bool) *value {
	if !b.leads(at) && (b.open[f] || b.seen[f] && b.budget <= 0) {
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
		there := child(at, m.Name)
		if i >= len(f.below)-f.ending && !b.leads(there) {
			continue
		}
		if b.choice(there).Absent || b.least && !m.Required.Or(false) && !b.leads(there) {
			continue
		}
		if below := b.member(f, i, at); below != nil {
			v.entries = append(v.entries, entry{f.members[i], below})
		}
	}
	return v
}

func (b *sampler) member(f *form, i int, at string) *value {
	m := &f.shape.Members[i]
	return b.value(f.below[i], m, child(at, m.Name))
}

// pick returns the member of a union that a choice leads to, or else the usual one.
func (b *sampler) pick(f *form, at string) int {
	for i, m := range f.shape.Members {
		if b.leads(child(at, m.Name)) {
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

// Prepared is the response of a sample to any request. It is immutable.
type Prepared struct {
	synth    *Synth
	part     schema.Part
	document []byte
	bound    []boundMember
}

// Prepare prepares the response of a sample. All members that travel in headers are present, unless
// a choice leaves one out or has its text. The error is a [*Problem].
func (s *Synth) Prepare(part schema.Part, choices ...Choice) (*Prepared, error) {
	document, err := s.Sample(part, choices...)
	if err != nil {
		return nil, err
	}
	optional := func(*binding.Member) bool {
		return !slices.ContainsFunc(choices, func(c Choice) bool { return c.Least })
	}
	all, err := s.bound(part, optional, nil)
	if err != nil {
		return nil, err
	}
	var bound []boundMember
	for _, b := range all {
		pointer := child("", b.Name)
		chosen := slices.IndexFunc(choices, func(c Choice) bool { return c.Pointer == pointer })
		switch {
		case chosen >= 0 && choices[chosen].Absent:
			continue
		case chosen >= 0 && choices[chosen].Text != "":
			b.value = binding.Value{Text: scalar(choices[chosen].Text).text()}
		case b.Location != schema.LocationStatus:
			if text, ok := s.sampleBound(b.Member); ok {
				b.value = binding.Value{Text: text}
			}
		}
		bound = append(bound, b)
	}
	return &Prepared{s, part, document, bound}, nil
}

// sampleBound returns the text of a scalar in a header that a reader expects there.
func (s *Synth) sampleBound(b *binding.Member) (string, bool) {
	f := s.forms[s.contract.Resolve(b.Shape)]
	var text string
	switch b.Type {
	case schema.Timestamp:
		text, _ = binding.FormatTimestamp(sampleMoment(nameWords(b.Name)), b.Scalar.Format)
	case schema.String, schema.Integer, schema.Float, schema.Boolean:
		text = scalar(s.sampleScalar(f, b.Member, child("", b.Name))).text()
	}
	return text, text != "" && carries(b.Location, text)
}

// Response returns the response to a request, as [Synth.Response] does. The error is a
// [*BindingError].
func (p *Prepared) Response(to Request) (Response, error) {
	return p.synth.response(p.part, p.document, to, p.bound)
}
