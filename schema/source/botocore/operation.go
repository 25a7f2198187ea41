package botocore

import (
	"cmp"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/schema/source/internal/model"
	"github.com/crcheck/crcheck/schema/source/internal/place"

	"github.com/crcheck/crcheck/schema"
)

// operation builds the contract of an operation, without shapes.
func (b *builder) operation(name string, o *operationModel) (*schema.Contract, error) {
	m := b.parsed.Metadata
	c := &schema.Contract{
		Format: schema.Format, Service: m.service(), Operation: name,
		API: model.Stated(m.UID), Protocol: schema.Is(b.protocol), Method: model.Stated(o.HTTP.Method), URI: model.Stated(o.HTTP.URI),
		Status: schema.Is(cmp.Or(o.HTTP.Status, 200)),
	}
	c.Protocols = m.listed()
	if strings.HasPrefix(b.protocol, "awsJson") && m.TargetPrefix != "" {
		c.Target = schema.Is(m.TargetPrefix + "." + name)
	}
	if m.QueryCompatible != nil {
		c.QueryCompatible = schema.Is(true)
	}
	m.authenticate(c, o)
	if b.readonly {
		c.Readonly = schema.Is(o.Readonly)
	}
	for _, part := range []struct {
		ref  *reference
		name *string
	}{{o.Input, &c.Input}, {o.Output, &c.Output}} {
		if part.ref == nil {
			continue
		}
		if _, err := b.root(part.ref); err != nil {
			return nil, err
		}
		*part.name = part.ref.Shape
	}
	for i := range o.Errors {
		e, err := b.errorOf(&o.Errors[i])
		if err != nil {
			return nil, err
		}
		// Some models list an error twice.
		if !slices.ContainsFunc(c.Errors, func(f schema.Error) bool { return f.Name == e.Name }) {
			c.Errors = append(c.Errors, e)
		}
	}
	return c, nil
}

// root returns the structure of an input, output or error.
func (b *builder) root(r *reference) (*shapeModel, error) {
	s, err := b.target(r)
	if err != nil {
		return nil, err
	}
	if s.Type != "structure" || s.Document {
		return nil, b.fail(r.at, "shape %q is not a structure: inputs, outputs and errors must be structures", place.Excerpt(r.Shape))
	}
	b.roots[r.Shape] = true
	return s, nil
}

// errorOf reads an error. A model may omit its fault and its status, which JSON protocols without
// REST do not need.
func (b *builder) errorOf(r *reference) (schema.Error, error) {
	s, err := b.root(r)
	if err != nil {
		return schema.Error{}, err
	}
	e := schema.Error{Name: r.Shape, Shape: r.Shape}
	if status := cmp.Or(r.Error.Status, s.Error.Status); status != 0 {
		if status < 100 || status > 599 {
			return e, b.fail(s.at, "httpStatusCode %d is not an HTTP status", status)
		}
		e.Status = schema.Is(status)
	}
	switch {
	case r.Fault || r.Error.Fault || s.Fault || s.Error.Fault:
		e.Fault = schema.Is("server")
	case r.Error.Sender || s.Error.Sender:
		e.Fault = schema.Is("client")
	}
	// Without a code in the model of a query-compatible service, the code in the query protocol is
	// unknown: the model of sqs dropped all of them.
	if code := cmp.Or(r.Error.Code, s.Error.Code); code != e.Name || b.parsed.Metadata.QueryCompatible != nil {
		e.Code = model.Stated(code)
	}
	return e, nil
}
