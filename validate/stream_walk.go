package validate

import (
	"bytes"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/eventstream"
)

// streamWalk goes over the messages of one body, in place and in one pass. What
// it keeps does not grow with the body.
type streamWalk struct {
	*stream
	body  []byte
	quiet *walker // without a sink
	loud  *walker // with the sink; nil: accept, or give up at the first finding

	index   int                 // of the message
	current eventstream.Message // the event, out of its signed message
	ended   bool                // a signed message without an event has ended the stream
}

// accepts reports whether there is nothing to say about a stream.
func (st *stream) accepts(body []byte) bool {
	quiet := walkers.Get().(*walker)
	defer walkers.Put(quiet)
	quiet.sink = nil
	r := streamWalk{stream: st, body: body, quiet: quiet}
	return r.run()
}

// explain finds everything there is to say about a stream, up to [mostFindings].
func (st *stream) explain(body []byte) []located {
	quiet := walkers.Get().(*walker)
	defer walkers.Put(quiet)
	quiet.sink = nil
	s := &sink{response: st.response}
	r := streamWalk{stream: st, body: body, quiet: quiet, loud: &walker{sink: s}}
	r.run()
	return s.found
}

// run is false where there is a finding and nobody to tell.
func (r *streamWalk) run() bool {
	for at := 0; at >= 0 && at < len(r.body); r.index++ {
		m, next, fault := eventstream.Decode(r.body, at)
		if r.current = m; fault != nil {
			r.current = eventstream.Message{} // nothing that it says can be trusted
		}
		if r.loud == nil {
			if fault != nil || !r.unwrap(m) {
				return false
			}
			at = next
			continue
		}
		s := r.loud.sink
		if s.full {
			return true
		}
		from := len(s.found)
		if s.hidden = 0; r.sensitive {
			s.hidden = 1
		}
		if fault != nil {
			r.fault(fault, next < 0)
		} else {
			r.unwrap(m)
		}
		r.stamp(s, from)
		at = next
	}
	return true
}

// stamp says of findings from an index in which event they are.
func (r *streamWalk) stamp(s *sink, from int) {
	s.path = s.path[:0]
	if from == len(s.found) {
		return
	}
	eventType := eventType(r.current)
	for i := from; i < len(s.found); i++ {
		f := &s.found[i]
		f.Event, f.EventType, f.Offset, f.offset = r.index+1, eventType, int64(f.offset), 0
	}
}

// fault notes broken framing. One that hides where the next message begins is the
// last finding.
func (r *streamWalk) fault(fault *eventstream.Error, lost bool) {
	problem := fault.Problem()
	if lost && r.index == 0 && fault.Fault != eventstream.CutMessage {
		problem = "the body is not an event stream: " + problem
	}
	if lost && bytes.Contains(r.body, []byte("\uFFFD")) {
		problem += "; the body holds U+FFFD, so a recorder may have replaced bytes that are not UTF-8"
	}
	r.framing(r.loud, fault.Offset, string(fault.Fault), problem)
}

// framing is false where there is no sink.
func (r *streamWalk) framing(w *walker, at int, got, problem string) bool {
	if w.sink == nil {
		return false
	}
	r.enter(w.sink)
	w.sink.add(finding.StreamFraming, at, got, "", problem)
	return true
}

// enter makes the message the place of what follows.
func (r *streamWalk) enter(s *sink, tokens ...string) {
	s.path = append(s.path[:0], r.name)
	s.pushIndex(r.index)
	s.path = append(s.path, tokens...)
}

// unwrap takes an event out of the signed message that it may come in: one with
// the headers :date and :chunk-signature, whose payload is the event's message,
// or is empty at the end of the stream.
func (r *streamWalk) unwrap(m eventstream.Message) bool {
	w := r.loud
	if w == nil {
		w = r.quiet
	}
	if r.ended {
		return r.framing(w, m.At, "a message", "a message follows the signed message that ends the stream")
	}
	signature, at, ok := m.Headers.Find(":chunk-signature")
	if !ok || !r.signed {
		return r.explained(m)
	}
	if signature.Type != eventstream.TypeBytes {
		return r.framing(w, m.HeadersAt+at, signature.Type.String(), "the header :chunk-signature is of type "+signature.Type.String()+", want byte_array")
	}
	if date, at, ok := m.Headers.Find(":date"); !ok {
		return r.framing(w, m.HeadersAt, "no :date", "a signed message has no header :date")
	} else if date.Type != eventstream.TypeTimestamp {
		return r.framing(w, m.HeadersAt+at, date.Type.String(), "the header :date is of type "+date.Type.String()+", want timestamp")
	}
	if len(m.Payload) == 0 {
		r.ended = true
		return true
	}
	end := m.PayloadAt + len(m.Payload)
	inner, next, fault := eventstream.Decode(r.body[:end], m.PayloadAt)
	if fault != nil {
		return r.framing(w, fault.Offset, string(fault.Fault), "in a signed message: "+fault.Problem())
	}
	r.current = inner
	if next < end && !r.framing(w, next, "more bytes", "more than one message is in a signed message") {
		return false
	}
	return r.explained(inner)
}

// explained looks at an event without a sink first, for most have no findings.
func (r *streamWalk) explained(m eventstream.Message) bool {
	return r.event(r.quiet, m) || r.loud != nil && r.event(r.loud, m)
}
