package synth

import (
	"math/rand/v2"
	"strings"
	"unicode/utf8"

	"github.com/crcheck/crcheck/internal/pattern"
	"github.com/crcheck/crcheck/schema"
)

// These bounds limit how far documents go to reach a bound of a contract.
const (
	maxCharacters = 1 << 17 // of a string
	maxBytes      = 1 << 16 // of a blob
	maxEntries    = 1 << 12 // of a list or map
	maxValues     = 1 << 16 // of the smallest document
)

// texts makes strings of one shape.
type texts struct {
	enum      []string // only those that the other facets allow
	low, high int      // code points
	engine    *pattern.Pattern
	piece     *piece // of the pattern; nil: it is not known how to write it out
}

// newTexts prepares a string shape. A pattern that no engine compiles counts as none.
func newTexts(s *schema.Shape) *texts {
	t := &texts{}
	t.low, t.high = lengths(s)
	if source := s.Pattern.Or(""); source != "" {
		if t.engine, _ = pattern.Compile(source); t.engine != nil {
			t.piece = writable(source)
		}
	}
	for _, v := range s.Enum.Or(nil) {
		if t.fits(v) {
			t.enum = append(t.enum, v)
		}
	}
	return t
}

// reconcile leaves out a pattern that contradicts the lengths: App Runner's ServiceId is a UUID of 36
// characters, and has 32.
func (t *texts) reconcile() {
	if t.excludes(t.low, t.high) {
		t.engine, t.piece = nil, nil
	}
}

// writable returns an expression to write strings from. Its strings are candidates: if it is not
// the pattern itself, not all of them match.
func writable(source string) *piece {
	tree, _, err := pattern.Syntax(source)
	if err != nil {
		return nil
	}
	return newPiece(tree)
}

// fits reports whether a text has the length and pattern of the shape.
func (t *texts) fits(text string) bool {
	n := utf8.RuneCountInString(text)
	return n >= t.low && n <= t.high && (&trial{texts: t}).matches(text)
}

// trial is a search for one text. It gives up after several matches that took too long, because
// such a pattern could take minutes.
type trial struct {
	*texts
	timeouts int
}

const maxTimeouts = 2

func (t *trial) matches(text string) bool {
	if t.engine == nil {
		return true
	}
	ok, err := t.engine.Match([]byte(text))
	if err != nil {
		t.timeouts++
	}
	return ok && err == nil
}

// refuses is not the opposite of matches: a match that takes too long is neither.
func (t *trial) refuses(text string) bool {
	ok, err := t.engine.Match([]byte(text))
	if err != nil {
		t.timeouts++
	}
	return !ok && err == nil
}

func (t *trial) over() bool { return t.timeouts >= maxTimeouts }

func (t *trial) holds(text []rune, low, high int) bool {
	return len(text) >= low && len(text) <= high && t.matches(string(text))
}

// attempts is how many candidates are tried for one text.
const attempts = 200

// about makes a text of the shape whose length is about n code points above the minimum. The enum
// does not count.
func (t *texts) about(random *rand.Rand, wild bool, width int) (text string, ok bool) {
	low := t.low
	if t.piece != nil {
		low = max(low, t.piece.least)
	}
	if text, ok = t.between(random, wild, t.low, min(t.high, low+width)); ok {
		return text, true
	}
	return t.between(random, wild, t.low, t.high)
}

// between makes a matching text of a length from low to high. ok is false if none was found. The
// enum does not count.
func (t *texts) between(random *rand.Rand, wild bool, low, high int) (text string, ok bool) {
	if low > high || t.excludes(low, high) {
		return "", false
	}
	w := &writer{random: random, wild: wild}
	try := &trial{texts: t}
	p := t.piece
	if t.engine == nil {
		p = free
	}
	if p == nil {
		return try.search(low, high)
	}
	from, to := max(low, p.least), min(high, p.most)
	if from > to { // the match may be part of a longer text
		from, to = p.least, p.least
	}
	if from > maxCharacters {
		return "", false
	}
	for i := 0; i < attempts && !try.over(); i++ {
		want := w.between(from, min(to, from+4<<min(i/8, 12)))
		if i == 0 {
			want = min(max(from, min(8, from+8)), to)
		} else if i == 1 {
			want = from
		}
		w.text = w.text[:0]
		w.write(p, want)
		if try.holds(w.text, low, high) {
			return string(w.text), true
		}
		for len(w.text) < low {
			w.text = append(w.text, 'x')
		}
		if try.holds(w.text, low, high) {
			return string(w.text), true
		}
	}
	return try.search(low, high)
}

// excludes reports whether the pattern cannot match a text of a length from low to high. The
// expression written in its place is never shorter or longer.
func (t *texts) excludes(low, high int) bool {
	return t.engine != nil && t.piece != nil && t.piece.opens && t.piece.closes && (t.piece.least > high || t.piece.most < low)
}

// free is the expression written where there is no pattern.
var free = &piece{row: []*piece{class([]rune{' ', ' ', 'a', 'z', '"', '"', '\\', '\\', 0xE9, 0xE9, 0x4E16, 0x4E16, 0x1F600, 0x1F600})},
	high: endless, most: endless}

// unusual are characters that a pattern is likely to match some of and reject others, printable
// ones first.
var unusual = []rune{'a', '0', 'A', '!', ' ', '-', '/', ':', '$', '"', '\\', 'é', '世', '😀', '\n', '\t', '\x01', 0}

// search tries texts of one character.
func (t *trial) search(low, high int) (text string, ok bool) {
	for _, n := range []int{low, low + 1, low + 2, low + 7, high} {
		if n > high || n > maxCharacters {
			continue
		}
		for _, r := range unusual {
			if t.over() {
				return "", false
			}
			if text := strings.Repeat(string(r), n); t.matches(text) {
				return text, true
			}
		}
	}
	return "", false
}

// miss makes a text of an allowed length that the pattern rejects.
func (t *texts) miss(random *rand.Rand) (text string, ok bool) {
	try := &trial{texts: t}
	base, _ := t.between(random, false, t.low, min(t.high, maxCharacters))
	runes := []rune(base)
	for _, r := range unusual {
		if try.over() {
			break
		}
		for _, at := range []int{len(runes) - 1, 0, len(runes) / 2} {
			if at < 0 || at >= len(runes) {
				continue
			}
			changed := append([]rune{}, runes...)
			changed[at] = r
			if text := string(changed); try.refuses(text) {
				return text, true
			}
		}
		for _, n := range []int{t.low, t.low + 1, max(t.low, 3), t.high} {
			if text := strings.Repeat(string(r), min(n, maxCharacters)); n >= t.low && n <= min(t.high, maxCharacters) && try.refuses(text) {
				return text, true
			}
		}
	}
	return "", false
}
