package validate

import (
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/eventstream"
	"github.com/crcheck/crcheck/internal/wording"
	"github.com/crcheck/crcheck/schema"
)

// headerText returns a header that is a string, and its offset in the stream.
func headerText(m eventstream.Message, name string) (value []byte, at int, ok bool) {
	v, at, ok := m.Headers.Find(name)
	return v.Data, m.HeadersAt + at, ok && v.Type == eventstream.TypeString
}

// eventType returns the name of a message in findings.
func eventType(m eventstream.Message) string {
	for _, name := range []string{":event-type", ":exception-type"} {
		if value, _, ok := headerText(m, name); ok {
			return wording.Clip(string(value), maxShown)
		}
	}
	return ""
}

// event validates the message of an event.
func (r *streamWalk) event(m eventstream.Message) {
	if r.quick.event(r.stream, m, r.index) {
		return
	}
	kind, at, ok := headerText(m, ":message-type")
	switch {
	case !ok:
		r.framing(m.HeadersAt, noHeader(":message-type"))
	case string(kind) == "event":
		r.plainEvent(m)
	case string(kind) == "exception":
		r.exceptionEvent(m)
	case string(kind) == "error":
		r.errorEvent(m)
	default:
		r.framing(at, finding.Finding{Problem: finding.MessageType, Found: finding.ValueOf(finding.KindString, string(kind))})
	}
}

func (r *streamWalk) plainEvent(m eventstream.Message) {
	name, at, ok := headerText(m, ":event-type")
	if !ok {
		r.framing(m.HeadersAt, noHeader(":event-type"))
		return
	}
	if r.initial != nil && r.index == 0 {
		if string(name) == r.initialType {
			r.sink.path, r.sink.keys = r.sink.path[:0], r.sink.keys[:0] // its members are those of the part
			r.json(r.initial, m)
			return
		}
		r.framing(at, finding.Finding{Problem: finding.NoInitial, Found: finding.Text(string(name)), Wanted: finding.Want{Text: r.initialType}})
	}
	e := r.events[string(name)]
	if e != nil && e.plain {
		r.member(e, m, name)
		return
	}
	f := finding.Finding{Rule: finding.UnionUnknownMember, Problem: finding.OfEvent, Names: []string{string(name)}, Wanted: finding.Want{OneOf: r.plain}}
	if e != nil {
		f.Problem = finding.IsException
	}
	r.enter()
	r.sink.add(at, f)
}

func (r *streamWalk) exceptionEvent(m eventstream.Message) {
	name, at, ok := headerText(m, ":exception-type")
	if !ok {
		r.framing(m.HeadersAt, noHeader(":exception-type"))
		return
	}
	if e := r.events[string(name)]; e != nil && e.exception {
		r.member(e, m, name)
		return
	}
	r.enter()
	r.sink.add(at, finding.Finding{Rule: finding.ErrorUnmodeled, Problem: finding.OfEvent, Names: []string{string(name)}, Wanted: finding.Want{OneOf: r.exceptions}})
}

// errorEvent notes an error, which a contract never describes.
func (r *streamWalk) errorEvent(m eventstream.Message) {
	r.enter()
	if code, at, ok := headerText(m, ":error-code"); ok {
		r.sink.add(at, finding.Finding{Rule: finding.ErrorUnmodeled, Problem: finding.StreamError, Names: []string{string(code)}, Wanted: finding.Want{OneOf: r.exceptions}})
	} else {
		r.sink.add(m.HeadersAt, finding.Finding{Rule: finding.ErrorUnidentified, Problem: finding.OfEvent})
	}
	if _, _, ok := headerText(m, ":error-message"); !ok {
		r.framing(m.HeadersAt, noHeader(":error-message"))
	}
}

// member validates an event or exception against its member of the union.
func (r *streamWalk) member(e *event, m eventstream.Message, name []byte) {
	r.enter(string(name))
	for i := range e.headers {
		r.header(e, &e.headers[i], m)
	}
	switch {
	case e.payload == "":
		r.json(e.node, m)
	case len(m.Payload) == 0 && (!e.required || !e.raw):
		if e.required {
			r.sink.missing(e.payload, m.PayloadAt)
		}
	case e.raw:
		r.sink.push(e.payload)
		r.bytes(e, m)
	default:
		r.sink.push(e.payload)
		r.json(e.node, m)
	}
}

// json validates a payload that is a JSON text, and its Content-Type.
func (r *streamWalk) json(n *node, m eventstream.Message) {
	if !r.typed(m) {
		v, at, _ := m.Headers.Find(":content-type")
		f := finding.Finding{Rule: finding.HTTPContentType, Problem: finding.OfEvent, Found: finding.Text(string(v.Data)), Wanted: finding.Want{Text: r.media}}
		if v.Type != eventstream.TypeString {
			f.Problem, f.Found = finding.HeaderType, finding.Text(v.Type.String())
		}
		r.sink.add(m.HeadersAt+at, f)
	}
	top, from := r.sink.pointer(), len(r.sink.found)
	r.sink.explain(&r.explainer, n, jsonPayload(m))
	for i := from; i < len(r.sink.found); i++ {
		f := &r.sink.found[i]
		if f.offset += m.PayloadAt; f.Pointer == "" {
			f.Pointer = top // of a document that is nested too deep
		}
	}
}

// bytes validates a payload of text or bytes.
func (r *streamWalk) bytes(e *event, m eventstream.Message) {
	if e.node.sensitive || e.sensitive {
		r.sink.hidden++
		defer func() { r.sink.hidden-- }()
	}
	if e.node.kind == schema.Blob {
		r.size(e.node, len(m.Payload), finding.Bytes, m.PayloadAt)
		return
	}
	if at := invalidUTF8(m.Payload); at < len(m.Payload) {
		r.sink.add(m.PayloadAt+at, finding.Finding{Rule: finding.SyntaxUTF8, Problem: finding.InText})
	}
	r.checkText(e.node, m.Payload, m.PayloadAt)
}

// header validates the header that a member travels in. Findings about it are where the header
// begins.
func (r *streamWalk) header(e *event, h *eventHeader, m eventstream.Message) {
	if e.sensitive {
		r.sink.hidden++
		defer func() { r.sink.hidden-- }()
	}
	v, at, ok := m.Headers.Find(h.wire)
	at += m.HeadersAt
	if !ok {
		if h.required {
			r.sink.missing(h.name, at)
		}
		return
	}
	r.sink.push(h.name)
	defer r.sink.pop()
	if !h.fits(v.Type) {
		r.sink.add(at, finding.Finding{Rule: finding.TypeMismatch, Problem: finding.HeaderType, Names: []string{h.wire}, Found: finding.Text(v.Type.String()), Wanted: finding.Want{Type: h.want()}})
		return
	}
	from := len(r.sink.found)
	r.sink.explain(&r.explainer, h.node, binding.AppendEventHeader(nil, v))
	for i := from; i < len(r.sink.found); i++ {
		r.sink.found[i].offset = at
	}
}

// fits reports whether the type of a header is one in which the member travels
// (Smithy, spec/streaming.html#eventheader-trait). botocore's models call bytes
// and shorts integers, so an integer may be shorter than the contract says.
func (h *eventHeader) fits(t eventstream.Type) bool {
	switch h.node.kind {
	case schema.Boolean:
		return t == eventstream.TypeTrue || t == eventstream.TypeFalse
	case schema.Integer:
		return t >= eventstream.TypeByte && t <= eventstream.TypeLong && (h.bits == 0 || 8<<(t-eventstream.TypeByte) <= h.bits)
	case schema.Blob:
		return t == eventstream.TypeBytes
	case schema.String:
		return t == eventstream.TypeString
	case schema.Timestamp:
		return t == eventstream.TypeTimestamp
	}
	return true
}

// want names the header type of the member.
func (h *eventHeader) want() string {
	switch h.node.kind {
	case schema.Blob:
		return eventstream.TypeBytes.String()
	case schema.Integer:
		for t := eventstream.TypeByte; t < eventstream.TypeLong; t++ {
			if 8<<(t-eventstream.TypeByte) == h.bits {
				return t.String()
			}
		}
		return eventstream.TypeLong.String()
	}
	return string(h.node.kind)
}
