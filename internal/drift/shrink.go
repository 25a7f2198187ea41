package drift

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// A document on its way to the smallest is held against both sides at most so
// often, and at most so many bytes of it.
const (
	mostChecks  = 400
	mostChecked = 2 << 20
)

// shrink leaves out of a claim's best document whatever it can do without:
// members, elements, the ends of strings, one after the other, until nothing more
// goes. The severity stays.
func (s *search) shrink(c *claim) *candidate {
	best := c.best
	checks, size := 0, 0
	proves := func(document []byte) bool {
		if checks, size = checks+1, size+len(document); checks > mostChecks || size > mostChecked {
			return false
		}
		found := s.held(document)
		for _, e := range found {
			next := &candidate{document: document, projection: s.projection, evidence: e.Finding, others: len(found) - 1}
			if e.proves(c, s.refuser) && severity(e.Rule) >= severity(best.evidence.Rule) && next.others <= best.others {
				best = next
				return true
			}
		}
		return false
	}
	for smaller := true; smaller; {
		root, err := parseNode(best.document)
		if err != nil {
			return best
		}
		smaller = root.smaller(func() bool { return proves(root.bytes()) })
	}
	return best
}

// node is a JSON value that can be made smaller in place.
type node struct {
	scalar string // JSON text; of an object or array "{" or "["
	names  []string
	below  []*node
}

func parseNode(document []byte) (*node, error) {
	return readNode(jsontext.NewDecoder(bytes.NewReader(document)))
}

func readNode(d *jsontext.Decoder) (*node, error) {
	if k := d.PeekKind(); k != '{' && k != '[' {
		v, err := d.ReadValue()
		return &node{scalar: string(v)}, err
	}
	open, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	n := &node{scalar: string(rune(open.Kind()))}
	for d.PeekKind() != '}' && d.PeekKind() != ']' {
		if open.Kind() == '{' {
			name, err := d.ReadToken()
			if err != nil {
				return nil, err
			}
			n.names = append(n.names, name.String())
		}
		below, err := readNode(d)
		if err != nil {
			return nil, err
		}
		n.below = append(n.below, below)
	}
	_, err = d.ReadToken()
	return n, err
}

func (n *node) append(b []byte) []byte {
	switch n.scalar {
	case "{", "[":
	default:
		return append(b, n.scalar...)
	}
	b = append(b, n.scalar...)
	for i, below := range n.below {
		if i > 0 {
			b = append(b, ',')
		}
		if n.scalar == "{" {
			b = append(append(b, quote(n.names[i])...), ':')
		}
		b = below.append(b)
	}
	return append(b, n.scalar[0]+2) // closers follow their openers by two in ASCII
}

func (n *node) bytes() []byte { return n.append(nil) }

// smaller leaves out all for which keep still holds, from the top down, and
// reports whether there was any such thing. What keep refuses is put back.
func (n *node) smaller(keep func() bool) bool {
	any := false
	for i := 0; i < len(n.below); {
		names, all := n.names, n.below
		n.below = slices.Delete(slices.Clone(all), i, i+1)
		if n.scalar == "{" {
			n.names = slices.Delete(slices.Clone(names), i, i+1)
		}
		if keep() {
			any = true
			continue
		}
		n.names, n.below = names, all
		i++
	}
	for _, below := range n.below {
		any = below.smaller(keep) || any
	}
	return n.shorter(keep) || any
}

// shorter cuts a string: away, to half of it, or by its last character.
func (n *node) shorter(keep func() bool) bool {
	any := false
	for {
		text, ok := unquote(n.scalar)
		if !ok || text == "" {
			return any
		}
		runes, before, cut := []rune(text), n.scalar, false
		for _, length := range slices.Compact([]int{0, len(runes) / 2, len(runes) - 1}) {
			n.scalar = quote(string(runes[:length]))
			if cut = keep(); cut {
				break
			}
		}
		if !cut {
			n.scalar = before
			return any
		}
		any = true
	}
}
