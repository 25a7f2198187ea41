package pattern

import (
	"strings"
)

// Equal reports whether two patterns match the same texts. It compares the finite
// automata of both; decided is false where a pattern has none (as with most
// look-arounds) and is not written the same either, or where they are too large to
// compare. An empty pattern matches everything.
//
// One difference is overlooked: ^.*X.*$, .*X.* and X are what tools write for "with
// an X in it", although a dot takes no line feed and the first one therefore wants
// X in a text of one line.
func Equal(a, b string) (equal, decided bool) {
	a, b = containing(a), containing(b)
	if a == b {
		return true, true
	}
	x, err := newLanguage(a)
	if err != nil {
		return false, false
	}
	y, err := newLanguage(b)
	switch {
	case err != nil:
		return false, false
	case !x.regular || !y.regular:
		same := x.normal != "" && x.normal == y.normal
		return same, same
	}
	return sameTexts(x, y)
}

// containing returns the X of ^.*X.*$ and .*X.*; of anything else the source.
func containing(source string) string {
	bare := source
	if startsAnchored(source) && endsAnchored(source) {
		bare = strings.TrimSuffix(strings.TrimPrefix(source, "^"), "$")
	}
	if inner, ok := unwrapped(bare); ok {
		return inner
	}
	return source
}

// AsBotocore returns the search form of what a botocore model makes of a Smithy
// pattern: it takes the anchors away from both ends, or puts .* at an end that has
// none, and matches the whole of a text. Of ^a|b$, which begins with a or ends with
// b, it makes a|b, which is a or b: both models mean the one that the service
// enforces, and only the service knows which.
func AsBotocore(search string) string {
	if search == "" {
		return ""
	}
	whole := search
	if startsAnchored(whole) && strings.HasPrefix(whole, "^") {
		whole = whole[1:]
	} else {
		whole = ".*" + whole
	}
	if endsAnchored(search) && strings.HasSuffix(whole, "$") {
		whole = whole[:len(whole)-1]
	} else {
		whole += ".*"
	}
	return Whole(whole)
}

// language is what a pattern matches: the texts of must that are none of refuse.
type language struct {
	regular      bool
	must, refuse *automaton // nil: there is none to refuse
	normal       string     // how the pattern is written, without what makes no difference; empty: that cannot be said
}

func newLanguage(source string) (language, error) {
	tree, _, err := parse(source)
	if err != nil {
		return language{}, err
	}
	var l language
	if must, refuse, ok := Portable(source); ok {
		l.must, err = newAutomaton(must)
		if err == nil && refuse != "" {
			l.refuse, err = newAutomaton(refuse)
		}
		l.regular = err == nil
	}
	if !tree.refers() {
		l.normal = tree.plain().write(backtracking)
	}
	return l, nil
}

// plain returns the expression without capturing groups.
func (n *node) plain() *node {
	m := *n
	if m.op == capture {
		m.op = group
	}
	m.subs = make([]*node, len(n.subs))
	for i, sub := range n.subs {
		m.subs[i] = sub.plain()
	}
	return &m
}
