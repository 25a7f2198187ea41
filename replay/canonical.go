package replay

import (
	"slices"
	"strings"
)

// appendPath appends the canonical form of an encoded path.
func appendPath(dst []byte, path string) []byte {
	if path == "" {
		return append(dst, '/')
	}
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c == '/' {
			dst = append(dst, '/')
			continue
		}
		c, width := decoded(path[i:])
		i += width - 1
		dst = appendEncoded(dst, c)
	}
	return dst
}

// appendQuery appends the canonical form of a query.
func appendQuery(dst []byte, query string) []byte {
	if query == "" {
		return dst
	}
	for i, p := range parameters(query) {
		if i > 0 {
			dst = append(dst, '&')
		}
		dst = appendText(dst, p.name)
		dst = append(dst, '=')
		dst = appendText(dst, p.value)
	}
	return dst
}

// parameter is a decoded parameter of a query.
type parameter struct{ name, value string }

// parameters returns the parameters of a query without those of a signature, sorted by name.
func parameters(query string) []parameter {
	var all []parameter
	for piece := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(piece, "=")
		p := parameter{formDecoded(name), formDecoded(value)}
		if piece != "" && !slices.Contains(signature, p.name) {
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	return all
}

// signature lists the parameters that SigV4 adds to the query of a presigned request. They change
// with the time.
var signature = []string{
	"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders",
	"X-Amz-Signature", "X-Amz-Security-Token", "X-Amz-Region-Set",
}

func formDecoded(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '+' {
			b = append(b, ' ')
			continue
		}
		c, width := decoded(s[i:])
		i += width - 1
		b = append(b, c)
	}
	return string(b)
}

// decoded returns the first decoded byte of s, which is not empty, and the number of bytes that
// encode it. A percent sign without two hexadecimal digits is literal.
func decoded(s string) (c byte, width int) {
	if s[0] == '%' && len(s) >= 3 {
		high, low := nibble(s[1]), nibble(s[2])
		if high >= 0 && low >= 0 {
			return byte(high<<4 | low), 3
		}
	}
	return s[0], 1
}

func nibble(c byte) int {
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

func appendText(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		dst = appendEncoded(dst, s[i])
	}
	return dst
}

// appendEncoded percent-encodes all but the unreserved characters of RFC 3986, section 2.3.
func appendEncoded(dst []byte, c byte) []byte {
	const hex = "0123456789ABCDEF"
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.', c == '~':
		return append(dst, c)
	}
	return append(dst, '%', hex[c>>4], hex[c&15])
}
