package drift

import (
	"slices"
	"strconv"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// maxChecks and maxChecked bound how often a document that is being shrunk is validated against
// both sides, and how many bytes of it in total.
const (
	maxChecks  = 400
	maxChecked = 2 << 20
)

// shrink removes members, elements and the ends of strings from a claim's best document, one after
// the other, until nothing more can be removed. The severity stays.
func (s *search) shrink(c *claim) *candidate {
	best := c.best
	checks, size := 0, 0
	proves := func(document []byte) bool {
		if checks, size = checks+1, size+len(document); checks > maxChecks || size > maxChecked {
			return false
		}
		found := s.rejected(document)
		for _, e := range found {
			next := &candidate{document: document, encoding: s.encoding, evidence: e.Finding, others: len(found) - 1, whole: best.whole}
			if e.proves(c, s.refuser) && plainness(e.Rule) >= plainness(best.evidence.Rule) && next.others <= best.others {
				best = next
				return true
			}
		}
		return false
	}
	for again := true; again; {
		root, err := jsontree.Parse(best.document)
		if err != nil {
			return best
		}
		keep := func() bool { return proves(root.Append(nil)) }
		if best.whole || best.others > 0 {
			again = smaller(root, keep)
			continue
		}
		above, at := around(root, best.evidence.Pointer) // elsewhere it is minimal
		required := s.requiredAround(best)
		again = fewer(above, func(name string) bool { return !required[name] }, keep)
		if at != nil && best.evidence.Rule != finding.EnumUnknownValue {
			again = smaller(at, keep) || again
		}
	}
	return best
}

// around returns the value at a pointer, or nil, and the one that holds it.
func around(root *jsontree.Node, pointer string) (above, at *jsontree.Node) {
	above, at = root, root
	for _, token := range jsontree.Tokens(pointer) {
		if above = at; above == nil {
			return root, nil
		}
		i, err := strconv.Atoi(token)
		if above.Kind == '{' {
			i, err = slices.IndexFunc(above.Entries, func(e jsontree.Entry) bool { return e.Name == token }), nil
		}
		if at = nil; err == nil && i >= 0 && i < len(above.Entries) {
			at = &above.Entries[i].Value
		}
	}
	return above, at
}

// smaller removes every entry of a value and below it without which keep still holds, from the top
// down, and reports whether there was one. An entry that keep refuses to lose is restored.
func smaller(n *jsontree.Node, keep func() bool) bool {
	any := fewer(n, func(string) bool { return true }, keep)
	for i := range n.Entries {
		any = smaller(&n.Entries[i].Value, keep) || any
	}
	return shorter(n, keep) || any
}

// requiredAround returns the members that the allowing side requires beside a candidate's evidence.
func (s *search) requiredAround(c *candidate) map[string]bool {
	w := newWalk(s.old, s.new, s.part)
	side := 1 - s.refuser
	if m, ok := w.sides[side].Payload(s.part); ok && s.encoding == schema.HTTP {
		w.down(m.Name, memberName)
	}
	tokens := jsontree.Tokens(c.evidence.Pointer)
	for _, token := range tokens[:max(0, len(tokens)-1)] {
		w.down(token, s.encoding.MemberName)
	}
	required := map[string]bool{}
	for _, m := range w.shape(side).Members {
		required[s.encoding.MemberName(&m)] = m.Required.Or(false)
	}
	return required
}

// fewer removes the entries of a value that may go and without which keep still holds.
func fewer(n *jsontree.Node, may func(name string) bool, keep func() bool) bool {
	any := false
	for i := 0; i < len(n.Entries); {
		if n.Kind == '{' && !may(n.Entries[i].Name) {
			i++
			continue
		}
		all := n.Entries
		n.Entries = slices.Delete(slices.Clone(all), i, i+1)
		if keep() {
			any = true
			continue
		}
		n.Entries = all
		i++
	}
	return any
}

// shorter cuts a string: to nothing, to its first half, or by its last character.
func shorter(n *jsontree.Node, keep func() bool) bool {
	any := false
	for n.Kind == '"' && n.Text != "" {
		runes, before, cut := []rune(n.Text), n.Text, false
		for _, length := range slices.Compact([]int{0, len(runes) / 2, len(runes) - 1}) {
			n.Text = string(runes[:length])
			if cut = keep(); cut {
				break
			}
		}
		if !cut {
			n.Text = before
			return any
		}
		any = true
	}
	return any
}
