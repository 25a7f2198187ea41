package smithy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/schema/source/internal/model"
	"github.com/crcheck/crcheck/schema/source/internal/place"
)

const (
	// maxMixinDepth limits how deep mixins nest. Real models stay below ten.
	maxMixinDepth = 100
	// maxMixedMembers limits the members that mixins copy, because their number can be quadratic in
	// the size of the document.
	maxMixedMembers = 1 << 20
)

// index finds shapes by id. The shapes include their mixins and the traits of apply statements.
type index struct {
	shapes  map[string]*astShape
	ids     []string // in the order of the document
	applied map[string][]appliedTraits
	whole   map[string]*astShape
	open    []string // shapes that are being composed
	mixed   int      // members copied so far
}

// appliedTraits is the traits of an apply statement.
type appliedTraits struct {
	member string // empty: the shape itself
	traits *astTraits
}

func newIndex(ast *astModel) (*index, error) {
	m := &index{shapes: map[string]*astShape{}, applied: map[string][]appliedTraits{}, whole: map[string]*astShape{}}
	for _, s := range ast.Shapes {
		if s.Value.Type == "apply" {
			shape, member, _ := strings.Cut(s.Name, "$")
			m.applied[shape] = append(m.applied[shape], appliedTraits{member, &s.Value.Traits})
			continue
		}
		m.shapes[s.Name] = s.Value
		m.ids = append(m.ids, s.Name)
	}
	for _, s := range ast.Shapes {
		if id, _, _ := strings.Cut(s.Name, "$"); s.Value.Type == "apply" && m.raw(id) == nil {
			return nil, model.NoShape(place.Excerpt(id), "an apply statement")
		}
	}
	return m, nil
}

// raw returns a shape as the document or the prelude defines it, or nil.
func (m *index) raw(id string) *astShape {
	if s := m.shapes[id]; s != nil {
		return s
	}
	if local, ok := strings.CutPrefix(id, preludeNamespace); ok {
		if of, ok := prelude[local]; ok {
			return &astShape{Type: of}
		}
	}
	return nil
}

// shape returns the shape that another one refers to.
func (m *index) shape(id, from string) (*astShape, error) {
	if s := m.whole[id]; s != nil {
		return s, nil
	}
	s := m.raw(id)
	switch {
	case s == nil:
		return nil, model.NoShape(place.Excerpt(id), place.Excerpt(from))
	case slices.Contains(m.open, id):
		return nil, broken(id, "the shape mixes in itself", "Remove it from its mixins")
	case len(m.open) == maxMixinDepth:
		return nil, broken(id, fmt.Sprintf("mixins nest more than %d deep", maxMixinDepth), "Flatten the model first")
	}
	if len(s.Mixins) > 0 || m.applied[id] != nil {
		m.open = append(m.open, id)
		whole, err := m.compose(id, s)
		m.open = m.open[:len(m.open)-1]
		if err != nil {
			return nil, err
		}
		s = whole
	}
	m.whole[id] = s
	return s, nil
}

// compose returns a shape that combines its mixins in their order, then the shape itself, then the
// traits applied to it (Smithy, spec/mixins.html).
func (m *index) compose(id string, own *astShape) (*astShape, error) {
	whole := &astShape{Type: own.Type}
	members := map[string]int{}
	for _, used := range own.Mixins {
		mixin, err := m.shape(used.Target, id)
		if err != nil {
			return nil, err
		}
		if mixin.Type != own.Type {
			return nil, broken(id, "its mixin "+place.Excerpt(used.Target)+" is of type "+place.Excerpt(mixin.Type), "Mix in shapes of type "+own.Type)
		}
		whole.add(mixin, mixin.Traits.passedOn(), members)
		if m.mixed += len(mixin.Members); m.mixed > maxMixedMembers {
			return nil, broken(id, fmt.Sprintf("mixins add more than %d members to the model", maxMixedMembers), "Split the model")
		}
	}
	whole.add(own, &own.Traits, members)
	for _, a := range m.applied[id] {
		traits := whole.traitsOf(a.member, members)
		if traits == nil {
			return nil, broken(id, "traits are applied to "+place.Excerpt(a.member)+", which is not a member", "Apply them to one of its members")
		}
		traits.merge(a.traits)
	}
	return whole, nil
}

// traitsOf returns the traits of a member, or of the shape itself for an empty name. It returns nil
// if there is no such member.
func (s *astShape) traitsOf(member string, members map[string]int) *astTraits {
	if member == "" {
		return &s.Traits
	}
	if at, ok := members[member]; ok {
		return &s.Members[at].Value.Traits
	}
	for _, r := range s.references() {
		if r.Name == member && *r.Value != nil {
			return &(*r.Value).Traits
		}
	}
	return nil
}

// add merges another shape into a shape under construction. The map has the indices of its members.
func (s *astShape) add(other *astShape, traits *astTraits, members map[string]int) {
	s.Traits.merge(traits)
	for _, m := range other.Members {
		at, ok := members[m.Name]
		if !ok {
			at = len(s.Members)
			members[m.Name] = at
			s.Members = append(s.Members, model.Member[*astMember]{Name: m.Name})
		}
		s.Members[at].Value = s.Members[at].Value.with(m.Value)
	}
	own := s.references()
	for i, from := range other.references() {
		if into := own[i].Value; *from.Value != nil {
			*into = (*into).with(*from.Value)
		}
	}
	s.Errors = slices.Concat(s.Errors, other.Errors)
	s.Operations = slices.Concat(s.Operations, other.Operations)
	s.Resources = slices.Concat(s.Resources, other.Resources)
	s.Collection = slices.Concat(s.Collection, other.Collection)
	s.Rename = slices.Concat(s.Rename, other.Rename)
	if other.Version != "" {
		s.Version = other.Version
	}
}

// with returns the member, which may be nil, overridden by another one.
func (m *astMember) with(other *astMember) *astMember {
	if m == nil {
		copied := *other
		return &copied
	}
	both := *m
	if other.Target != "" {
		both.Target = other.Target
	}
	both.Traits.merge(&other.Traits)
	return &both
}

// references lists the single references of a shape by their names in the AST.
func (s *astShape) references() []model.Member[**astMember] {
	return []model.Member[**astMember]{
		{Name: "member", Value: &s.Member}, {Name: "key", Value: &s.Key}, {Name: "value", Value: &s.Value}, {Name: "input", Value: &s.Input}, {Name: "output", Value: &s.Output},
		{Name: "create", Value: &s.Create}, {Name: "put", Value: &s.Put}, {Name: "read", Value: &s.Read}, {Name: "update", Value: &s.Update}, {Name: "delete", Value: &s.Delete}, {Name: "list", Value: &s.List},
	}
}
