package jsonschema

import (
	"bytes"
	"encoding/json"
)

// Schema is a JSON Schema. The zero value accepts every document.
type Schema struct {
	Dialect              string      `json:"$schema,omitempty"`
	ID                   string      `json:"$id,omitempty"`
	Title                string      `json:"title,omitempty"`
	Comment              string      `json:"$comment,omitempty"`
	Ref                  string      `json:"$ref,omitempty"`
	Type                 string      `json:"type,omitempty"`
	Enum                 []string    `json:"enum,omitempty"`
	Properties           Named       `json:"properties,omitempty"`
	Required             []string    `json:"required,omitempty"`
	PropertyNames        *Schema     `json:"propertyNames,omitempty"`
	AdditionalProperties *Schema     `json:"additionalProperties,omitempty"`
	MinProperties        json.Number `json:"minProperties,omitempty"`
	MaxProperties        json.Number `json:"maxProperties,omitempty"`
	Items                *Schema     `json:"items,omitempty"`
	UniqueItems          bool        `json:"uniqueItems,omitempty"`
	MinItems             json.Number `json:"minItems,omitempty"`
	MaxItems             json.Number `json:"maxItems,omitempty"`
	MinLength            json.Number `json:"minLength,omitempty"`
	MaxLength            json.Number `json:"maxLength,omitempty"`
	Pattern              string      `json:"pattern,omitempty"`
	ContentEncoding      string      `json:"contentEncoding,omitempty"`
	Minimum              json.Number `json:"minimum,omitempty"`
	Maximum              json.Number `json:"maximum,omitempty"`
	ExclusiveMaximum     json.Number `json:"exclusiveMaximum,omitempty"`
	Not                  *Schema     `json:"not,omitempty"`
	AllOf                []*Schema   `json:"allOf,omitempty"`
	AnyOf                []*Schema   `json:"anyOf,omitempty"`
	OneOf                []*Schema   `json:"oneOf,omitempty"`
	Union                []string    `json:"crcheck-union,omitempty"`
	AnyPattern           string      `json:"crcheck-pattern,omitempty"`
	Timestamp            string      `json:"crcheck-timestamp,omitempty"`
	Defs                 Named       `json:"$defs,omitempty"`
}

// Keywords of [GenerateExtended].
const (
	// UnionKeyword lists the members of a tagged union. Exactly one of them is non-null, and so is
	// no other member except __type.
	UnionKeyword = "crcheck-union"
	// PatternKeyword is the pattern of the contract, unchanged.
	PatternKeyword = "crcheck-pattern"
	// TimestampKeyword is the format of a timestamp as text, a [schema.TimestampText].
	TimestampKeyword = "crcheck-timestamp"
)

// Named is a JSON object of schemas that keeps its order.
type Named []struct {
	Name   string
	Schema *Schema
}

// MarshalJSON writes the entries in their order.
func (n Named) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, entry := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(entry.Name)
		if err != nil {
			return nil, err
		}
		value, err := marshal(entry.Schema)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Encode returns the schema as indented JSON with a newline at the end.
func (s *Schema) Encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(s)
	return b.Bytes(), err
}

// marshal does not escape < > &, to keep patterns readable.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
