package live

import (
	"encoding/base64"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/go-json-experiment/json/jsontext"
)

// value appends the next value of the input as JSON for the wire.
func (w *writer) value(to []byte, s *schema.Shape) ([]byte, error) {
	switch s.Type {
	case schema.Structure:
		return w.structure(to, s)
	case schema.List:
		return w.list(to, s)
	case schema.Map:
		return w.entries(to, s)
	case schema.Document, schema.Unstated:
		raw, err := w.d.ReadValue()
		return append(to, raw...), w.syntax(err)
	}
	one, err := w.scalar(binding.Scalar{Type: s.Type, Format: s.Format.Or("epoch-seconds")})
	if err != nil || one.plain {
		return append(to, one.text...), err
	}
	return append(to, jsontree.Quote(one.text)...), nil
}

func (w *writer) structure(to []byte, s *schema.Shape) ([]byte, error) {
	if w.d.PeekKind() != '{' {
		return nil, w.wrong("an object")
	}
	to = append(to, '{')
	first := true
	err := w.object(func(name string) (err error) {
		m, ok := s.Member(name)
		if !ok {
			return w.fail("unknown member; known members: " + names(s))
		}
		if w.d.PeekKind() == 'n' {
			return w.skip()
		}
		if !first {
			to = append(to, ',')
		}
		first = false
		to = append(append(to, jsontree.Quote(m.Wire())...), ':')
		to, err = w.value(to, w.contract.Resolve(m.Shape))
		return err
	})
	return append(to, '}'), err
}

func (w *writer) list(to []byte, s *schema.Shape) ([]byte, error) {
	to = append(to, '[')
	first := true
	err := w.elements(func() (err error) {
		if !first {
			to = append(to, ',')
		}
		first = false
		to, err = w.nullable(to, w.contract.Resolve(*s.Element))
		return err
	})
	return append(to, ']'), err
}

func (w *writer) entries(to []byte, s *schema.Shape) ([]byte, error) {
	if w.d.PeekKind() != '{' {
		return nil, w.wrong("an object")
	}
	to = append(to, '{')
	first := true
	err := w.object(func(name string) (err error) {
		if !first {
			to = append(to, ',')
		}
		first = false
		to, err = w.nullable(append(append(to, jsontree.Quote(name)...), ':'), w.contract.Resolve(*s.Value))
		return err
	})
	return append(to, '}'), err
}

// nullable is [writer.value] in a list or map, where null is a value.
func (w *writer) nullable(to []byte, s *schema.Shape) ([]byte, error) {
	if w.d.PeekKind() == 'n' {
		return append(to, "null"...), w.skip()
	}
	return w.value(to, s)
}

// object reads an object, and calls each to read every value.
func (w *writer) object(each func(name string) error) error {
	if _, err := w.next(); err != nil {
		return err
	}
	for w.d.PeekKind() != '}' {
		name, err := w.next()
		if err != nil {
			return err
		}
		if err := each(name.String()); err != nil {
			return err
		}
	}
	_, err := w.next()
	return err
}

// elements reads an array, and calls each to read every element.
func (w *writer) elements(each func() error) error {
	if w.d.PeekKind() != '[' {
		return w.wrong("an array")
	}
	if _, err := w.next(); err != nil {
		return err
	}
	for w.d.PeekKind() != ']' {
		if err := each(); err != nil {
			return err
		}
	}
	_, err := w.next()
	return err
}

// one is a scalar as text; plain if JSON writes it without quotes.
type one struct {
	text  string
	plain bool
}

// kinds are the JSON types that an input has for scalars.
var kinds = map[schema.Type]struct {
	json string // first characters
	want string
}{
	schema.String:    {`"`, "a string"},
	schema.Integer:   {"0", "a number"},
	schema.Float:     {`0"`, `a number, or "NaN", "Infinity" or "-Infinity"`},
	schema.Boolean:   {"tf", "true or false"},
	schema.Timestamp: {`0"`, "a time, as in 2026-01-31T12:00:00Z, or epoch seconds"},
	schema.Blob:      {`"`, "a string of base64"},
}

// scalar reads a scalar. Timestamps are written to the millisecond, as the SDKs do, HTTP dates to
// the second.
func (w *writer) scalar(s binding.Scalar) (one, error) {
	kind := kinds[s.Type]
	if kind.json == "" || !strings.ContainsRune(kind.json, rune(w.d.PeekKind())) {
		return one{}, w.wrong(kind.want)
	}
	token, err := w.next()
	if err != nil {
		return one{}, err
	}
	text, plain := token.String(), token.Kind() != '"'
	switch s.Type {
	case schema.Float:
		if !plain && !slices.Contains(schema.NonNumericFloats, text) {
			return one{}, w.fail("got another string, want " + kind.want)
		}
	case schema.Blob:
		if _, err := base64.StdEncoding.DecodeString(text); err != nil {
			return one{}, w.fail("not base64 (RFC 4648 section 4, with padding)")
		}
	case schema.Timestamp:
		t, ok := binding.ParseTimestamp(text, plain)
		if !ok {
			return one{}, w.fail("not a valid time, want " + kind.want)
		}
		t = t.Truncate(time.Millisecond)
		if s.Format == string(schema.HTTPDate) {
			t = t.Truncate(time.Second)
		}
		text, plain = binding.FormatTimestamp(t, s.Format)
	}
	return one{text, plain}, nil
}

// rawBody reads a payload that is not JSON.
func (w *writer) rawBody(s *schema.Shape) ([]byte, error) {
	one, err := w.scalar(binding.Scalar{Type: s.Type})
	if err != nil || s.Type != schema.Blob {
		return []byte(one.text), err
	}
	return base64.StdEncoding.DecodeString(one.text) // scalar checked that it is base64
}

func (w *writer) skip() error { return w.syntax(w.d.SkipValue()) }

// next reads a token.
func (w *writer) next() (jsontext.Token, error) {
	w.from = int(w.d.InputOffset())
	token, err := w.d.ReadToken()
	return token, w.syntax(err)
}

// wrong returns the error for a next value of another type. If there is no next value, the text is
// broken.
func (w *writer) wrong(want string) error {
	kind := w.d.PeekKind()
	if kind == 0 {
		_, err := w.next()
		return err
	}
	at := w.place(int(w.d.InputOffset()))
	if err := w.skip(); err != nil {
		return err
	}
	if want == "" {
		want = "a scalar"
	}
	at.Pointer = string(w.d.StackPointer())
	at.Problem = "got " + said[kind] + ", want " + want
	return at
}

var said = map[jsontext.Kind]string{
	'n': "null", 't': "a boolean", 'f': "a boolean", '"': "a string", '0': "a number", '{': "an object", '[': "an array",
}

// fail returns an error about the last token.
func (w *writer) fail(problem string) error {
	at := w.place(w.from)
	at.Pointer, at.Problem = string(w.d.StackPointer()), problem
	return at
}

// syntax explains an error of the decoder; nil if there is none.
func (w *writer) syntax(err error) error {
	switch err {
	case nil:
		return nil
	case io.EOF:
		return &InputError{Problem: "empty; write an object with the operation's input"}
	}
	at := w.place(int(w.d.InputOffset()))
	at.Pointer, at.Problem = string(w.d.StackPointer()), "not JSON: "+strings.TrimPrefix(err.Error(), "jsontext: ")
	return at
}

// place returns the place of the token that begins at an offset, or after it.
func (w *writer) place(offset int) *InputError {
	for offset < len(w.text) && strings.IndexByte(" \t\r\n,:", w.text[offset]) >= 0 {
		offset++
	}
	p := traffic.BodyOf(w.text).Position(offset)
	return &InputError{Line: p.Line, Column: p.Column}
}
