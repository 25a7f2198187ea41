package schema

import (
	"encoding/json"
	"fmt"
	"reflect"

	"go.yaml.in/yaml/v3"
)

// Known is the value of a facet, or silence. The zero value is silent. In JSON
// and YAML a silent facet is left out.
type Known[T any] struct {
	value T
	known bool
}

// Is returns a facet that is known to have the value.
func Is[T any](value T) Known[T] { return Known[T]{value, true} }

// Get returns the value and whether it is known.
func (k Known[T]) Get() (T, bool) { return k.value, k.known }

// Or returns the value, or what to take where the source is silent.
func (k Known[T]) Or(silent T) T {
	if !k.known {
		return silent
	}
	return k.value
}

// Silent reports whether the source does not state the facet.
func (k Known[T]) Silent() bool { return !k.known }

// IsZero makes encoding/json (omitzero) and yaml (omitempty) leave out silence.
func (k Known[T]) IsZero() bool { return !k.known }

// Equal reports whether both are silent, or known and equal.
func (k Known[T]) Equal(l Known[T]) bool {
	return k.known == l.known && reflect.DeepEqual(k.value, l.value)
}

func (k Known[T]) String() string {
	if !k.known {
		return "silent"
	}
	text, err := json.Marshal(k.value)
	if err != nil {
		return fmt.Sprint(k.value)
	}
	return string(text)
}

// MarshalJSON writes the value as it is; silence, where it cannot be left out, as null.
func (k Known[T]) MarshalJSON() ([]byte, error) {
	if !k.known {
		return []byte("null"), nil
	}
	return json.Marshal(k.value)
}

// UnmarshalJSON reads a value; null is silence.
func (k *Known[T]) UnmarshalJSON(text []byte) error {
	*k = Known[T]{}
	if string(text) == "null" {
		return nil
	}
	k.known = true
	return json.Unmarshal(text, &k.value)
}

// UnmarshalYAML reads a value; null is silence.
func (k *Known[T]) UnmarshalYAML(node *yaml.Node) error {
	*k = Known[T]{}
	if node.Tag == "!!null" {
		return nil
	}
	k.known = true
	return node.Decode(&k.value)
}

// slot is a facet of any type, for the loops over all of them.
type slot interface {
	Silent() bool
	String() string
	sameAs(slot) bool
	set(slot)
}

func (k *Known[T]) sameAs(other slot) bool { return k.Equal(*other.(*Known[T])) }
func (k *Known[T]) set(other slot)         { *k = *other.(*Known[T]) }
