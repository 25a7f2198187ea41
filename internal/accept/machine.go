package accept

import (
	"bytes"
	"encoding/binary"

	"github.com/crcheck/crcheck/internal/decimal"
)

// maxPairwise is how many hashes of names are compared pairwise. A map with more gets a table.
const maxPairwise = 64

// Limits beyond which the walk is unsure.
const (
	maxDepth   = 10_000 // the limit of a document
	maxUnknown = 64     // names of no member in a structure
)

// maxExact is the largest integer that a double represents exactly, with all below it.
const maxExact = 1 << 53

// machine walks a document. Its methods take the offset of a value and return the offset after it, or
// unsure.
type machine struct {
	text    []byte   // the document and eight zero bytes
	hashes  []uint64 // of the names of the maps that are being read, the innermost at the end
	decoded []byte   // of a string with escapes
	digits  []byte   // of a number
	bits    []uint64 // of the structures that are being read and have many members
	depth   int
}

// fourBytes returns four bytes, such as those of null.
func fourBytes(s []byte, at int) uint32 { return binary.LittleEndian.Uint32(s[at:]) }

const (
	nullBytes = 'n' | 'u'<<8 | 'l'<<16 | 'l'<<24
	trueBytes = 't' | 'r'<<8 | 'u'<<16 | 'e'<<24
	alseBytes = 'a' | 'l'<<8 | 's'<<16 | 'e'<<24
)

func (m *machine) value(s *Shape, at int) int {
	text := m.text
	switch c := text[at]; s.Kind {
	case Structure:
		switch {
		case c == '{':
			return m.structure(s, at)
		case c == '[' && s.Events != nil:
			return m.list(s.Events, at)
		}
	case List:
		if c == '[' {
			return m.list(s, at)
		}
	case Map:
		if c == '{' {
			return m.entries(s, at)
		}
	case String, Blob:
		if c == '"' {
			return m.string(s, at)
		}
	case Integer:
		var n number
		if end := n.read(text, at); end >= 0 && !n.fraction && n.whole <= maxExact && n.in(s.number) {
			return end
		}
		return m.exact(s, at)
	case Float:
		if c == '"' && s.Form != nil {
			return m.string(s, at)
		}
		return m.number(s, at)
	case Timestamp:
		switch {
		case c == '"' && s.Form != nil:
			return m.string(s, at)
		case s.Epoch:
			return m.number(s, at)
		}
	case Boolean:
		return boolean(text, at)
	case NotString:
		if c != '"' {
			return m.any(at)
		}
	case Any:
		return m.any(at)
	}
	return unsure
}

func boolean(text []byte, at int) int {
	switch {
	case fourBytes(text, at) == trueBytes:
		return at + 4
	case text[at] == 'f' && fourBytes(text, at+1) == alseBytes:
		return at + 5
	}
	return unsure
}

func (m *machine) number(s *Shape, at int) int {
	var n number
	if end := n.read(m.text, at); end >= 0 && n.in(s.number) {
		return end
	}
	return m.exact(s, at)
}

// exact reads a number that int64 does not decide.
func (m *machine) exact(s *Shape, at int) int {
	end := numeral(m.text, at)
	if end < 0 {
		return unsure
	}
	raw := m.text[at:end]
	d := decimal.Parse(m.digits[:0], raw)
	m.digits = d.Scratch()
	if !s.Limits.Holds(d) || !s.Bounds.Holds(d) || s.Kind == Integer && (!d.Integral() || !doubles.Holds(d) || bytes.ContainsAny(raw, ".eE")) {
		return unsure
	}
	return end
}

// doubles are the integers that a double represents exactly, with all between them (RFC 7493, section
// 2.2).
var doubles = decimal.Between("-9007199254740992", "9007199254740992")

// next returns the offset of the next element after one that ends at this offset, and whether there
// is one. Otherwise, the offset is that after the closing delimiter, or unsure.
func (m *machine) next(at int, end byte) (next int, more bool) {
	if at < 0 {
		return unsure, false
	}
	at = skipSpace(m.text, at)
	switch m.text[at] {
	case ',':
		return skipSpace(m.text, at+1), true
	case end:
		return at + 1, false
	}
	return unsure, false
}

// colon returns the offset of the value after a name that ends before this offset.
func (m *machine) colon(at int) int {
	if at = skipSpace(m.text, at); m.text[at] != ':' {
		return unsure
	}
	return skipSpace(m.text, at+1)
}

func (m *machine) list(s *Shape, at int) int {
	if m.depth++; m.depth > maxDepth {
		return unsure
	}
	n := int64(0)
	at = skipSpace(m.text, at+1)
	more := m.text[at] != ']'
	if !more {
		at++
	}
	for ; more; n++ {
		at, more = m.next(m.element(s, at), ']')
	}
	if m.depth--; !s.length.holds(n) {
		return unsure
	}
	return at
}

// element reads an element of a list or a value of a map.
func (m *machine) element(s *Shape, at int) int {
	if s.Element.Kind != Any && fourBytes(m.text, at) == nullBytes {
		if !s.Sparse {
			return unsure
		}
		return at + 4
	}
	return m.value(s.Element, at)
}

func (m *machine) entries(s *Shape, at int) int {
	if m.depth++; m.depth > maxDepth {
		return unsure
	}
	open, n := len(m.hashes), int64(0)
	var many map[uint64]bool
	at = skipSpace(m.text, at+1)
	more := m.text[at] != '}'
	if !more {
		at++
	}
	for ; more; n++ {
		if m.text[at] != '"' {
			return unsure
		}
		name, end, wide := m.read(at + 1)
		if end < 0 || s.Key != nil && !s.Key.fits(name, wide) || !m.isNew(open, name) {
			return unsure
		}
		if len(m.hashes)-open == maxPairwise {
			if many = tabled(many, m.hashes[open:]); many == nil {
				return unsure
			}
			m.hashes = m.hashes[:open]
		}
		if at = m.colon(end); at < 0 {
			return unsure
		}
		at, more = m.next(m.element(s, at), '}')
	}
	if many != nil && tabled(many, m.hashes[open:]) == nil {
		return unsure
	}
	m.hashes = m.hashes[:open]
	if m.depth--; !s.length.holds(n) {
		return unsure
	}
	return at
}

// tabled adds hashes to a table. It returns nil if one is in it already.
func tabled(table map[uint64]bool, hashes []uint64) map[uint64]bool {
	if table == nil {
		table = make(map[uint64]bool, 4*len(hashes))
	}
	for _, h := range hashes {
		if table[h] {
			return nil
		}
		table[h] = true
	}
	return table
}

// isNew reports whether a name is surely not among the names whose hashes begin at open, and adds its
// hash.
func (m *machine) isNew(open int, name []byte) bool {
	h := uint64(len(name))
	for ; len(name) >= 8; name = name[8:] {
		h = (h ^ binary.LittleEndian.Uint64(name)) * 0x9E3779B97F4A7C15
		h ^= h >> 32
	}
	for _, c := range name {
		h = (h ^ uint64(c)) * 0x9E3779B97F4A7C15
	}
	for _, other := range m.hashes[open:] {
		if other == h {
			return false
		}
	}
	m.hashes = append(m.hashes, h)
	return true
}

// any reads any value.
func (m *machine) any(at int) int {
	text := m.text
	switch c := text[at]; c {
	case '"':
		_, after, _ := m.read(at + 1)
		return after
	case '{':
		return m.entries(anything, at)
	case '[':
		return m.list(anything, at)
	case 't', 'f':
		return boolean(text, at)
	case 'n':
		if fourBytes(text, at) == nullBytes {
			return at + 4
		}
		return unsure
	}
	return numeral(text, at)
}

// anything is a list or a map of any values.
var anything = func() *Shape {
	s := &Shape{Sparse: true, Element: &Shape{Kind: Any}}
	s.Compile()
	return s
}()
