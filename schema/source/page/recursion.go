package page

import (
	"slices"

	"github.com/crcheck/crcheck/schema"
)

// ancestor is a structure, list or map that contains the place being built.
type ancestor struct {
	typ  schema.Type
	name string // of a structure
	item *item
}

// word returns the member list's word for the ancestor's type.
func (a ancestor) word() string {
	if a.typ == schema.List {
		return "list"
	}
	return "dict"
}

// recursion finds the ancestor that "{'... recursive ...'}" refers to. The page does not name it,
// but the member list repeats its type and, unless the member has its own documentation, its
// documentation. It is the only ancestor of the type or, of several, the only one with the same
// documentation. Otherwise the shape is unstated.
func (b *builder) recursion(i *item) schema.Ref {
	if i == nil {
		return schema.Inline(schema.Shape{})
	}
	var agreeing, same []int
	for at, a := range b.ancestors {
		if a.word() != i.word {
			continue
		}
		agreeing = append(agreeing, at)
		if a.item != nil && a.item.prose != "" && a.item.documentation() == i.documentation() {
			same = append(same, at)
		}
	}
	if len(agreeing) > 1 {
		agreeing = same
	}
	if len(agreeing) != 1 {
		return schema.Inline(schema.Shape{})
	}
	return b.reference(agreeing[0])
}

// reference returns a reference to an ancestor. Lists and maps have no names, so they are copied
// down to the structure that they contain.
func (b *builder) reference(at int) schema.Ref {
	length := slices.IndexFunc(b.ancestors[at:], func(a ancestor) bool { return a.typ == schema.Structure })
	if length < 0 {
		return schema.Inline(schema.Shape{}) // lists of lists without end
	}
	ref := schema.Named(b.ancestors[at+length].name)
	for _, a := range slices.Backward(b.ancestors[at : at+length]) {
		below := ref
		shape := schema.Shape{Type: a.typ}
		if a.typ == schema.List {
			shape.Element = &below
		} else {
			key := schema.Inline(mapKey())
			shape.Key, shape.Value = &key, &below
		}
		ref = schema.Inline(shape)
	}
	return ref
}
