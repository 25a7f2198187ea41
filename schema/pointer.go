package schema

import (
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/internal/jsontree"
)

// Place is an address in a contract: a part and a pointer into its shapes. A token of the pointer
// is the name of a member, "*" for the element of a list or the value of a map, or "*key" for the
// key of a map. The text form is PART#POINTER.
type Place struct {
	Part    Part
	Pointer string
}

// ContractPlace is the place of the facets of the operation as a whole.
var ContractPlace = Place{Part: "contract"}

func (p Place) String() string {
	if p.Pointer == "" {
		return string(p.Part)
	}
	return string(p.Part) + "#" + p.Pointer
}

// ParsePlace parses PART or PART#POINTER. The pointer has the escapes of RFC 6901.
func ParsePlace(text string) (Place, error) {
	part, pointer, _ := strings.Cut(text, "#")
	name, isError := strings.CutPrefix(part, "error:")
	switch {
	case isError && name == "", !isError && part != "output" && part != "input" && part != "contract":
		return Place{}, fmt.Errorf("%q does not name a part: use contract, output, input or error:NAME, then #/POINTER", text)
	case pointer != "" && pointer[0] != '/':
		return Place{}, fmt.Errorf("%q: a pointer begins with a slash, as in output#/member", text)
	case pointer != "" && part == string(ContractPlace.Part):
		return Place{}, fmt.Errorf("%q: the operation as a whole has no places below it", text)
	case strings.Contains(strings.NewReplacer("~0", "", "~1", "").Replace(pointer), "~"):
		return Place{}, fmt.Errorf("%q: write ~0 for a tilde and ~1 for a slash in a name", text)
	}
	return Place{Part(part), pointer}, nil
}

func (p Place) fact(facet string) string { return p.String() + ":" + facet }

// Child returns the place of a member, or of "*" or "*key".
func (p Place) Child(token string) Place {
	return Place{p.Part, p.Pointer + "/" + jsontree.Escape(token)}
}

// Parent returns the place above. The parent of a root is the root.
func (p Place) Parent() Place {
	return Place{p.Part, p.Pointer[:max(strings.LastIndexByte(p.Pointer, '/'), 0)]}
}

// step returns the reference below a shape that a token names, and the member if the shape is a
// structure.
func (s *Shape) step(token string) (*Ref, *Member) {
	switch s.Type {
	case Structure:
		if m, ok := s.Member(token); ok {
			return &m.Shape, m
		}
	case List:
		if token == "*" {
			return s.Element, nil
		}
	case Map:
		switch token {
		case "*":
			return s.Value, nil
		case "*key":
			return s.Key, nil
		}
	}
	return nil, nil
}

// At returns the shape at a place and, if the place is a member of a structure, the member. It
// returns false if the place does not exist or the source does not state the root.
func (c *Contract) At(place Place) (*Shape, *Member, bool) {
	root, ok := c.Root(place.Part)
	if !ok || root.Name == "" {
		return nil, nil, false
	}
	ref, member := &root, (*Member)(nil)
	for _, token := range jsontree.Tokens(place.Pointer) {
		if ref, member = c.Resolve(*ref).step(token); ref == nil {
			return nil, nil, false
		}
	}
	return c.Resolve(*ref), member, true
}

// children calls visit for every reference below a shape, with its token.
func (s *Shape) children(visit func(token string, ref *Ref, member *Member)) {
	for i := range s.Members {
		visit(s.Members[i].Name, &s.Members[i].Shape, &s.Members[i])
	}
	for _, child := range []struct {
		token string
		ref   *Ref
	}{{"*", s.Element}, {"*key", s.Key}, {"*", s.Value}} {
		if child.ref != nil {
			visit(child.token, child.ref, nil)
		}
	}
}

// Walk visits the roots of the contract and all places below them. It descends into each named
// shape once, at the first place that reaches it; other places of the shape are visited without
// those below them. The member is nil at roots and below lists and maps.
func (c *Contract) Walk(visit func(place Place, shape *Shape, member *Member)) {
	seen := map[string]bool{}
	for _, part := range c.Parts() {
		if root, _ := c.Root(part); root.Name != "" {
			c.walk(Place{Part: part}, root, nil, seen, visit)
		}
	}
}

func (c *Contract) walk(place Place, ref Ref, member *Member, seen map[string]bool, visit func(Place, *Shape, *Member)) {
	shape := c.Resolve(ref)
	visit(place, shape, member)
	if ref.Inline == nil {
		if seen[ref.Name] {
			return
		}
		seen[ref.Name] = true
	}
	shape.children(func(token string, child *Ref, m *Member) { c.walk(place.Child(token), *child, m, seen, visit) })
}
