package pattern

import (
	"regexp/syntax"
	"slices"
)

// Syntax returns the tree of a pattern, from which texts that match it can be sampled. Repetitions
// keep their bounds, even above 1,000, so package regexp does not compile every tree. If exact is
// false, the tree omits parts that are not regular, such as look-arounds, and some of its texts do
// not match the pattern. The error is an [*UnsupportedError].
func Syntax(source string) (tree *syntax.Regexp, exact bool, err error) {
	parsed, foreign, err := parse(source)
	if err != nil {
		return nil, false, &UnsupportedError{source, err.Error()}
	}
	text := portableText(parsed, source, foreign)
	if parsed.regular() {
		if tree, err := syntax.Parse(text, syntax.Perl); err == nil {
			return tree, true, nil
		}
	} else if _, rest, ok := leadingRefusal(text); ok {
		if tree, _, err := Syntax(rest); err == nil {
			return tree, false, nil
		}
	}
	groups := map[int]*node{}
	parsed.collect(groups)
	return parsed.syntax(groups), parsed.regular(), nil
}

// collect adds the capturing groups to the map, by number.
func (n *node) collect(groups map[int]*node) {
	if n.op == capture {
		groups[n.number] = n.subs[0]
	}
	for _, sub := range n.subs {
		sub.collect(groups)
	}
}

// refers reports whether the expression contains a back reference.
func (n *node) refers() bool {
	return n.op == backreference || slices.ContainsFunc(n.subs, (*node).refers)
}

func (n *node) syntax(groups map[int]*node) *syntax.Regexp {
	nothing := &syntax.Regexp{Op: syntax.OpEmptyMatch}
	switch n.op {
	case leaf, anchor:
		if tree, err := syntax.Parse(n.text, n.flags); err == nil {
			return tree
		}
		return nothing
	case look:
		return nothing
	case backreference: // the group again, although it may match a different text
		if group := groups[n.number]; group != nil && !group.refers() {
			return group.syntax(groups)
		}
		return nothing
	case capture, group, atomicGroup:
		return n.subs[0].syntax(groups)
	}
	tree := &syntax.Regexp{Op: syntax.OpConcat}
	for _, sub := range n.subs {
		tree.Sub = append(tree.Sub, sub.syntax(groups))
	}
	switch {
	case n.op == repeat:
		tree.Op, tree.Min, tree.Max = syntax.OpRepeat, n.min, n.max
		if n.max >= endless {
			tree.Max = -1
		}
	case n.op == choice:
		tree.Op = syntax.OpAlternate
	case len(tree.Sub) == 0:
		return nothing
	}
	return tree
}
