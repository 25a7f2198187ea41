package synth

import (
	"slices"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// newStream returns the top of a stream of events. Its form is an object with the members of the
// initial message and the stream, in which each event is an optional member; exceptions are last.
func (s *Synth) newStream(part schema.Part, codec *binding.Stream, all *[]*form) top {
	events := &schema.Shape{Type: schema.Structure}
	var ending []schema.Member
	for _, m := range s.contract.Resolve(codec.Member.Shape).Members {
		m.Required = schema.Is(false)
		if binding.EndsStream(&m) {
			ending = append(ending, m)
		} else {
			events.Members = append(events.Members, m)
		}
	}
	events.Members = append(events.Members, ending...)
	f := s.form(events, all)
	f.events, f.ending = true, len(ending)
	stream := *codec.Member
	stream.Shape, stream.Required = schema.Ref{Inline: events}, schema.Is(true)
	root := &schema.Shape{Type: schema.Structure, Members: append(slices.Clone(codec.Initial), stream)}
	return top{form: s.form(root, all), events: codec, place: schema.Place{Part: part}.Child(stream.Name)}
}

// extends reports whether a structure can have a member that the contract does not have. In a stream,
// that is one in a JSON text.
func (t top) extends(tokens []string, f *form) bool {
	if t.events == nil {
		return true
	}
	switch len(tokens) {
	case 0:
		return len(t.events.Initial) > 0
	case 2: // an event
		return !slices.ContainsFunc(f.shape.Members, func(m schema.Member) bool { return m.InEvent() == schema.LocationEventPayload })
	}
	return true
}

// writeEvents encodes the messages of a stream.
func (s *Synth) writeEvents(t top, v *value) ([]byte, error) {
	document, err := jsontree.Parse(v.bytes())
	if err == nil {
		var body []byte
		if body, err = t.events.Append(nil, document); err == nil {
			return body, nil
		}
	}
	return nil, &Problem{s.contract.String(), t.place, err.Error()}
}
