package source

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/schema"
)

// looksLikeBotocore comes after what tells a model of Smithy, which has shapes
// and operations too. A model that was cut off before its shapes is still one.
func looksLikeBotocore(document []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(withoutBOM(document)), []byte("{")) &&
		bytes.Contains(document, []byte(`"metadata"`)) && bytes.Contains(document, []byte(`"operations"`))
}

func withoutBOM(document []byte) []byte { return bytes.TrimPrefix(document, []byte("\ufeff")) }

func readBotocore(document []byte, version string) (Result, error) {
	contracts, err := Botocore(document, version)
	return Result{Contracts: contracts}, err
}

// Botocore reads a model of botocore, service-2.json, into the contracts of all
// its operations, sorted by their names. See the package comment. The version is
// botocore's, which a model does not state. The contracts share their shapes.
func Botocore(document []byte, version string) ([]*schema.Contract, error) {
	origin := schema.NewOrigin("botocore-model", version, document)
	document = withoutBOM(document)
	parsed, err := parseBotocore(document)
	if err != nil {
		return nil, err
	}
	b := botoBuilder{document: document, parsed: parsed, shapes: map[string]*botoShape{}, roots: map[string]bool{}}
	if err := b.checkWhole(); err != nil {
		return nil, err
	}
	for _, s := range parsed.Shapes {
		if s.name == "" {
			return nil, b.fail(s.value.at, "a shape without a name")
		}
		b.shapes[s.name] = s.value
		b.sparse = b.sparse || s.value.Sparse
	}
	m := model{shapes: map[string]*schema.Shape{}}
	for _, o := range parsed.Operations {
		if o.name == "" {
			return nil, b.fail(o.value.at, "an operation without a name")
		}
		c, err := b.operation(o.name, o.value)
		if err != nil {
			return nil, err
		}
		c.Version, c.Origins = version, []schema.Origin{origin}
		m.operations = append(m.operations, c)
	}
	for _, s := range parsed.Shapes {
		if m.shapes[s.name], err = b.shape(s.name, s.value); err != nil {
			return nil, err
		}
	}
	contracts, err := m.contracts()
	return contracts, b.placed(err)
}

// botoBuilder turns what a model says into contracts.
type botoBuilder struct {
	document []byte
	parsed   *botoModel
	shapes   map[string]*botoShape
	roots    map[string]bool // structures that are bound to HTTP
	protocol string          // in the words of a contract
	// botocore took up two traits late. That a shape or operation does not have
	// one says something only in a model in which another has it.
	sparse, readonly bool
}

func (b *botoBuilder) fail(at int64, format string, args ...any) error {
	return problemAt(b.document, at, fmt.Sprintf(format, args...))
}

// placed gives an error about a shape the shape's place.
func (b *botoBuilder) placed(err error) error {
	name := ""
	if cycle, ok := errors.AsType[*ShapeCycleError](err); ok {
		name = cycle.Shape
	} else if deep, ok := errors.AsType[*DeepShapeError](err); ok {
		name = deep.Shape
	}
	if s := b.shapes[name]; s != nil {
		problem, _, _ := strings.Cut(err.Error(), ". ")
		return b.fail(s.at, "%s", problem)
	}
	return err
}

// checkWhole says what a model cannot do without, and settles what concerns all
// of it.
func (b *botoBuilder) checkWhole() error {
	m := b.parsed.Metadata
	switch {
	case m == nil:
		return b.fail(0, "the model has no metadata")
	case len(b.parsed.Operations) == 0:
		return b.fail(0, "the model has no operations")
	case m.service() == "":
		return b.fail(m.at, "the metadata have neither serviceId nor endpointPrefix nor signingName, of which the service's name comes")
	}
	b.readonly = slices.ContainsFunc(b.parsed.Operations, func(o named[*botoOperation]) bool { return o.value.Readonly })
	return b.readProtocol()
}

func (b *botoBuilder) readProtocol() error {
	protocol, problem := b.parsed.Metadata.protocol()
	if problem != "" {
		return b.fail(b.parsed.Metadata.at, "%s", problem)
	}
	b.protocol = protocol
	return nil
}

// rest reports a protocol that binds members to HTTP.
func (b *botoBuilder) rest() bool { return b.protocol == "restJson1" || b.protocol == "restXml" }

// json reports a protocol whose bodies are JSON.
func (b *botoBuilder) json() bool {
	return b.protocol == "restJson1" || strings.HasPrefix(b.protocol, "awsJson")
}

// target returns the shape of a reference.
func (b *botoBuilder) target(r *botoRef) (*botoShape, error) {
	s := b.shapes[r.Shape]
	if s == nil {
		return nil, b.fail(r.at, "the model has no shape %q", excerpt(r.Shape))
	}
	return s, nil
}
