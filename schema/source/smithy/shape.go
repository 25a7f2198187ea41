package smithy

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/crcheck/crcheck/schema/source/internal/model"
	"github.com/crcheck/crcheck/schema/source/internal/place"

	"github.com/crcheck/crcheck/schema"
)

const preludeNamespace = "smithy.api#"

// prelude has the types of the shapes in the namespace smithy.api, which every model has implicitly
// (Smithy, spec/model.html#prelude).
var prelude = map[string]string{
	"String": "string", "Blob": "blob", "Timestamp": "timestamp", "Document": "document", "Unit": "structure",
	"BigInteger": "bigInteger", "BigDecimal": "bigDecimal",
	"Boolean": "boolean", "PrimitiveBoolean": "boolean",
	"Byte": "byte", "PrimitiveByte": "byte", "Short": "short", "PrimitiveShort": "short",
	"Integer": "integer", "PrimitiveInteger": "integer", "Long": "long", "PrimitiveLong": "long",
	"Float": "float", "PrimitiveFloat": "float", "Double": "double", "PrimitiveDouble": "double",
}

// shapeType is the equivalent in a contract of a type of Smithy.
type shapeType struct {
	of   schema.Type
	bits int // zero: of any size, or not a number
}

var shapeTypes = map[string]shapeType{
	"structure": {of: schema.Structure}, "union": {of: schema.Structure},
	"list": {of: schema.List}, "set": {of: schema.List}, "map": {of: schema.Map},
	"string": {of: schema.String}, "enum": {of: schema.String},
	"byte": {schema.Integer, 8}, "short": {schema.Integer, 16}, "integer": {schema.Integer, 32}, "intEnum": {schema.Integer, 32},
	"long": {schema.Integer, 64}, "bigInteger": {of: schema.Integer},
	"float": {schema.Float, 32}, "double": {schema.Float, 64}, "bigDecimal": {of: schema.Float},
	"boolean": {of: schema.Boolean}, "timestamp": {of: schema.Timestamp}, "blob": {of: schema.Blob}, "document": {of: schema.Document},
}

// refer returns the name of a shape in the model, and queues the shape to be built. Traits of a
// member override those of the shape.
func (b *builder) refer(u use, traits *astTraits, from string) (string, error) {
	s, err := b.m.shape(u.id, from)
	if err != nil {
		return "", err
	}
	switch shapeTypes[s.Type].of {
	case schema.Unstated:
		return "", broken(from, fmt.Sprintf("it refers to %s, whose type %q is not a data type", place.Excerpt(u.id), place.Excerpt(s.Type)), remedy)
	case schema.Structure:
		u.location = ""
		if traits == nil || !bool(traits.Sensitive) {
			u.member, traits = "", nil // no other trait changes a structure
		}
		if !b.protocol.binding || !slices.ContainsFunc(s.Members, func(m model.Member[*astMember]) bool { return m.Value.Traits.bound() }) {
			u.role = nested // the role makes no difference
		}
	}
	if name, ok := b.made[u]; ok {
		return name, nil
	}
	name := b.name(u.id)
	if shapeTypes[s.Type].of != schema.Structure {
		name = b.names.Unique(u.String()) // contracts do not show it
	} else if _, taken := b.model.Shapes[name]; taken {
		name = b.names.Unique(name)
	}
	b.made[u], b.model.Shapes[name] = name, nil
	b.queue = append(b.queue, waiting{u, name, traits})
	return name, nil
}

// build builds the shapes in the queue, which may add others to it.
func (b *builder) build() error {
	for len(b.queue) > 0 {
		next := b.queue[0]
		b.queue = b.queue[1:]
		s, err := b.m.shape(next.id, b.id)
		if err != nil {
			return err
		}
		traits := s.Traits
		if next.traits != nil {
			traits.merge(next.traits)
		}
		shape, err := b.shape(next.use, s, &traits)
		if err != nil {
			return err
		}
		shape.Name = b.name(next.id)
		b.model.Shapes[next.name] = shape
	}
	return nil
}

// shape builds a shape with the traits that it has in a use.
func (b *builder) shape(u use, s *astShape, t *astTraits) (*schema.Shape, error) {
	shape := &schema.Shape{Type: shapeTypes[s.Type].of, Sensitive: schema.Is(bool(t.Sensitive))}
	switch shape.Type {
	case schema.Structure:
		shape.Union = schema.Is(s.Type == "union")
		shape.EventStream = schema.Is(bool(t.Streaming))
		return shape, b.members(shape, u, s)
	case schema.List:
		if bool(t.Unique) || s.Type == "set" {
			shape.Unique = schema.Is(true)
		}
		shape.Length, shape.Sparse = t.length(), schema.Is(bool(t.Sparse))
		return shape, b.below(&shape.Element, u, "member", s.Member)
	case schema.Map:
		shape.Length, shape.Sparse = t.length(), schema.Is(bool(t.Sparse))
		if err := b.below(&shape.Key, u, "key", s.Key); err != nil {
			return nil, err
		}
		return shape, b.below(&shape.Value, u, "value", s.Value)
	case schema.String:
		if t.MediaType != "" && u.location == schema.LocationHeader { // Smithy, http-bindings.html#httpheader-serialization-rules: base64
			encoded := &schema.Shape{Type: schema.Blob, Sensitive: shape.Sensitive} // the other facets apply to its text
			if t.MediaType == "application/json" {
				encoded.Type = schema.Document
			}
			return encoded, nil
		}
		shape.Length, shape.Pattern, shape.Enum = t.length(), schema.Is(t.Pattern), schema.Is(s.values(t))
	case schema.Integer, schema.Float:
		shape.Bits, shape.Range = schema.Is(shapeTypes[s.Type].bits), t.numbers()
	case schema.Timestamp:
		shape.Format = b.protocol.timestampFormat(u.location)
		if t.Format != "" {
			shape.Format = schema.Is(t.Format)
		}
	case schema.Blob:
		shape.Length, shape.Streaming = t.length(), schema.Is(bool(t.Streaming) || u.location == schema.LocationPayload)
	}
	return shape, nil
}

// values returns the values of an enum, or of a string with the older enum trait.
func (s *astShape) values(t *astTraits) []string {
	var values []string
	if s.Type == "enum" {
		for _, m := range s.Members {
			value := string(m.Value.Traits.EnumValue)
			if value == "" {
				value = m.Name
			}
			values = append(values, value)
		}
		return values
	}
	for _, v := range t.Enum {
		values = append(values, v.Value)
	}
	return values
}

// length returns the bounds without a minimum of zero, which has no effect.
func (t *astTraits) length() schema.Known[schema.Bounds] {
	var b schema.Bounds
	if t.Length != nil {
		b = schema.Bounds{Min: json.Number(t.Length.Min), Max: json.Number(t.Length.Max)}
	}
	if b.Min == "0" {
		b.Min = ""
	}
	return schema.Is(b)
}

func (t *astTraits) numbers() schema.Known[schema.Bounds] {
	if t.Range == nil {
		return schema.Is(schema.Bounds{})
	}
	return schema.Is(schema.Bounds{Min: json.Number(t.Range.Min), Max: json.Number(t.Range.Max)})
}

// members builds the members of a structure or union.
func (b *builder) members(shape *schema.Shape, u use, s *astShape) error {
	for _, m := range s.Members {
		t := &m.Value.Traits
		member := schema.Member{Name: m.Name, Required: schema.Is(bool(t.Required)), Token: schema.Is(bool(t.Token))}
		b.protocol.locate(&member, t, u.role)
		if shape.EventStream.Or(false) {
			target, err := b.m.shape(m.Value.Target, u.id+"$"+m.Name)
			if err != nil {
				return err
			}
			if target.Traits.Error != "" {
				member.Location, member.WireName = schema.Is(schema.LocationException), schema.Known[string]{}
			}
		}
		name, err := b.member(u.id+"$"+m.Name, m.Value, member.Location.Or(schema.LocationBody))
		if err != nil {
			return err
		}
		member.Shape = schema.Named(name)
		shape.Members = append(shape.Members, member)
	}
	return nil
}

// member returns the name in the model of the shape of a member.
func (b *builder) member(id string, m *astMember, location schema.Location) (string, error) {
	u, traits := use{id: m.Target}, (*astTraits)(nil)
	if m.Traits.reshapes() {
		u.member, traits = id, &m.Traits
	}
	if slices.Contains([]schema.Location{schema.LocationHeader, schema.LocationQuery, schema.LocationLabel, schema.LocationPayload}, location) {
		u.location = location
	}
	return b.refer(u, traits, id)
}

// below builds the element of a list, or the key or value of a map. Simple values in a list have
// the location of the list.
func (b *builder) below(into **schema.Ref, u use, slot string, m *astMember) error {
	if m == nil {
		return broken(u.id, "it has no "+slot, remedy)
	}
	name, err := b.member(u.id+"$"+slot, m, u.location)
	*into = &schema.Ref{Name: name}
	return err
}
