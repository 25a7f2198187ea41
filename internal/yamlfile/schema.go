package yamlfile

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/crcheck/crcheck/finding"
)

// Described is a type with a schema of its own.
type Described interface{ JSONSchema() map[string]any }

// Schema returns the JSON Schema of a struct, for editors.
func Schema(t reflect.Type, id, title string) []byte {
	s := schemaOf(t, "")
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["$id"] = id
	s["title"] = title
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		panic(err) // it is made of strings, maps and slices
	}
	return b.Bytes()
}

type object = map[string]any

// schemaOf returns the schema of a type; enum lists the names of its values.
func schemaOf(t reflect.Type, enum string) object {
	if t.Kind() == reflect.Pointer {
		return schemaOf(t.Elem(), enum)
	}
	if enum != "" && t.Kind() != reflect.Map && t.Kind() != reflect.Slice {
		return object{"enum": strings.Split(enum, ",")}
	}
	if own, ok := reflect.Zero(t).Interface().(Described); ok {
		return own.JSONSchema()
	}
	if t == reflect.TypeFor[finding.Expected]() {
		return object{"type": "object", "required": []string{"reason"}, "description": "See docs/ignoring.md."}
	}
	switch {
	case t.Kind() == reflect.Struct && !reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return structSchema(t)
	case t.Kind() == reflect.Interface:
		return object{}
	case t.Kind() == reflect.Slice:
		return object{"type": "array", "items": schemaOf(t.Elem(), enum)}
	case t.Kind() == reflect.Map:
		return object{"type": "object", "additionalProperties": schemaOf(t.Elem(), enum)}
	case t.Kind() == reflect.Bool:
		return object{"type": "boolean"}
	case t.Kind() == reflect.Int, t.Kind() == reflect.Uint64:
		return object{"type": "integer", "minimum": 0}
	}
	return object{"type": "string"}
}

// structSchema returns the schema of a mapping. A member that text in place of the mapping means makes
// it a string as well.
func structSchema(t reflect.Type) object {
	properties, required, short := object{}, []string{}, false
	for _, f := range fields(t) {
		tag := f.tags
		s := schemaOf(f.of, tag.Get("enum"))
		s["description"] = tag.Get("doc")
		if example := tag.Get("example"); example != "" {
			s["examples"] = []string{example}
		}
		properties[f.name] = s
		if f.is("required") {
			required = append(required, f.name)
		}
		short = short || f.is("short")
	}
	s := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	if short {
		return object{"anyOf": []object{{"type": "string"}, s}}
	}
	return s
}
