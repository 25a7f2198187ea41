package accept

import (
	"math"
	"sync"

	"github.com/crcheck/crcheck/internal/decimal"
)

// Kind is the kind of a shape.
type Kind uint8

// The kinds.
const (
	Any Kind = iota // any JSON value
	Structure
	List
	Map
	String
	Blob // base64; Length counts the decoded bytes
	Integer
	Float // a number, or a string that [Shape.Form] accepts
	Timestamp
	Boolean
	NotString // any JSON value but a string
)

// Matcher decides a string.
type Matcher interface{ Match(text []byte) bool }

// Ender is a [Matcher] that can match a string of JSON while it looks for the end of it. If End returns
// the offset of a quotation mark, the contents, which begin at the offset at, are ASCII without escapes,
// and match. Any other result says nothing. Eight zero bytes follow the document.
type Ender interface {
	Matcher
	End(padded []byte, at int) int
}

// Shape says what a value has to satisfy. After [Shape.Compile], it must not change, and is safe for
// concurrent use. Shapes may be cyclic.
type Shape struct {
	Kind  Kind
	Union bool // a structure of which exactly one member is present
	// Sparse says that elements of a list, or values of a map, may be null.
	Sparse bool
	Epoch  bool // a timestamp may be a number

	Element, Key *Shape   // of a list or map
	Members      []Member // of a structure
	Events       *Shape   // a list that may take the place of a structure

	Enum    []string
	Form    Matcher // of a string; nil: a timestamp or float is not a string
	Pattern Matcher
	Length  decimal.Interval // of a string in code points, of a blob in bytes, of a list or map in entries
	Limits  decimal.Interval // of a number
	Bounds  decimal.Interval // the same

	ender          Ender // the pattern, if nothing but it and the length decides
	length, number interval
	names, values  names
	required       []uint64
	words          int  // of 64 bits, for the names of a structure
	free           bool // any string satisfies it
	compiled       bool
}

// Member is a name that a structure may have.
type Member struct {
	Name  string
	Shape *Shape
	// Required says that the member must be present. It is not if it is null.
	Required bool
	// As is the index of the member that this name is another spelling of; itself if it is not one.
	As int
	// Ignored says that the name is not a member: its value does not count.
	Ignored bool
}

// interval is the largest interval of int64 within a [decimal.Interval].
type interval struct{ min, max int64 }

func (i interval) holds(n int64) bool { return i.min <= n && n <= i.max }

// Compile makes the tables of a shape and of the shapes that it refers to.
func (s *Shape) Compile() {
	if s == nil || s.compiled {
		return
	}
	s.compiled = true
	s.length.min, s.length.max = s.Length.Ints()
	s.number.min, s.number.max = s.Limits.Ints()
	low, high := s.Bounds.Ints()
	s.number.min, s.number.max = max(s.number.min, low), min(s.number.max, high)
	s.values.compile(s.Enum)
	s.free = s.Form == nil && s.Pattern == nil && len(s.Enum) == 0 && s.length.unbounded()
	if s.Kind == String && s.Form == nil && len(s.Enum) == 0 {
		s.ender, _ = s.Pattern.(Ender)
	}
	s.words = (len(s.Members) + 63) / 64
	s.required = make([]uint64, max(1, s.words))
	var all []string
	for i, m := range s.Members {
		all = append(all, m.Name)
		if m.Required && !s.Union {
			s.required[i/64] |= 1 << (i % 64)
		}
	}
	s.names.compile(all)
	for _, m := range s.Members {
		m.Shape.Compile()
	}
	s.Element.Compile()
	s.Key.Compile()
	s.Events.Compile()
}

// unbounded reports whether every length is in the interval.
func (i interval) unbounded() bool { return i.min <= 0 && i.max == math.MaxInt64 }

var machines = sync.Pool{New: func() any { return new(machine) }}

var padding = make([]byte, 8)

// maxKept is the size of a document in bytes up to which the memory for it is kept.
const maxKept = 1 << 20

// Accepts reports whether a document is valid. False means unsure.
func (s *Shape) Accepts(document []byte) bool {
	m := machines.Get().(*machine)
	// The padding ends every loop: no token contains a zero byte, and no load of eight bytes that
	// begins in the document goes beyond it.
	m.text = append(append(m.text[:0], document...), padding...)
	m.hashes, m.bits = m.hashes[:0], m.bits[:0]
	m.depth = 0
	at := m.value(s, skipSpace(m.text, 0))
	ok := at >= 0 && skipSpace(m.text, at) == len(document)
	if cap(m.text) <= maxKept {
		machines.Put(m)
	}
	return ok
}

// Fits reports whether well-formed text that is not JSON satisfies a shape of a string.
func (s *Shape) Fits(text []byte) bool { return s.fits(text, true) }
