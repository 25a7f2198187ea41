package binding

import (
	"bytes"
	"encoding/base64"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/crcheck/crcheck/schema"
	"github.com/go-json-experiment/json/jsontext"
)

// Scalar is the format of a text outside of the body.
type Scalar struct {
	Type   schema.Type // structures, lists and maps have no text
	Format string      // of a timestamp
	// Opaque reads every valid document as true. This is for checking only the format: a document
	// that is a string could otherwise not be distinguished from a text that is not a document.
	Opaque bool
}

func scalarOf(s *schema.Shape, at schema.Location) Scalar {
	format, _ := at.TimestampFormat()
	return Scalar{Type: s.Type, Format: s.Format.Or(format)}
}

// Text converts a JSON value in the sdk encoding to text. It returns false if the value has no text
// form. Valid timestamps get their format; documents become base64 of their JSON text
// (Smithy, http-bindings.html#httpheader-serialization-rules).
func (s Scalar) Text(value jsontext.Value) (text string, ok bool) {
	if s.Type == schema.Document {
		return base64.StdEncoding.EncodeToString(bytes.TrimSpace(value)), value.IsValid()
	}
	text, number := string(bytes.TrimSpace(value)), true
	switch value.Kind() {
	case '"':
		unquoted, err := jsontext.AppendUnquote(nil, text)
		if err != nil {
			return "", false
		}
		text, number = string(unquoted), false
	case '0', 't', 'f':
	default:
		return "", false
	}
	switch s.Type {
	case schema.Structure, schema.List, schema.Map:
		return "", false
	case schema.Timestamp:
		if t, ok := ParseTimestamp(text, number); ok {
			text, _ = FormatTimestamp(t, s.Format)
		}
	}
	return text, true
}

// AppendJSON appends a text as JSON. A text without the format of its type becomes a string, which
// validation refuses.
func (s Scalar) AppendJSON(to []byte, text string) []byte {
	plain := false
	switch s.Type {
	case schema.Integer, schema.Float:
		plain = IsNumber(text)
	case schema.Boolean:
		plain = text == "true" || text == "false"
	case schema.Timestamp:
		plain = s.Format != string(schema.DateTime) && s.Format != string(schema.HTTPDate) && IsNumber(text)
	case schema.Document:
		decoded, err := base64.StdEncoding.DecodeString(text)
		switch {
		case err != nil || !jsontext.Value(decoded).IsValid():
		case s.Opaque:
			return append(to, "true"...)
		default:
			return append(to, decoded...)
		}
	}
	if plain {
		return append(to, text...)
	}
	return AppendQuoted(to, text)
}

// IsNumber reports whether a text is a JSON number without spaces around it.
func IsNumber(text string) bool {
	return text != "" && (text[0] == '-' || text[0] >= '0' && text[0] <= '9') && strings.TrimRight(text, " \t\r\n") == text && jsontext.Value(text).IsValid()
}

// AppendQuoted appends a text as a JSON string. It keeps bytes that are not UTF-8, which validation
// reports.
func AppendQuoted(to []byte, text string) []byte {
	const hex = "0123456789abcdef"
	to = append(to, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			to = append(to, '\\', c)
		case c < ' ':
			to = append(to, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			to = append(to, c)
		}
	}
	return append(to, '"')
}

// AppendJSON appends the value of a member as JSON.
func (b *Member) AppendJSON(to []byte, v Value) []byte {
	switch b.Type {
	case schema.List:
		return b.Scalar.appendList(to, v.List)
	case schema.Map:
		to = append(to, '{')
		for i, e := range v.Entries {
			if i > 0 {
				to = append(to, ',')
			}
			to = append(AppendQuoted(to, e.Name), ':')
			if b.Lists {
				to = b.Scalar.appendList(to, e.Texts)
			} else {
				to = b.Scalar.AppendJSON(to, e.Texts[0])
			}
		}
		return append(to, '}')
	}
	return b.Scalar.AppendJSON(to, v.Text)
}

func (s Scalar) appendList(to []byte, list []string) []byte {
	to = append(to, '[')
	for i, text := range list {
		if i > 0 {
			to = append(to, ',')
		}
		to = s.AppendJSON(to, text)
	}
	return append(to, ']')
}

// AppendDocument appends the members of a message outside of its body as one JSON object, by their
// API names.
func (t *Table) AppendDocument(to []byte, m *Message) []byte {
	to = append(to, '{')
	start := len(to)
	for i := range t.Members {
		b := &t.Members[i]
		v, ok := t.Read(m, b)
		if !ok {
			continue
		}
		if len(to) > start {
			to = append(to, ',')
		}
		to = b.AppendJSON(append(AppendQuoted(to, b.Name), ':'), v)
	}
	return append(to, '}')
}

// ParseTimestamp parses a timestamp in the sdk encoding: epoch seconds, or ISO 8601 text. It
// accepts the years 1 to 9999, which every format can represent.
func ParseTimestamp(text string, number bool) (t time.Time, ok bool) {
	if !number {
		if !schema.ISO8601.Match([]byte(text)) { // Go's layouts also accept single digits and no offset
			return t, false
		}
		t, err := time.Parse(time.RFC3339Nano, strings.ToUpper(strings.Replace(text, " ", "T", 1)))
		return t.UTC(), err == nil && inYears(t.Unix())
	}
	if len(text) > 64 { // limits the cost; package big limits exponents itself
		return t, false
	}
	seconds, ok := new(big.Rat).SetString(text)
	if !ok {
		return t, false
	}
	nanos := new(big.Int).Mul(seconds.Num(), big.NewInt(1e9))
	whole, rest := nanos.DivMod(nanos.Div(nanos, seconds.Denom()), big.NewInt(1e9), new(big.Int))
	if !whole.IsInt64() || !inYears(whole.Int64()) {
		return t, false
	}
	return time.Unix(whole.Int64(), rest.Int64()).UTC(), true
}

func inYears(seconds int64) bool {
	earliest, _ := strconv.ParseInt(schema.EarliestTimestamp, 10, 64)
	end, _ := strconv.ParseInt(schema.TimestampsEnd, 10, 64)
	return seconds >= earliest && seconds < end
}

// FormatTimestamp formats a time, including its fraction of a second (Smithy,
// spec/protocol-traits.html#timestampformat-trait). Epoch seconds are a number in JSON.
func FormatTimestamp(t time.Time, format string) (text string, number bool) {
	switch t = t.UTC(); format {
	case string(schema.DateTime):
		return t.Format(time.RFC3339Nano), false
	case string(schema.HTTPDate):
		return t.Format("Mon, 02 Jan 2006 15:04:05.999999999 GMT"), false
	}
	seconds := new(big.Rat).SetInt64(t.Unix())
	seconds.Add(seconds, big.NewRat(int64(t.Nanosecond()), 1e9))
	return strings.TrimRight(strings.TrimRight(seconds.FloatString(9), "0"), "."), true
}
