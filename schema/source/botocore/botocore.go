package botocore

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/schema/source/internal/model"
	"github.com/crcheck/crcheck/schema/source/internal/place"

	"github.com/crcheck/crcheck/schema"
)

// Is reports whether a document looks like a model of botocore, which may be cut off before its
// shapes. Test for a Smithy model first: it may have the same names.
func Is(document []byte) bool {
	return place.IsObject(document) &&
		bytes.Contains(document, []byte(`"metadata"`)) && bytes.Contains(document, []byte(`"operations"`))
}

// Read reads a model of botocore, a service-2.json, into contracts for all its operations, sorted
// by name. See the package comment. The version is that of botocore, which a model does not state.
// The contracts share their shapes. The error is a [*schema.DocumentError].
func Read(document []byte, version string) ([]*schema.Contract, error) {
	origin := schema.NewOrigin("botocore-model", version, document)
	document = place.WithoutBOM(document)
	parsed, err := parse(document)
	if err != nil {
		return nil, err
	}
	origin.Operations = len(parsed.Operations)
	b := builder{document: document, parsed: parsed, shapes: map[string]*shapeModel{}, roots: map[string]bool{}}
	if err := b.checkWhole(); err != nil {
		return nil, err
	}
	for _, s := range parsed.Shapes {
		if s.Name == "" {
			return nil, b.fail(s.Value.at, "a shape without a name")
		}
		b.shapes[s.Name] = s.Value
		b.sparse = b.sparse || s.Value.Sparse
	}
	m := model.Model{Shapes: map[string]*schema.Shape{}}
	for _, o := range parsed.Operations {
		if o.Name == "" {
			return nil, b.fail(o.Value.at, "an operation without a name")
		}
		c, err := b.operation(o.Name, o.Value)
		if err != nil {
			return nil, err
		}
		c.Version, c.Origins = version, []schema.Origin{origin}
		m.Operations = append(m.Operations, c)
	}
	for _, s := range parsed.Shapes {
		if m.Shapes[s.Name], err = b.shape(s.Name, s.Value); err != nil {
			return nil, err
		}
	}
	contracts, err := m.Contracts()
	return contracts, b.placed(err)
}

// builder converts a model into contracts.
type builder struct {
	document []byte
	parsed   *serviceModel
	shapes   map[string]*shapeModel
	roots    map[string]bool // structures that are bound to HTTP
	protocol string          // the name in a contract
	// botocore adopted two traits late. Their absence means something only if another shape or
	// operation of the model has the trait.
	sparse, readonly bool
}

func (b *builder) fail(at int64, format string, args ...any) error {
	return problemAt(b.document, at, fmt.Sprintf(format, args...))
}

// placed replaces the name of a shape in an error by its position.
func (b *builder) placed(err error) error {
	if wrong, ok := errors.AsType[*schema.DocumentError](err); ok && b.shapes[wrong.Place] != nil {
		return b.fail(b.shapes[wrong.Place].at, "%s", wrong.Problem)
	}
	return err
}

// checkWhole checks for required parts of the model and reads what applies to all operations.
func (b *builder) checkWhole() error {
	m := b.parsed.Metadata
	switch {
	case m == nil:
		return b.fail(0, "the model has no metadata")
	case len(b.parsed.Operations) == 0:
		return b.fail(0, "the model has no operations")
	case m.service() == "":
		return b.fail(m.at, "the metadata has no serviceId, endpointPrefix or signingName to name the service by")
	}
	b.readonly = slices.ContainsFunc(b.parsed.Operations, func(o model.Member[*operationModel]) bool { return o.Value.Readonly })
	return b.readProtocol()
}

func (b *builder) readProtocol() error {
	protocol, problem := b.parsed.Metadata.protocol()
	if problem != "" {
		return b.fail(b.parsed.Metadata.at, "%s", problem)
	}
	b.protocol = protocol
	return nil
}

// rest reports whether the protocol binds members to HTTP.
func (b *builder) rest() bool { return b.protocol == "restJson1" || b.protocol == "restXml" }

// json reports whether the bodies of the protocol are JSON.
func (b *builder) json() bool {
	return b.protocol == "restJson1" || strings.HasPrefix(b.protocol, "awsJson")
}

// target returns the shape of a reference.
func (b *builder) target(r *reference) (*shapeModel, error) {
	s := b.shapes[r.Shape]
	if s == nil {
		return nil, b.fail(r.at, "the model has no shape %q", place.Excerpt(r.Shape))
	}
	return s, nil
}
