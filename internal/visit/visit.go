// Package visit walks over a shape and a value together. It is the one such walk of the program,
// apart from the streaming validation of package validate:
//
//	contract, part, encoding + document (jsontree) ──▶ Site ──▶ Site …
//
// A [Site] is a value with its shape, its member and its two pointers: the concrete one in the
// document, and the folded one in the contract.
package visit

import (
	"iter"
	"strconv"

	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// Site is a value of a document together with the place of the contract that it is at. What is
// below it has sites of its own: see [Site.Below].
type Site struct {
	Contract *schema.Contract
	Encoding schema.Encoding
	// Shape is the shape at the place; without a type where the contract says nothing: at members
	// that it does not know, below documents, below a value of another type. Where not all members
	// of the root travel in the document, the root has only those that do.
	Shape  *schema.Shape
	Member *schema.Member // that the value is of; nil for the root, elements, entries of maps and unknown members
	Value  *jsontree.Node
	// Key is the last token of the site's pointer: the name of a member as it is in the document,
	// an index, the key of a map's entry.
	Key string

	above *Site // nil: the root
	word  string
	root  schema.Place // of the root
}

// Walk walks over a document of a part and the contract together: from the root down, in the order
// of the document, to every value. The function says whether to go below the value. A part that has
// no document, see [schema.Encoding.Document], is not walked.
//
// A null member is visited, and means the same as an absent one: see [Site.Absent]. Of duplicate
// members the last one counts, and only it is visited. Recursion ends with the document.
func Walk(c *schema.Contract, part schema.Part, p schema.Encoding, document *jsontree.Node, visit func(*Site) (below bool)) {
	if root, ok := Root(c, part, p, document); ok {
		root.visit(visit)
	}
}

func (s *Site) visit(visit func(*Site) bool) {
	if !visit(s) {
		return
	}
	for below := range s.Below() {
		below.visit(visit)
	}
}

// Root returns the root of a document of a part. It is for what [Walk] does not do: to follow two
// documents side by side, or to make something of what is below first. ok is false for a part that
// has no document.
func Root(c *schema.Contract, part schema.Part, p schema.Encoding, document *jsontree.Node) (*Site, bool) {
	ref, members, ok := p.Document(c, part)
	if !ok {
		return nil, false
	}
	place := schema.Place{Part: part}
	if root, _ := c.Root(part); root != ref { // the payload
		for _, m := range c.Resolve(root).Members {
			if p == schema.HTTP && c.Location(&m) == schema.LocationPayload {
				place = place.Child(m.Name)
			}
		}
	}
	shape := c.Resolve(ref)
	if len(members) != len(shape.Members) {
		all := shape
		shape = new(schema.Shape)
		*shape = *all
		shape.Members = members
	}
	return &Site{Contract: c, Encoding: p, Shape: shape, Value: document, root: place}, true
}

// unknown is the shape of what the contract says nothing of.
var unknown = &schema.Shape{}

// Below yields the sites of the members, elements or entries of a value, in the order of the document.
func (s *Site) Below() iter.Seq[*Site] {
	return func(yield func(*Site) bool) {
		for i := range s.Value.Entries {
			if below := s.Entry(i); below != nil && !yield(below) {
				return
			}
		}
	}
}

// Entry returns the site of one of the entries of the value; nil for one that is overridden.
func (s *Site) Entry(i int) *Site {
	if e := &s.Value.Entries[i]; !e.Overridden {
		return s.below(e, i)
	}
	return nil
}

// Child returns the site of the member of an object or the entry of a map that has the name in the
// document; nil where there is none.
func (s *Site) Child(name string) *Site {
	if s.Value.Kind != '{' {
		return nil
	}
	for i := range s.Value.Entries {
		if e := &s.Value.Entries[i]; e.Name == name && !e.Overridden {
			return s.below(e, i)
		}
	}
	return nil
}

func (s *Site) below(e *jsontree.Entry, i int) *Site {
	b := &Site{Contract: s.Contract, Encoding: s.Encoding, Shape: unknown, Value: &e.Value, Key: e.Name, above: s}
	var ref *schema.Ref
	switch {
	case s.Value.Kind == '[':
		b.Key = strconv.Itoa(i)
		if s.Shape.Type == schema.List {
			ref = s.Shape.Element
		}
	case s.Shape.Type == schema.Map:
		ref = s.Shape.Value
	case s.Shape.Type == schema.Structure:
		for i := range s.Shape.Members {
			if m := &s.Shape.Members[i]; s.Encoding.MemberName(m) == e.Name {
				b.Member, b.word, b.Shape = m, m.Name, s.Contract.Resolve(m.Shape)
				return b
			}
		}
	}
	if ref != nil {
		b.word, b.Shape = "*", s.Contract.Resolve(*ref)
	}
	return b
}

// Unknown reports a value that the contract has no place for: a member that it does not know, or
// what is below something of another type. Whatever is below it is unknown, too.
func (s *Site) Unknown() bool { return s.above != nil && s.word == "" }

// Absent reports a null member of a structure: it is as good as absent.
func (s *Site) Absent() bool {
	return s.Value.Null() && s.above != nil && s.above.Shape.Type == schema.Structure && s.above.Value.Kind == '{'
}

// Set returns the members of a union that are set, known or not. A member __type is not one
// (Smithy, aws-restjson1-protocol.html#shape-serialization).
func (s *Site) Set() (set []*Site) {
	for m := range s.Below() {
		if !m.Value.Null() && (m.Member != nil || m.Key != "__type") {
			set = append(set, m)
		}
	}
	return set
}

// Pointer is where the value is in the document (RFC 6901).
func (s *Site) Pointer() string {
	if s.above == nil {
		return ""
	}
	return s.above.Pointer() + "/" + jsontree.Escape(s.Key)
}

// Place is where the value is in the contract: with the contract's names of members, and one place
// for all elements of a list or values of a map. Of a value that is [Site.Unknown] it is the place
// above it that is not.
func (s *Site) Place() schema.Place {
	switch {
	case s.above == nil:
		return s.root
	case s.Unknown():
		return s.above.Place()
	}
	return s.above.Place().Child(s.word)
}
