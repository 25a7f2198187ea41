package accept

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"

	"github.com/crcheck/crcheck/internal/decimal"
)

// Limits beyond which the walk is unsure.
const (
	maxDepth   = 10_000 // the limit of a document
	maxEntries = 64     // of a map: their names are compared pairwise, by hash
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

// word returns four bytes, such as those of null.
func word(s []byte, at int) uint32 { return binary.LittleEndian.Uint32(s[at:]) }

const (
	null = 'n' | 'u'<<8 | 'l'<<16 | 'l'<<24
	yes  = 't' | 'r'<<8 | 'u'<<16 | 'e'<<24
	alse = 'a' | 'l'<<8 | 's'<<16 | 'e'<<24
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
	case word(text, at) == yes:
		return at + 4
	case text[at] == 'f' && word(text, at+1) == alse:
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
	at = space(m.text, at)
	switch m.text[at] {
	case ',':
		return space(m.text, at+1), true
	case end:
		return at + 1, false
	}
	return unsure, false
}

// colon returns the offset of the value after a name that ends before this offset.
func (m *machine) colon(at int) int {
	if at = space(m.text, at); m.text[at] != ':' {
		return unsure
	}
	return space(m.text, at+1)
}

func (m *machine) structure(s *Shape, at int) int {
	text := m.text
	if m.depth++; m.depth > maxDepth {
		return unsure
	}
	var few [2]uint64 // for a small structure
	both, words := few[:], s.words
	if words > 1 {
		m.bits = append(m.bits, make([]uint64, 2*words)...)
		both = m.bits[len(m.bits)-2*words:]
	}
	seen, present := both[:words], both[words:] // names that have appeared, members that have a value
	unknown := len(m.hashes)                    // names of no member, which may be null
	at = space(text, at+1)
	more := text[at] != '}'
	if !more {
		at++
	}
	for expected := 0; more; {
		if text[at] != '"' {
			return unsure
		}
		i := expected
		if i < len(s.names.list) && s.names.list[i].starts(text, at+1) {
			at += len(s.names.list[i].text) + 2
		} else {
			if i, at = m.name(s, at+1); at < 0 {
				return unsure
			}
			if i < 0 { // it may be null
				if at = m.colon(at); at < 0 || word(text, at) != null || !m.first(unknown, m.decoded) {
					return unsure
				}
				at, more = m.next(at+4, '}')
				continue
			}
		}
		expected = i + 1
		if text[at] == ':' && text[at+1] > ' ' {
			at++
		} else if at = m.colon(at); at < 0 {
			return unsure
		}
		if seen[i/64]&(1<<(i%64)) != 0 {
			return unsure
		}
		seen[i/64] |= 1 << (i % 64)
		switch member := &s.Members[i]; {
		case word(text, at) == null:
			at += 4
		case member.Ignored:
			at = m.value(member.Shape, at)
		default:
			present[member.As/64] |= 1 << (member.As % 64)
			at = m.value(member.Shape, at)
		}
		at, more = m.next(at, '}')
	}
	m.depth--
	m.hashes = m.hashes[:unknown]
	if words > 1 {
		m.bits = m.bits[:len(m.bits)-2*words]
	}
	if at < 0 {
		return unsure
	}
	if s.Union {
		if count(present) != 1 {
			return unsure
		}
		return at
	}
	for i, required := range s.required {
		if present[i]&required != required {
			return unsure
		}
	}
	return at
}

// name finds the name that begins at this offset among the names of a structure. after is the offset
// after it. If i is negative, m.decoded has the name.
func (m *machine) name(s *Shape, at int) (i, after int) {
	end, wide := run(m.text, at)
	switch {
	case m.text[end] == '\\':
		if m.decoded, end = unescape(m.decoded[:0], m.text, at); end < 0 || !utf8.Valid(m.decoded) {
			return -1, unsure
		}
		size := len(m.decoded)
		m.decoded = append(m.decoded, padding...)
		i, m.decoded = s.names.find(m.decoded, 0, size), m.decoded[:size]
	case m.text[end] != '"' || wide && !utf8.Valid(m.text[at:end]):
		return -1, unsure
	default:
		if i = s.names.find(m.text, at, end); i < 0 {
			m.decoded = append(m.decoded[:0], m.text[at:end]...)
		}
	}
	return i, end + 1
}

func (m *machine) list(s *Shape, at int) int {
	if m.depth++; m.depth > maxDepth {
		return unsure
	}
	n := int64(0)
	at = space(m.text, at+1)
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
	if s.Element.Kind != Any && word(m.text, at) == null {
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
	open := len(m.hashes)
	at = space(m.text, at+1)
	more := m.text[at] != '}'
	if !more {
		at++
	}
	for more {
		if m.text[at] != '"' {
			return unsure
		}
		name, end, wide := m.read(at + 1)
		if end < 0 || s.Key != nil && !s.Key.fits(name, wide) || !m.first(open, name) {
			return unsure
		}
		if at = m.colon(end); at < 0 {
			return unsure
		}
		at, more = m.next(m.element(s, at), '}')
	}
	n := int64(len(m.hashes) - open)
	m.hashes = m.hashes[:open]
	if m.depth--; !s.length.holds(n) {
		return unsure
	}
	return at
}

// first reports whether a name is surely not that of an earlier entry of the innermost map, whose
// hashes begin at open.
func (m *machine) first(open int, name []byte) bool {
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
	return len(m.hashes)-open <= maxEntries
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
		if word(text, at) == null {
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
