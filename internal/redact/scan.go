package redact

import (
	"slices"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// hit is a secret in a string.
type hit struct {
	span
	what   string
	inside bool // found in the decoded span, not in the span as written
}

// find returns the secrets in a string as written, and in the text that it encodes by
// percent-encoding, JSON escapes, HTML entities or base64. For an encoded secret, the whole encoded
// word is the hit. depth is the maximum number of nested encodings.
func find(s string, depth int) []hit {
	var sc scanner
	return sc.find(s, depth)
}

// scanner is one search. Its work is linear in the number of bytes: it reads a string a constant
// number of times, and the decoded text is not longer than the string.
type scanner struct {
	work int     // bytes read, for the test that the work is linear
	text scanned // the string that is being searched: the rules do not nest
	word []byte  // a decoded word
}

// scanned is a string that is being searched.
type scanned struct {
	s       string
	decodes bool // also search the decoded string
	plus    bool // spaces were plus signs, possibly of base64: only rules with context are reliable
	words   []word
	cut     bool // words is filled
	plain   lastRun
	signed  lastRun
	open    [2][4]bool    // no closing quote follows, by kind of quote and number of backslashes
	pair    int           // the end of a name such as "DB_PASSWORD" whose value may follow; 0: none
	until   [maxRules]int // the end of the text that a rule has read
	hits    []hit
	*scanner
}

const minText = 7 // bytes; no rule matches a shorter text

func (sc *scanner) find(s string, depth int) (hits []hit) {
	if len(s) < minText {
		return nil
	}
	hits = sc.rules(s, depth > 0, false)
	hits = sc.members(hits, s, depth)
	if depth == 0 {
		return merged(hits)
	}
	whole := span{0, len(s)}
	if strings.IndexByte(s, '+') >= 0 {
		form := strings.Contains(s, "%2B") || strings.Contains(s, "%2b") // beside encoded plus signs, the others are spaces; otherwise they may be data
		hits = wholly(hits, sc.rules(awshttp.Unescape(s, true), false, !form), whole)
	}
	if decoded := undo(s); decoded != s {
		sc.work += len(s)
		hits = wholly(hits, sc.find(decoded, depth-1), whole)
	}
	for e := range encodedWords(s) {
		sc.work += e.to - e.from
		sc.word = appendDecoded(sc.word[:0], s[e.from:e.to])
		if text := readable(sc.word); len(text) >= minText {
			hits = wholly(hits, sc.find(text, depth-1), e)
		}
	}
	return merged(hits)
}

// findAgain is like find, for a string that may have been searched before.
func findAgain(past *memo[bool], s string, depth int) (hits []hit) {
	if !mayHold(s) {
		return nil
	}
	searched := false
	search := func() bool {
		sc := scanners.Get().(*scanner)
		hits, searched = sc.find(s, depth), true
		sc.text.s = "" // do not hold it
		scanners.Put(sc)
		return len(hits) > 0
	}
	if past.of(s, depth, search) && !searched {
		search()
	}
	return hits
}

var scanners = sync.Pool{New: func() any { return &scanner{} }}

// rules applies the table of rules in one pass: a rule reads the text from one of its anchors on,
// and does not read it twice.
func (sc *scanner) rules(s string, decodes, plus bool) []hit {
	t, x := &sc.text, anchors()
	*t = scanned{s: s, decodes: decodes, plus: plus, words: t.words[:0], scanner: sc}
	sc.work += len(s)
	key := uint32(0)
	for i := range len(s) {
		c := s[i]
		if separators[c] {
			t.separator(i)
		}
		key = (key<<8 | uint32(lowerCase[c])) & 0xFF_FFFF
		if bucket := x.index[hashOf(key)]; bucket != 0 && i >= 2 {
			for _, a := range x.buckets[bucket-1] {
				if from := i - 2; a.at(s, from) {
					t.apply(a.rule, from, from+len(a.text))
				}
			}
		}
	}
	if !t.plus {
		for _, at := range t.secretKeys() {
			t.hits = append(t.hits, hit{at, secretAccessKey, false})
		}
	}
	return t.hits
}

// apply tries a rule at an anchor.
func (t *scanned) apply(rule, at, from int) {
	r := &secrets[rule]
	if at < t.until[rule] || t.plus && r.bare {
		return
	}
	found, end := r.match(t, at, from)
	t.work += end - at
	t.until[rule] = max(t.until[rule], end)
	if r.prefixed && found.to > from && t.exempt(span{from, found.to}) {
		return
	}
	if found.to > found.from && !t.exempt(found) && !(r.bare && t.inData(found)) {
		t.hits = append(t.hits, hit{found, r.what, false})
	}
}

// exempt reports whether the match of a rule is a placeholder, as written or with its escapes
// undone.
func (t *scanned) exempt(at span) bool {
	if placeholder(t.closed(at)) {
		return true
	}
	token, rest := t.s[at.from:at.to], t.s[at.from:min(len(t.s), at.from+2*maxPlaceholder)]
	if len(token) > 2*maxPlaceholder || strings.IndexByte(token, '\\') < 0 && strings.IndexByte(token, '%') < 0 {
		return false
	}
	rest = undo(rest)
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
	if dots := strings.Index(token[:min(len(token), maxPlaceholder)], "...<"); dots >= 0 {
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
	if len(hits) < 2 {
		return hits
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return a.from - b.from })
	kept := hits[:0]
	for _, h := range hits {
		if last := len(kept) - 1; last >= 0 && h.from < kept[last].to {
			kept[last].to = max(kept[last].to, h.to)
		} else {
			kept = append(kept, h)
		}
	}
	return kept
}
