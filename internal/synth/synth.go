package synth

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/schema"
)

// Synth makes documents of one contract in one encoding. It is immutable and safe for concurrent
// use.
type Synth struct {
	contract *schema.Contract
	encoding schema.Encoding
	lenient  bool // see [NewLenient]
	forms    map[*schema.Shape]*form
	tops     map[schema.Part]top
	tables   map[schema.Part]*binding.Table // the members beside the body
	seed     uint64                         // of the identifiers in samples
	samples  *sync.Map                      // of place to the JSON text of the scalar in a sample there
	wanted   func(schema.Place) bool        // the places that systematic documents vary; nil: all
	breaks   []finding.RuleID               // the rules that invalid variants break; nil: all
}

// form is a shape prepared for making documents.
type form struct {
	shape    *schema.Shape
	size     int             // values in its smallest document; endless: it has none
	group    int             // shapes of one group require each other
	texts    *texts          // of a string
	variants []string        // JSON texts of a scalar, the usual one first
	others   func() []string // of a scalar, values that distinguish its places
	keys     []string        // of a map, enough different ones for the minimum
	minimal  *value          // nil: it has none
	full     *value          // nil: as minimal
	members  []string        // of a structure, in the encoding
	events   bool            // the members are the events of a stream, each of which may be absent
	ending   int             // how many of the last ones are exceptions, which end the stream
	below    []*form         // of a structure, its members; of a list its element; of a map its value and key
}

// top is the document of a part.
type top struct {
	form   *form           // nil: any object, or a stream of bytes
	raw    *schema.Member  // the member that is the raw body; nil: the body is JSON or events
	events *binding.Stream // of a body that is a stream of events, which the form has as one object
	place  schema.Place    // of the stream
}

// stream reports a body that is read as it arrives.
func (t top) stream() bool { return t.raw != nil && t.form == nil || t.events != nil }

// New prepares a contract. It returns an error if the contract does not pass
// [schema.Contract.Check].
func New(c *schema.Contract, encoding schema.Encoding) (*Synth, error) {
	return prepare(c, encoding, false)
}

// NewLenient is [New] for a server that must respond although a model contradicts itself: where no
// string has both the length and the pattern of its shape, documents have one of the length.
func NewLenient(c *schema.Contract, encoding schema.Encoding) (*Synth, error) {
	return prepare(c, encoding, true)
}

func prepare(c *schema.Contract, encoding schema.Encoding, lenient bool) (*Synth, error) {
	if err := c.Check(); err != nil {
		return nil, fmt.Errorf("contract %s cannot be used: %w", c, err)
	}
	s := &Synth{contract: c, encoding: encoding, lenient: lenient, forms: map[*schema.Shape]*form{}, tops: map[schema.Part]top{}, tables: map[schema.Part]*binding.Table{}, samples: &sync.Map{}}
	var all []*form
	for _, part := range c.Parts() {
		s.tops[part] = s.newTop(part, &all)
		s.tables[part] = binding.Of(c, part)
		for b := range s.outside(part) {
			s.form(c.Resolve(b.Shape), &all)
		}
	}
	s.measure(all)
	for _, f := range all {
		s.minimal(f)
	}
	for _, part := range c.Parts() {
		if t := s.tops[part]; t.form != nil {
			f := fullBuilder{s: s, seen: map[*form]bool{}, open: map[*form]bool{}, budget: maxExpanded}
			t.form.full = f.value(t.form)
		}
	}
	return s, nil
}

func (s *Synth) newTop(part schema.Part, all *[]*form) top {
	c := s.contract
	if events, ok := binding.StreamOf(c, part); ok && s.encoding == schema.HTTP {
		return s.newStream(part, events, all)
	}
	if raw, ok := c.RawBody(part); ok && s.encoding == schema.HTTP {
		shape := c.Resolve(raw.Shape)
		if shape.Stream() {
			return top{raw: raw}
		}
		return top{form: s.form(shape, all), raw: raw}
	}
	root, members, ok := s.encoding.Document(c, part)
	if !ok {
		return top{}
	}
	shape := c.Resolve(root)
	if shape.Type == schema.Structure && len(members) != len(shape.Members) {
		rest := *shape // a reference back to the root has all members
		rest.Members = members
		shape = &rest
	}
	return top{form: s.form(shape, all)}
}

// Seeded returns the same with other identifiers in samples.
func (s *Synth) Seeded(seed uint64) *Synth {
	other := *s
	other.seed, other.samples = seed, &sync.Map{}
	return &other
}

// At returns the same with fewer systematic documents and invalid variants: those that vary a wanted
// place, and the minimal and the full one; and those that break one of the rules.
func (s *Synth) At(wanted func(schema.Place) bool, breaks ...finding.RuleID) *Synth {
	other := *s
	other.wanted, other.breaks = wanted, breaks
	return &other
}

// Contract returns the contract that documents are made of.
func (s *Synth) Contract() *schema.Contract { return s.contract }

// form prepares a shape and those below it.
func (s *Synth) form(shape *schema.Shape, all *[]*form) *form {
	if f, ok := s.forms[shape]; ok {
		return f
	}
	f := &form{shape: shape, size: endless}
	s.forms[shape] = f
	*all = append(*all, f)
	to := func(r schema.Ref) { f.below = append(f.below, s.form(s.contract.Resolve(r), all)) }
	switch shape.Type {
	case schema.Structure:
		for i := range shape.Members {
			f.members = append(f.members, s.encoding.MemberName(&shape.Members[i]))
			to(shape.Members[i].Shape)
		}
	case schema.List:
		to(*shape.Element)
	case schema.Map:
		to(*shape.Value)
		to(*shape.Key)
		f.keys = s.differentKeys(f, max(1, smallest(shape)))
	default:
		f.variants, f.others = s.variants(f), s.newOthers(f)
	}
	return f
}

// smallest returns how many entries a list or map must have.
func smallest(s *schema.Shape) int {
	low, _ := lengths(s)
	return low
}

// usual is the seed of the choices in systematic documents.
func usual() *rand.Rand { return rand.New(rand.NewPCG(1, 1)) }

// needs returns the shapes that a smallest document of the form may have.
func (f *form) needs() []*form {
	var all []*form
	switch f.shape.Type {
	case schema.Structure:
		for i, m := range f.shape.Members {
			if f.shape.Union.Or(false) || m.Required.Or(false) {
				all = append(all, f.below[i])
			}
		}
	case schema.List, schema.Map:
		if smallest(f.shape) > 0 {
			all = f.below[:1]
		}
	}
	return all
}

// measure finds the size of each form's smallest document, and groups forms.
func (s *Synth) measure(all []*form) {
	for changed := true; changed; {
		changed = false
		for _, f := range slices.Backward(all) {
			if size := f.measured(); size < f.size {
				f.size, changed = size, true
			}
		}
	}
	g := grouper{index: map[*form]int{}, low: map[*form]int{}}
	for _, f := range all {
		if _, seen := g.index[f]; !seen {
			g.visit(f)
		}
	}
}

func (f *form) measured() int {
	size := 1
	switch f.shape.Type {
	case schema.Structure:
		union := f.shape.Union.Or(false)
		least := endless
		for _, below := range f.needs() {
			if union {
				least = min(least, below.size)
			} else {
				size += below.size
			}
		}
		if union {
			size += least
		}
	case schema.List:
		size += times(smallest(f.shape), f.below[0].size)
	case schema.Map:
		if len(f.keys) < smallest(f.shape) {
			return endless
		}
		size += times(smallest(f.shape), f.below[0].size)
	default:
		if len(f.variants) == 0 {
			return endless
		}
	}
	if _, high := lengths(f.shape); high < smallest(f.shape) && f.shape.Type != schema.String || size > maxValues {
		return endless
	}
	return size
}

// grouper finds strongly connected components (Tarjan, 1972). A group gets its number after all
// groups that it leads to.
type grouper struct {
	index, low map[*form]int
	stack      []*form
	groups     int
}

func (g *grouper) visit(f *form) {
	g.index[f], g.low[f] = len(g.index), len(g.index)
	g.stack = append(g.stack, f)
	for _, below := range f.needs() {
		if _, seen := g.index[below]; !seen {
			g.visit(below)
			g.low[f] = min(g.low[f], g.low[below])
		} else if below.group == 0 { // still on the stack
			g.low[f] = min(g.low[f], g.index[below])
		}
	}
	if g.low[f] != g.index[f] {
		return
	}
	g.groups++
	at := slices.Index(g.stack, f)
	for _, member := range g.stack[at:] {
		member.group = g.groups
	}
	g.stack = g.stack[:at]
}

// pick returns the member of a union in smallest documents: the first that does not lead back to
// the union, or the smallest if all do.
func (f *form) pick() int {
	picked := -1
	for i, below := range f.below {
		switch {
		case below.size >= endless:
		case below.group != f.group:
			return i
		case picked < 0 || below.size < f.below[picked].size:
			picked = i
		}
	}
	return picked
}
