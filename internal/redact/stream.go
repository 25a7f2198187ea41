package redact

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/eventstream"
	"github.com/crcheck/crcheck/traffic"
)

// Stream is what a contract states about the event stream that a body is.
type Stream struct {
	Name    string            // of the member, for pointers
	Events  map[string]*Event // by the names of the union's members
	Initial *Node             // the payload of initial-request and initial-response
}

// Event is what a contract states about an event or exception of a stream.
type Event struct {
	Headers map[string]Place // of the members in headers
	Payload *Node
	Raw     bool // the payload is text or bytes, not JSON
}

// chunkSignature is the header with the signature of a message that a client sends. Like that of
// Authorization, it is masked without a finding.
const chunkSignature = ":chunk-signature"

// editStream applies an edit to the strings in the headers and payloads of an event stream, and
// encodes the messages that have changed again. A client still decodes every message: types of
// headers are unchanged, and names of headers and events that clients go by are kept. Bytes that
// are not a message are edited as one string; they are only scanned, since [masker.streams] drops
// broken streams before anything is recorded.
func editStream(body []byte, root root, part string, e edit) []byte {
	s := &streamEditor{part: part, edit: e}
	if root.Node != nil {
		s.contract = root.Stream
	}
	return s.messages(make([]byte, 0, len(body)+64), body, 0)
}

type streamEditor struct {
	part     string
	edit     edit
	contract *Stream // may be nil
	index    int     // of the message
}

// messages edits a sequence of messages and appends it. depth is the number of messages that wrap
// these.
func (s *streamEditor) messages(dst, stream []byte, depth int) []byte {
	for at := 0; at < len(stream); {
		m, next, fault := eventstream.Decode(stream, at)
		if fault != nil {
			e := s.eventEditor(m)
			return append(dst, e.text(site{}, string(stream[at:]))...)
		}
		dst = s.message(dst, stream[at:next], m, depth)
		at = next
		if depth == 0 {
			s.index++
		}
	}
	return dst
}

func (s *streamEditor) message(dst, whole []byte, m eventstream.Message, depth int) []byte {
	e := s.eventEditor(m)
	var headers []eventstream.Header
	changed := false
	for first, rest, ok := m.Headers.Next(); ok; first, rest, ok = rest.Next() {
		now := e.header(first)
		changed = changed || !bytes.Equal(now.Name, first.Name) || !bytes.Equal(now.Data, first.Data)
		headers = append(headers, now)
	}
	var payload []byte
	if depth < maxDepth && framed(m.Payload) {
		payload = s.messages(nil, m.Payload, depth+1)
	} else {
		payload = e.payload(m.Payload)
	}
	if !changed && bytes.Equal(payload, m.Payload) {
		return append(dst, whole...)
	}
	if longer, err := eventstream.Append(dst, headers, payload); err == nil {
		return longer
	}
	// The replacements exceed a limit of the format: keep only what is constant.
	headers = headers[:0]
	for first, rest, ok := m.Headers.Next(); ok; first, rest, ok = rest.Next() {
		if constantHeaders[string(first.Name)] && (first.Type == eventstream.TypeTimestamp || plainType(first.Data)) {
			headers = append(headers, first)
		}
	}
	dst, _ = eventstream.Append(dst, headers, []byte("{}"))
	return dst
}

// constantHeaders name the kind of a message. Clients go by them.
var constantHeaders = map[string]bool{
	":message-type": true, ":event-type": true, ":exception-type": true, ":error-code": true, ":content-type": true, ":date": true,
}

// plainType reports whether the value of such a header has its usual form.
func plainType(value []byte) bool {
	if len(value) > 64 {
		return false
	}
	for _, c := range value {
		if !letter(c) && !digit(c) && !strings.ContainsRune("-_./+#:;= ", rune(c)) {
			return false
		}
	}
	return true
}

// framed reports whether bytes begin with a message of an event stream. The two CRCs of a message
// make an accident practically impossible.
func framed(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	_, _, fault := eventstream.Decode(b, 0)
	return fault == nil
}

// streamFault returns the first error of a stream, or nil.
func streamFault(stream []byte) *eventstream.Error {
	for at := 0; at < len(stream); {
		_, next, fault := eventstream.Decode(stream, at)
		if fault != nil {
			return fault
		}
		at = next
	}
	return nil
}

// streams prepares streams: it joins words that are split over events, and drops streams that are
// broken, since what follows the fault cannot be searched.
func (m *masker) streams(x *traffic.Interaction, places Places) {
	check := func(part string, body traffic.Body, h map[string][]string, node *Node) traffic.Body {
		form := formOf(body.Bytes, h)
		if len(body.Bytes) == 0 || form != formStream && (form != formBinary || node == nil || node.Stream == nil) {
			return body
		}
		fault := streamFault(body.Bytes)
		if fault == nil {
			return joined(body, h, node)
		}
		m.note(finding.RecordNotRedacted, site{part: part, pointer: noPointer},
			fmt.Sprintf("the %s was left out: its event stream is broken at byte %d (%s), so it cannot be redacted", part, fault.Offset, fault.Fault))
		return traffic.Body{Missing: true}
	}
	if q := x.Request; q != nil {
		q.Body = check("request body", q.Body, q.Header, places.Request)
	}
	x.Response.Body = check("response body", x.Response.Body, x.Response.Header, places.Response)
}

// joined is a well-formed stream without words that are split over events.
func joined(body traffic.Body, h map[string][]string, node *Node) traffic.Body {
	now := joinWords(body.Bytes, root{Node: node})
	if bytes.Equal(now, body.Bytes) {
		return body
	}
	fitLength(h, len(now))
	return traffic.BodyOf(now)
}

// stream masks the signatures of the messages that a client sent.
func (g *signing) stream(body traffic.Body, h map[string][]string) traffic.Body {
	if formOf(body.Bytes, h) != formStream {
		return body
	}
	return editBody(body, h, root{}, "request body", func(at site, s string) string {
		if at.name != chunkSignature {
			return s
		}
		if !g.invented {
			g.add(s)
		}
		return Mask
	})
}
