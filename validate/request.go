package validate

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// statesBindings reports whether a contract says where the members of its input
// travel. A page does not: it knows neither the protocol nor what a label is.
func statesBindings(c *schema.Contract) bool {
	if c.Protocol.Silent() {
		return false
	}
	bound := c.Bound(schema.InputPart)
	return !slices.ContainsFunc(c.Labels(), func(label string) bool {
		return !slices.ContainsFunc(bound, func(m schema.Member) bool { return c.Location(&m) == "label" && m.Wire() == label })
	})
}

// newRequest is a recorded request as a message. What is to be said of its query
// goes unsaid where its URL cannot be read, for then it was not routed.
func (v *Validator) newRequest(r *traffic.Request, labels map[string]string) *message {
	m := &message{part: schema.InputPart, header: r.Header, body: r.Body, labels: labels}
	if v.queries {
		if u, err := url.Parse(r.URL); err == nil {
			m.query = u.Query()
		}
	}
	return m
}

// request holds the request against the input. One that the service refused is
// not held against anything: that it was wrong is what the answer says.
func (e *exchange) request(m *message) {
	if status := e.response.Status; !e.v.requests || status >= 400 && status < 500 {
		return
	}
	if m.labels == nil && e.v.labelled {
		return // it was not routed
	}
	e.message(m)
}

// echo is a place of the output that repeats a member of the input.
type echo struct {
	output   jsontext.Pointer // into the body
	name     string           // of the input's member
	location string
	at       string // its name at that location
}

func newEchoes(c *schema.Contract) []echo {
	var echoes []echo
	input, _ := c.Root(schema.InputPart)
	for _, e := range c.Echoes {
		if m, ok := c.Resolve(input).Member(e.Input); ok {
			echoes = append(echoes, echo{wirePointer(c, e.Output), m.Name, c.Location(m), m.Wire()})
		}
	}
	return echoes
}

// wirePointer leads into the body where a pointer leads into the output by the
// API's names.
func wirePointer(c *schema.Contract, pointer string) jsontext.Pointer {
	var wire jsontext.Pointer
	place := schema.Place{Part: schema.OutputPart}
	for token := range jsontext.Pointer(pointer).Tokens() {
		place = place.Child(token)
		_, m, _ := c.At(place)
		switch {
		case m != nil && place.Parent().Pointer == "" && c.Location(m) == "payload":
		case m != nil:
			wire = wire.AppendToken(m.Wire())
		default:
			wire = wire.AppendToken(token)
		}
	}
	return wire
}

// asked is what the request says of an echo's member; ok is false where it says
// nothing, or several things.
func (m *message) asked(e echo) (value string, ok bool) {
	var values []string
	switch e.location {
	case "label":
		value, ok := m.labels[e.at]
		return value, ok
	case "query":
		values = m.query[e.at]
	case "header":
		values = awshttp.Values(m.header, e.at)
	case "body":
		found := textAt(m.body.Bytes, jsontext.Pointer("").AppendToken(e.at))
		return found.value, found.ok
	}
	if len(values) != 1 {
		return "", false
	}
	return values[0], true
}

// echo holds a place of the output against what it repeats of the request.
func (e *exchange) echo(echo echo, request *message) {
	asked, ok := request.asked(echo)
	if !ok {
		return
	}
	got := textAt(e.response.Body.Bytes, echo.output)
	if !got.ok || got.value == asked {
		return
	}
	place := e.response.Body.Position(got.at)
	e.findings = append(e.findings, finding.Finding{Rule: finding.EchoMismatch, Operation: e.v.contract.Name(),
		Pointer: string(echo.output), Line: place.Line, Column: place.Column, Got: quote(got.value), Want: quote(asked),
		Message: fmt.Sprintf("the answer says %s, the request's %s was %s", quote(got.value), echo.name, quote(asked))})
}
