package page

import (
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source/internal/model"
	"strings"
)

// builder walks the literals of a syntax block and the items of a member list together, and builds
// shapes. An item is nil if the member list does not describe the place, which has been reported,
// or if the page omits the list.
type builder struct {
	contract  *schema.Contract
	names     model.Names
	strings   interner
	conflicts conflicts
	ancestors []ancestor
}

func newBuilder(h heading) *builder {
	c := &schema.Contract{
		Format: schema.Format, Service: h.service, Operation: h.operation,
		Shapes: map[string]*schema.Shape{},
	}
	if h.api != "" {
		c.API = schema.Is(h.api)
	}
	return &builder{
		contract: c, names: model.Names{}, strings: interner{},
		conflicts: conflicts{operation: c.Name()},
	}
}

// child builds the shape below a token of the path.
func (b *builder) child(s pathStep, l *literal, i *item) schema.Ref {
	b.conflicts.path = append(b.conflicts.path, s)
	defer func() { b.conflicts.path = b.conflicts.path[:len(b.conflicts.path)-1] }()
	if i != nil {
		b.agree(l, i)
	}
	switch l.form {
	case dictForm, streamForm:
		if l.isMap(i) {
			return schema.Inline(b.mapping(l, i))
		}
		name := nameOf(b.conflicts.path, b.names)
		b.structure(l, i, name)
		return schema.Named(name)
	case listForm:
		return schema.Inline(b.list(l, i))
	}
	if i != nil {
		b.nothing(i.children, "the syntax shows "+l.form.String()+", which has no members")
	}
	switch l.form {
	case recursiveForm:
		return b.recursion(i)
	case ellipsisForm:
		return schema.Inline(ellipsis(i))
	case stringForm, eitherForm:
		shape := schema.Shape{Type: schema.String, Enum: schema.Is([]string{})}
		if l.enum != nil {
			shape.Enum = schema.Is(l.enum)
		}
		return schema.Inline(shape)
	}
	return schema.Inline(l.form.shape)
}

// isMap distinguishes a map from a structure. The syntax is not sufficient: a structure may have a
// single member named string.
func (l *literal) isMap(i *item) bool {
	switch {
	case l.form != dictForm || len(l.entries) != 1:
		return false
	case len(l.entries[0].keys) > 1:
		return true
	case i != nil && len(i.children) > 0:
		return i.children[0].name == ""
	}
	return l.entries[0].keys[0] == "string"
}

// ellipsis is the shape of "...", which only the member list can tell.
func ellipsis(i *item) schema.Shape {
	if i != nil {
		switch i.word {
		case "float":
			return schema.Shape{Type: schema.Float}
		case "string":
			return schema.Shape{Type: schema.String}
		}
	}
	return schema.Shape{}
}

// structure builds a named structure, with its members in the syntax's order.
func (b *builder) structure(l *literal, i *item, name string) {
	shape := &schema.Shape{Type: schema.Structure}
	b.contract.Shapes[name] = shape
	b.ancestors = append(b.ancestors, ancestor{schema.Structure, name, i})
	defer func() { b.ancestors = b.ancestors[:len(b.ancestors)-1] }()

	if b.conflicts.part == schema.OutputPart {
		shape.EventStream = schema.Is(l.form == streamForm)
	}
	b.union(shape, l, i)
	described := b.match(l, i)
	for at, e := range l.entries {
		member := schema.Member{Name: e.keys[0]}
		member.Shape = b.child(memberStep(member.Name), e.value, described[at])
		// The generator does not mark recursive members.
		if b.conflicts.part == schema.InputPart && described[at] != nil && e.value.form != recursiveForm {
			member.Required = schema.Is(described[at].required)
		}
		if b.conflicts.part == schema.InputPart && described[at] != nil && strings.HasSuffix(described[at].documentation(), autopopulated) {
			member.Token = schema.Is(true)
		}
		shape.Members = append(shape.Members, member)
	}
}

// autopopulated is what the generator writes at the end of the documentation of an idempotency token
// (botocore/docs/params.py).
const autopopulated = "This field is autopopulated if not provided."

// union reads the facet from the note. The absence of the note means something only beside
// documentation, and nothing for an event stream, which is always a union.
func (b *builder) union(shape *schema.Shape, l *literal, i *item) {
	switch {
	case i == nil:
	case i.union != nil:
		shape.Union = schema.Is(true)
		b.agreeUnion(l, i.union)
	case i.prose != "" && l.form != streamForm:
		shape.Union = schema.Is(false)
	}
}

func (b *builder) list(l *literal, i *item) schema.Shape {
	b.ancestors = append(b.ancestors, ancestor{schema.List, "", i})
	defer func() { b.ancestors = b.ancestors[:len(b.ancestors)-1] }()
	var below *item
	if i != nil {
		below = b.only(i.children, l.element.at)
	}
	element := b.child(elementStep, l.element, below)
	return schema.Shape{Type: schema.List, Element: &element}
}

func (b *builder) mapping(l *literal, i *item) schema.Shape {
	b.ancestors = append(b.ancestors, ancestor{schema.Map, "", i})
	defer func() { b.ancestors = b.ancestors[:len(b.ancestors)-1] }()
	e := l.entries[0]
	var below *item
	if i != nil {
		if key := b.only(i.children, e.at); key != nil {
			if key.word != "string" {
				b.conflicts.report(key.at, key.word, "string", "the member list gives the map a key that is not a string")
			}
			below = b.only(key.children, e.value.at)
		}
	}
	key := mapKey()
	if len(e.keys) > 1 || e.keys[0] != "string" {
		key.Enum = schema.Is(e.keys)
	}
	value := b.child(valueStep, e.value, below)
	return schema.Shape{Type: schema.Map, Key: &schema.Ref{Inline: &key}, Value: &value}
}

// mapKey returns the key of a map. Its enum is unspecified, because the syntax shows 'string' for
// an enum too.
func mapKey() schema.Shape { return schema.Shape{Type: schema.String} }

// pathStep is a token of a pointer, and its part of the name of a shape.
type pathStep struct{ token, name string }

var (
	elementStep = pathStep{"*", "Item"}
	valueStep   = pathStep{"*", "Value"}
)

func memberStep(name string) pathStep { return pathStep{name, capitalised(name)} }

// maxShapeName is the maximum length of the names of shapes. The longest known name has 177
// letters.
const maxShapeName = 400

// nameOf returns a name for the shape at a path, from the members on the path.
func nameOf(path []pathStep, names model.Names) string {
	name := ""
	for _, s := range path {
		if len(name)+len(s.name) > maxShapeName {
			break
		}
		name += s.name
	}
	return names.Unique(name)
}
