package bycontract

import (
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/schema"
)

// stream compiles the union of an event stream, whose members are the events and exceptions.
func (k *compiler) stream(root schema.Ref, m *schema.Member) *redact.Stream {
	union := k.contract.Resolve(m.Shape)
	at := context{sensitive: k.contract.Resolve(root).Sensitive.Or(false) || union.Sensitive.Or(false)}
	st := &redact.Stream{Name: m.Name, Events: make(map[string]*redact.Event, len(union.Members)), Initial: k.node(root, context{})}
	for _, m := range union.Members {
		st.Events[m.Name] = k.event(m.Shape, at)
	}
	return st
}

func (k *compiler) event(ref schema.Ref, at context) *redact.Event {
	shape := k.contract.Resolve(ref)
	at.sensitive = at.sensitive || shape.Sensitive.Or(false)
	e := &redact.Event{Headers: map[string]redact.Place{}, Payload: k.node(ref, at)}
	if shape.Type != schema.Structure {
		return e
	}
	for _, m := range shape.Members {
		switch m.InEvent() {
		case schema.LocationEventHeader:
			e.Headers[m.Wire()] = k.node(m.Shape, at).Place
		case schema.LocationEventPayload:
			kind := k.contract.Resolve(m.Shape).Type
			e.Payload, e.Raw = k.node(m.Shape, at), kind == schema.Blob || kind == schema.String
		}
	}
	return e
}
