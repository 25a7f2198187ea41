package validate

import (
	"mime"
	"sync"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/eventstream"
)

// streamFilter holds the memory for a walk over the events of a stream.
type streamFilter struct {
	typed []byte // a header, as JSON
}

var streamFilters = sync.Pool{New: func() any { return new(streamFilter) }}

// accepts reports whether the explainer would find nothing in a stream.
func (st *stream) accepts(body []byte) bool {
	a := streamFilters.Get().(*streamFilter)
	defer streamFilters.Put(a)
	ended := false
	for at, index := 0, 0; at < len(body); index++ {
		m, next, fault := eventstream.Decode(body, at)
		if fault != nil || ended {
			return false
		}
		signature, _, signed := m.Headers.Find(":chunk-signature")
		switch {
		case !signed || !st.signed:
		case signature.Type != eventstream.TypeBytes || !hasDate(m):
			return false
		case len(m.Payload) == 0:
			ended, at = true, next
			continue
		default:
			end, inner := m.PayloadAt+len(m.Payload), 0
			if m, inner, fault = eventstream.Decode(body[:end], m.PayloadAt); fault != nil || inner < end {
				return false
			}
		}
		if !a.event(st, m, index) {
			return false
		}
		at = next
	}
	return true
}

func hasDate(m eventstream.Message) bool {
	date, _, ok := m.Headers.Find(":date")
	return ok && date.Type == eventstream.TypeTimestamp
}

// event accepts the message of an event, unwrapped from its signed message.
func (a *streamFilter) event(st *stream, m eventstream.Message, index int) bool {
	kind, _, ok := headerText(m, ":message-type")
	if !ok {
		return false
	}
	switch string(kind) {
	case "event":
		name, _, ok := headerText(m, ":event-type")
		if !ok {
			return false
		}
		if st.initial != nil && index == 0 {
			return string(name) == st.initialType && st.acceptsJSON(st.initial, m)
		}
		e := st.events[string(name)]
		return e != nil && e.plain && a.eventMember(st, e, m)
	case "exception":
		name, _, ok := headerText(m, ":exception-type")
		e := st.events[string(name)]
		return ok && e != nil && e.exception && a.eventMember(st, e, m)
	}
	return false
}

// eventMember accepts an event or exception that is a member of the union.
func (a *streamFilter) eventMember(st *stream, e *event, m eventstream.Message) bool {
	for i := range e.headers {
		if !a.eventHeader(&e.headers[i], m) {
			return false
		}
	}
	switch {
	case e.payload != "" && len(m.Payload) == 0 && (!e.required || !e.raw):
		return !e.required
	case e.payload != "" && e.raw:
		return acceptsRaw(e.node, m.Payload)
	}
	return st.acceptsJSON(e.node, m)
}

func (a *streamFilter) eventHeader(h *eventHeader, m eventstream.Message) bool {
	v, _, ok := m.Headers.Find(h.wire)
	if !ok {
		return !h.required
	}
	a.typed = binding.AppendEventHeader(a.typed[:0], v)
	return h.fits(v.Type) && accepts(h.node, a.typed)
}

// acceptsJSON accepts a payload that is a JSON text, and its Content-Type.
func (st *stream) acceptsJSON(n *node, m eventstream.Message) bool {
	return st.typed(m) && accepts(n, jsonPayload(m))
}

var noMembers = []byte("{}")

// jsonPayload returns a payload that is a JSON text. All SDKs read an empty payload as an object
// without members.
func jsonPayload(m eventstream.Message) []byte {
	if len(m.Payload) == 0 {
		return noMembers
	}
	return m.Payload
}

// typed reports whether the :content-type of a JSON payload is that of JSON. It may be absent.
func (st *stream) typed(m eventstream.Message) bool {
	v, _, ok := m.Headers.Find(":content-type")
	if !ok || st.media == "" || len(m.Payload) == 0 || string(v.Data) == st.media || string(v.Data) == "application/json" {
		return true
	}
	media, _, err := mime.ParseMediaType(string(v.Data))
	return v.Type == eventstream.TypeString && err == nil && (media == st.media || media == "application/json")
}
