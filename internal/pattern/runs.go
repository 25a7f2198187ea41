package pattern

import (
	"encoding/binary"
	"math"
	"math/bits"
	"regexp/syntax"
	"slices"
)

// runs decides ASCII text by a pattern that is a sequence of runs, each of characters of one class, as
// in ^arn:aws:iam::[0-9]{12}:role/[a-z]+$. Where one run may end, no character of it can begin the
// next, so that the text is read once without a choice. It is read eight characters at a time, which
// is much faster than a table.
//
// Runs of a fixed length, such as literals, are joined to one step, which compares all their
// characters at once.
type runs []step

// step is a part of fixed length, or a run of min to max characters of a class.
type step struct {
	fixed    []octet // nil for a run
	size     int     // of the fixed part in characters
	class    charset
	min, max int
}

// octet says what up to eight characters must be.
type octet struct {
	literal, mask uint64
	classes       []placed
}

// placed is a class with the bytes in which its characters are, by their highest bit.
type placed struct {
	class charset
	at    uint64
}

// charset finds the characters of a class in a word of eight.
type charset struct {
	two  [2]charRange // most classes have no more
	more []charRange
	not  uint64 // the highest bits if the ranges are what the class lacks
}

// charRange is a range of characters as what has to be added to set the highest bit of a byte: from the
// first character of the range, and from the first after it. fold sets the bit that tells lower from
// upper case.
type charRange struct{ first, after, fold uint64 }

// Each has one of the eight bytes of a word in every byte.
const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
	cases = 0x20 * ones
)

const (
	anyNumber = math.MaxInt
	maxFixed  = 128 // characters of a fixed part
	maxRanges = 6   // of a class beside the first two; with more, a table is faster
)

// in sets the highest bit of each byte that is a character of the class.
func (c *charset) in(word uint64) uint64 {
	ascii := word &^ highs
	found := c.not ^ c.two[0].in(ascii) ^ c.two[1].in(ascii)
	for i := range c.more {
		found ^= c.more[i].in(ascii)
	}
	return found &^ word & highs
}

// in sets the highest bit of each byte that is in the range. The zero range has none.
func (r *charRange) in(ascii uint64) uint64 {
	folded := ascii | r.fold
	return (folded + r.first) &^ (folded + r.after)
}

// matches reports whether the steps take the whole text.
func (r runs) matches(text []byte) bool {
	var buffer [128]byte
	padded := append(append(buffer[:0], text...), make([]byte, 8)...)
	return r.end(padded, 0) == len(text)
}

// match decides an ASCII text. ok is false if a byte beyond ASCII may decide.
func (r runs) match(text []byte) (matched, ok bool) {
	if r.matches(text) {
		return true, true
	}
	return false, !slices.ContainsFunc(text, func(c byte) bool { return c >= 0x80 })
}

// end returns the offset after all steps, or -1. Eight zero bytes follow the text.
func (r runs) end(padded []byte, at int) int {
	size := len(padded) - 8
	for i := range r {
		s := &r[i]
		if s.fixed == nil {
			start := at
			for at < size {
				outside := ^s.class.in(binary.LittleEndian.Uint64(padded[at:])) & highs
				if outside != 0 {
					at += bits.TrailingZeros64(outside) / 8
					break
				}
				at += 8
			}
			at = min(at, size)
			if n := at - start; n < s.min || n > s.max {
				return -1
			}
			continue
		}
		if size-at < s.size {
			return -1
		}
		for j := range s.fixed {
			o, word := &s.fixed[j], binary.LittleEndian.Uint64(padded[at+8*j:])
			if word&o.mask != o.literal {
				return -1
			}
			for k := range o.classes {
				if c := &o.classes[k]; c.class.in(word)&c.at != c.at {
					return -1
				}
			}
		}
		at += s.size
	}
	return at
}

// plain reports whether no character that a step takes ends or escapes a string of JSON.
func (r runs) plain() bool {
	for c := range uint64(0x80) {
		if (c < ' ' || c == '"' || c == '\\') && slices.ContainsFunc(r, func(s step) bool { return s.takes(c) }) {
			return false
		}
	}
	return true
}

func (s *step) takes(c uint64) bool {
	if s.fixed == nil {
		return s.class.in(c*ones) != 0
	}
	for i := range s.size {
		o, shift := &s.fixed[i/8], 8*(i%8)
		if o.mask>>shift&0xff != 0 && o.literal>>shift&0xff == c {
			return true
		}
		if slices.ContainsFunc(o.classes, func(p placed) bool { return p.class.in(c*ones)&p.at != 0 }) {
			return true
		}
	}
	return false
}

// characters is a run of min to max characters of a class of ASCII characters.
type characters struct {
	class    [128]bool
	min, max int
}

// fixed reports whether the run is, or belongs to, a fixed part.
func (c *characters) fixed() bool { return c.min == c.max && c.min <= maxFixed }

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
	var all []characters
	for _, part := range list[1 : len(list)-1] {
		if all, ok = appendCharacters(all, part); !ok {
			return nil
		}
	}
	for i := range all {
		if !all[i].fixed() && !all[i].separate(all[i+1:]) {
			return nil
		}
	}
	return steps(all)
}

// separate reports whether no character of a run can begin what follows.
func (c *characters) separate(next []characters) bool {
	for i := range next {
		for b, in := range c.class {
			if in && next[i].class[b] {
				return false
			}
		}
		if next[i].min > 0 {
			break
		}
	}
	return true
}

// steps joins runs of a fixed length.
func steps(all []characters) runs {
	r := runs{}
	for _, c := range all {
		set := newCharset(&c.class)
		if len(set.more) > maxRanges {
			return nil
		}
		if !c.fixed() {
			r = append(r, step{class: set, min: c.min, max: c.max})
			continue
		}
		if n := len(r); n == 0 || r[n-1].fixed == nil || r[n-1].size > maxFixed {
			r = append(r, step{})
		}
		r[len(r)-1].extend(set, c)
	}
	return r
}

// extend appends the characters of a run to a fixed part.
func (s *step) extend(set charset, c characters) {
	literal := slices.Index(c.class[:], true)
	only := literal >= 0 && slices.Index(c.class[literal+1:], true) < 0
	for range c.min {
		shift := 8 * (s.size % 8)
		if shift == 0 {
			s.fixed = append(s.fixed, octet{})
		}
		s.size++
		o := &s.fixed[len(s.fixed)-1]
		if only {
			o.literal |= uint64(literal) << shift
			o.mask |= 0xff << shift
			continue
		}
		i := slices.IndexFunc(o.classes, func(p placed) bool { return p.class.equal(&set) })
		if i < 0 {
			i = len(o.classes)
			o.classes = append(o.classes, placed{class: set})
		}
		o.classes[i].at |= 0x80 << shift
	}
}

// newCharset describes a class by the fewest ranges.
func newCharset(class *[128]bool) charset {
	inverse := *class
	for i := range inverse {
		inverse[i] = !class[i]
	}
	ranges, not := rangesOf(*class), uint64(0)
	if others := rangesOf(inverse); len(others) < len(ranges) {
		ranges, not = others, highs
	}
	set := charset{not: not}
	set.more = ranges[copy(set.two[:], ranges):]
	return set
}

func (c *charset) equal(other *charset) bool {
	return c.two == other.two && c.not == other.not && slices.Equal(c.more, other.more)
}

func rangesOf(class [128]bool) (all []charRange) {
	letters := true
	for c := 'a'; c <= 'z'; c++ {
		letters = letters && class[c] && class[c-0x20]
	}
	if letters {
		all = append(all, rangeOf('a', 'z', cases))
		for c := 'a'; c <= 'z'; c++ {
			class[c], class[c-0x20] = false, false
		}
	}
	for c := 0; c < len(class); c++ {
		first := c
		for c < len(class) && class[c] {
			c++
		}
		if c > first {
			all = append(all, rangeOf(first, c-1, 0))
		}
	}
	return all
}

func rangeOf(first, last int, fold uint64) charRange {
	return charRange{uint64(0x80-first) * ones, uint64(0x7f-last) * ones, fold}
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

// appendCharacters appends a class with a quantifier, or without one, or the characters of a literal.
func appendCharacters(all []characters, re *syntax.Regexp) ([]characters, bool) {
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
	case syntax.OpLiteral:
		for _, c := range re.Rune {
			if c >= 0x80 || re.Flags&syntax.FoldCase != 0 {
				return nil, false
			}
			one := characters{min: 1, max: 1}
			one.class[c] = true
			all = then(all, one)
		}
		return all, true
	default:
		class, ok := classOf(re)
		return then(all, characters{class, 1, 1}), ok
	}
	parts := flat(nil, re.Sub[0])
	if len(parts) != 1 || high == 0 {
		return nil, false
	}
	class, ok := classOf(parts[0])
	return then(all, characters{class, low, high}), ok
}

// then appends a run, or makes the last one longer.
func then(all []characters, c characters) []characters {
	if n := len(all); n > 0 && all[n-1].class == c.class {
		all[n-1].min += c.min
		if all[n-1].max += c.max; all[n-1].max < 0 || c.max == anyNumber {
			all[n-1].max = anyNumber
		}
		return all
	}
	return append(all, c)
}

// classOf returns the ASCII characters that an expression of one character accepts.
func classOf(re *syntax.Regexp) (class [128]bool, ok bool) {
	switch re.Op {
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
	case syntax.OpLiteral:
		if len(re.Rune) != 1 || re.Rune[0] >= 0x80 || re.Flags&syntax.FoldCase != 0 {
			return class, false
		}
	default:
		return class, false
	}
	for c := range rune(len(class)) {
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
	return class, true
}
