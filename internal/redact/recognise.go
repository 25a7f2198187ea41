package redact

import (
	"slices"
	"strings"
)

// part is a piece of a string with a separate pseudonym.
type part struct {
	from, to int // bytes
	mode     mode
	learn    bool // look for it in other strings
	piece    bool // the pseudonym must also be recognised as such a piece, not as a reserved word or another identifier
}

// identifiers are the identifiers in a string.
type identifiers struct {
	parts []part
	spans []span // whole identifiers, in which no other names are looked for
	one   bool   // the string is one name, and the parts are what changes of it
}

type span struct{ from, to int }

// recognise finds account IDs, ARNs, UUIDs and the names of buckets. literal reports which pieces
// of an ARN's resource are constant; if it is nil, these are the words for its type. recognise
// depends only on the classes of characters, constant words and reserved words, so it finds the
// same parts in the pseudonym.
func recognise(s string, literal func(piece string) bool) (found identifiers) {
	end := 0 // the end of the last identifier
	take := func(from, to int, parts ...part) {
		found.parts = append(found.parts, parts...)
		found.spans = append(found.spans, span{from, to})
		end = to
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == 'a' && strings.HasPrefix(s[i:], "arn:") && boundary(s, i):
			if parts, to := arn(s, i, literal); to > 0 {
				take(i, to, parts...)
			}
		case c == 's' && strings.HasPrefix(s[i:], "s3") && boundary(s, i):
			if n := s3Scheme(s[i:]); n > 0 {
				to := i + n + token(s[i+n:])
				take(i, to, pieces(s, i+n, to)...)
			} else if n := endpoint(s[i:]); n > 0 && i+n < len(s) && s[i+n] == '/' { // s3.REGION.amazonaws.com/BUCKET/KEY
				to := i + n + token(s[i+n:])
				take(i, to, pieces(s, i+n+1, to)...)
			}
		case c == '.' && strings.HasPrefix(s[i:], ".s3") && endpoint(s[i+1:]) > 0: // BUCKET.s3.REGION.amazonaws.com/KEY
			from, to := bucketStart(s, i), i+1+endpoint(s[i+1:])
			for n := len(found.spans); n > 0 && found.spans[n-1].to > from; n-- { // an account ID in the name, or an ARN before it
				if before := found.spans[n-1]; before.from < from {
					from = before.to
					break
				}
				found.spans = found.spans[:n-1]
				found.parts = slices.DeleteFunc(found.parts, func(p part) bool { return p.from >= from })
			}
			parts := []part{{from, i, modeOf(s[from:i]), true, true}}
			if to < len(s) && s[to] == '/' {
				key := to + token(s[to:])
				parts, to = append(parts, pieces(s, to, key)...), key
			}
			take(from, to, parts...)
		case c == '-' && i-8 >= end && isUUID(s[i-8:]):
			take(i-8, i+28, part{i - 8, i + 28, uuidMode(s[i-8 : i+28]), false, false})
		case digit(c) && boundary(s, i) && isAccount(s[i:]):
			take(i, i+12, part{i, i + 12, digits, true, false})
		}
		i = max(i, end-1)
	}
	return found
}

// nameFirst are the services whose ARNs do not have a word for the type before the name.
var nameFirst = []string{"s3", "sns", "sqs", "execute-api"}

// words are constant anywhere in an ARN's resource. They are the types of subresources.
var words = []string{"analysistemplate", "autoScalingGroupName", "backup", "consumer", "deployment", "index", "log-stream", "root", "stream", "version"}

// arn reads arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE and returns its end, or 0 if there is
// none.
func arn(s string, at int, literal func(string) bool) (parts []part, to int) {
	i := at + len("arn:")
	var fields [4]string
	for f := range fields {
		colon := strings.IndexByte(s[i:min(len(s), i+64)], ':')
		if colon < 0 || f < 2 && colon == 0 || !arnField(s[i:i+colon]) {
			return nil, 0
		}
		fields[f] = s[i : i+colon]
		i += colon + 1
	}
	to = i + token(s[i:])
	service, account := fields[1], fields[3]
	if to == i {
		return nil, 0
	}
	if account == "aws" { // a resource of AWS itself
		return nil, to
	}
	if len(account) == 12 && isAccount(account) {
		parts = append(parts, part{i - 13, i - 1, digits, true, false})
	}
	for first := true; i < to; first = false {
		n := strings.IndexAny(s[i:to], ":/")
		if n < 0 {
			n = to - i
		}
		piece := s[i : i+n]
		typed := first && i+n < to && !slices.Contains(nameFirst, service)
		if n > 0 && !typed && !slices.Contains(words, piece) && (literal == nil || !literal(piece)) {
			parts = append(parts, part{i, i + n, modeOf(piece), true, true})
		}
		i += n + 1
	}
	return parts, to
}

func arnField(s string) bool {
	for i := range len(s) {
		if !lowerOrDigit(s[i]) && s[i] != '-' && s[i] != '*' { // policies contain patterns
			return false
		}
	}
	return true
}

// pieces returns the pieces of a path between slashes.
func pieces(s string, from, to int) (parts []part) {
	for from < to {
		n := strings.IndexByte(s[from:to], '/')
		if n < 0 {
			n = to - from
		}
		if n > 0 {
			parts = append(parts, part{from, from + n, modeOf(s[from : from+n]), true, true})
		}
		from += n + 1
	}
	return parts
}

// token returns the length of the token before a space, a quote, a bracket or the like, without
// punctuation at its end, which belongs to the sentence.
func token(s string) int {
	if n := strings.IndexAny(s, " \t\r\n\"'`<>,;|()[]{}\\&?#="); n >= 0 {
		s = s[:n]
	}
	return len(strings.TrimRight(s, ".:!"))
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
	if strings.HasSuffix(host, ".amazonaws.com") || strings.HasSuffix(host, ".amazonaws.com.cn") {
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
