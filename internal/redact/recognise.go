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

// recognise finds the identifiers in a text. literal reports which pieces of an ARN's resource are
// constant; if it is nil, these are the words for its type. recognise depends only on the classes
// of characters, constant words and reserved words, so it finds the same parts in the pseudonym.
//
// A string that is one URI of S3 is a whole value, since keys contain spaces: a member with one may
// have any name, such as location.
func recognise(s string, literal func(piece string) bool) identifiers {
	if n := s3Scheme(s); n > 0 && !strings.Contains(s[n:], "://") && strings.IndexByte(s, '\n') < 0 {
		return recogniseWhole(s, literal)
	}
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

// beginnings are the bytes at which identifiers are recognised.
var beginnings = lettersOf("sA.-/", digits10, [2]byte{'a', 'f'})

func (r recogniser) all() identifiers {
	s := r.text
	for i := 0; i < len(s); i++ {
		if !beginnings[s[i]] {
			continue
		}
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
			if from, to := i+awsFolder(s[i:]), i+r.token(s[i:]); i < from && from < to {
				r.take(i, to, pieces(s, from, to)...)
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
		case (digit(c) || 'a' <= c && c <= 'f') && len(s)-i >= 64 && boundary(s, i) && isCanonical(s[i:]) && !strings.HasSuffix(s[:i], "sha256:") && !placeholder(s[i:i+64]):
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
	separators := ":/"
	if service == "logs" { // names of log groups and streams contain slashes
		separators = ":"
	}
	for first := true; i < to; first = false {
		n := strings.IndexAny(s[i:to], separators)
		if n < 0 {
			n = to - i
		}
		piece := s[i : i+n]
		if from := awsFolder(piece); service == "logs" && from > 0 {
			parts = append(parts, pieces(s, i+from, i+n)...)
			i += n + 1
			continue
		}
		typed := first && i+n < to && !slices.Contains(nameFirst, service)
		if n > 0 && !typed && !slices.Contains(words, piece) && (literal == nil || !literal(piece)) {
			parts = append(parts, part{i, i + n, modeOf(piece), true, true})
		}
		i += n + 1
	}
	return parts, to
}

// awsFolder returns the length of the folder /aws/SERVICE/ at the start of the name of a log group, or
// 0. AWS chose it, and clients branch on it.
func awsFolder(s string) int {
	if name, ok := strings.CutPrefix(s[:min(len(s), 64)], "/aws/"); ok {
		if n := strings.IndexByte(name, '/'); n > 0 && arnField(name[:n]) {
			return len("/aws/") + n + 1
		}
	}
	return 0
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
