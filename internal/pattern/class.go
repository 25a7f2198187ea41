package pattern

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// class reads a class after its opening bracket. It tries Java's dialect first, in which classes
// nest, and then that of ECMA-262, in which an opening bracket in a class is a literal.
func (p *parser) class() (*node, error) {
	start, foreign := p.at, p.foreign
	text, err := p.set(true)
	if err != nil {
		p.at, p.foreign = start, foreign
		var errECMA error
		if text, errECMA = p.set(false); errECMA != nil {
			return nil, err
		}
	}
	return p.character(text), nil
}

// members collects the members of a class, or of one operand of an intersection, as text.
type members struct {
	text  strings.Builder
	first bool // nothing was added yet
	later bool // this is not the first operand of its class
}

func (m *members) add(text string) {
	m.text.WriteString(text)
	m.first = false
}

// set reads a class up to its closing bracket and returns it with brackets.
func (p *parser) set(java bool) (string, error) {
	if p.depth++; p.depth > maxNesting {
		return "", fmt.Errorf("classes nested more than %d deep", maxNesting)
	}
	defer func() { p.depth-- }()
	not := ""
	if p.take("^") {
		not = "^"
	}
	if !java && p.ahead("]") { // ECMA-262 section 22.2.1: [] matches nothing, [^] any character
		p.at++
		p.foreign = true
		if not == "" {
			return `[^\s\S]`, nil
		}
		return `[\s\S]`, nil
	}
	operands, err := p.operands(java)
	if err != nil {
		return "", err
	}
	if len(operands) == 1 {
		return "[" + not + operands[0] + "]", nil
	}
	common, err := runesOf(operands[0])
	for _, text := range operands[1:] {
		var also []rune
		if err == nil {
			also, err = runesOf(text)
			common = intersection(common, also)
		}
	}
	if err != nil {
		return "", err
	}
	if len(common) == 0 { // no author means an empty class: the ampersands are literal
		return "[" + not + strings.Join(operands, `\&`) + "]", nil
	}
	p.foreign = true
	return "[" + not + classText(common) + "]", nil
}

// operands reads the inside of a class. It returns several texts if && intersects them.
func (p *parser) operands(java bool) (operands []string, err error) {
	m := &members{first: true}
	for {
		if p.at >= len(p.source) {
			return nil, errors.New("missing closing bracket")
		}
		switch {
		case p.ahead("]") && (!m.first || len(operands) > 0):
			p.at++
			return append(operands, m.text.String()), nil
		case java && p.ahead("&&") && !m.first:
			p.at += len("&&")
			operands = append(operands, m.text.String())
			m = &members{first: true, later: true}
		case p.take("[:"):
			if !p.posix(m) {
				p.at -= len("[:")
				err = p.bracket(m, java)
			}
		case p.ahead("["):
			err = p.bracket(m, java)
		case p.take(`\Q`):
			p.foreign = true
			quoted, _, _ := strings.Cut(p.rest(), `\E`)
			p.at = min(p.at+len(quoted)+len(`\E`), len(p.source))
			for _, r := range quoted {
				m.add(literal(r))
			}
		case p.take(`\E`):
			p.foreign = true
		default:
			err = p.member(m, java)
		}
		if err != nil {
			return nil, err
		}
	}
}

// posix reads the rest of a POSIX class such as [:alpha:]. RE2 has these and Java does not, but no
// author means the set of its letters.
func (p *parser) posix(m *members) bool {
	name, _, closed := strings.Cut(p.rest(), ":]")
	name, not := strings.CutPrefix(name, "^")
	for java, ranges := range javaClasses {
		if closed && strings.ToLower(java) == name {
			p.at = strings.Index(p.source[p.at:], ":]") + p.at + len(":]")
			p.foreign = true
			m.add(classOrNot(ranges, not))
			return true
		}
	}
	return false
}

// bracket reads an opening bracket within a class.
func (p *parser) bracket(m *members, java bool) error {
	p.at += len("[")
	p.foreign = true
	if !java {
		m.add(`\[`)
		return nil
	}
	inner, err := p.set(true)
	if err != nil {
		return err
	}
	inner = inner[1 : len(inner)-1]
	if negated, not := strings.CutPrefix(inner, "^"); not {
		ranges, err := runesOf(negated)
		if err != nil {
			return err
		}
		inner = classText(complement(ranges))
	}
	m.add(inner)
	return nil
}

// member reads a character, a range or an escape of a class.
func (p *parser) member(m *members, java bool) error {
	low, err := p.element(m)
	if err != nil {
		return err
	}
	after := p.rest()
	ranged := low.r >= 0 && strings.HasPrefix(after, "-") && len(after) > 1 && after[1] != ']' && !(java && (after[1] == '[' || strings.HasPrefix(after, "-&&")))
	if !ranged {
		m.add(low.text)
		return nil
	}
	p.at += len("-")
	high, err := p.element(m)
	switch {
	case err != nil:
		return err
	case high.r < 0: // as in a-\w, where the hyphen is literal
		p.foreign = true
		m.add(low.text + `\-` + high.text)
	case low.r > high.r:
		return fmt.Errorf("the range %s-%s is out of order", low.text, high.text)
	default:
		m.add(span(low, high))
	}
	return nil
}

// span writes a range. A surrogate at one end is replaced by the nearest character within the
// range.
func span(low, high escape) string {
	if utf16.IsSurrogate(low.r) && !utf16.IsSurrogate(high.r) {
		low.text = "\uE000"
	}
	if utf16.IsSurrogate(high.r) && !utf16.IsSurrogate(low.r) {
		high.text = "\uD7FF"
	}
	return low.text + "-" + high.text
}

// element reads a character or an escape sequence of a class. It escapes characters that are
// special at their position in the class.
func (p *parser) element(m *members) (escape, error) {
	switch c := p.next(); {
	case c == '\\':
		return p.escape()
	case c == '^' && !m.first, c == '&' && !p.ahead("&"):
		return escape{text: string(c), r: c}, nil
	case c == '-' && (!m.first || m.later) && !p.ahead("]"), c == '^', c == '[', c == ']', c == '&':
		p.foreign = p.foreign || c == ']' // in ECMA-262, it ends the class
		return escape{text: `\` + string(c), r: c}, nil
	default:
		return escape{text: string(c), r: c}, nil
	}
}

// runesOf returns the characters of a class, given by its inside: sorted ranges, as pairs of
// bounds.
func runesOf(inside string) ([]rune, error) {
	if inside == "" {
		return nil, nil
	}
	return leafRunes("["+inside+"]", syntax.Perl)
}

// leafRunes returns the ranges of a leaf: a character or a class.
func leafRunes(text string, flags syntax.Flags) ([]rune, error) {
	tree, err := syntax.Parse(text, flags)
	if err != nil {
		return nil, err
	}
	switch tree.Op {
	case syntax.OpCharClass:
		return tree.Rune, nil
	case syntax.OpLiteral:
		if len(tree.Rune) == 1 && tree.Flags&syntax.FoldCase == 0 {
			return []rune{tree.Rune[0], tree.Rune[0]}, nil
		}
	case syntax.OpAnyChar:
		return []rune{0, utf8.MaxRune}, nil
	case syntax.OpAnyCharNotNL:
		return []rune{0, '\n' - 1, '\n' + 1, utf8.MaxRune}, nil
	case syntax.OpNoMatch:
		return nil, nil
	}
	return nil, fmt.Errorf("%s is not a character or class", text)
}

func complement(ranges []rune) []rune {
	var rest []rune
	next := rune(0)
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i] > next {
			rest = append(rest, next, ranges[i]-1)
		}
		next = ranges[i+1] + 1
	}
	if next <= utf8.MaxRune {
		rest = append(rest, next, utf8.MaxRune)
	}
	return rest
}

func intersection(a, b []rune) []rune {
	var both []rune
	for i, j := 0, 0; i+1 < len(a) && j+1 < len(b); {
		if low, high := max(a[i], b[j]), min(a[i+1], b[j+1]); low <= high {
			both = append(both, low, high)
		}
		if a[i+1] < b[j+1] {
			i += 2
		} else {
			j += 2
		}
	}
	return both
}

// union sorts ranges and merges those that touch.
func union(ranges []rune) []rune {
	var pairs [][2]rune
	for i := 0; i+1 < len(ranges); i += 2 {
		pairs = append(pairs, [2]rune{ranges[i], ranges[i+1]})
	}
	slices.SortFunc(pairs, func(a, b [2]rune) int { return int(a[0] - b[0]) })
	var joined []rune
	for _, pair := range pairs {
		if last := len(joined) - 1; last > 0 && pair[0] <= joined[last]+1 {
			joined[last] = max(joined[last], pair[1])
		} else {
			joined = append(joined, pair[0], pair[1])
		}
	}
	return joined
}

// classText writes ranges as the inside of a class. Without ranges, the class matches no
// well-formed text.
func classText(ranges []rune) string {
	if len(ranges) == 0 {
		return "\uFFFF"
	}
	var b strings.Builder
	for i := 0; i+1 < len(ranges); i += 2 {
		low, high := escape{text: literal(ranges[i]), r: ranges[i]}, escape{text: literal(ranges[i+1]), r: ranges[i+1]}
		if low.r == high.r {
			b.WriteString(low.text)
		} else {
			b.WriteString(span(low, high))
		}
	}
	return b.String()
}

// classOrNot returns the inside of a class, or of its complement.
func classOrNot(inside string, not bool) string {
	if !not {
		return inside
	}
	ranges, _ := runesOf(inside) // a class of javaClasses, which is valid
	return classText(complement(ranges))
}
