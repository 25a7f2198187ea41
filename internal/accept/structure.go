package accept

import (
	"math/bits"
	"unicode/utf8"
)

// structure reads an object whose members are those of a shape.
func (m *machine) structure(s *Shape, at int) int {
	text := m.text
	if m.depth++; m.depth > maxDepth {
		return unsure
	}
	unknown, base := len(m.hashes), len(m.bits)
	if s.words > 1 {
		m.bits = append(m.bits, make([]uint64, 2*s.words)...)
	}
	// Of 64 members: whose name has appeared, and which have a value. A structure with more members
	// has the other bits in m.bits.
	var seen, present uint64
	page := 0
	at = skipSpace(text, at+1)
	more := text[at] != '}'
	if !more {
		at++
	}
	for expected := 0; more; {
		if text[at] != '"' {
			return unsure
		}
		i, after := s.names.next(text, at+1, expected)
		if i < 0 {
			if i, after = m.lookUp(s, at+1); after < 0 {
				return unsure
			}
			if i < 0 { // it may be null
				if at = m.colon(after); at < 0 || fourBytes(text, at) != nullBytes || !m.isNew(unknown, m.decoded) || len(m.hashes)-unknown > maxUnknown {
					return unsure
				}
				at, more = m.next(at+4, '}')
				continue
			}
		}
		expected = i + 1
		if at = after; text[at] == ':' && text[at+1] > ' ' {
			at++
		} else if at = m.colon(at); at < 0 {
			return unsure
		}
		if i>>6 != page {
			seen, present = m.turn(base, page, i>>6, seen, present)
			page = i >> 6
		}
		if seen&(1<<(i&63)) != 0 {
			return unsure
		}
		seen |= 1 << (i & 63)
		member := &s.Members[i]
		if text[at] == 'n' && fourBytes(text, at) == nullBytes {
			at += 4
		} else {
			if !member.Ignored {
				if member.As>>6 != page {
					seen, present = m.turn(base, page, member.As>>6, seen, present)
					page = member.As >> 6
				}
				present |= 1 << (member.As & 63)
			}
			if at = m.value(member.Shape, at); at < 0 {
				return unsure
			}
		}
		if text[at] == ',' && text[at+1] == '"' {
			at++
		} else {
			at, more = m.next(at, '}')
		}
	}
	m.depth--
	m.hashes = m.hashes[:unknown]
	if at < 0 || !m.complete(s, base, page, seen, present) {
		return unsure
	}
	return at
}

// turn stores the bits of 64 members and loads those of other ones.
func (m *machine) turn(base, from, to int, seen, present uint64) (uint64, uint64) {
	m.bits[base+2*from], m.bits[base+2*from+1] = seen, present
	return m.bits[base+2*to], m.bits[base+2*to+1]
}

// complete reports whether the required members are present or, in a union, exactly one. It releases
// the bits of the structure.
func (m *machine) complete(s *Shape, base, page int, seen, present uint64) bool {
	if s.words <= 1 {
		if s.Union {
			return bits.OnesCount64(present) == 1
		}
		return present&s.required[0] == s.required[0]
	}
	m.turn(base, page, page, seen, present)
	count, complete := 0, true
	for i, required := range s.required {
		present := m.bits[base+2*i+1]
		count += bits.OnesCount64(present)
		complete = complete && present&required == required
	}
	m.bits = m.bits[:base]
	return complete && (!s.Union || count == 1)
}

// lookUp finds the name that begins at this offset among the names of a structure. after is the offset
// after it. If i is negative, m.decoded has the name.
func (m *machine) lookUp(s *Shape, at int) (i, after int) {
	end, wide := endOfText(m.text, at)
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
