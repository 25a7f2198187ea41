package pattern

import (
	"math"
	"regexp/syntax"
	"slices"
)

// runs decides ASCII text by a pattern that is a sequence of runs, each of characters of one class, as
// in ^arn:aws:iam::[0-9]{12}:role/[a-z]+$. Where one run may end, no character of it can begin the
// next, so that the text is read once without a choice. That is faster than a table, because the
// look-ups do not depend on each other.
type runs []characters

// characters is a literal, or a run of min to max characters of a class.
type characters struct {
	literal  string
	class    *[256]bool // of a literal: its first character
	min, max int
}

const anyNumber = math.MaxInt

// match decides an ASCII text. ok is false if a byte beyond ASCII decides.
func (r runs) match(text []byte) (matched, ok bool) {
	for i := range r {
		run := &r[i]
		n := 0
		if size := len(run.literal); size > 0 {
			if len(text) < size || string(text[:size]) != run.literal {
				return false, !beyond(text[:min(size, len(text))])
			}
			text = text[size:]
			continue
		}
		for n < len(text) && run.class[text[n]] {
			n++
		}
		if n < run.min || n > run.max {
			return false, n == len(text) || text[n] < 0x80
		}
		text = text[n:]
	}
	return len(text) == 0, len(text) == 0 || text[0] < 0x80
}

// beyond reports whether a text has a byte beyond ASCII.
func beyond(text []byte) bool {
	return slices.ContainsFunc(text, func(c byte) bool { return c >= 0x80 })
}

// newRuns returns nil if the pattern is not a sequence of runs from the beginning to the end of a text.
func newRuns(source string) runs {
	must, refuse, ok := Portable(source)
	if !ok || refuse != "" {
		return nil
	}
	tree, err := syntax.Parse(must, syntax.Perl)
	if err != nil {
		return nil
	}
	list := flat(nil, tree)
	if len(list) < 2 || list[0].Op != syntax.OpBeginText || list[len(list)-1].Op != syntax.OpEndText {
		return nil
	}
	var r runs
	for _, part := range list[1 : len(list)-1] {
		if part.Op == syntax.OpLiteral && part.Flags&syntax.FoldCase == 0 {
			text := string(part.Rune)
			if beyond([]byte(text)) {
				return nil
			}
			class := new([256]bool)
			class[text[0]] = true
			r = append(r, characters{text, class, 1, 1})
			continue
		}
		one, ok := charactersOf(part)
		if !ok {
			return nil
		}
		r = r.then(one)
	}
	for i := range r {
		if r[i].literal != "" {
			continue // it ends where it ends
		}
		next := r[i+1:]
		for len(next) > 0 {
			for c := range r[i].class {
				if r[i].class[c] && next[0].class[c] {
					return nil
				}
			}
			if next[0].min > 0 {
				break
			}
			next = next[1:]
		}
	}
	return r
}

// flat appends the parts of a sequence, out of their groups.
func flat(list []*syntax.Regexp, re *syntax.Regexp) []*syntax.Regexp {
	switch re.Op {
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range re.Sub {
			list = flat(list, sub)
		}
		return list
	case syntax.OpEmptyMatch:
		return list
	}
	return append(list, re)
}

// then appends a run, or makes the last one longer.
func (r runs) then(c characters) runs {
	if n := len(r); n > 0 && r[n-1].literal == "" && *r[n-1].class == *c.class {
		r[n-1].min += c.min
		if r[n-1].max += c.max; r[n-1].max < 0 || c.max == anyNumber {
			r[n-1].max = anyNumber
		}
		return r
	}
	return append(r, c)
}

// charactersOf returns the run of a class with a quantifier, or without one.
func charactersOf(re *syntax.Regexp) (characters, bool) {
	low, high := 1, 1
	switch re.Op {
	case syntax.OpStar:
		low, high = 0, anyNumber
	case syntax.OpPlus:
		high = anyNumber
	case syntax.OpQuest:
		low = 0
	case syntax.OpRepeat:
		if low, high = re.Min, re.Max; high < 0 {
			high = anyNumber
		}
	default:
		class := classOf(re)
		return characters{"", class, 1, 1}, class != nil
	}
	parts := flat(nil, re.Sub[0])
	if len(parts) != 1 || high == 0 {
		return characters{}, false
	}
	class := classOf(parts[0])
	return characters{"", class, low, high}, class != nil
}

// classOf returns the ASCII characters that an expression of one character accepts; nil if it is
// another expression.
func classOf(re *syntax.Regexp) *[256]bool {
	switch re.Op {
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
	case syntax.OpLiteral:
		if len(re.Rune) != 1 || re.Rune[0] >= 0x80 || re.Flags&syntax.FoldCase != 0 {
			return nil
		}
	default:
		return nil
	}
	class := new([256]bool)
	for c := range rune(0x80) {
		switch re.Op {
		case syntax.OpAnyChar:
			class[c] = true
		case syntax.OpAnyCharNotNL:
			class[c] = c != '\n'
		case syntax.OpLiteral:
			class[c] = c == re.Rune[0]
		default:
			for i := 0; i+1 < len(re.Rune); i += 2 {
				class[c] = class[c] || re.Rune[i] <= c && c <= re.Rune[i+1]
			}
		}
	}
	return class
}
