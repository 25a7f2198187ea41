package binding

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/crcheck/crcheck/internal/eventstream"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// Stream is the codec of a body that is a stream of events (Smithy, aws/amazon-eventstream.html). It
// is immutable. The document of a stream is an object with the events in a list, as a client
// collects them; the values are in the http encoding:
//
//	{"session":"a","stream":[{"chunk":{"bytes":"aGk="}},{"throttled":{"message":"slow down"}}]}
//
// The other members are those of the initial message, which only RPC protocols have.
type Stream struct {
	// Member is the member that is the stream.
	Member *schema.Member
	// Initial are the members of the initial message.
	Initial []schema.Member

	initialType string // initial-request or initial-response; empty: the first message is an event
	media       string // of JSON
	events      []event
}

// event is a member of the union of a stream.
type event struct {
	name, wire string
	exception  bool
	headers    []eventMember
	payload    *eventMember // nil: the payload is an object with the other members
}

// eventMember is a member that travels outside of the JSON object of an event.
type eventMember struct {
	wire  string
	shape *schema.Shape
}

// StreamOf returns the codec of a part whose body is a stream of events.
func StreamOf(c *schema.Contract, part schema.Part) (*Stream, bool) {
	raw, ok := c.RawBody(part)
	if !ok || !c.Resolve(raw.Shape).EventStream.Or(false) {
		return nil, false
	}
	s := &Stream{Member: raw}
	s.media, _ = MediaType(c.Protocol.Or("restJson1"))
	if strings.HasPrefix(c.Protocol.Or(""), "awsJson") {
		s.initialType = "initial-response"
		if part == schema.InputPart {
			s.initialType = "initial-request"
		}
		root, _ := c.Root(part)
		s.Initial = slices.DeleteFunc(slices.Clone(c.Resolve(root).Members), func(m schema.Member) bool { return m.Name == raw.Name })
	}
	for _, m := range c.Resolve(raw.Shape).Members {
		s.events = append(s.events, eventOf(c, &m))
	}
	return s, true
}

func eventOf(c *schema.Contract, m *schema.Member) event {
	shape := c.Resolve(m.Shape)
	e := event{name: m.Name, wire: m.Wire(), exception: EndsStream(m)}
	for _, m := range shape.Members {
		switch m.InEvent() {
		case schema.LocationEventHeader:
			e.headers = append(e.headers, eventMember{m.Wire(), c.Resolve(m.Shape)})
		case schema.LocationEventPayload:
			e.payload = &eventMember{m.Wire(), c.Resolve(m.Shape)}
		}
	}
	return e
}

// EndsStream reports whether a member of the union of a stream is an exception, which ends the
// stream. If the source does not say so, as a boto3 page does not, its name does.
func EndsStream(m *schema.Member) bool {
	return m.InEvent() == schema.LocationException || m.Location.Silent() && strings.HasSuffix(m.Name, "Exception")
}

// raw reports a payload that is text or bytes, not JSON.
func (m *eventMember) raw() bool { return m.shape.Type == schema.String || m.shape.Type == schema.Blob }

// EventError says why an event cannot be read or written.
type EventError struct {
	Event   string // its name; empty if the message has none
	Problem string
}

func (e *EventError) Error() string { return fmt.Sprintf("event %q: %s", e.Event, e.Problem) }

// Read returns the document of the body of a response. With an error, which is an
// [*eventstream.Error] or an [*EventError], the document has the events that can be read. The stream
// is not in the document if it has no events.
func (s *Stream) Read(body []byte) (*jsontree.Node, error) {
	document, events := &jsontree.Node{Kind: '{'}, jsontree.Node{Kind: '['}
	var first error
	fail := func(err error) {
		if first == nil {
			first = err
		}
	}
	for at, index := 0, 0; at >= 0 && at < len(body); index++ {
		m, next, fault := eventstream.Decode(body, at)
		if at = next; fault != nil {
			fail(fault)
			continue
		}
		name, value, err := s.message(m)
		switch {
		case err != nil:
			fail(err)
		case value == nil: // an error of the stream itself, which no contract describes
		case index == 0 && name == s.initialType && value.Kind == '{':
			document.Entries = append(document.Entries, value.Entries...)
		default:
			one := jsontree.Node{Kind: '{'}
			one.Set(name, *value)
			events.Entries = append(events.Entries, jsontree.Entry{Value: one})
		}
	}
	if len(events.Entries) > 0 {
		document.Set(s.Member.Wire(), events)
	}
	return document, first
}

// message reads one message: the name of the event in a document, and its value; nil if it is not an
// event.
func (s *Stream) message(m eventstream.Message) (name string, value *jsontree.Node, err error) {
	if kind, ok := m.Headers.Get(":message-type"); ok && string(kind.Data) == "error" {
		return "", nil, nil
	}
	for _, header := range []string{":event-type", ":exception-type"} {
		if v, ok := m.Headers.Get(header); ok && v.Type == eventstream.TypeString {
			name = string(v.Data)
		}
	}
	if name == "" {
		return "", nil, &EventError{"", "the message names no event"}
	}
	i := slices.IndexFunc(s.events, func(e event) bool { return e.name == name })
	if i < 0 {
		value, err = payload(name, m)
		return name, value, err
	}
	e := &s.events[i]
	switch {
	case e.payload == nil:
		if value, err = payload(name, m); err != nil {
			return name, nil, err
		}
	case len(m.Payload) == 0:
		value = &jsontree.Node{Kind: '{'}
	default:
		value = &jsontree.Node{Kind: '{'}
		below := &jsontree.Node{Kind: '"', Text: string(m.Payload)}
		if e.payload.shape.Type == schema.Blob {
			below.Text = base64.StdEncoding.EncodeToString(m.Payload)
		} else if !e.payload.raw() {
			if below, err = payload(name, m); err != nil {
				return name, nil, err
			}
		}
		value.Set(e.payload.wire, *below)
	}
	for _, h := range e.headers {
		if v, ok := m.Headers.Get(h.wire); ok && value.Kind == '{' {
			below, _ := jsontree.Parse(AppendEventHeader(nil, v))
			value.Set(h.wire, *below)
		}
	}
	return e.wire, value, nil
}

// payload reads a payload that is JSON. All SDKs read an empty one as an object without members.
func payload(name string, m eventstream.Message) (*jsontree.Node, error) {
	if len(m.Payload) == 0 {
		return &jsontree.Node{Kind: '{'}, nil
	}
	n, err := jsontree.Parse(m.Payload)
	if err != nil {
		return nil, &EventError{name, "its payload is not JSON"}
	}
	return n, nil
}

// Append encodes a document and appends it to a body. In place of the list, an object has events in
// the order of its members, each at most once. The error is an [*EventError] for a value that cannot
// travel.
func (s *Stream) Append(body []byte, document *jsontree.Node) ([]byte, error) {
	var err error
	if s.initialType != "" {
		rest := *document
		rest.Delete(s.Member.Wire())
		headers := s.typed(":event-type", s.initialType, s.media)
		if body, err = eventstream.Append(body, headers, rest.Append(nil)); err != nil {
			return nil, &EventError{s.initialType, err.Error()}
		}
	}
	events := document.Member(s.Member.Wire())
	if events == nil {
		return body, nil
	}
	for i := range events.Entries {
		of := events.Entries[i : i+1]
		if events.Kind == '[' {
			of = of[0].Value.Entries
		}
		for j := range of {
			if body, err = s.append(body, of[j].Name, &of[j].Value); err != nil {
				return nil, err
			}
		}
	}
	return body, nil
}

// typed returns the headers of a message.
func (s *Stream) typed(as, name, media string) []eventstream.Header {
	kind, _, _ := strings.Cut(strings.TrimPrefix(as, ":"), "-")
	return []eventstream.Header{eventstream.Named(as, eventstream.String(name)), eventstream.Named(":content-type", eventstream.String(media)),
		eventstream.Named(":message-type", eventstream.String(kind))}
}

// append encodes an event. A null event is none.
func (s *Stream) append(body []byte, wire string, value *jsontree.Node) ([]byte, error) {
	e := event{name: wire}
	if i := slices.IndexFunc(s.events, func(e event) bool { return e.wire == wire }); i >= 0 {
		e = s.events[i]
	}
	if value.Null() {
		return body, nil
	}
	as, media := ":event-type", s.media
	if e.exception {
		as = ":exception-type"
	}
	rest, bytes := *value, []byte(nil)
	var members []eventstream.Header
	for _, h := range e.headers {
		v := value.Member(h.wire)
		rest.Delete(h.wire)
		if v == nil || v.Null() {
			continue
		}
		header, ok := headerOf(h.shape, v)
		if !ok {
			return nil, &EventError{e.name, "its header " + h.wire + " cannot have the value " + string(v.Append(nil))}
		}
		members = append(members, eventstream.Named(h.wire, header))
	}
	switch {
	case e.payload == nil:
		bytes = rest.Append(nil)
	default:
		var ok bool
		if bytes, media, ok = e.payload.payload(value.Member(e.payload.wire), media); !ok {
			return nil, &EventError{e.name, "its payload " + e.payload.wire + " is not text or bytes"}
		}
	}
	body, err := eventstream.Append(body, append(s.typed(as, e.name, media), members...), bytes)
	if err != nil {
		return nil, &EventError{e.name, err.Error()}
	}
	return body, nil
}

// payload returns the bytes of a member that is the payload, and their media type.
func (m *eventMember) payload(v *jsontree.Node, media string) (bytes []byte, of string, ok bool) {
	switch {
	case v == nil || v.Null():
		return nil, media, true
	case !m.raw():
		return v.Append(nil), media, true
	case m.shape.Type == schema.String:
		return []byte(v.Text), "text/plain", v.Kind == '"'
	}
	bytes, err := base64.StdEncoding.DecodeString(v.Text)
	return bytes, "application/octet-stream", v.Kind == '"' && err == nil
}

// headerOf returns the value of a header (Smithy, spec/streaming.html#eventheader-trait).
func headerOf(s *schema.Shape, v *jsontree.Node) (header eventstream.Value, ok bool) {
	isText := v.Kind == '"'
	switch s.Type {
	case schema.Boolean:
		return eventstream.Bool(v.Kind == 't'), v.Kind == 't' || v.Kind == 'f'
	case schema.Integer:
		bits := s.Bits.Or(0)
		if bits == 0 {
			bits = 64
		}
		n, err := strconv.ParseInt(v.Text, 10, bits)
		return integer(n, bits), err == nil && !isText
	case schema.Blob:
		bytes, err := base64.StdEncoding.DecodeString(v.Text)
		return eventstream.Bytes(bytes), err == nil && isText
	case schema.Timestamp:
		t, ok := ParseTimestamp(v.Text, !isText)
		if !ok && isText {
			parsed, err := time.Parse(http.TimeFormat, v.Text)
			t, ok = parsed, err == nil
		}
		return eventstream.Timestamp(t.UnixMilli()), ok
	}
	return eventstream.String(v.Text), isText
}

func integer(n int64, bits int) eventstream.Value {
	switch bits {
	case 8:
		return eventstream.Byte(int8(n))
	case 16:
		return eventstream.Short(int16(n))
	case 32:
		return eventstream.Integer(int32(n))
	}
	return eventstream.Long(n)
}

// AppendEventHeader writes the value of a header of an event as JSON, as in a body: bytes in base64,
// a timestamp in epoch seconds.
func AppendEventHeader(text []byte, v eventstream.Value) []byte {
	switch v.Type {
	case eventstream.TypeTrue, eventstream.TypeFalse:
		return strconv.AppendBool(text, v.Type == eventstream.TypeTrue)
	case eventstream.TypeString:
		return AppendQuoted(text, string(v.Data))
	case eventstream.TypeTimestamp:
		return appendMillis(text, v.Int())
	case eventstream.TypeBytes, eventstream.TypeUUID:
		return append(base64.StdEncoding.AppendEncode(append(text, '"'), v.Data), '"')
	}
	return strconv.AppendInt(text, v.Int(), 10)
}

// appendMillis writes milliseconds as seconds.
func appendMillis(text []byte, millis int64) []byte {
	seconds, rest := millis/1000, millis%1000
	if millis < 0 {
		text, seconds, rest = append(text, '-'), -seconds, -rest
	}
	return fmt.Appendf(text, "%d.%03d", seconds, rest)
}
