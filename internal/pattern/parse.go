package pattern

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxNesting limits how deep groups and classes nest.
const maxNesting = 500

// endless is the maximum of a repetition without an upper bound. Larger counts are reduced to it,
// since no text is longer.
const endless = 1 << 30

// parser reads an expression of either dialect by recursive descent:
//
//	choice   = sequence {"|" sequence}
//	sequence = {atom [quantifier]}
//	atom     = character | "." | class | anchor | "(" … choice ")"
//
// Where ECMA-262 and Java give a construct different meanings, Java's wins: the services that
// enforce the patterns are written in Java, and Smithy itself compiles them with java.util.regex.
type parser struct {
	source   string
	at       int
	flags    syntax.Flags // the flags in force
	comments bool         // Java's flag x is in force: white space and comments are ignored
	depth    int
	groups   int
	names    map[string]int
	refs     []int // the numbers of groups in back references
	foreign  bool  // RE2 rejects the source itself, or gives it another meaning
}

// parse reads an expression. Unless it is foreign, RE2 can compile the source itself.
func parse(source string) (tree *node, foreign bool, err error) {
	p := &parser{source: strings.ReplaceAll(source, garbled, "\U00010000-\U0010FFFF"), flags: syntax.Perl, names: map[string]int{}}
	p.foreign = p.source != source
	tree, err = p.choice()
	if err == nil && p.at < len(p.source) {
		err = errors.New("unmatched closing parenthesis")
	}
	for _, n := range p.refs {
		if err == nil && n > p.groups {
			err = fmt.Errorf("back reference to group %d, but the pattern has %d groups", n, p.groups)
		}
	}
	if err != nil {
		return nil, false, err
	}
	return tree, p.foreign, nil
}

func (p *parser) rest() string { return p.source[p.at:] }

func (p *parser) ahead(text string) bool { return strings.HasPrefix(p.rest(), text) }

func (p *parser) take(text string) bool {
	if !p.ahead(text) {
		return false
	}
	p.at += len(text)
	return true
}

// next consumes and returns the next character, or returns 0 at the end.
func (p *parser) next() rune {
	if p.at >= len(p.source) {
		return 0
	}
	r, size := utf8.DecodeRuneInString(p.rest())
	p.at += size
	return r
}

func (p *parser) choice() (*node, error) {
	n := &node{op: choice}
	for {
		branch, err := p.sequence()
		if err != nil {
			return nil, err
		}
		n.subs = append(n.subs, branch)
		if !p.take("|") {
			break
		}
	}
	if len(n.subs) == 1 {
		return n.subs[0], nil
	}
	return n, nil
}

func (p *parser) sequence() (*node, error) {
	n := &node{op: sequence}
	for p.at < len(p.source) && !p.ahead("|") && !p.ahead(")") {
		if p.comments && p.skipComment() {
			continue
		}
		if p.take(`\Q`) {
			p.foreign = true // ECMA-262 has no quotations, and RE2 binds a quantifier differently
			quoted, _, _ := strings.Cut(p.rest(), `\E`)
			p.at = min(p.at+len(quoted)+len(`\E`), len(p.source))
			for _, r := range quoted {
				n.subs = append(n.subs, p.character(literal(r)))
			}
		} else {
			atom, err := p.atom()
			if err != nil {
				return nil, err
			}
			if atom == nil {
				continue // inline flags, such as (?i)
			}
			n.subs = append(n.subs, atom)
		}
		if last := len(n.subs) - 1; last >= 0 {
			var err error
			if n.subs[last], err = p.quantified(n.subs[last]); err != nil {
				return nil, err
			}
		}
	}
	n.relax()
	return n, nil
}

// skipComment skips white space or a comment, which Java's flag x ignores.
func (p *parser) skipComment() bool {
	if strings.IndexByte(" \t\n\v\f\r", p.source[p.at]) >= 0 {
		p.at++
		return true
	}
	if !p.ahead("#") {
		return false
	}
	line, _, _ := strings.Cut(p.rest(), "\n")
	p.at += len(line)
	return true
}

func (p *parser) character(text string) *node { return &node{op: leaf, text: text, flags: p.flags} }

func (p *parser) anchor(text string) *node {
	if p.flags&syntax.OneLine == 0 {
		text = "(?m:" + text + ")"
	}
	return &node{op: anchor, text: text, flags: p.flags}
}

func (p *parser) atom() (*node, error) {
	start := p.at
	switch c := p.next(); c {
	case '(':
		return p.group()
	case '[':
		return p.class()
	case '.':
		if p.flags&syntax.DotNL != 0 {
			return p.character(`[\s\S]`), nil
		}
		return p.character("."), nil
	case '^', '$':
		return p.anchor(string(c)), nil
	case '\\':
		return p.escaped()
	case '*', '+', '?':
		return nil, fmt.Errorf("nothing to repeat before the quantifier %c", c)
	case '{':
		p.at = start
		if _, _, ok := p.counts(); ok {
			return nil, errors.New("nothing to repeat before the quantifier " + p.source[start:p.at])
		}
		p.at = start + 1
		return p.character(`\{`), nil
	case ']', '}':
		return p.character(`\` + string(c)), nil
	default:
		return p.character(string(c)), nil
	}
}

// quantified reads the quantifier of an atom, if it has one.
func (p *parser) quantified(atom *node) (*node, error) {
	min, max, ok := p.quantifier()
	if !ok {
		return atom, nil
	}
	possessive := p.take("+")
	p.foreign = p.foreign || possessive
	if !possessive {
		p.take("?") // laziness changes which match is found, not whether there is one
	}
	for {
		start := p.at
		if _, _, again := p.counts(); !again {
			break
		}
		// Java reads x{2}{3} as x{2} followed by an empty expression three times.
		p.foreign = true
		if !p.take("+") {
			p.take("?")
		}
		if p.at == start {
			break
		}
	}
	if p.at < len(p.source) && strings.IndexByte("*+?", p.source[p.at]) >= 0 {
		return nil, fmt.Errorf("quantifier %c follows a quantifier", p.source[p.at])
	}
	switch {
	case min > max:
		return nil, fmt.Errorf("the minimum of {%d,%d} exceeds its maximum", min, max)
	case atom.op == anchor || atom.op == look: // repeating an assertion does not change it
		if min == 0 {
			return &node{op: sequence}, nil
		}
		return atom, nil
	}
	if min == max && atom.op == leaf && atom.text != lineBreak {
		possessive = false // a fixed number of characters leaves nothing to give back
	}
	return &node{op: repeat, subs: []*node{atom}, min: min, max: max, possessive: possessive}, nil
}

func (p *parser) quantifier() (min, max int, ok bool) {
	switch {
	case p.take("*"):
		return 0, endless, true
	case p.take("+"):
		return 1, endless, true
	case p.take("?"):
		return 0, 1, true
	}
	return p.counts()
}

// counts reads {n}, {n,} or {n,m}.
func (p *parser) counts() (min, max int, ok bool) {
	inner, found := strings.CutPrefix(p.rest(), "{")
	inner, _, closed := strings.Cut(inner, "}")
	low, high, ranged := strings.Cut(inner, ",")
	if !found || !closed || !digits(low) || ranged && high != "" && !digits(high) {
		return 0, 0, false
	}
	p.at += len(inner) + len("{}")
	min = count(low)
	switch {
	case !ranged:
		max = min
	case high == "":
		max = endless
	default:
		max = count(high)
	}
	return min, max, true
}

func digits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

func count(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return endless
	}
	return min(n, endless)
}
