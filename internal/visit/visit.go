// Package visit walks a contract and a document together. It is the only such walk of the program,
// except for the streaming validation of package validate:
//
//	contract, part, encoding + document (jsontree) ──▶ Site ──▶ Site …
//
// The model: a [Site] is a value with its shape, its member, its pointer in the document and its
// place in the contract.
package visit

import (
	"iter"
	"slices"
	"strconv"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// Site is a value of a document and its place in the contract. The values below it have their own
// sites: see [Site.Below].
type Site struct {
	Contract *schema.Contract
	Encoding schema.Encoding
	// Shape is the shape at the place. It has no type where the contract states nothing: at unknown
	// members, below documents, and below a value of another type. The shape of the root has only
	// the members that the document has.
	Shape  *schema.Shape
	Name   string         // of the shape; empty if it is inline or unknown
	Member *schema.Member // of the value; nil for the root, elements, entries of maps and unknown members
	Value  *jsontree.Node
	// Key is the last token of the site's pointer: the name of a member in the document, an index,
	// or the key of a map's entry.
	Key string

	above *Site // nil: the root
	word  string
	event bool         // in a list of events, which has the place of their union
	root  schema.Place // of the root

	entries map[string]int            // of a value with many
	members map[string]*schema.Member // of a shape with many
}

// many entries or members are found by an index rather than one after the other.
const many = 16

// Walk visits every value of a document of a part, from the root down, in the order of the
// document. The function returns whether to visit the values below. Walk does nothing for a part
// without a document, see [schema.Encoding.Document].
//
// A null member is visited, although it means the same as an absent one: see [Site.Absent]. Of
// duplicate members, only the last one counts and is visited. The depth of recursion is that of the
// document.
func Walk(c *schema.Contract, part schema.Part, p schema.Encoding, document *jsontree.Node, visit func(*Site) (below bool)) {
	if root, ok := Root(c, part, p, document); ok {
		root.Walk(visit)
	}
}

// Walk visits a value and those below it, as the function [Walk] does.
func (s *Site) Walk(visit func(*Site) (below bool)) {
	if !visit(s) {
		return
	}
	for below := range s.Below() {
		below.Walk(visit)
	}
}

// Root returns the root of a document of a part, or false for a part without a document. It is for
// traversals that [Walk] does not support, such as of two documents side by side or from the bottom
// up.
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
	return &Site{Contract: c, Encoding: p, Shape: only(c.Resolve(ref), members), Name: ref.Name, Value: document, root: place}, true
}

// Collected returns the root of the document of a stream of events, as the codec of the part reads
// it.
func Collected(c *schema.Contract, part schema.Part, stream *binding.Stream, document *jsontree.Node) *Site {
	ref, _ := c.Root(part)
	shape := only(c.Resolve(ref), append(slices.Clone(stream.Initial), *stream.Member))
	return &Site{Contract: c, Encoding: schema.HTTP, Shape: shape, Name: ref.Name, Value: document, root: schema.Place{Part: part}}
}

// only returns a structure with the members that a document has.
func only(shape *schema.Shape, members []schema.Member) *schema.Shape {
	if len(members) == len(shape.Members) {
		return shape
	}
	rest := *shape
	rest.Members = members
	return &rest
}

// unknown is the shape of values that are not in the contract.
var unknown = &schema.Shape{}

// Below yields the sites of the members, elements or entries of a value, in the order of the
// document.
func (s *Site) Below() iter.Seq[*Site] {
	return func(yield func(*Site) bool) {
		for i := range s.Value.Entries {
			if below := s.Entry(i); below != nil && !yield(below) {
				return
			}
		}
	}
}

// Entry returns the site of an entry of the value, or nil if it is overridden.
func (s *Site) Entry(i int) *Site {
	if e := &s.Value.Entries[i]; !e.Overridden {
		return s.below(e, i)
	}
	return nil
}

// Child returns the site of the member of an object or the entry of a map with a name in the
// document, or nil.
func (s *Site) Child(name string) *Site {
	if s.Value.Kind != '{' {
		return nil
	}
	if len(s.Value.Entries) > many {
		if s.entries == nil {
			s.entries = make(map[string]int, len(s.Value.Entries))
			for i, e := range s.Value.Entries {
				if !e.Overridden {
					s.entries[e.Name] = i
				}
			}
		}
		if i, ok := s.entries[name]; ok {
			return s.below(&s.Value.Entries[i], i)
		}
		return nil
	}
	for i := range s.Value.Entries {
		if e := &s.Value.Entries[i]; e.Name == name && !e.Overridden {
			return s.below(e, i)
		}
	}
	return nil
}

// member returns the member of the structure with a name in the document, or nil.
func (s *Site) member(name string) *schema.Member {
	if len(s.Value.Entries) > many && len(s.Shape.Members) > many {
		if s.members == nil {
			s.members = make(map[string]*schema.Member, len(s.Shape.Members))
			for i := range slices.Backward(s.Shape.Members) { // the first one counts
				m := &s.Shape.Members[i]
				s.members[s.Encoding.MemberName(m)] = m
			}
		}
		return s.members[name]
	}
	for i := range s.Shape.Members {
		if m := &s.Shape.Members[i]; s.Encoding.MemberName(m) == name {
			return m
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
		if s.Shape.EventStream.Or(false) { // events that were collected
			b.event, b.Shape, b.Name = true, s.Shape, s.Name
			return b
		}
		if s.Shape.Type == schema.List {
			ref = s.Shape.Element
		}
	case s.Shape.Type == schema.Map:
		ref = s.Shape.Value
	case s.Shape.Type == schema.Structure:
		if m := s.member(e.Name); m != nil {
			b.Member, b.word, b.Shape, b.Name = m, m.Name, s.Contract.Resolve(m.Shape), m.Shape.Name
			return b
		}
	}
	if ref != nil {
		b.word, b.Shape, b.Name = "*", s.Contract.Resolve(*ref), ref.Name
	}
	return b
}

// Unknown reports whether the value has no place in the contract: it is an unknown member, is below
// a value of another type, or is below an unknown value.
func (s *Site) Unknown() bool { return s.above != nil && s.word == "" && !s.event }

// Absent reports whether the value is a null member of a structure, which means the same as none.
func (s *Site) Absent() bool {
	return s.Value.Null() && s.above != nil && s.above.Shape.Type == schema.Structure && s.above.Value.Kind == '{'
}

// Set returns the members of a union that are set, known or not. __type is not a member
// (Smithy, aws-restjson1-protocol.html#shape-serialization).
func (s *Site) Set() (set []*Site) {
	for m := range s.Below() {
		if !m.Value.Null() && (m.Member != nil || m.Key != "__type") {
			set = append(set, m)
		}
	}
	return set
}

// Pointer returns the JSON Pointer to the value in the document (RFC 6901).
func (s *Site) Pointer() string {
	if s.above == nil {
		return ""
	}
	return s.above.Pointer() + "/" + jsontree.Escape(s.Key)
}

// Holder returns the member that the value belongs to, as findings name it: the nearest
// one, for elements of lists and entries of maps. It is empty if the structure has no name.
func (s *Site) Holder() string {
	for s.above != nil && s.Member == nil {
		s = s.above
	}
	if s.above == nil {
		return s.Name
	}
	return MemberOf(s.above.Name, s.Member)
}

// MemberOf returns a member in Smithy's notation, or "" if its structure has no name.
func MemberOf(structure string, m *schema.Member) string {
	if structure == "" {
		return ""
	}
	return structure + "$" + m.Name
}

// Place returns the place of the value in the contract. All elements of a list, and all values of a
// map, have the same place. For a value that is [Site.Unknown], it is the place of the nearest
// known value above.
func (s *Site) Place() schema.Place {
	switch {
	case s.above == nil:
		return s.root
	case s.Unknown(), s.event:
		return s.above.Place()
	}
	return s.above.Place().Child(s.word)
}
