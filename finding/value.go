package finding

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Kind is the kind of the value that was found: its JSON type, more exactly for numbers and
// strings. It is set even if the value itself is withheld.
type Kind string

const (
	KindNull       Kind = "null"
	KindBoolean    Kind = "boolean"
	KindInteger    Kind = "integer"
	KindBigInteger Kind = "integer beyond 64 bits"
	KindNumber     Kind = "number"
	KindBigNumber  Kind = "number beyond 64 bits"
	KindString     Kind = "string"
	KindDateTime   Kind = "date-time string" // RFC 3339
	KindHTTPDate   Kind = "http-date string"
	KindList       Kind = "array"
	KindObject     Kind = "object"

	KindNameAlone Kind = "name alone" // a union member that boto3 does not know
	KindCharacter Kind = "character"  // an unexpected character
	KindEnd       Kind = "end of input"
	KindAbsent    Kind = "absent"
	KindReplaced  Kind = "replaced bytes" // U+FFFD in a binary body
)

func (k Kind) isNumber() bool {
	return k == KindInteger || k == KindBigInteger || k == KindNumber || k == KindBigNumber
}

func (k Kind) isString() bool { return k == KindString || k == KindDateTime || k == KindHTTPDate }

// maxText is how many bytes of a value a finding keeps.
const maxText = 1024

// Value is the value that was found.
type Value struct {
	Kind Kind `json:"kind,omitempty"`
	// Text is a string without its quotes, or a number or boolean as it is written. It is empty
	// for lists and objects, and if the value is withheld.
	Text string `json:"text,omitempty"`
	// Cut is the size of the whole text in bytes if Text is only its beginning.
	Cut int `json:"cut,omitempty"`
	// Length is the length of the value in units.
	Length int    `json:"length,omitempty"`
	Unit   string `json:"unit,omitempty"`
}

// The units of [Value.Length].
const (
	CodePoints = "code points"
	Bytes      = "bytes"
	Elements   = "elements"
	Entries    = "entries"
)

// ValueOf returns a value with at most the first 1 KiB of the text.
func ValueOf(kind Kind, text string) Value {
	if len(text) <= maxText {
		return Value{Kind: kind, Text: text}
	}
	return Value{Kind: kind, Text: strings.ToValidUTF8(text[:maxText], ""), Cut: len(text)}
}

// Text returns a value without a kind.
func Text(text string) Value { return ValueOf("", text) }

// Want is the value that was wanted: the fields that apply are set.
type Want struct {
	// Type is the type of a shape as in package schema, or "union" or "encoded JSON"; for a header of
	// an event it is the header's type.
	Type string `json:"type,omitempty"`
	// Format is the format of a timestamp.
	Format string `json:"format,omitempty"`
	// OneOf lists the names or values that are allowed: members, values of an enum, errors or
	// statuses.
	OneOf []string `json:"oneOf,omitempty"`
	// Bounds are the bounds of a length, a range or a type.
	Bounds  Bounds `json:"bounds,omitzero"`
	Pattern string `json:"pattern,omitempty"`
	// Text is the only text that is allowed.
	Text string `json:"text,omitempty"`
}

// Bounds are the ends of an interval, exactly; an empty end is open.
type Bounds struct {
	Min json.Number `json:"min,omitempty"`
	Max json.Number `json:"max,omitempty"`
}

func (b Bounds) String() string {
	switch {
	case b.Min == "" && b.Max == "":
		return "any"
	case b.Min == "":
		return fmt.Sprintf("at most %s", b.Max)
	case b.Max == "":
		return fmt.Sprintf("at least %s", b.Min)
	case b.Min == b.Max:
		return fmt.Sprintf("exactly %s", b.Min)
	}
	return fmt.Sprintf("%s to %s", b.Min, b.Max)
}

// Carrier is where a member travels if it is not in the body.
type Carrier struct {
	In   string `json:"in"`             // header, headers, query, label or status
	Name string `json:"name,omitempty"` // on the wire; of headers: their prefix
}

func (c Carrier) String() string {
	switch {
	case c.In == "headers":
		return "headers " + c.Name + "*"
	case c.In == "query" && c.Name == "":
		return "the query"
	case c.In == "query":
		return "query parameter " + c.Name
	case c.In == "status":
		return "the status"
	}
	return c.In + " " + c.Name
}

// Problem distinguishes the ways in which one rule can be broken.
type Problem string

const (
	NotIntegral  Problem = "not-integral"   // type.mismatch: an integer is wanted
	BeyondType   Problem = "beyond-type"    // type.mismatch: the type cannot hold the number
	NoForm       Problem = "no-form"        // type.mismatch: a text that does not have the form of the type
	HeaderType   Problem = "header-type"    // type.mismatch: of a header of an event
	InMap        Problem = "in-map"         // type.null: in a map, not a list
	EmptyBody    Problem = "empty-body"     // syntax.invalid
	InNumber     Problem = "in-number"      // syntax.invalid: the character
	Undecodable  Problem = "undecodable"    // syntax.invalid: by its Content-Encoding
	InText       Problem = "in-text"        // syntax.utf8: in a body that is text, not JSON
	OfEvent      Problem = "event"          // of an event of a stream rather than a response
	IsException  Problem = "is-exception"   // union.unknown-member: of an event
	StreamError  Problem = "stream-error"   // error.unmodeled: a message of the type error
	Common       Problem = "common"         // error.*: one that any operation of AWS may return
	NoErrorCode  Problem = "no-code"        // error.query-code: the header is missing
	ErrorForm    Problem = "code-form"      // error.query-code: the header is malformed
	OtherCode    Problem = "other-code"     // error.query-code
	OtherFault   Problem = "other-fault"    // error.query-code
	RunBudget    Problem = "run-budget"     // pattern.timeout: not tried, since slow patterns have used up the time of the run
	SchemaAgrees Problem = "schema-accepts" // oracle.disagreement: the schema accepts what package validate rejects

	Minimum Problem = "minimum" // drift.*: of a length or range
	Maximum Problem = "maximum" // drift.*: of a length or range

	TwoSources Problem = "two-sources" // source.conflict: Between them
	OfOverlay  Problem = "overlay"     // source.conflict: an overlay that takes precedence, and an earlier one

	AfterEnd     Problem = "after-end"      // stream.framing: a message after the one that ends the stream
	NoHeader     Problem = "no-header"      // stream.framing: the name is that of the header
	WrongHeader  Problem = "wrong-header"   // stream.framing: the type of a header
	InSigned     Problem = "in-signed"      // stream.framing: a fault in a signed message
	MoreInSigned Problem = "more-in-signed" // stream.framing: more than one message in a signed one
	MessageType  Problem = "message-type"   // stream.framing
	NoInitial    Problem = "no-initial"     // stream.framing
	NotStream    Problem = "not-a-stream"   // stream.framing: not even the first message
)
