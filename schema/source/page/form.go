package page

import "github.com/crcheck/crcheck/schema"

// form is how a syntax block writes a value, what the member list calls it, and its shape.
type form struct {
	literal string // empty if it is not fixed
	name    string // for messages
	words   []string
	shape   schema.Shape // of a leaf that the form alone determines
}

// forms is the table of values with fixed literals. A literal precedes its prefixes.
var forms = []*form{
	documentForm, recursiveForm,
	{literal: "b'bytes'|file", words: []string{"bytes or seekable file-like object"},
		shape: schema.Shape{Type: schema.Blob, Streaming: schema.Is(true)}},
	{literal: "b'bytes'", words: []string{"bytes"},
		shape: schema.Shape{Type: schema.Blob, Streaming: schema.Is(false)}},
	{literal: "StreamingBody()", words: []string{":class:`.StreamingBody`"},
		shape: schema.Shape{Type: schema.Blob, Streaming: schema.Is(true)}},
	{literal: "datetime(2015, 1, 1)", words: []string{"datetime"}, shape: schema.Shape{Type: schema.Timestamp}},
	{literal: "True|False", words: []string{"boolean"}, shape: schema.Shape{Type: schema.Boolean}},
	{literal: "123.0", words: []string{"float"}, shape: schema.Shape{Type: schema.Float}},
	{literal: "123", words: []string{"integer"}, shape: schema.Shape{Type: schema.Integer}},
	ellipsisForm,
}

var (
	// The members of a JSON-valued HTTP header look the same as a document.
	documentForm = &form{literal: "{...}|[...]|123|123.4|'string'|True|None",
		words: []string{":ref:`document<document>`", "JSON serializable"}, shape: schema.Shape{Type: schema.Document}}
	recursiveForm = &form{literal: "{'... recursive ...'}", words: []string{"dict", "list"}}
	// The generator has no literal for a 32-bit float or a character. Only the member list
	// distinguishes them.
	ellipsisForm = &form{literal: "...", words: []string{"float", "string"}}

	stringForm = &form{name: "a string", words: []string{"string"}}
	eitherForm = &form{name: "a string or another value", words: []string{"str or dict"}}
	dictForm   = &form{name: "a dict", words: []string{"dict"}}
	listForm   = &form{name: "a list", words: []string{"list"}}
	streamForm = &form{name: "an EventStream", words: []string{":class:`.EventStream`"}}
)

func (f *form) String() string {
	if f.literal != "" {
		return f.literal
	}
	return f.name
}
