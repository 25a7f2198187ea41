package drift

import (
	"slices"

	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// site is a place in two contracts side by side, identified by the innermost structures that both
// sides name and the way from there. [schema.Diff] compares each pair of structures once, so a site
// has at most one difference, wherever it occurs in the document.
type site struct{ old, new, below string }

// step is a place on the way into a document: the member that leads to it, and the shape there.
type step struct{ member, shape site }

// walk follows a pointer into both contracts.
type walk struct {
	sides  [2]*schema.Contract // old and new
	first  [2]*schema.Ref      // where it began
	refs   [2]*schema.Ref      // where it is
	at     site
	steps  []step
	tokens []string // of the place, in the contract's words
}

// newWalk begins at the root of a part.
func newWalk(old, new *schema.Contract, part schema.Part) *walk {
	w := &walk{sides: [2]*schema.Contract{old, new}}
	for i, c := range w.sides {
		if root, ok := c.Root(part); ok && root.Name != "" {
			w.refs[i] = &root
		}
	}
	w.first = w.refs
	w.enter()
	w.steps = append(w.steps, step{w.at, w.at})
	return w
}

// enter starts a new site where both sides name a structure.
func (w *walk) enter() {
	a, b := w.refs[0], w.refs[1]
	if a != nil && b != nil && a.Name != "" && b.Name != "" {
		w.at = site{old: a.Name, new: b.Name}
	}
}

// down follows one token. In a structure, the token is a member's name as returned by name.
func (w *walk) down(token string, name func(*schema.Member) string) {
	var next [2]*schema.Ref
	word := token
	for i, ref := range w.refs {
		if ref == nil {
			continue
		}
		switch shape := w.sides[i].Resolve(*ref); shape.Type {
		case schema.Structure:
			if at := slices.IndexFunc(shape.Members, func(m schema.Member) bool { return name(&m) == token }); at >= 0 {
				next[i], word = &shape.Members[at].Shape, shape.Members[at].Name
			}
		case schema.List:
			next[i], word = shape.Element, "*"
		case schema.Map:
			next[i], word = shape.Value, "*"
			if token == "*key" {
				next[i], word = shape.Key, token
			}
		}
	}
	for i, ref := range w.refs { // one side may have another name for it
		if ref != nil && next[i] == nil {
			if m, ok := w.sides[i].Resolve(*ref).Member(word); ok {
				next[i] = &m.Shape
			}
		}
	}
	w.refs = next
	w.at.below += "/" + jsontree.Escape(word)
	here := step{member: w.at}
	w.enter()
	here.shape = w.at
	w.steps = append(w.steps, here)
	w.tokens = append(w.tokens, word)
}

// last is the last step.
func (w *walk) last() step { return w.steps[len(w.steps)-1] }

// shape is the shape at the end of the walk on one side.
func (w *walk) shape(side int) *schema.Shape {
	if w.refs[side] == nil {
		return &schema.Shape{}
	}
	return w.sides[side].Resolve(*w.refs[side])
}

func memberName(m *schema.Member) string { return m.Name }
