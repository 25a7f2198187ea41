package drift

import (
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// node is a pair of shapes, one of each side, that are at the same place. The contracts of a service
// share their shapes, so that a pair is compared once, however many operations lead to it.
type node struct {
	// shape is the place for people and for ignore rows: the name of the shape, or STRUCTURE$MEMBER
	// for one without a name.
	shape string
	// names identify the pair across contracts that do not share their shapes.
	names     [2]string
	structure bool
	own       []difference
	below     []edge
	changed   bool // here or below
	walked    int  // the last walk that was here
}

// edge leads from a structure to its member, or from a list or map to what it holds.
type edge struct {
	token string
	to    *node
}

// difference is one of a node's own: of its shape, or of the member that a token names.
type difference struct {
	schema.Difference
	token     string
	pieces    []piece // nil: they depend on the operation
	shape     string
	names     [2]string
	described string // the type of a member that only one side has
	union     bool   // that member is of a union on the side that lacks it

	row *[]*row // of each piece
}

// graph is the pairs of shapes of a service.
type graph struct {
	nodes map[[2]*schema.Shape]*node
	all   []*node
	walks int
	// foreign says that the sides are read by different protocols: what follows from the protocol is
	// not compared.
	foreign bool
}

func newGraph() *graph { return &graph{nodes: map[[2]*schema.Shape]*node{}} }

// pairOf returns the node of two references, which is new if the shapes were not compared before.
func (g *graph) pairOf(in *pair, a, b *schema.Ref, above *node, token string) *node {
	old, new := in.old.Resolve(*a), in.new.Resolve(*b)
	key := [2]*schema.Shape{old, new}
	if n := g.nodes[key]; n != nil {
		return n
	}
	n := &node{structure: a.Name != "" && b.Name != "", names: [2]string{nameOf(a), nameOf(b)}}
	if n.names[0] == "" || n.names[1] == "" || !n.structure && n.names[0] != n.names[1] && above != nil { // the member refers to another shape
		n.names = [2]string{above.names[0] + "/" + token, above.names[1] + "/" + token}
		n.shape = memberShape(above, token)
	} else {
		n.shape = n.names[1]
	}
	g.nodes[key] = n
	g.all = append(g.all, n)
	g.fill(n, in, old, new)
	return n
}

// nameOf returns the name of a shape in its source.
func nameOf(r *schema.Ref) string {
	if r.Inline != nil {
		return r.Inline.Name
	}
	return r.Name
}

// memberShape is STRUCTURE$MEMBER. Elements of lists and maps belong to the member that has them.
func memberShape(above *node, token string) string {
	if strings.Contains(above.shape, "$") || !above.structure {
		return above.shape
	}
	return above.shape + "$" + token
}

func (g *graph) fill(n *node, in *pair, a, b *schema.Shape) {
	if a.Type != b.Type && a.Type != schema.Unstated && b.Type != schema.Unstated {
		n.differ(difference{Difference: schema.Difference{Facet: "type", A: a.Type, B: b.Type}})
		return
	}
	for _, d := range schema.DiffFacets(in.old, in.new, schema.Place{}, a, b) {
		g.add(n, difference{Difference: d})
	}
	if a.Type != b.Type {
		return
	}
	for i := range a.Members {
		m := &a.Members[i]
		o, ok := b.Member(m.Name)
		if !ok {
			n.differ(difference{Difference: schema.Difference{Facet: "member", A: "present"}, token: m.Name,
				described: typeText(in.old.Resolve(m.Shape)), union: b.Union.Or(false)})
			continue
		}
		for _, d := range schema.DiffFacets(in.old, in.new, schema.Place{}, m, o) {
			g.add(n, difference{Difference: d, token: m.Name})
		}
		n.below = append(n.below, edge{m.Name, g.pairOf(in, &m.Shape, &o.Shape, n, m.Name)})
	}
	for i := range b.Members {
		m := &b.Members[i]
		if _, ok := a.Member(m.Name); !ok {
			n.differ(difference{Difference: schema.Difference{Facet: "member", B: "present"}, token: m.Name,
				described: typeText(in.new.Resolve(m.Shape)), union: a.Union.Or(false)})
		}
	}
	for _, child := range []struct {
		token string
		a, b  *schema.Ref
	}{{"*", a.Element, b.Element}, {"*key", a.Key, b.Key}, {"*", a.Value, b.Value}} {
		if child.a != nil && child.b != nil {
			n.below = append(n.below, edge{child.token, g.pairOf(in, child.a, child.b, n, child.token)})
		}
	}
}

// ofProtocol are the facets that may follow from the protocol.
var ofProtocol = []string{"location", "wireName", "timestampFormat", "code", "target", "method", "uri"}

func (g *graph) add(n *node, d difference) {
	if !g.foreign || !slices.Contains(ofProtocol, d.Facet) {
		n.differ(d)
	}
}

// differ adds a difference of the node's own, unless the table of facets ignores it.
func (n *node) differ(d difference) {
	f := facetNamed(d.Facet)
	if f == nil {
		return
	}
	d.shape, d.names = n.shape, n.names
	if d.token != "" {
		d.shape = memberShape(n, d.token)
		d.names = [2]string{n.names[0] + "/" + d.token, n.names[1] + "/" + d.token}
	}
	if d.Facet != "wireName" {
		if d.pieces = f.pieces(&d, nil); len(d.pieces) == 0 {
			return
		}
	}
	d.row = new([]*row)
	n.own = append(n.own, d)
}

// settle finds the nodes that lead to a change. It is called when all pairs are known.
func (g *graph) settle() {
	above := map[*node][]*node{}
	var changed []*node
	for _, n := range g.all {
		for _, e := range n.below {
			above[e.to] = append(above[e.to], n)
		}
		if len(n.own) > 0 {
			n.changed = true
			changed = append(changed, n)
		}
	}
	for len(changed) > 0 {
		n := changed[len(changed)-1]
		changed = changed[:len(changed)-1]
		for _, over := range above[n] {
			if !over.changed {
				over.changed = true
				changed = append(changed, over)
			}
		}
	}
}

// walk calls visit for every difference of a part, in the order of [schema.Diff]. It enters each
// structure once; again says that the part led to the structure before.
func (g *graph) walk(root *node, visit func(d *difference, pointer string, again bool)) {
	g.walks++
	var tokens []string
	var at func(*node)
	at = func(n *node) {
		if !n.changed {
			return
		}
		again := n.structure && n.walked == g.walks
		n.walked = g.walks
		var pointer strings.Builder
		if len(n.own) > 0 {
			for _, token := range tokens {
				pointer.WriteString("/" + jsontree.Escape(token))
			}
		}
		for i := range n.own {
			d := &n.own[i]
			place := pointer.String()
			if d.token != "" {
				place += "/" + jsontree.Escape(d.token)
			}
			visit(d, place, again)
		}
		if again {
			return
		}
		for _, e := range n.below {
			tokens = append(tokens, e.token)
			at(e.to)
			tokens = tokens[:len(tokens)-1]
		}
	}
	at(root)
}
