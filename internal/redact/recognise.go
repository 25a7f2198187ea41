package redact

import (
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
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
}

type span struct{ from, to int }

// recognise finds the identifiers in a text. literal reports which pieces of an ARN's resource are
// constant; if it is nil, these are the words for its type. recognise depends only on the classes
// of characters, constant words and reserved words, so it finds the same parts in the pseudonym.
func recognise(s string, literal func(piece string) bool) identifiers {
	return recogniser{text: s, literal: literal, token: token}.all()
}

// recogniseWhole is recognise for a string that is one value: an identifier at its beginning extends
// to its end, whatever it contains.
func recogniseWhole(s string, literal func(piece string) bool) identifiers {
	return recogniser{text: s, literal: literal, token: func(s string) int { return len(s) }}.all()
}

type recogniser struct {
	text    string
	literal func(piece string) bool
	token   func(s string) int // the length of the token at the start of s
	found   identifiers
	end     int // the end of the last identifier
}

func (r recogniser) all() identifiers {
	s := r.text
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == 'a' && strings.HasPrefix(s[i:], "arn:") && boundary(s, i):
			if parts, to := r.arn(i); to > 0 {
				r.take(i, to, parts...)
			}
		case c == 's' && strings.HasPrefix(s[i:], "s3") && boundary(s, i):
			if n := s3Scheme(s[i:]); n > 0 {
				to := i + n + r.token(s[i+n:])
				r.take(i, to, pieces(s, i+n, to)...)
			} else if n := endpoint(s[i:]); n > 0 && i+n < len(s) && s[i+n] == '/' { // s3.REGION.amazonaws.com/BUCKET/KEY
				to := i + n + urlPath(s[i+n:])
				r.take(i, to, pieces(s, i+n+1, to)...)
			}
		case c == '.' && strings.HasPrefix(s[i:], ".s3") && endpoint(s[i+1:]) > 0: // BUCKET.s3.REGION.amazonaws.com/KEY
			r.virtualHost(i)
		case c == '-' && i-8 >= r.end && isUUID(s[i-8:]):
			r.take(i-8, i+28, part{i - 8, i + 28, uuidMode(s[i-8 : i+28]), false, false})
		case c == '/' && strings.HasPrefix(s[i:], "/aws/") && (i == 0 || strings.IndexByte(" \t\n\"'`=:,([{", s[i-1]) >= 0): // a log group: /aws/SERVICE/NAME
			if slash := strings.IndexByte(s[i+5:min(len(s), i+64)], '/'); slash > 0 && arnField(s[i+5:i+5+slash]) {
				from, to := i+5+slash, i+r.token(s[i:])
				if from+1 < to {
					r.take(i, to, pieces(s, from, to)...)
				}
			}
		case c == 'A' && boundary(s, i) && principal(s[i:]) > 0: // AROA…, or AROA…:SESSION
			to := i + principal(s[i:])
			parts := []part{{i + 4, to, byClass, true, false}}
			if to < len(s) && s[to] == ':' {
				if session := to + 1 + r.token(s[to+1:]); session > to+1 {
					parts = append(parts, part{to + 1, session, modeOf(s[to+1 : session]), true, true})
					to = session
				}
			}
			r.take(i, to, parts...)
		case (digit(c) || 'a' <= c && c <= 'f') && boundary(s, i) && isCanonical(s[i:]) && !strings.HasSuffix(s[:i], "sha256:") && !placeholder(s[i:i+64]):
			r.take(i, i+64, part{i, i + 64, hexLower, true, false})
		case digit(c) && boundary(s, i) && isAccount(s[i:]):
			parts, to := []part{{i, i + 12, digits, true, false}}, i+12
			if to < len(s) && s[to] == '/' && urlHost(s[:i]) { // SQS: https://HOST/ACCOUNT/QUEUE
				to += urlPath(s[to:])
			} else if n := registry(s[to:]); n > 0 { // ECR: ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY
				parts, to = append(parts, pieces(s, to+n, to+n+r.token(s[to+n:]))...), to+n+r.token(s[to+n:])
				r.take(i, to, parts...)
				break
			}
			r.take(i, to, append(parts, pieces(s, i+12, to)...)...)
		}
		i = max(i, r.end-1)
	}
	return r.found
}

func (r *recogniser) take(from, to int, parts ...part) {
	r.found.parts = append(r.found.parts, parts...)
	r.found.spans = append(r.found.spans, span{from, to})
	r.end = to
}

// virtualHost takes a host of S3 that begins with the bucket, which ends at i.
func (r *recogniser) virtualHost(i int) {
	s := r.text
	from, to := bucketStart(s, i), i+1+endpoint(s[i+1:])
	for n := len(r.found.spans); n > 0 && r.found.spans[n-1].to > from; n-- { // an account ID in the name, or an ARN before it
		if before := r.found.spans[n-1]; before.from < from {
			from = before.to
			break
		}
		r.found.spans = r.found.spans[:n-1]
		r.found.parts = slices.DeleteFunc(r.found.parts, func(p part) bool { return p.from >= from })
	}
	parts := []part{{from, i, modeOf(s[from:i]), true, true}}
	if to < len(s) && s[to] == '/' {
		key := to + urlPath(s[to:])
		parts, to = append(parts, pieces(s, to, key)...), key
	}
	r.take(from, to, parts...)
}

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

// nameFirst are the services whose ARNs do not have a word for the type before the name.
var nameFirst = []string{"s3", "sns", "sqs", "execute-api"}

// words are constant anywhere in an ARN's resource. They are the types of subresources.
var words = []string{"analysistemplate", "autoScalingGroupName", "backup", "consumer", "deployment", "index", "log-stream", "root", "stream", "version"}

// arn reads arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE and returns its end, or 0 if there is
// none.
func (r *recogniser) arn(at int) (parts []part, to int) {
	s, literal := r.text, r.literal
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
	to = i + r.token(s[i:])
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
	for n > 0 {
		switch c := s[n-1]; {
		case strings.IndexByte(".:!,;'|&?", c) >= 0,
			c == ')' && strings.IndexByte(s[:n], '(') < 0, c == ']' && strings.IndexByte(s[:n], '[') < 0, c == '}' && strings.IndexByte(s[:n], '{') < 0:
			n--
		default:
			return n
		}
	}
	return n
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
