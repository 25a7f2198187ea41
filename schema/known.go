package schema

import (
	"reflect"
	"slices"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// Known is the value of a facet, or unspecified, which is the zero value. JSON and YAML omit an
// unspecified facet.
type Known[T any] struct {
	value T
	known bool
}

// Is returns a facet with a known value. A nil slice becomes an empty one, because null means
// unspecified.
func Is[T any](value T) Known[T] {
	if v := reflect.ValueOf(&value).Elem(); v.Kind() == reflect.Slice && v.IsNil() {
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	}
	return Known[T]{value, true}
}

// Get returns the value and whether it is known.
func (k Known[T]) Get() (T, bool) { return k.value, k.known }

// Or returns the value, or the argument if the facet is unspecified.
func (k Known[T]) Or(silent T) T {
	if !k.known {
		return silent
	}
	return k.value
}

// Silent reports whether the facet is unspecified: the source does not state it.
func (k Known[T]) Silent() bool { return !k.known }

// IsZero makes encoding/json (omitzero) and yaml (omitempty) omit an unspecified facet.
func (k Known[T]) IsZero() bool { return !k.known }

// Equal reports whether both are unspecified, or have values with the same meaning. The order of
// the values of an enum is ignored, and the ends of [Bounds] are compared as numbers.
func (k Known[T]) Equal(l Known[T]) bool {
	if k.known != l.known {
		return false
	}
	switch a := any(k.value).(type) {
	case []string:
		b := any(l.value).([]string)
		return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
	case Bounds:
		return a.equal(any(l.value).(Bounds))
	}
	return reflect.DeepEqual(k.value, l.value)
}

func (k Known[T]) String() string {
	if !k.known {
		return "silent"
	}
	return ValueText(k.value)
}

// MarshalJSON writes the value, or null if the facet is unspecified and cannot be omitted.
func (k Known[T]) MarshalJSON() ([]byte, error) {
	if !k.known {
		return []byte("null"), nil
	}
	return marshal(k.value)
}

// MarshalJSONTo is [Known.MarshalJSON] with the options of the encoder.
func (k Known[T]) MarshalJSONTo(e *jsontext.Encoder) error {
	if !k.known {
		return e.WriteToken(jsontext.Null)
	}
	return jsonv2.MarshalEncode(e, k.value)
}

// marshal writes what encoding/json does, except that it does not escape < > &, to keep patterns
// readable.
func marshal(v any, options ...jsonv2.Options) ([]byte, error) {
	return jsonv2.Marshal(v, append(options, jsonv2.Deterministic(true), jsontext.EscapeForJS(true), jsontext.AllowInvalidUTF8(true))...)
}

// UnmarshalJSON reads a value. Null means unspecified.
func (k *Known[T]) UnmarshalJSON(text []byte) error { return jsonv2.Unmarshal(text, k) }

// UnmarshalJSONFrom is [Known.UnmarshalJSON] with the options of the decoder, which make [Parse]
// strict at every depth.
func (k *Known[T]) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	*k = Known[T]{}
	if d.PeekKind() == 'n' {
		return d.SkipValue()
	}
	k.known = true
	return jsonv2.UnmarshalDecode(d, &k.value)
}

// UnmarshalYAML reads a value. The decoder does not call it for null, so a new facet remains
// unspecified.
func (k *Known[T]) UnmarshalYAML(node *yaml.Node) error {
	*k = Known[T]{known: true}
	return node.Decode(&k.value)
}

// slot is a facet of any type, for loops over facets.
type slot interface {
	Silent() bool
	String() string
	stated() any // nil: unspecified
	sameAs(slot) bool
	set(slot)
}

func (k *Known[T]) stated() any {
	if !k.known {
		return nil
	}
	return k.value
}

func (k *Known[T]) sameAs(other slot) bool { return k.Equal(*other.(*Known[T])) }
func (k *Known[T]) set(other slot)         { *k = *other.(*Known[T]) }

// clone returns a deep copy.
func (k Known[T]) clone() Known[T] {
	if values, ok := any(k.value).([]string); ok {
		k.value = any(slices.Clone(values)).(T)
	}
	return k
}
