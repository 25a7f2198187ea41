package pattern

import (
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
)

// op is the kind of a node.
type op byte

const (
	leaf     op = iota // a character or a class
	anchor             // ^ $ \b \B \A \z
	sequence           // of any number of parts
	choice
	repeat
	capture     // (…)
	group       // (?:…)
	atomicGroup // (?>…)
	look        // (?=…) (?!…) (?<=…) (?<!…)
	backreference
)

// node is an expression or a part of one.
type node struct {
	op         op
	text       string       // of a leaf or anchor: what both engines read; of a look-around: its opening
	flags      syntax.Flags // of a leaf
	subs       []*node
	min, max   int  // of a repetition; max is endless if there is no upper bound
	possessive bool // of a repetition: it gives nothing back
	number     int  // of a capturing group or the target of a back reference
}

// regular reports whether a finite automaton can run the expression.
func (n *node) regular() bool {
	return n.op != atomicGroup && n.op != look && n.op != backreference && !n.possessive &&
		!slices.ContainsFunc(n.subs, func(sub *node) bool { return !sub.regular() })
}

// relax makes a possessive repetition greedy if the next character cannot be one of its own:
// nothing that it gives back could help the match.
func (n *node) relax() {
	for i := 0; i+1 < len(n.subs); i++ {
		this, next := n.subs[i], n.subs[i+1]
		if next.op == repeat && next.min > 0 {
			next = next.subs[0]
		}
		if this.possessive && this.subs[0].op == leaf && next.op == leaf {
			a, errA := leafRunes(this.subs[0].text, this.subs[0].flags)
			b, errB := leafRunes(next.text, next.flags)
			this.possessive = errA != nil || errB != nil || len(intersection(a, b)) > 0
		}
	}
}

// dialect is the syntax in which an expression is written.
type dialect byte

const (
	portable     dialect = iota // for RE2 and ECMA-262, as far as they have the construct
	backtracking                // for regexp2
)

func (n *node) write(d dialect) string {
	var b strings.Builder
	n.print(&b, d)
	return b.String()
}

func (n *node) print(b *strings.Builder, d dialect) {
	inside := func(opening, closing string) {
		b.WriteString(opening)
		n.subs[0].print(b, d)
		b.WriteString(closing)
	}
	switch n.op {
	case leaf:
		if n.folds() {
			b.WriteString("(?i:")
			defer b.WriteByte(')')
		}
		n.printPlain(b, d)
	case anchor:
		b.WriteString(n.text)
	case sequence:
		for i := 0; i < len(n.subs); i++ {
			run := 0
			for ; i+run < len(n.subs) && n.subs[i+run].folds(); run++ {
			}
			if run == 0 {
				n.subs[i].print(b, d)
				continue
			}
			b.WriteString("(?i:")
			for _, sub := range n.subs[i : i+run] {
				sub.printPlain(b, d)
			}
			b.WriteByte(')')
			i += run - 1
		}
	case choice:
		for i, sub := range n.subs {
			if i > 0 {
				b.WriteByte('|')
			}
			sub.print(b, d)
		}
	case repeat:
		opening, closing := "", quantifier(n.min, n.max)
		if n.subs[0].loose() {
			opening, closing = "(?:", ")"+closing
		}
		if n.possessive && d == backtracking {
			opening, closing = "(?>"+opening, closing+")"
		}
		inside(opening, closing)
	case capture:
		inside("(", ")")
	case group:
		inside("(?:", ")")
	case atomicGroup:
		if d == backtracking {
			inside("(?>", ")")
		} else {
			inside("(?:", ")")
		}
	case look:
		inside(n.text, ")")
	case backreference:
		b.WriteString(`(?:\` + strconv.Itoa(n.number) + ")")
	}
}

// loose reports whether the expression needs a group before it can take a quantifier. An empty
// sequence does, such as \E without its \Q, and so does an expression with a quantifier.
func (n *node) loose() bool { return n.op == sequence || n.op == choice || n.op == repeat }

// folds reports whether the node is a case-insensitive character, once or repeated.
func (n *node) folds() bool {
	if n.op == repeat && !n.possessive {
		n = n.subs[0]
	}
	return n.op == leaf && n.flags&syntax.FoldCase != 0
}

// printPlain prints a node that folds without the flag (?i).
func (n *node) printPlain(b *strings.Builder, d dialect) {
	if n.op == repeat {
		n.subs[0].printPlain(b, d)
		b.WriteString(quantifier(n.min, n.max))
		return
	}
	text := n.text
	if d == backtracking && strings.Contains(strings.ToLower(text), `\s`) {
		text = plainSpaces(text)
	}
	b.WriteString(text)
}

// plainSpaces spells out \s and \S as RE2 defines them: those of regexp2 include more characters.
func plainSpaces(text string) string {
	const space, nonSpace = `\t\n\x0C\r `, `\x00-\x08\x0B\x0E-\x1F!-` + "\U0010FFFF"
	class := strings.HasPrefix(text, "[")
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] != '\\' || i+1 == len(text):
			b.WriteByte(text[i])
			continue
		case text[i+1] == 's' && class:
			b.WriteString(space)
		case text[i+1] == 'S' && class:
			b.WriteString(nonSpace)
		case text[i+1] == 's':
			b.WriteString("[" + space + "]")
		case text[i+1] == 'S':
			b.WriteString("[" + nonSpace + "]")
		default:
			b.WriteString(text[i : i+2])
		}
		i++
	}
	return b.String()
}

func quantifier(min, max int) string {
	switch {
	case min == 0 && max == 1:
		return "?"
	case max >= endless && min == 0:
		return "*"
	case max >= endless && min == 1:
		return "+"
	case max >= endless:
		return "{" + strconv.Itoa(min) + ",}"
	case min == max:
		return "{" + strconv.Itoa(min) + "}"
	}
	return "{" + strconv.Itoa(min) + "," + strconv.Itoa(max) + "}"
}

// Limits of patterns for RE2, whose programs have a state for each character of each round of a
// repetition.
const (
	maxStates = 1 << 14
	maxRounds = 1000 // RE2's own limit for a repetition, and for the product of nested ones
)

// states returns the number of states of the expression on RE2, at most maxStates+1.
func (n *node) states() int {
	total := 0
	for _, sub := range n.subs {
		total += max(sub.states(), 1)
	}
	switch n.op {
	case leaf, anchor:
		total = 1
	case repeat:
		rounds := n.max
		if rounds >= endless {
			rounds = n.min + 1
		}
		if rounds > maxStates {
			return maxStates + 1
		}
		total *= max(rounds, 1)
	}
	return min(total, maxStates+1)
}

// unrolled writes a regular expression for RE2, with each large repetition split into several. ok
// is false if it is not regular or has too many states.
func (n *node) unrolled() (text string, ok bool) {
	if !n.regular() || n.states() > maxStates {
		return "", false
	}
	text, _ = n.unroll()
	return text, true
}

// unroll also returns the rounds of the repetitions in the text, multiplied as RE2 multiplies them.
func (n *node) unroll() (text string, rounds int) {
	texts := make([]string, len(n.subs))
	rounds = 1
	for i, sub := range n.subs {
		var below int
		texts[i], below = sub.unroll()
		rounds = max(rounds, below)
	}
	switch n.op {
	case sequence:
		return strings.Join(texts, ""), rounds
	case choice:
		return strings.Join(texts, "|"), rounds
	case capture, group:
		return "(?:" + texts[0] + ")", rounds
	case repeat:
		if n.subs[0].loose() {
			texts[0] = "(?:" + texts[0] + ")"
		}
		return n.unrollRepeat(texts[0], rounds)
	}
	return n.write(portable), 1
}

func (n *node) unrollRepeat(text string, below int) (string, int) {
	rounds := n.max
	if rounds >= endless {
		rounds = n.min
	}
	if rounds*below <= maxRounds {
		return text + quantifier(n.min, n.max), max(rounds, 1) * below
	}
	chunk := max(maxRounds/below, 1)
	var b strings.Builder
	exactly := func(rounds int) {
		for ; rounds > 0; rounds -= chunk {
			b.WriteString(text + quantifier(min(rounds, chunk), min(rounds, chunk)))
		}
	}
	exactly(n.min)
	if n.max >= endless {
		b.WriteString(text + "*")
	} else if rest := n.max - n.min; rest > 0 {
		// x{0,2500} becomes "up to 999, or 1000 and up to 1500 more". In this form few states are
		// alive at once; x{0,1000}x{0,1000}x{0,500} would keep all of them alive.
		depth := 0
		for ; rest > chunk; rest -= chunk {
			b.WriteString("(?:" + text + quantifier(0, chunk-1) + "|")
			exactly(chunk)
			depth++
		}
		b.WriteString(text + quantifier(0, rest) + strings.Repeat(")", depth))
	}
	return "(?:" + b.String() + ")", maxRounds
}
