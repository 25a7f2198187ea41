package smithy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/schema/source/internal/place"

	"github.com/crcheck/crcheck/schema"
)

// broken returns the error for an invalid shape or, if shape is empty, an invalid model.
func broken(shape, problem, remedy string) error {
	return &schema.DocumentError{Place: place.Excerpt(shape), Problem: problem, Remedy: remedy}
}

// versionMember matches the member that distinguishes a Smithy model, anywhere in the document.
var versionMember = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`"smithy"[ \t\r\n]*:[ \t\r\n]*"`)
})

// Is reports whether a document looks like a Smithy model.
func Is(document []byte) bool {
	return place.IsObject(document) && versionMember().Match(document)
}

// Read reads a Smithy model, as its JSON AST, into contracts for the operations of all its
// services. Services are in the order of the document, and their operations are sorted by name. See
// the package comment. The version is that of the model's release, which the model does not state.
// The contracts share their shapes. The error is a [*schema.DocumentError].
func Read(document []byte, version string) ([]*schema.Contract, error) {
	origin := schema.NewOrigin("smithy-model", version, document)
	ast, err := parseAST(place.WithoutBOM(document))
	if err != nil {
		return nil, err
	}
	m, err := newIndex(ast)
	if err != nil {
		return nil, err
	}
	var all []*schema.Contract
	for _, id := range m.ids {
		if s := m.shapes[id]; s.Type != "service" || s.Traits.Mixin != nil {
			continue
		}
		contracts, err := m.service(id)
		if err != nil {
			return nil, err
		}
		for _, c := range contracts {
			c.Origins = []schema.Origin{origin}
			c.Origins[0].Operations = len(contracts)
		}
		all = append(all, contracts...)
	}
	if len(all) == 0 {
		return nil, broken("", "no service binds an operation", "Use the complete model of a service")
	}
	for _, c := range all {
		c.Version = version
	}
	return all, nil
}

// service reads the operations of a service.
func (m *index) service(id string) ([]*schema.Contract, error) {
	service, err := m.shape(id, id)
	if err != nil {
		return nil, err
	}
	operations, err := m.closure(id)
	if err != nil {
		return nil, err
	}
	b := newBuilder(m, id, service)
	for _, operation := range operations {
		if err := b.operation(operation); err != nil {
			return nil, err
		}
	}
	if err := b.build(); err != nil {
		return nil, err
	}
	return b.model.Contracts()
}

// closure returns the sorted ids of the operations that a service binds, directly or through its
// resources.
func (m *index) closure(service string) ([]string, error) {
	found := map[string]string{} // operations, by local name
	seen := map[string]bool{service: true}
	for queue := []string{service}; len(queue) > 0; queue = queue[1:] {
		id := queue[0]
		s, err := m.shape(id, service)
		if err != nil {
			return nil, err
		}
		bound := slices.Concat(s.Operations, s.Collection)
		for _, lifecycle := range []*astMember{s.Create, s.Put, s.Read, s.Update, s.Delete, s.List} {
			if lifecycle != nil {
				bound = append(bound, *lifecycle)
			}
		}
		for _, r := range bound {
			if err := m.expect(r.Target, id, "operation"); err != nil {
				return nil, err
			}
			local := localName(r.Target)
			if other, ok := found[local]; ok && other != r.Target {
				return nil, broken(service, "it binds two operations with the same name, "+place.Excerpt(other)+" and "+place.Excerpt(r.Target), "Move one of them to another service")
			}
			found[local] = r.Target
		}
		for _, r := range s.Resources {
			if err := m.expect(r.Target, id, "resource"); err != nil {
				return nil, err
			}
			if !seen[r.Target] {
				seen[r.Target] = true
				queue = append(queue, r.Target)
			}
		}
	}
	ids := make([]string, 0, len(found))
	for _, id := range found {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids, nil
}

// expect checks the type of a shape that another one refers to.
func (m *index) expect(id, from, of string) error {
	s, err := m.shape(id, from)
	if err != nil {
		return err
	}
	if s.Type != of {
		return broken(from, fmt.Sprintf("it refers to %s, got type %q, want %s", place.Excerpt(id), place.Excerpt(s.Type), of), remedy)
	}
	return nil
}

// localName returns a shape's name without its namespace.
func localName(id string) string { return id[strings.IndexByte(id, '#')+1:] }
