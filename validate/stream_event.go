package validate

import (
	"encoding/base64"
	"fmt"
	"mime"
	"strconv"
	"unicode/utf8"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/eventstream"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/binding"
)

// headerText returns a header that is a string, and its offset in the stream.
func headerText(m eventstream.Message, name string) (value []byte, at int, ok bool) {
	v, at, ok := m.Headers.Find(name)
	return v.Data, m.HeadersAt + at, ok && v.Type == eventstream.TypeString
}

// eventType is the name by which findings tell a message.
func eventType(m eventstream.Message) string {
	for _, name := range []string{":event-type", ":exception-type"} {
		if value, _, ok := headerText(m, name); ok {
			return finding.Clip(string(value))
		}
	}
	return ""
}

// event validates the message of an event. It returns what the methods of a walker do.
func (r *streamWalk) event(w *walker, m eventstream.Message) bool {
	kind, at, ok := headerText(m, ":message-type")
	if !ok {
		return r.framing(w, m.HeadersAt, noHeader(":message-type"))
	}
	switch string(kind) {
	case "event":
		return r.plainEvent(w, m)
	case "exception":
		return r.exceptionEvent(w, m)
	case "error":
		return r.errorEvent(w, m)
	}
	return r.framing(w, at, finding.Finding{Problem: finding.MessageType, Found: finding.ValueOf(finding.KindString, string(kind))})
}

func (r *streamWalk) plainEvent(w *walker, m eventstream.Message) bool {
	name, at, ok := headerText(m, ":event-type")
	if !ok {
		return r.framing(w, m.HeadersAt, noHeader(":event-type"))
	}
	if r.initial != nil && r.index == 0 {
		if string(name) == r.initialType {
			if w.sink != nil {
				w.sink.path = w.sink.path[:0] // its members are those of the part
			}
			return r.contentType(w, m) && r.json(w, r.initial, m)
		}
		if !r.framing(w, at, finding.Finding{Problem: finding.NoInitial, Found: finding.Text(string(name)), Wanted: finding.Want{Text: r.initialType}}) {
			return false
		}
	}
	if e := r.events[string(name)]; e != nil && e.plain {
		return r.member(w, e, m, name)
	}
	if w.sink == nil {
		return false
	}
	r.enter(w.sink)
	problem := finding.OfEvent
	if r.events[string(name)] != nil {
		problem = finding.IsException
	}
	w.sink.add(at, finding.Finding{Rule: finding.UnionUnknownMember, Problem: problem, Names: []string{string(name)}, Wanted: finding.Want{OneOf: r.plain}})
	return true
}

func (r *streamWalk) exceptionEvent(w *walker, m eventstream.Message) bool {
	name, at, ok := headerText(m, ":exception-type")
	if !ok {
		return r.framing(w, m.HeadersAt, noHeader(":exception-type"))
	}
	if e := r.events[string(name)]; e != nil && e.exception {
		return r.member(w, e, m, name)
	}
	if w.sink == nil {
		return false
	}
	r.enter(w.sink)
	w.sink.add(at, finding.Finding{Rule: finding.ErrorUnmodeled, Problem: finding.OfEvent, Names: []string{string(name)}, Wanted: finding.Want{OneOf: r.exceptions}})
	return true
}

// errorEvent notes an error that is outside of the contract by its nature.
func (r *streamWalk) errorEvent(w *walker, m eventstream.Message) bool {
	if w.sink == nil {
		return false
	}
	r.enter(w.sink)
	if code, at, ok := headerText(m, ":error-code"); ok {
		w.sink.add(at, finding.Finding{Rule: finding.ErrorUnmodeled, Problem: finding.StreamError, Names: []string{string(code)}, Wanted: finding.Want{OneOf: r.exceptions}})
	} else {
		w.sink.add(m.HeadersAt, finding.Finding{Rule: finding.ErrorUnidentified, Problem: finding.OfEvent})
	}
	if _, _, ok := headerText(m, ":error-message"); !ok {
		r.framing(w, m.HeadersAt, noHeader(":error-message"))
	}
	return true
}

// member validates an event or exception against its member of the union.
func (r *streamWalk) member(w *walker, e *event, m eventstream.Message, name []byte) bool {
	if w.sink != nil {
		r.enter(w.sink, string(name))
	}
	for i := range e.headers {
		if e.sensitive && w.sink != nil {
			w.sink.hidden++
		}
		ok := e.headers[i].check(w, m)
		if e.sensitive && w.sink != nil {
			w.sink.hidden--
		}
		if !ok {
			return false
		}
	}
	if e.payload == "" {
		return r.contentType(w, m) && r.json(w, e.node, m)
	}
	if len(m.Payload) == 0 && (!e.required || !e.raw) {
		if e.required && w.sink != nil {
			w.sink.missing(e.payload, m.PayloadAt)
		}
		return !e.required || w.sink != nil
	}
	if w.sink != nil {
		w.sink.push(e.payload)
	}
	if !e.raw {
		return r.contentType(w, m) && r.json(w, e.node, m)
	}
	return e.bytes(w, m)
}

var noMembers = []byte("{}")

// json validates a payload that is a JSON text. None at all is an object without
// members, as all SDKs take it.
func (r *streamWalk) json(w *walker, n *node, m eventstream.Message) bool {
	document := m.Payload
	if len(document) == 0 {
		document = noMembers
	}
	if w.sink == nil {
		return w.accepts(n, document)
	}
	top, from := w.sink.pointer(), len(w.sink.found)
	w.sink.explain(w, n, document)
	for i := from; i < len(w.sink.found); i++ {
		f := &w.sink.found[i]
		if f.offset += m.PayloadAt; f.Pointer == "" {
			f.Pointer = top // of a document that nests too deep
		}
	}
	return true
}

// bytes validates a payload that is text or bytes as they are.
func (e *event) bytes(w *walker, m eventstream.Message) bool {
	if e.node.sensitive || e.sensitive {
		if w.sink != nil {
			w.sink.hidden++
			defer func() { w.sink.hidden-- }()
		}
	}
	if e.node.kind == schema.Blob {
		return w.size(e.node, len(m.Payload), finding.Bytes, m.PayloadAt)
	}
	if w.sink == nil {
		return utf8.Valid(m.Payload) && w.checkText(e.node, m.Payload, 0)
	}
	if at := invalidUTF8(m.Payload); at < len(m.Payload) {
		w.sink.add(m.PayloadAt+at, finding.Finding{Rule: finding.SyntaxUTF8, Problem: finding.InText})
	}
	return w.checkText(e.node, m.Payload, m.PayloadAt)
}

// contentType validates the :content-type of a payload that is JSON. It may be
// absent.
func (r *streamWalk) contentType(w *walker, m eventstream.Message) bool {
	v, at, ok := m.Headers.Find(":content-type")
	if !ok || r.media == "" || len(m.Payload) == 0 {
		return true
	}
	if string(v.Data) == r.media || string(v.Data) == "application/json" {
		return true
	}
	f := finding.Finding{Rule: finding.HTTPContentType, Problem: finding.OfEvent, Found: finding.Text(string(v.Data)), Wanted: finding.Want{Text: r.media}}
	if v.Type != eventstream.TypeString {
		f.Problem, f.Found = finding.HeaderType, finding.Text(v.Type.String())
	} else if media, _, err := mime.ParseMediaType(string(v.Data)); err == nil && (media == r.media || media == "application/json") {
		return true
	}
	if w.sink != nil {
		w.sink.add(m.HeadersAt+at, f)
	}
	return w.sink != nil
}

// check validates the header that a member travels in. Findings about it are
// where the header begins.
func (h *eventHeader) check(w *walker, m eventstream.Message) bool {
	v, at, ok := m.Headers.Find(h.wire)
	if at += m.HeadersAt; !ok {
		if h.required && w.sink != nil {
			w.sink.missing(h.name, at)
		}
		return !h.required || w.sink != nil
	}
	if w.sink != nil {
		w.sink.push(h.name)
		defer w.sink.pop()
	}
	if !h.fits(v.Type) {
		if w.sink != nil {
			w.sink.add(at, finding.Finding{Rule: finding.TypeMismatch, Problem: finding.HeaderType, Names: []string{h.wire}, Found: finding.Text(v.Type.String()), Wanted: finding.Want{Type: h.want()}})
		}
		return w.sink != nil
	}
	w.typed = appendHeader(w.typed[:0], v)
	if w.sink == nil {
		return w.accepts(h.node, w.typed)
	}
	from := len(w.sink.found)
	w.sink.explain(w, h.node, w.typed)
	for i := from; i < len(w.sink.found); i++ {
		w.sink.found[i].offset = at
	}
	return true
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

// appendHeader writes the value of a header as JSON writes it in a body: bytes in
// base64, a timestamp in epoch seconds.
func appendHeader(text []byte, v eventstream.Value) []byte {
	switch v.Type {
	case eventstream.TypeTrue, eventstream.TypeFalse:
		return strconv.AppendBool(text, v.Type == eventstream.TypeTrue)
	case eventstream.TypeString:
		return binding.AppendQuoted(text, string(v.Data))
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
