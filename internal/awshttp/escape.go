package awshttp

import "strings"

const upperHex = "0123456789ABCDEF"

// Escape percent-encodes all but the unreserved characters of RFC 3986, section 2.3, and those in
// keep. Labels of a URI and query parameters are sent and signed in this form (UriEncode of SigV4).
// Package net/url leaves more characters as they are.
func Escape(text, keep string) string {
	return string(AppendEscaped(make([]byte, 0, len(text)), text, keep))
}

// AppendEscaped appends the result of [Escape].
func AppendEscaped(dst []byte, text, keep string) []byte {
	for i := range len(text) {
		c := text[i]
		switch {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', strings.IndexByte("-._~", c) >= 0, strings.IndexByte(keep, c) >= 0:
			dst = append(dst, c)
		default:
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return dst
}

// Unescape undoes percent-encoding. If plus is set, as in a form or a query, + is a space. A
// percent sign that does not begin an escape is literal.
func Unescape(text string, plus bool) string {
	if strings.IndexByte(text, '%') < 0 && (!plus || strings.IndexByte(text, '+') < 0) {
		return text
	}
	b := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		c, width := UnescapeByte(text[i:], plus)
		b = append(b, c)
		i += width
	}
	return string(b)
}

// UnescapeByte returns the first byte of [Unescape] of text, which must not be empty, and the
// number of bytes of text that encode it: 1, or 3 for an escape.
func UnescapeByte(text string, plus bool) (c byte, width int) {
	if plus && text[0] == '+' {
		return ' ', 1
	}
	if text[0] == '%' && len(text) >= 3 {
		if high, low := Unhex(text[1]), Unhex(text[2]); high >= 0 && low >= 0 {
			return byte(high<<4 | low), 3
		}
	}
	return text[0], 1
}

// Unhex returns the value of a hexadecimal digit of either case, or -1 for any other byte.
func Unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
