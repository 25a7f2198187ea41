package pattern

import "strings"

// Equal reports whether two patterns match the same texts. It compares their finite automata.
// decided is false if the automata are too large, or if a pattern has none, as with most
// look-arounds, and the two are not written the same way. An empty pattern matches everything.
//
// Equal ignores one difference: tools write ^.*X.*$, .*X.* or X for "contains X", although a dot
// does not match a line feed and the first form therefore requires a text of one line.
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

// containing returns X for ^.*X.*$ and .*X.*, and any other source unchanged.
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

// AsBotocore converts a Smithy pattern to the form in a botocore model, and that form back to a
// search pattern. A botocore model removes the anchors from both ends, adds .* at an end without
// one, and matches whole texts. For ^a|b$ ("begins with a or ends with b") the result is a|b ("is a
// or b"). Both models describe the pattern that the service enforces; only the service knows which
// of them is right.
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

// language is the set of texts that a pattern matches: those of must without those of refuse.
type language struct {
	regular      bool
	must, refuse *automaton // refuse is nil if it is empty
	normal       string     // the normalized source; empty if the pattern has back references
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

// plain returns the expression with capturing groups replaced by plain ones.
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
