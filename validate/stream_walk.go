package validate

import (
	"bytes"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/eventstream"
)

// streamWalk goes over the messages of one body, in place and in one pass, and notes what is wrong.
// What it keeps does not grow with the body.
type streamWalk struct {
	*stream
	explainer
	body  []byte
	quick *acceptor // reads each event first, because most have no findings

	index   int                 // of the message
	current eventstream.Message // the event, out of its signed message
	ended   bool                // a signed message without an event has ended the stream
}

// explain returns the findings of a stream, up to [maxFindings].
func (st *stream) explain(body []byte) []located {
	quick := acceptors.Get().(*acceptor)
	defer acceptors.Put(quick)
	r := streamWalk{stream: st, body: body, quick: quick}
	r.sink = &sink{response: st.response}
	r.run()
	return r.sink.found
}

func (r *streamWalk) run() {
	for at := 0; at >= 0 && at < len(r.body); r.index++ {
		m, next, fault := eventstream.Decode(r.body, at)
		if r.current = m; fault != nil {
			r.current = eventstream.Message{} // its headers cannot be trusted
		}
		s := r.sink
		if s.full {
			return
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
}

// stamp sets the event of the findings from an index on.
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

// fault notes broken framing. If it hides where the next message begins, it is the last finding.
func (r *streamWalk) fault(fault *eventstream.Error, lost bool) {
	f := finding.Finding{Found: finding.Text(string(fault.Fault)), Cause: fault.Problem()}
	if lost && r.index == 0 && fault.Fault != eventstream.CutMessage {
		f.Problem = finding.NotStream
	}
	if lost && bytes.Contains(r.body, []byte("\uFFFD")) {
		f.Found.Kind = finding.KindReplaced
	}
	r.framing(fault.Offset, f)
}

func (r *streamWalk) framing(at int, f finding.Finding) {
	r.enter()
	f.Rule = finding.StreamFraming
	r.sink.add(at, f)
}

// noHeader returns the finding about a header that the message lacks, or that has another type.
func noHeader(name string) finding.Finding {
	return finding.Finding{Problem: finding.NoHeader, Names: []string{name}, Found: finding.Value{Kind: finding.KindAbsent}}
}

func wrongHeader(name string, got, want eventstream.Type) finding.Finding {
	return finding.Finding{Problem: finding.WrongHeader, Names: []string{name}, Found: finding.Text(got.String()), Wanted: finding.Want{Type: want.String()}}
}

// enter makes the message, or a member in it, the place of the next findings.
func (r *streamWalk) enter(tokens ...string) {
	s := r.sink
	s.path, s.keys = append(s.path[:0], r.name), s.keys[:0]
	s.pushIndex(r.index)
	s.path = append(s.path, tokens...)
}

// unwrap validates the event in a message. A signed message has the headers :date and
// :chunk-signature; its payload is the event's message, or is empty at the end of the stream.
func (r *streamWalk) unwrap(m eventstream.Message) {
	if r.ended {
		r.framing(m.At, finding.Finding{Problem: finding.AfterEnd})
		return
	}
	signature, at, ok := m.Headers.Find(":chunk-signature")
	if !ok || !r.signed {
		r.event(m)
		return
	}
	date, dateAt, dated := m.Headers.Find(":date")
	switch {
	case signature.Type != eventstream.TypeBytes:
		r.framing(m.HeadersAt+at, wrongHeader(":chunk-signature", signature.Type, eventstream.TypeBytes))
		return
	case !dated:
		r.framing(m.HeadersAt, noHeader(":date"))
		return
	case date.Type != eventstream.TypeTimestamp:
		r.framing(m.HeadersAt+dateAt, wrongHeader(":date", date.Type, eventstream.TypeTimestamp))
		return
	case len(m.Payload) == 0:
		r.ended = true
		return
	}
	end := m.PayloadAt + len(m.Payload)
	inner, next, fault := eventstream.Decode(r.body[:end], m.PayloadAt)
	if fault != nil {
		r.framing(fault.Offset, finding.Finding{Problem: finding.InSigned, Found: finding.Text(string(fault.Fault)), Cause: fault.Problem()})
		return
	}
	r.current = inner
	if next < end {
		r.framing(next, finding.Finding{Problem: finding.MoreInSigned})
	}
	r.event(inner)
}
