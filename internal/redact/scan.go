package redact

import (
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// hit is a secret in a string.
type hit struct {
	span
	what   string
	inside bool // found in the decoded span, not in the span as written
}

// find returns the secrets in a string as written, and in the text that it encodes by
// percent-encoding, JSON escapes or base64. For an encoded secret, the whole encoded word is the
// hit. depth is the maximum number of nested encodings.
func find(s string, depth int) []hit {
	var sc scanner
	return sc.find(s, depth)
}

// scanner is one search. Its work is linear in the number of bytes: it reads a string a constant
// number of times, and the decoded text is not longer than the string.
type scanner struct {
	work int // bytes read, for the test that the work is linear
}

// scanned is a string that is being searched.
type scanned struct {
	s, lower string
	decodes  bool // also search the decoded string
	plus     bool // spaces were plus signs, possibly of base64: only rules with context are reliable
	words    []word
	cut      bool // words is filled
	*scanner
}

const minText = 7 // bytes; no rule matches a shorter text

func (sc *scanner) find(s string, depth int) (hits []hit) {
	if len(s) < minText {
		return nil
	}
	hits = sc.rules(&scanned{s: s, decodes: depth > 0, scanner: sc})
	hits = sc.members(hits, s, depth)
	if depth == 0 {
		return merged(hits)
	}
	whole := span{0, len(s)}
	if strings.ContainsAny(s, "%+") {
		if decoded := awshttp.Unescape(s, true); decoded != s {
			form := strings.Contains(strings.ToUpper(s), "%2B") // beside encoded plus signs, the others are spaces; otherwise they may be data
			hits = wholly(hits, sc.rules(&scanned{s: decoded, plus: !form, scanner: sc}), whole)
		}
		if decoded := awshttp.Unescape(s, false); decoded != s {
			hits = wholly(hits, sc.find(decoded, depth-1), whole)
		}
	}
	if strings.IndexByte(s, '\\') >= 0 {
		if decoded := unslash(s); decoded != s {
			hits = wholly(hits, sc.find(decoded, depth-1), whole)
		}
	}
	for _, e := range encodedWords(s) {
		sc.work += e.to - e.from
		hits = wholly(hits, sc.find(readable(decodeWord(s[e.from:e.to])), depth-1), e)
	}
	return merged(hits)
}

// rules applies the table of rules.
func (sc *scanner) rules(t *scanned) (hits []hit) {
	sc.work += len(t.s)
	if t.lower = strings.ToLower(t.s); len(t.lower) != len(t.s) {
		t.lower = asciiLower(t.s)
	}
	for i := range secrets {
		if r := &secrets[i]; !t.plus || !r.bare {
			hits = r.find(hits, t)
		}
	}
	return hits
}

func (r *secret) find(hits []hit, t *scanned) []hit {
	if r.anchors != nil && !slices.ContainsFunc(r.anchors, func(a string) bool { return strings.Contains(t.lower, a) }) {
		return hits
	}
	if r.spans != nil {
		for _, at := range r.spans(t) {
			hits = append(hits, hit{at, r.what, false})
		}
		return hits
	}
	for _, m := range r.form().FindAllStringSubmatchIndex(t.s, -1) {
		at := span{m[2*r.group], m[2*r.group+1]}
		token := t.s[at.from:at.to]
		if t.exempt(at) || r.check != nil && !r.check(token) || r.bare && t.inData(at) {
			continue
		}
		hits = append(hits, hit{at, r.what, false})
	}
	return hits
}

// exempt reports whether the match of a rule is a placeholder, as written or with its escapes
// undone.
func (t *scanned) exempt(at span) bool {
	if placeholder(t.closed(at)) {
		return true
	}
	token, rest := t.s[at.from:at.to], t.s[at.from:min(len(t.s), at.from+2*maxPlaceholder)]
	switch {
	case strings.IndexByte(token, '\\') >= 0:
		rest = unslash(rest)
	case strings.IndexByte(token, '%') >= 0:
		rest = awshttp.Unescape(rest, false)
	default:
		return false
	}
	to := strings.IndexAny(rest, tokenEnds)
	if to < 0 {
		to = len(rest)
	}
	return placeholder((&scanned{s: rest}).closed(span{0, to}))
}

const tokenEnds = " \t\r\n\"',;&)}]"

// closed extends a token, which ends at spaces and brackets, up to the bracket that closes one
// within it. It returns "" if another character follows the bracket, since the token is then only a
// part.
func (t *scanned) closed(at span) string {
	token := t.s[at.from:at.to]
	if dots := strings.Index(token, "...<"); dots >= 0 {
		token = token[dots+3:]
	}
	for _, w := range wrappings {
		if !strings.HasPrefix(token, w.open) || w.open == w.close {
			continue
		}
		from := at.to - len(token) + len(w.open)
		n := strings.Index(t.s[from:min(len(t.s), from+maxPlaceholder)], w.close)
		if n < 0 {
			continue
		}
		to := from + n + len(w.close)
		if to <= at.to {
			break // the token contains it
		}
		if to < len(t.s) && strings.IndexByte(tokenEnds+`\.`, t.s[to]) < 0 {
			return ""
		}
		return t.s[at.from:to]
	}
	return t.s[at.from:at.to]
}

func wholly(hits, inside []hit, word span) []hit {
	for _, h := range inside {
		hits = append(hits, hit{word, h.what, true})
	}
	return hits
}

// merged sorts hits and merges those that overlap.
func merged(hits []hit) []hit {
	slices.SortStableFunc(hits, func(a, b hit) int { return a.from - b.from })
	var kept []hit
	for _, h := range hits {
		if last := len(kept) - 1; last >= 0 && h.from < kept[last].to {
			kept[last].to = max(kept[last].to, h.to)
		} else {
			kept = append(kept, h)
		}
	}
	return kept
}

func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}
