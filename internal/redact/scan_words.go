package redact

import (
	"iter"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// word is a maximal run of characters of either alphabet of base64. It could be data or a secret,
// or contain a secret between separators.
type word struct {
	span
	classes
	std, url bool // contains + or /; contains - or _
}

// classes counts the characters of a word by class.
type classes struct{ lower, upper, digits int }

func classesOf(s string) (c classes) {
	for i := range len(s) {
		c.add(s[i])
	}
	return c
}

func (c *classes) add(b byte) {
	switch {
	case digit(b):
		c.digits++
	case 'a' <= b && b <= 'z':
		c.lower++
	case letter(b):
		c.upper++
	}
}

func (c classes) less(o classes) classes {
	return classes{c.lower - o.lower, c.upper - o.upper, c.digits - o.digits}
}

func (c classes) letters() int { return c.lower + c.upper + c.digits }

// random reports whether characters of base64 could be random, by their number in each class.
func (c classes) random(minLetters int) bool {
	return c.letters() >= minLetters && c.lower >= 2 && c.upper >= 2 && c.digits >= 1
}

const (
	secretKeyLength = 40 // characters of a secret access key
	minData         = 24 // characters of a word outside of a possible secret, for the word to be data
)

// wordsOf splits the text into words, once.
func (t *scanned) wordsOf() []word {
	if t.cut {
		return t.words
	}
	t.cut = true
	t.work += len(t.s)
	for i := 0; i < len(t.s); i++ {
		if !base64Both[t.s[i]] {
			continue
		}
		w := word{span: span{i, base64Both.run(t.s, i)}}
		i = w.to
		if w.to-w.from < secretKeyLength {
			continue
		}
		for _, c := range []byte(t.s[w.from:w.to]) {
			switch c {
			case '+', '/':
				w.std = true
			case '-', '_':
				w.url = true
			default:
				w.add(c)
			}
		}
		t.words = append(t.words, w)
	}
	return t.words
}

// inData reports whether a secret that is recognised by its form alone is within long base64, where
// such forms occur by chance: it does not begin at a boundary, and the rest of the word is random.
func (t *scanned) inData(at span) bool {
	startsWord := at.from == 0 || !wordByte(t.s[at.from-1])
	endsWord := at.to == len(t.s) || !wordByte(t.s[at.to])
	words := t.wordsOf()
	i, _ := slices.BinarySearchFunc(words, at.from, func(w word, from int) int { return w.to - 1 - from })
	if i == len(words) || at.from < words[i].from {
		return false
	}
	w := words[i]
	t.work += at.to - at.from
	if startsWord && endsWord && w.to > at.to {
		return false
	}
	return w.less(classesOf(t.s[at.from:min(at.to, w.to)])).random(minData)
}

// secretKeys finds 40 characters of base64 that are random and delimited. A secret access key has
// no other form, so the delimiters matter. Every character that is not of base64 delimits. Of those
// of base64,
//
//   - and _   delimit unless the word is URL-safe base64, which has random characters on their other side
//     / and +   delimit if all else between them is plain, as in path/to/KEY
func (t *scanned) secretKeys() (keys []span) {
	for _, w := range t.wordsOf() {
		data := w.url && !w.std && t.urlData(w)
		for run := range split(t.s, w.span, urlMarks) {
			if run.to-run.from == secretKeyLength+1 && t.s[run.from] == '+' { // a space
				run.from++
			}
			switch n := run.to - run.from; {
			case n < secretKeyLength, n == secretKeyLength && data:
			case n == secretKeyLength:
				keys = t.secretKey(keys, run)
			default:
				keys = t.delimited(keys, run, slash)
				keys = t.delimited(keys, run, plusSign)
			}
		}
	}
	return keys
}

// urlData reports whether a word that contains - or _ is URL-safe base64: the pieces that do not
// have exactly the length of a key are random.
func (t *scanned) urlData(w word) bool {
	t.work += w.to - w.from
	var rest classes
	for run := range split(t.s, w.span, urlMarks) {
		if piece := t.s[run.from:run.to]; run.to-run.from != secretKeyLength && !plainPiece(piece) {
			c := classesOf(piece)
			rest = classes{rest.lower + c.lower, rest.upper + c.upper, rest.digits + c.digits}
		}
	}
	return rest.random(minData)
}

// delimited finds the keys between separators if all other pieces are plain.
func (t *scanned) delimited(keys []span, run span, separator *letters) []span {
	t.work += run.to - run.from
	var found []span
	for p := range split(t.s, run, separator) {
		piece := t.s[p.from:p.to]
		switch {
		case len(piece) == secretKeyLength && (separator == slash || !strings.HasPrefix(piece, "/")):
			found = append(found, p)
		case !plainPiece(piece):
			return keys
		}
	}
	if run.to < len(t.s) && t.s[run.to] == '=' { // padding
		return keys
	}
	for _, p := range found {
		keys = t.secretKey(keys, p)
	}
	return keys
}

// split splits a span at each of the separators.
func split(s string, in span, separators *letters) iter.Seq[span] {
	return func(yield func(span) bool) {
		from := in.from
		for i := in.from; i <= in.to; i++ {
			if i < in.to && !separators[s[i]] {
				continue
			}
			if !yield(span{from, i}) {
				return
			}
			from = i + 1
		}
	}
}

var urlMarks, slash, plusSign = lettersOf("-_"), lettersOf("/"), lettersOf("+")

// plainPiece reports whether a piece is not random base64: it has at most 32 letters and digits and
// only one case of letters, or it is a camel-case word of at most 16 letters, or empty.
func plainPiece(s string) bool {
	c := classesOf(s)
	if c.letters() != len(s) || len(s) > 32 {
		return false
	}
	return c.lower == 0 || c.upper == 0 || c.digits == 0 && len(s) <= 16 && camel(s)
}

// camel reports whether two lower-case letters follow every capital.
func camel(s string) bool {
	for i := range len(s) {
		if upper := s[i]&0x20 == 0; upper && (i+2 >= len(s) || s[i+1]&0x20 == 0 || s[i+2]&0x20 == 0) {
			return false
		}
	}
	return true
}

// secretKey recognises a delimited piece as a secret access key if it contains digits and letters
// of both cases, and is neither encoded text, nor a placeholder, nor a part of a longer escaped or
// wrapped word.
func (t *scanned) secretKey(keys []span, at span) []span {
	key := t.s[at.from:at.to]
	c := classesOf(key)
	if c.lower < 4 || c.upper < 4 || c.digits < 1 || placeholder(key) || sequence(key) || t.escaped(at) || t.wrapped(at) {
		return keys
	}
	if decoded := decodeWord(key); isText(decoded) {
		return keys
	}
	return append(keys, at)
}

// escaped reports whether the characters before or after a piece are an escape sequence for a
// character of base64. The piece is then not delimited, and the whole word is searched after the
// escapes are undone.
func (t *scanned) escaped(at span) bool {
	if !t.decodes {
		return false
	}
	before, after := t.s[:at.from], t.s[at.to:]
	if strings.HasSuffix(before, `\`) || strings.HasPrefix(after, `\`) {
		return true
	}
	if len(after) >= 3 && after[0] == '%' && strings.Contains("2B2F2D5F", strings.ToUpper(after[1:3])) {
		return true
	}
	return strings.HasSuffix(before, "%") && awshttp.Unhex(t.s[at.from]) >= 0 && awshttp.Unhex(t.s[at.from+1]) >= 0
}
