package awshttp

import "strings"

// Escape percent-encodes all but the unreserved characters of RFC 3986, section 2.3, and those that
// are kept: labels of a URI and query parameters travel so, and are signed so (UriEncode of SigV4).
// Package net/url leaves more characters as they are.
func Escape(text, keep string) string {
	const digits = "0123456789ABCDEF"
	var out strings.Builder
	for i := range len(text) {
		c := text[i]
		switch {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', strings.IndexByte("-._~", c) >= 0, strings.IndexByte(keep, c) >= 0:
			out.WriteByte(c)
		default:
			out.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return out.String()
}
