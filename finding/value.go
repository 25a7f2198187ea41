package finding

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Kind is the kind of what was found: the JSON type of a value, and of numbers and strings a
// little more. It is known, too, where the value itself is withheld.
type Kind string

const (
	KindNull       Kind = "null"
	KindBoolean    Kind = "boolean"
	KindInteger    Kind = "integer"
	KindBigInteger Kind = "integer beyond 64 bits"
	KindNumber     Kind = "number"
	KindBigNumber  Kind = "number beyond 64 bits"
	KindString     Kind = "string"
	KindDateTime   Kind = "date-time string" // as RFC 3339 writes it
	KindHTTPDate   Kind = "http-date string"
	KindList       Kind = "array"
	KindObject     Kind = "object"

	KindNameAlone Kind = "name alone" // what boto3 leaves of a union member that it does not know
	KindCharacter Kind = "character"  // where a value or more of one should be
	KindEnd       Kind = "end of input"
	KindAbsent    Kind = "absent"
	KindReplaced  Kind = "replaced bytes" // U+FFFD, in a body that is binary
)

func (k Kind) isNumber() bool {
	return k == KindInteger || k == KindBigInteger || k == KindNumber || k == KindBigNumber
}

func (k Kind) isString() bool { return k == KindString || k == KindDateTime || k == KindHTTPDate }

// maxText is how many bytes of a value a finding keeps.
const maxText = 1024

// Value is what was found.
type Value struct {
	Kind Kind `json:"kind,omitempty"`
	// Text is a string without its quotes, or a number or boolean as it is written. It is empty
	// for lists and objects, and where the value is withheld.
	Text string `json:"text,omitempty"`
	// Cut is the size of the whole text in bytes where Text is only its beginning.
	Cut int `json:"cut,omitempty"`
	// Length counts units, which is what lengths are limits on.
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

// ValueOf returns a value of which at most 1 KiB bytes are kept.
func ValueOf(kind Kind, text string) Value {
	if len(text) <= maxText {
		return Value{Kind: kind, Text: text}
	}
	return Value{Kind: kind, Text: strings.ToValidUTF8(text[:maxText], ""), Cut: len(text)}
}

// Text is a value that is known as a text alone.
func Text(text string) Value { return ValueOf("", text) }

// Want is what was wanted: what applies is filled in.
type Want struct {
	// Type is a shape's, in the words of package schema; "union" and "encoded JSON" besides.
	// Of a header of an event it is the header's.
	Type string `json:"type,omitempty"`
	// Format is that of a timestamp.
	Format string `json:"format,omitempty"`
	// OneOf are the names or values of which one was wanted: members, values of an enum, errors,
	// statuses.
	OneOf []string `json:"oneOf,omitempty"`
	// Bounds are those of a length, a range or a type.
	Bounds  Bounds `json:"bounds,omitzero"`
	Pattern string `json:"pattern,omitempty"`
	// Text is the only text that would do.
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

// Carrier is where a member travels that is not in the body.
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

// Problem tells apart the ways in which one rule is broken.
type Problem string

const (
	NotIntegral  Problem = "not-integral"   // type.mismatch: an integer is wanted
	BeyondType   Problem = "beyond-type"    // type.mismatch: the type cannot hold the number
	NoForm       Problem = "no-form"        // type.mismatch: a text that is not of the type's form
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
	SchemaAgrees Problem = "schema-accepts" // oracle.disagreement: it accepts what package validate does not

	Minimum Problem = "minimum" // drift.*: of a length or range
	Maximum Problem = "maximum" // drift.*: of a length or range

	TwoSources Problem = "two-sources" // source.conflict: Between them
	OfOverlay  Problem = "overlay"     // source.conflict: an overlay that counts, and an earlier one

	AfterEnd     Problem = "after-end"      // stream.framing: a message after the one that ends the stream
	NoHeader     Problem = "no-header"      // stream.framing: the name is that of the header
	WrongHeader  Problem = "wrong-header"   // stream.framing: the type of a header
	InSigned     Problem = "in-signed"      // stream.framing: a fault in a signed message
	MoreInSigned Problem = "more-in-signed" // stream.framing: more than one message in a signed one
	MessageType  Problem = "message-type"   // stream.framing
	NoInitial    Problem = "no-initial"     // stream.framing
	NotStream    Problem = "not-a-stream"   // stream.framing: not even the first message
)
