package synth

import (
	"math/rand/v2"
	"regexp/syntax"
	"slices"
	"unicode"
	"unicode/utf8"
)

// endless is the width of an unbounded piece. Widths saturate there.
const endless = 1 << 30

// piece is a part of a regular expression that can be written at a wanted width. It is a class of
// characters (runes), a choice (alternatives), or a row of parts, repeated low to high times.
type piece struct {
	runes        []rune // the class, preferred ones first
	preferred    int    // how many of them are preferred
	alternatives []*piece
	row          []*piece
	low, high    int  // of a repetition of row[0]; high 0: no repetition
	least, most  int  // width in code points
	opens        bool // begins with an anchor to the start of the text
	closes       bool // ends with an anchor to its end
}

// newPiece converts a syntax tree of package pattern.
func newPiece(re *syntax.Regexp) *piece {
	switch re.Op {
	case syntax.OpLiteral:
		p := &piece{}
		for _, r := range re.Rune {
			p.row = append(p.row, class([]rune{r, r}))
		}
		p.least, p.most = len(p.row), len(p.row)
		return p
	case syntax.OpCharClass:
		return class(re.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return class([]rune{' ', '~', 0xA1, utf8.MaxRune})
	case syntax.OpBeginText, syntax.OpBeginLine:
		return &piece{opens: true}
	case syntax.OpEndText, syntax.OpEndLine:
		return &piece{closes: true}
	case syntax.OpCapture:
		return newPiece(re.Sub[0])
	case syntax.OpStar:
		return repetition(re.Sub[0], 0, endless)
	case syntax.OpPlus:
		return repetition(re.Sub[0], 1, endless)
	case syntax.OpQuest:
		return repetition(re.Sub[0], 0, 1)
	case syntax.OpRepeat:
		high := re.Max
		if high < 0 {
			high = endless
		}
		return repetition(re.Sub[0], re.Min, high)
	case syntax.OpConcat:
		return concatenation(re.Sub)
	case syntax.OpAlternate:
		p := &piece{least: endless, opens: true, closes: true}
		for _, sub := range re.Sub {
			a := newPiece(sub)
			p.alternatives = append(p.alternatives, a)
			p.least, p.most = min(p.least, a.least), max(p.most, a.most)
			p.opens, p.closes = p.opens && a.opens, p.closes && a.closes
		}
		return p
	case syntax.OpNoMatch:
		return &piece{least: endless, most: endless}
	}
	return &piece{} // empty, or a word boundary, for which the finished text is tested
}

func repetition(sub *syntax.Regexp, low, high int) *piece {
	part := newPiece(sub)
	if high == 0 {
		return &piece{}
	}
	return &piece{row: []*piece{part}, low: low, high: high, least: times(low, part.least), most: times(high, part.most),
		opens: low > 0 && part.opens, closes: low > 0 && part.closes}
}

// concatenation leaves out pieces that can only be before the start or after the end of the text.
func concatenation(subs []*syntax.Regexp) *piece {
	p := &piece{}
	for _, sub := range subs {
		part := newPiece(sub)
		if part.opens && !slices.ContainsFunc(p.row, func(before *piece) bool { return before.least > 0 }) {
			p.row = nil
		}
		p.row = append(p.row, part)
	}
	for i, part := range p.row {
		if part.closes && !slices.ContainsFunc(p.row[i+1:], func(after *piece) bool { return after.least > 0 }) {
			p.row = p.row[:i+1]
			break
		}
	}
	for _, part := range p.row {
		p.least, p.most = min(p.least+part.least, endless), min(p.most+part.most, endless)
	}
	if len(p.row) > 0 {
		p.opens, p.closes = p.row[0].opens, p.row[len(p.row)-1].closes
	}
	return p
}

func times(n, width int) int { return int(min(int64(n)*int64(width), endless)) }

// class returns a piece of one character from ranges.
func class(ranges []rune) *piece {
	p := &piece{least: 1, most: 1}
	var words, marks, others, last []rune
	for i := 0; i+1 < len(ranges); i += 2 {
		low, high := ranges[i], ranges[i+1]
		for r := low; r <= min(high, unicode.MaxASCII); r++ {
			switch {
			case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9':
				words = append(words, r)
			case ' ' <= r && r <= '~':
				marks = append(marks, r)
			default:
				last = append(last, r)
			}
		}
		for _, r := range []rune{max(low, unicode.MaxASCII+1), low + (high-low)/2, high - 1, high} {
			switch {
			case r <= unicode.MaxASCII || r < low || !utf8.ValidRune(r):
			case unicode.IsPrint(r):
				others = append(others, r)
			default:
				last = append(last, r)
			}
		}
	}
	p.runes = slices.Concat(words, marks, others)
	p.preferred = len(words)
	if p.preferred == 0 {
		p.preferred = len(marks)
	}
	if len(p.runes) == 0 {
		p.runes = last
	}
	if p.preferred == 0 {
		p.preferred = len(p.runes)
	}
	if len(p.runes) == 0 {
		p.least, p.most = endless, endless
	}
	return p
}

// writer writes pieces.
type writer struct {
	random *rand.Rand
	wild   bool // any character of a class, not only letters and digits
	text   []rune
}

func (w *writer) between(low, high int) int {
	if high <= low {
		return low
	}
	return low + w.random.IntN(high-low+1)
}

// write adds text of about the wanted width.
func (w *writer) write(p *piece, want int) {
	switch {
	case len(p.runes) > 0:
		n := p.preferred
		if w.wild && w.random.IntN(4) == 0 {
			n = len(p.runes)
		}
		w.text = append(w.text, p.runes[w.random.IntN(n)])
	case p.alternatives != nil:
		w.write(w.choose(p.alternatives, want), want)
	case p.high > 0:
		part := p.row[0]
		n := w.times(p, want)
		w.share(n, want, part.least, part.most, func(int) *piece { return part })
	default:
		w.row(p, want)
	}
}

// choose returns one of the alternatives nearest to a width.
func (w *writer) choose(alternatives []*piece, want int) *piece {
	var nearest []*piece
	best := endless + 1
	for _, a := range alternatives {
		distance := max(a.least-want, want-a.most, 0)
		if a.least >= endless {
			distance = endless
		}
		if distance < best {
			best, nearest = distance, nil
		}
		if distance == best {
			nearest = append(nearest, a)
		}
	}
	return nearest[w.random.IntN(len(nearest))]
}

// times returns how often a part is repeated to fill a width.
func (w *writer) times(p *piece, want int) int {
	part := p.row[0]
	fewest, most := p.low, p.high
	if part.most > 0 {
		fewest = max(fewest, (want+part.most-1)/part.most)
	}
	if part.least > 0 {
		most = min(most, want/part.least)
	} else {
		most = min(most, max(fewest, want))
	}
	if part.most == 0 {
		most = min(most, p.low)
	}
	return min(w.between(fewest, most), p.high)
}

// share writes n equal parts.
func (w *writer) share(n, want, least, most int, part func(int) *piece) {
	end := len(w.text) + want
	for i := range n {
		left, rest := end-len(w.text), n-i-1
		w.write(part(i), w.portion(left, least, most, times(rest, least), times(rest, most)))
	}
}

func (w *writer) row(p *piece, want int) {
	end := len(w.text) + want
	least, most := make([]int, len(p.row)+1), make([]int, len(p.row)+1) // of the parts from there on
	for i := len(p.row) - 1; i >= 0; i-- {
		least[i], most[i] = min(least[i+1]+p.row[i].least, endless), min(most[i+1]+p.row[i].most, endless)
	}
	for i, part := range p.row {
		w.write(part, w.portion(end-len(w.text), part.least, part.most, least[i+1], most[i+1]))
	}
}

// portion returns the width of one part that leaves enough for the rest.
func (w *writer) portion(left, least, most, restLeast, restMost int) int {
	low, high := max(least, left-restMost), min(most, left-restLeast)
	if high < low {
		return min(max(left, least), most)
	}
	return w.between(low, high)
}
