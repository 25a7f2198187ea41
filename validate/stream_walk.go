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
	f := finding.Finding{Found: finding.Text(string(fault.Fault)), Cause: fault.Problem()}
	if lost && r.index == 0 && fault.Fault != eventstream.CutMessage {
		f.Problem = finding.NotStream
	}
	if lost && bytes.Contains(r.body, []byte("\uFFFD")) {
		f.Found.Kind = finding.KindReplaced
	}
	r.framing(r.loud, fault.Offset, f)
}

// framing is false where there is no sink.
func (r *streamWalk) framing(w *walker, at int, f finding.Finding) bool {
	if w.sink == nil {
		return false
	}
	r.enter(w.sink)
	f.Rule = finding.StreamFraming
	w.sink.add(at, f)
	return true
}

// noHeader is about a header that the message lacks, or that is of another type.
func noHeader(name string) finding.Finding {
	return finding.Finding{Problem: finding.NoHeader, Names: []string{name}, Found: finding.Value{Kind: finding.KindAbsent}}
}

func wrongHeader(name string, got, want eventstream.Type) finding.Finding {
	return finding.Finding{Problem: finding.WrongHeader, Names: []string{name}, Found: finding.Text(got.String()), Wanted: finding.Want{Type: want.String()}}
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
		return r.framing(w, m.At, finding.Finding{Problem: finding.AfterEnd})
	}
	signature, at, ok := m.Headers.Find(":chunk-signature")
	if !ok || !r.signed {
		return r.explained(m)
	}
	if signature.Type != eventstream.TypeBytes {
		return r.framing(w, m.HeadersAt+at, wrongHeader(":chunk-signature", signature.Type, eventstream.TypeBytes))
	}
	if date, at, ok := m.Headers.Find(":date"); !ok {
		return r.framing(w, m.HeadersAt, noHeader(":date"))
	} else if date.Type != eventstream.TypeTimestamp {
		return r.framing(w, m.HeadersAt+at, wrongHeader(":date", date.Type, eventstream.TypeTimestamp))
	}
	if len(m.Payload) == 0 {
		r.ended = true
		return true
	}
	end := m.PayloadAt + len(m.Payload)
	inner, next, fault := eventstream.Decode(r.body[:end], m.PayloadAt)
	if fault != nil {
		return r.framing(w, fault.Offset, finding.Finding{Problem: finding.InSigned, Found: finding.Text(string(fault.Fault)), Cause: fault.Problem()})
	}
	r.current = inner
	if next < end && !r.framing(w, next, finding.Finding{Problem: finding.MoreInSigned}) {
		return false
	}
	return r.explained(inner)
}

// explained looks at an event without a sink first, for most have no findings.
func (r *streamWalk) explained(m eventstream.Message) bool {
	return r.event(r.quiet, m) || r.loud != nil && r.event(r.loud, m)
}
