package redact

import "unicode/utf8"

// alphabet is a set of code points that replace each other: n from first, then m from second. All
// have the same length in UTF-8.
type alphabet struct {
	first  rune
	n      uint8
	second rune
	m      uint8
}

func (a alphabet) size() int { return int(a.n) + int(a.m) }

// fixed returns the code point of the constant that names of small domains have.
func (a alphabet) fixed() rune {
	switch a.first {
	case 'a':
		return 'a' + rune(min(a.n-1, 'x'-'a'))
	case 'A':
		return 'A' + rune(min(a.n-1, 'X'-'A'))
	}
	return a.first
}

func (a alphabet) at(i int) rune {
	if i < int(a.n) {
		return a.first + rune(i)
	}
	return a.second + rune(i-int(a.n))
}

// mode determines which positions of a string change, and in which alphabet.
type mode uint8

const (
	byClass   mode = iota // digits, letters of either case, and other letters, each in their own alphabet
	digits                // digits only
	hexLower              // 0-9a-f is one alphabet; nothing else changes
	hexUpper              // 0-9A-F
	hexMixed              // 0-9, a-f and A-F, each in their own alphabet
	uuidLower             // like the three above, but the version and the variant are constant (RFC 9562, section 4)
	uuidUpper
	uuidMixed
)

// at returns the alphabet of a code point at byte offset i of a string. Its size is 0 if the code
// point does not change.
func (m mode) at(i int, r rune) alphabet {
	switch m {
	case uuidLower, uuidUpper, uuidMixed:
		if i == 14 || i == 19 {
			return alphabet{}
		}
		return (m - uuidLower + hexLower).at(i, r)
	case hexLower:
		if '0' <= r && r <= '9' || 'a' <= r && r <= 'f' {
			return alphabet{'0', 10, 'a', 6}
		}
	case hexUpper:
		if '0' <= r && r <= '9' || 'A' <= r && r <= 'F' {
			return alphabet{'0', 10, 'A', 6}
		}
	case hexMixed:
		switch {
		case '0' <= r && r <= '9':
			return alphabet{first: '0', n: 10}
		case 'a' <= r && r <= 'f':
			return alphabet{first: 'a', n: 6}
		case 'A' <= r && r <= 'F':
			return alphabet{first: 'A', n: 6}
		}
	case digits:
		if '0' <= r && r <= '9' {
			return alphabet{first: '0', n: 10}
		}
	case byClass:
		return classOf(r)
	}
	return alphabet{}
}

// classOf returns the alphabet of a code point by its class. Beyond ASCII, it is the 64 code points
// that differ only in the last byte of their UTF-8, except for Latin-1, where letters keep their
// case. It does not use Unicode's categories, which change between versions, whereas pseudonyms
// must not. Punctuation, symbols, controls and private use do not change.
func classOf(r rune) alphabet {
	switch {
	case '0' <= r && r <= '9':
		return alphabet{first: '0', n: 10}
	case 'a' <= r && r <= 'z':
		return alphabet{first: 'a', n: 26}
	case 'A' <= r && r <= 'Z':
		return alphabet{first: 'A', n: 26}
	case r < 0xC0 || r == utf8.RuneError, r == '×', r == '÷':
		return alphabet{}
	case r < 0xDF: // À to Þ without ×
		return alphabet{0xC0, 0xD7 - 0xC0, 0xD8, 0xDF - 0xD8}
	case r < 0x100: // ß to ÿ without ÷
		return alphabet{0xDF, 0xF7 - 0xDF, 0xF8, 0x100 - 0xF8}
	case r < 0x2000, 0x2C00 <= r && r < 0x3000, 0x3040 <= r && r < 0xD800, 0xF900 <= r && r < 0xFE00, 0x10000 <= r && r < 0xE0000:
		return alphabet{first: r &^ 63, n: 64}
	}
	return alphabet{}
}
