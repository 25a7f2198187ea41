package sdkgo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	smithydocument "github.com/aws/smithy-go/document"
	"github.com/aws/smithy-go/middleware"
)

// The types that stand for themselves.
var (
	timeType     = reflect.TypeFor[time.Time]()
	bytesType    = reflect.TypeFor[[]byte]()
	stringType   = reflect.TypeFor[string]()
	metadataType = reflect.TypeFor[middleware.Metadata]()
	documentType = reflect.TypeFor[smithydocument.Marshaler]()
)

// canonicalJSON writes an output of the SDK in canonical form. It works for the
// output of any operation: the types say what they are.
//
//   - A pointer, slice, map or interface that is nil is absent. So is an enum
//     that is empty: the SDK's enums have no other way to be absent.
//   - A union is an interface; its member is a structure that is named after the
//     interface and the member and has a Value, or UnknownUnionMember with a Tag.
//   - Times are cut off, not rounded, to milliseconds, as the SDK does itself.
//   - Documents are the JSON that they marshal to; blobs are base64.
func canonicalJSON(output any) json.RawMessage {
	return marshal(structure(reflect.Indirect(reflect.ValueOf(output))))
}

func marshal(value any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(err) // a crash of the client: there is no such value
	}
	return bytes.TrimSpace(b.Bytes())
}

func structure(v reflect.Value) map[string]any {
	object := map[string]any{}
	for i := range v.NumField() {
		field, value := v.Type().Field(i), v.Field(i)
		if !field.IsExported() || field.Type == metadataType || isAbsent(value) {
			continue
		}
		object[memberName(field.Name)] = canonical(value)
	}
	return object
}

func isAbsent(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		return v.IsNil()
	case reflect.String:
		return v.Type() != stringType && v.Len() == 0
	}
	return false
}

func canonical(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil // in a sparse list or map
		}
		return canonical(v.Elem())
	case reflect.Interface:
		return union(v)
	case reflect.Struct:
		if v.Type() == timeType {
			return v.Interface().(time.Time).UTC().Truncate(time.Millisecond).Format("2006-01-02T15:04:05.000Z")
		}
		return structure(v)
	case reflect.Slice:
		if v.Type() == bytesType {
			return v.Interface()
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = canonical(v.Index(i))
		}
		return list
	case reflect.Map:
		object := map[string]any{}
		for entries := v.MapRange(); entries.Next(); {
			object[entries.Key().String()] = canonical(entries.Value())
		}
		return object
	case reflect.Float32, reflect.Float64:
		return float(v)
	case reflect.String:
		return v.String()
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Interface()
	}
	panic(fmt.Sprintf("the SDK has a type that is not known here: %s", v.Type()))
}

func float(v reflect.Value) any {
	switch f := v.Float(); {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return v.Interface()
}

// union writes the member of a union, or a document, which is an interface too.
func union(v reflect.Value) any {
	if v.IsNil() {
		return nil
	}
	if v.Type().Implements(documentType) {
		text, err := v.Interface().(smithydocument.Marshaler).MarshalSmithyDocument()
		if err != nil {
			panic(err)
		}
		return json.RawMessage(text)
	}
	member := reflect.Indirect(v.Elem())
	if tag := member.FieldByName("Tag"); member.Type().Name() == "UnknownUnionMember" && tag.IsValid() {
		return map[string]any{"$unknown": tag.String()}
	}
	name, ok := strings.CutPrefix(member.Type().Name(), v.Type().Name()+"Member")
	if !ok {
		panic(fmt.Sprintf("%s is not a member of the union %s", member.Type(), v.Type()))
	}
	return map[string]any{memberName(name): canonical(member.FieldByName("Value"))}
}

// memberName is the API's name of a member for the SDK's name of its field. The
// SDK writes the first letter as a capital and changes nothing else; a test holds
// the rule to the whole service, as its deserializers name members.
func memberName(field string) string {
	first, size := utf8.DecodeRuneInString(field)
	return string(unicode.ToLower(first)) + field[size:]
}

// memberPath is the API's name of a field that the SDK names with what is around
// it: GetProtectedJobInput.MembershipIdentifier.
func memberPath(field string) string {
	return memberName(field[strings.LastIndexByte(field, '.')+1:])
}
