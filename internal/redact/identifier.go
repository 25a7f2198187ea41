package redact

import (
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// The forms of identifiers, and where they end in a text.

// principal returns the length of the unique ID of an IAM entity, or 0 if s does not begin with
// one. Access keys are secrets, which the scan finds.
func principal(s string) int {
	if len(s) < 20 || !slices.Contains([]string{"AGPA", "AIDA", "AIPA", "ANPA", "ANVA", "AROA", "APKA", "ASCA", "ACCA"}, s[:4]) {
		return 0
	}
	n := 4
	for n < len(s) && n < 128 && (digit(s[n]) || 'A' <= s[n] && s[n] <= 'Z') {
		n++
	}
	if n < 16 || n < len(s) && wordByte(s[n]) {
		return 0
	}
	return n
}

// isCanonical reports whether s begins with 64 hexadecimal digits, like the canonical ID of a user
// of S3, that are not part of a longer word.
func isCanonical(s string) bool {
	if len(s) < 64 || len(s) > 64 && wordByte(s[64]) {
		return false
	}
	for i := range 64 {
		if !digit(s[i]) && !('a' <= s[i] && s[i] <= 'f') {
			return false
		}
	}
	return true
}

// urlHost reports whether a text ends with a URL up to the slash after its host.
func urlHost(s string) bool {
	before, ok := strings.CutSuffix(s, "/")
	if !ok {
		return false
	}
	before = before[max(0, len(before)-maxHost):]
	slash := strings.LastIndexByte(before, '/')
	return slash >= 2 && before[slash-1] == '/' && before[slash-2] == ':' && slash+1 < len(before) && !strings.ContainsAny(before[slash:], " \t\n\"")
}

// registry returns the length of the rest of the host of an image registry, with the slash.
func registry(s string) int {
	if !strings.HasPrefix(s, ".dkr.ecr") {
		return 0
	}
	n := strings.IndexByte(s[:min(len(s), maxHost)], '/')
	if n < 0 || !awshttp.IsAWS(s[1:n]) {
		return 0
	}
	return n + 1
}

// token returns the length of an ARN or URI in a text. Names may contain any punctuation, so it ends
// only at white space, quotes, angle brackets, an escape sequence, and a comma or semicolon before
// the next identifier. Punctuation and open brackets at its end belong to the sentence.
func token(s string) int {
	n := 0
	for ; n < len(s); n++ {
		c, rest := s[n], s[n+1:]
		if c <= ' ' || strings.IndexByte("\"`<>", c) >= 0 || c == '\\' && (rest == "" || strings.IndexByte(`"\/bfnrtu`, rest[0]) >= 0) {
			break
		}
		if strings.IndexByte(",;|&'", c) >= 0 && (strings.HasPrefix(rest, "arn:") || s3Scheme(rest) > 0 || strings.HasPrefix(rest, "http")) || c == '\'' && quoted(rest) {
			break
		}
	}
	outer := ".:!,;'|&?"
	for _, brackets := range []string{"()", "[]", "{}"} {
		if strings.IndexByte(s[:n], brackets[0]) < 0 {
			outer += brackets[1:]
		}
	}
	return len(strings.TrimRight(s[:n], outer))
}

// quoted reports whether an apostrophe before this text is the end of a quotation.
func quoted(rest string) bool { return rest == "" || strings.IndexByte(",;:)]}", rest[0]) >= 0 }

// urlPath returns the length of the path of a URL in a text, which may contain less than a key.
func urlPath(s string) int {
	n := token(s)
	if end := strings.IndexAny(s[:n], "?#|{}"); end >= 0 {
		return end
	}
	return n
}

func s3Scheme(s string) int {
	for _, scheme := range []string{"s3://", "s3a://", "s3n://"} {
		if strings.HasPrefix(s, scheme) {
			return len(scheme)
		}
	}
	return 0
}

const maxHost = 253 // bytes; RFC 1035, section 2.3.4

// bucketStart returns the start of the labels of a host name that end at i.
func bucketStart(s string, i int) int {
	first := max(0, i-maxHost)
	for i > first && (lowerOrDigit(s[i-1]) || s[i-1] == '-' || s[i-1] == '.') {
		i--
	}
	return i
}

// endpoint returns the length of a host name of S3, or 0 if there is none.
func endpoint(s string) int {
	if !strings.HasPrefix(s, "s3.") && !strings.HasPrefix(s, "s3-") {
		return 0
	}
	s = s[:min(len(s), maxHost)]
	n := strings.IndexFunc(s, func(r rune) bool {
		return !(r < 0x80 && (lowerOrDigit(byte(r)) || r == '-' || r == '.'))
	})
	if n < 0 {
		n = len(s)
	}
	host := strings.TrimRight(s[:n], ".")
	if awshttp.IsAWS(host) {
		return len(host)
	}
	return 0
}

// isS3 reports whether a host is of S3, with or without a bucket. S3's control plane does not
// count, since its paths differ.
func isS3(host string) bool {
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	for label := host; ; {
		if n := endpoint(label); n > 0 && n == len(label) {
			return !strings.HasPrefix(label, "s3-control")
		}
		_, rest, ok := strings.Cut(label, ".")
		if !ok {
			return false
		}
		label = rest
	}
}

// modeOf returns the mode of a name that is the whole string.
func modeOf(s string) mode {
	switch {
	case len(s) == 12 && isAccount(s):
		return digits
	case len(s) == 36 && isUUID(s):
		return uuidMode(s)
	}
	return byClass
}

// isUUID reports whether s begins with a UUID.
func isUUID(s string) bool {
	if len(s) < 36 {
		return false
	}
	for i := range 36 {
		switch i {
		case 8, 13, 18, 23:
			if s[i] != '-' {
				return false
			}
		default:
			if !digit(s[i]) && !('a' <= s[i] && s[i] <= 'f') && !('A' <= s[i] && s[i] <= 'F') {
				return false
			}
		}
	}
	return true
}

func uuidMode(s string) mode {
	lower, upper := strings.ContainsAny(s, "abcdef"), strings.ContainsAny(s, "ABCDEF")
	switch {
	case lower && upper:
		return uuidMixed
	case upper:
		return uuidUpper
	}
	return uuidLower
}

// isAccount reports whether s begins with twelve digits that are not part of a longer word.
func isAccount(s string) bool {
	for i := range 12 {
		if i >= len(s) || !digit(s[i]) {
			return false
		}
	}
	return len(s) == 12 || !digit(s[12]) && !letter(s[12])
}

// boundary reports whether there is a word boundary at i. In a text that contains JSON, the last
// character of an escape sequence is not part of a word.
func boundary(s string, i int) bool {
	if i == 0 || i == len(s) || !wordByte(s[i-1]) || !wordByte(s[i]) {
		return true
	}
	return i >= 2 && s[i-2] == '\\' && strings.IndexByte("bfnrt", s[i-1]) >= 0 || i >= 6 && s[i-6] == '\\' && s[i-5] == 'u'
}

func wordByte(c byte) bool     { return digit(c) || letter(c) || c >= 0x80 }
func digit(c byte) bool        { return '0' <= c && c <= '9' }
func letter(c byte) bool       { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func lowerOrDigit(c byte) bool { return digit(c) || 'a' <= c && c <= 'z' }
