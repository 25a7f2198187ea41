package redact

import (
	"slices"
	"strings"
)

// hit is a secret in a string.
type hit struct {
	span
	what   string
	inside bool // found in what the span decodes to, not in the span as it is written
}

// find returns the secrets in a string: as it is written, and in what it encodes by
// percent-encoding, by the escapes of JSON, or by base64. Of the last two, and of percent-encoding,
// the whole encoded word is the secret. depth says how many encodings are undone one inside the
// other.
func find(s string, depth int) []hit {
	var sc scanner
	return sc.find(s, depth)
}

// scanner is one search. Its work is linear in the bytes: a string is read a constant number of
// times, and what it encodes is no longer than it.
type scanner struct {
	work int // bytes that were read, for the test that it is linear
}

// scanned is a string that is being searched.
type scanned struct {
	s, lower string
	decodes  bool // what the string encodes is searched too
	plus     bool // spaces were plus signs, perhaps of base64: only rules with context are sound
	words    []word
	cut      bool // words is filled
	*scanner
}

const shortestText = 7 // bytes; no rule finds less

func (sc *scanner) find(s string, depth int) (hits []hit) {
	if len(s) < shortestText {
		return nil
	}
	hits = sc.rules(&scanned{s: s, decodes: depth > 0, scanner: sc})
	hits = sc.members(hits, s, depth)
	if depth == 0 {
		return merged(hits)
	}
	whole := span{0, len(s)}
	if strings.ContainsAny(s, "%+") {
		if decoded := unescape(s, true); decoded != s {
			form := strings.Contains(strings.ToUpper(s), "%2B") // who encodes plus signs means spaces by the others; else they could be data
			hits = wholly(hits, sc.rules(&scanned{s: decoded, plus: !form, scanner: sc}), whole)
		}
		if decoded := unescape(s, false); decoded != s {
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

// exempt reports whether what a rule matched is a placeholder, as it is written or with its escapes
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
		rest = unescape(rest, false)
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

// closed is a token, with what follows up to the bracket that closes one in which it began: a token
// ends at spaces and brackets. Nothing, if another character follows the bracket: then the token is
// not all there is.
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
			break // the token has it
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

// merged sorts hits and joins those that overlap.
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
