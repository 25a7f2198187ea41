package botocore

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/schema/source/internal/model"
	"github.com/crcheck/crcheck/schema/source/internal/place"

	"github.com/crcheck/crcheck/internal/pattern"
	"github.com/crcheck/crcheck/schema"
)

// types are botocore's types of shapes, with their bits.
var types = map[string]struct {
	typ  schema.Type
	bits int
}{
	"structure": {typ: schema.Structure}, "list": {typ: schema.List}, "map": {typ: schema.Map},
	"string": {typ: schema.String}, "character": {typ: schema.String},
	"integer": {schema.Integer, 32}, "long": {schema.Integer, 64},
	"float": {schema.Float, 32}, "double": {schema.Float, 64},
	"boolean": {typ: schema.Boolean}, "timestamp": {typ: schema.Timestamp}, "blob": {typ: schema.Blob},
}

// shape builds a named shape as it is in a body.
func (b *builder) shape(name string, s *shapeModel) (*schema.Shape, error) {
	shape, err := b.simple(s, &s.traits, "body")
	if err != nil {
		return nil, err
	}
	switch shape.Type {
	case schema.Structure:
		err = b.structure(shape, name, s)
	case schema.List:
		shape.Element, err = b.child(s, s.Element, "member", "body")
	case schema.Map:
		if shape.Key, err = b.child(s, s.Key, "key", "body"); err == nil {
			shape.Value, err = b.child(s, s.Value, "value", "body")
		}
		if s.Key != nil && err == nil && types[b.shapes[s.Key.Shape].Type].typ != schema.String {
			err = b.fail(s.at, "got map keys of type %q, want string", place.Excerpt(b.shapes[s.Key.Shape].Type))
		}
	}
	return shape, err
}

// simple builds a shape without the shapes in it.
func (b *builder) simple(s *shapeModel, t *traits, location schema.Location) (*schema.Shape, error) {
	known, ok := types[s.Type]
	if !ok {
		return nil, b.fail(s.at, "unknown shape type %q", place.Excerpt(s.Type))
	}
	shape := &schema.Shape{Type: known.typ, Sensitive: schema.Is(t.Sensitive)}
	if s.Document {
		shape.Type = schema.Document
	}
	var err error
	switch shape.Type {
	case schema.Structure:
		shape.EventStream = schema.Is(s.EventStream)
		shape.Union = schema.Is(s.Union || s.EventStream)
	case schema.List, schema.Map:
		shape.Length, err = b.length(s, t)
		if b.sparse {
			shape.Sparse = schema.Is(t.Sparse)
		}
	case schema.String:
		shape.Length, err = b.length(s, t)
		shape.Enum, shape.Pattern = schema.Is(t.Enum), schema.Is(pattern.Whole(t.Pattern))
	case schema.Blob:
		shape.Length, err = b.length(s, t)
		shape.Streaming = schema.Is(t.Streaming || location == schema.LocationPayload)
	case schema.Integer, schema.Float:
		shape.Bits = schema.Is(known.bits)
		shape.Range = schema.Is(schema.Bounds{Min: json.Number(t.Min), Max: json.Number(t.Max)})
	case schema.Timestamp:
		shape.Format, err = b.timestamp(s, t, location)
	}
	return shape, err
}

// length reads the bounds of a length. It drops a minimum of zero, which botocore writes beside
// every maximum.
func (b *builder) length(s *shapeModel, t *traits) (schema.Known[schema.Bounds], error) {
	for _, end := range []model.Number{t.Min, t.Max} {
		if strings.ContainsAny(string(end), "-.eE") {
			return schema.Known[schema.Bounds]{}, b.fail(s.at, "length %s is not a non-negative integer", place.Excerpt(string(end)))
		}
	}
	bounds := schema.Bounds{Min: json.Number(t.Min), Max: json.Number(t.Max)}
	if bounds.Min == "0" {
		bounds.Min = ""
	}
	return schema.Is(bounds), nil
}

// timestamp reads the format, which has a default for each location (TIMESTAMP_FORMAT and similar
// constants in botocore's serialize.py).
func (b *builder) timestamp(s *shapeModel, t *traits, location schema.Location) (schema.Known[string], error) {
	formats := map[string]string{"unixTimestamp": "epoch-seconds", "iso8601": "date-time", "rfc822": "http-date"}
	implied, ok := location.TimestampFormat()
	switch format := formats[t.Format]; {
	case format != "":
		return schema.Is(format), nil
	case t.Format != "":
		return schema.Known[string]{}, b.fail(s.at, "unknown timestampFormat %q", place.Excerpt(t.Format))
	case ok:
		return schema.Is(implied), nil
	}
	bodies := map[string]string{"restJson1": "epoch-seconds", "awsJson1_0": "epoch-seconds", "awsJson1_1": "epoch-seconds",
		"rpcv2Cbor": "epoch-seconds", "restXml": "date-time", "awsQuery": "date-time", "ec2Query": "date-time"}
	return model.Stated(bodies[b.protocol]), nil
}

// structure builds the members of a structure.
func (b *builder) structure(shape *schema.Shape, name string, s *shapeModel) error {
	for _, required := range s.Required {
		if !s.has(required) {
			return b.fail(s.at, "the structure requires %q, which is not one of its members", place.Excerpt(required))
		}
	}
	if s.Payload != "" && !s.has(s.Payload) {
		return b.fail(s.at, "the payload %q is not a member of the structure", place.Excerpt(s.Payload))
	}
	required := map[string]bool{}
	for _, name := range s.Required {
		required[name] = true
	}
	onWire, inBody := map[string]int{}, map[string]bool{}
	for _, m := range s.Members {
		onWire[m.Value.wire(m.Name)]++
	}
	for i := range s.Members {
		m := &s.Members[i]
		location, err := b.location(s, m.Name, &m.Value, b.roots[name])
		if err != nil {
			return err
		}
		member := schema.Member{Name: m.Name, Required: schema.Is(required[m.Name]), Token: schema.Is(m.Value.Token), Location: schema.Is(location)}
		if event := b.inEvent(s, &m.Value); event != "" {
			member.Location = schema.Is(event)
			if event == schema.LocationEventHeader {
				member.WireName = schema.Is(m.Name)
			}
		} else if location != schema.LocationStatus && location != schema.LocationPayload {
			// In XML, two members may read the same element, in an old and a new form.
			wire := m.Value.wire(m.Name)
			if location != schema.LocationBody || b.json() || onWire[wire] == 1 {
				member.WireName = schema.Is(wire)
			}
			if location == schema.LocationBody && b.json() {
				if inBody[wire] {
					return b.fail(m.Value.at, "another member has the name %q in the body", place.Excerpt(wire))
				}
				inBody[wire] = true
			}
		}
		child, err := b.child(s, &m.Value, m.Name, location)
		if err != nil {
			return err
		}
		member.Shape = *child
		shape.Members = append(shape.Members, member)
	}
	return nil
}

func (s *shapeModel) has(member string) bool {
	return slices.ContainsFunc(s.Members, func(m model.Member[reference]) bool { return m.Name == member })
}

// wire returns the name of a member on the wire.
func (r *reference) wire(name string) string {
	if r.LocationName != nil {
		return *r.LocationName
	}
	return name
}

// location returns where a member travels. Only the members of inputs, outputs
// and errors are bound to HTTP, and only under a REST protocol.
func (b *builder) location(s *shapeModel, name string, m *reference, root bool) (schema.Location, error) {
	locations := map[string]schema.Location{
		"": schema.LocationBody, "uri": schema.LocationLabel, "querystring": schema.LocationQuery, "header": schema.LocationHeader,
		"headers": schema.LocationHeaders, "statusCode": schema.LocationStatus,
	}
	location, ok := locations[m.Location]
	switch {
	case !ok:
		return "", b.fail(m.at, "unknown location %q", place.Excerpt(m.Location))
	case !root || !b.rest():
		return schema.LocationBody, nil
	case location == schema.LocationBody && s.Payload == name:
		return schema.LocationPayload, nil
	}
	return location, nil
}

// inEvent returns where a member travels in an event's message, as
// [schema.Member.InEvent] does.
func (b *builder) inEvent(s *shapeModel, m *reference) schema.Location {
	target := b.shapes[m.Shape]
	switch {
	case m.EventHeader:
		return schema.LocationEventHeader
	case m.EventPayload:
		return schema.LocationEventPayload
	case s.EventStream && target != nil && target.Exception:
		return schema.LocationException
	}
	return ""
}

// child returns a reference to the shape of a member, element, key or value. If traits or the
// location change the shape, the reference has an inline variant.
func (b *builder) child(in *shapeModel, r *reference, what string, location schema.Location) (*schema.Ref, error) {
	if r == nil {
		return nil, b.fail(in.at, "the %s has no %s", in.Type, what)
	}
	s, err := b.target(r)
	if err != nil {
		return nil, err
	}
	traits := s.with(r.traits)
	var variant *schema.Shape
	switch s.Type {
	case "structure", "map":
	case "list":
		// Only timestamps depend on the location, and lists in a header or query do not nest.
		if element := b.shapes[s.refTo()]; element == nil || element.Type != "timestamp" || location == schema.LocationBody {
			break
		}
		if variant, err = b.simple(s, &s.traits, location); err == nil {
			variant.Element, err = b.child(s, s.Element, "member", location)
		}
	case "string":
		if r.JSONValue && location == schema.LocationHeader {
			variant = &schema.Shape{Type: schema.Document, Sensitive: schema.Is(traits.Sensitive)}
			break
		}
		fallthrough
	default:
		if r.any() || s.Type == "timestamp" && location != schema.LocationBody || s.Type == "blob" && location == schema.LocationPayload {
			variant, err = b.simple(s, &traits, location)
		}
	}
	if variant == nil || err != nil {
		ref := schema.Named(r.Shape)
		return &ref, err
	}
	variant.Name = r.Shape
	return &schema.Ref{Inline: variant}, nil
}

func (s *shapeModel) refTo() string {
	if s.Element == nil {
		return ""
	}
	return s.Element.Shape
}

// any reports whether any trait is present.
func (t *traits) any() bool {
	return t.Enum != nil || t.Min != "" || t.Max != "" || t.Pattern != "" || t.Format != "" || t.Streaming || t.Sensitive
}

// with returns the traits of a shape, overridden by those of a reference to it.
func (t traits) with(own traits) traits {
	if own.Enum != nil {
		t.Enum = own.Enum
	}
	t.Min, t.Max = cmp.Or(own.Min, t.Min), cmp.Or(own.Max, t.Max)
	t.Pattern, t.Format = cmp.Or(own.Pattern, t.Pattern), cmp.Or(own.Format, t.Format)
	t.Streaming, t.Sensitive = t.Streaming || own.Streaming, t.Sensitive || own.Sensitive
	return t
}
