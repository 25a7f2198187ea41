package synth

import (
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/go-json-experiment/json/jsontext"
)

// value is a JSON value whose members keep their order. It is immutable, so that documents share
// common parts.
type value struct {
	kind    byte    // '{', '[' or 0
	scalar  string  // JSON text, of kind 0
	entries []entry // of an object, or of an array without names
}

type entry struct {
	name  string
	value *value
}

func scalar(text string) *value { return &value{scalar: text} }

func quoted(text string) *value { return scalar(jsontree.Quote(text)) }

func object(entries ...entry) *value { return &value{kind: '{', entries: entries} }

func array(values ...*value) *value {
	v := &value{kind: '['}
	for _, item := range values {
		v.entries = append(v.entries, entry{value: item})
	}
	return v
}

var null = scalar("null")

// append writes the value after what is in b.
func (v *value) append(b []byte) []byte {
	if v.kind == 0 {
		return append(b, v.scalar...)
	}
	b = append(b, v.kind)
	for i, e := range v.entries {
		if i > 0 {
			b = append(b, ',')
		}
		if v.kind == '{' {
			b, _ = jsontext.AppendQuote(b, e.name)
			b = append(b, ':')
		}
		b = e.value.append(b)
	}
	return append(b, v.kind+2) // ']' and '}' follow their openers by two in ASCII
}

func (v *value) bytes() []byte { return v.append(nil) }

// text returns the value as HTTP headers and URIs write it.
func (v *value) text() string {
	if text, ok := jsontree.Unquote(v.scalar); ok {
		return text
	}
	return v.scalar
}

func child(pointer, token string) string { return pointer + "/" + jsontree.Escape(token) }
