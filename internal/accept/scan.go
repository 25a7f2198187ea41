package accept

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// These functions read tokens of a text that ends with eight zero bytes.

// Each has one of the eight bytes of a word in every byte.
const (
	ones        = 0x0101010101010101
	highs       = 0x8080808080808080
	quotes      = '"' * ones
	backslashes = '\\' * ones
	blanks      = ' ' * ones
)

// skipSpace returns the offset of the next token.
func skipSpace(s []byte, at int) int {
	for at < len(s) && (s[at] == ' ' || s[at] == '\n' || s[at] == '\t' || s[at] == '\r') {
		at++
	}
	return at
}

// endOfText returns the offset of the first quotation mark, backslash or control character, and whether a
// byte beyond ASCII precedes it.
func endOfText(s []byte, at int) (end int, wide bool) {
	high := uint64(0)
	for {
		w := binary.LittleEndian.Uint64(s[at:])
		q, b := w^quotes, w^backslashes
		// The lowest bit that is set is right; a borrow may set others above it.
		stop := ((q-ones)&^q | (b-ones)&^b | (w-blanks)&^w) & highs
		if stop == 0 {
			high |= w
			at += 8
			continue
		}
		n := bits.TrailingZeros64(stop) / 8
		high |= w & (1<<(8*n) - 1)
		return at + n, high&highs != 0
	}
}

// unescape appends a string to text, up to its closing quotation mark, which it returns the offset of,
// or unsure. The string contains an escape, and may contain anything else.
func unescape(text, s []byte, at int) ([]byte, int) {
	for {
		end, _ := endOfText(s, at)
		text = append(text, s[at:end]...)
		if s[end] == '"' {
			return text, end
		}
		if s[end] != '\\' {
			return text, unsure
		}
		at = end + 2
		switch c := s[end+1]; c {
		case '"', '\\', '/':
			text = append(text, c)
		case 'b':
			text = append(text, '\b')
		case 'f':
			text = append(text, '\f')
		case 'n':
			text = append(text, '\n')
		case 'r':
			text = append(text, '\r')
		case 't':
			text = append(text, '\t')
		case 'u':
			r := hex(s, at)
			at += 4
			if utf16.IsSurrogate(r) {
				if s[at] != '\\' || s[at+1] != 'u' {
					return text, unsure
				}
				r = utf16.DecodeRune(r, hex(s, at+2))
				at += 6
				if r == utf8.RuneError {
					return text, unsure
				}
			}
			if r < 0 {
				return text, unsure
			}
			text = utf8.AppendRune(text, r)
		default:
			return text, unsure
		}
	}
}

// hex reads four hexadecimal digits, or returns -1.
func hex(s []byte, at int) (r rune) {
	if at+4 > len(s) {
		return -1
	}
	for _, c := range s[at : at+4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// number is a JSON number without an exponent: |whole| and whether a fraction follows.
type number struct {
	whole    int64
	negative bool
	fraction bool
}

// maxDigits is how many digits surely fit an int64.
const maxDigits = 18

// read reads a number and returns the offset after it, or unsure.
func (n *number) read(s []byte, at int) int {
	if s[at] == '-' {
		n.negative = true
		at++
	}
	start := at
	whole := int64(0)
	for ; s[at]-'0' <= 9; at++ {
		whole = whole*10 + int64(s[at]-'0')
	}
	n.whole = whole
	if digits := at - start; digits == 0 || digits > maxDigits || s[start] == '0' && digits > 1 {
		return unsure
	}
	if s[at] == '.' {
		n.fraction = true
		at++
		start = at
		for s[at]-'0' <= 9 {
			at++
		}
		if at == start {
			return unsure
		}
	}
	if s[at]|0x20 == 'e' {
		return unsure
	}
	return at
}

// numeral returns the offset after a number (RFC 8259, section 6), or unsure.
func numeral(s []byte, at int) int {
	if s[at] == '-' {
		at++
	}
	if s[at] == '0' {
		at++
	} else if at = digits(s, at); at < 0 {
		return unsure
	}
	if s[at] == '.' {
		if at = digits(s, at+1); at < 0 {
			return unsure
		}
	}
	if s[at]|0x20 == 'e' {
		if at++; s[at] == '+' || s[at] == '-' {
			at++
		}
		return digits(s, at)
	}
	return at
}

// digits returns the offset after one digit or more, or unsure.
func digits(s []byte, at int) int {
	start := at
	for s[at]-'0' <= 9 {
		at++
	}
	if at == start {
		return unsure
	}
	return at
}

// in reports whether the number is surely in an interval.
func (n *number) in(i interval) bool {
	if n.negative && n.whole == 0 && !n.fraction {
		return i.holds(0)
	}
	low, high := n.whole, n.whole
	if n.fraction {
		high++
	}
	if n.negative {
		low, high = -high, -low
	}
	return i.holds(low) && i.holds(high)
}
