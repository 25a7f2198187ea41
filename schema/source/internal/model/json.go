package model

import (
	"encoding/json"
	"errors"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Object is a JSON object that keeps the order of its members.
type Object[T any] []Member[T]

// Member is a member of an [Object].
type Member[T any] struct {
	Name  string
	Value T
}

// UnmarshalJSONFrom reads an object. Null is an empty object.
func (o *Object[T]) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	switch d.PeekKind() {
	case 'n':
		return d.SkipValue()
	case '{':
	default:
		return ErrNoObject
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		entry := Member[T]{Name: name.String()}
		if d.PeekKind() == 'n' {
			return ErrNoObject // a shape, member or name cannot be null
		}
		if err := jsonv2.UnmarshalDecode(d, &entry.Value); err != nil {
			return err
		}
		*o = append(*o, entry)
	}
	_, err := d.ReadToken()
	return err
}

// ErrNoObject reports a value that is not an object.
var ErrNoObject = errors.New("expected an object")

// Number is the text of a number.
type Number json.Number

func (n *Number) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() != '0' {
		return errors.New("expected a number")
	}
	digits, err := d.ReadValue()
	*n = Number(digits)
	return err
}
