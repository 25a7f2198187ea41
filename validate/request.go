package validate

import (
	"net/url"
	"slices"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// statesBindings reports whether a contract says where the members of its input travel. One derived
// from a page does not: a page states neither the protocol nor the labels.
func statesBindings(c *schema.Contract) bool {
	if c.Protocol.Silent() {
		return false
	}
	bound := binding.Of(c, schema.InputPart).At(schema.LocationLabel)
	return !slices.ContainsFunc(c.Labels(), func(label string) bool {
		return !slices.ContainsFunc(bound, func(m binding.Member) bool { return m.Wire == label })
	})
}

// newRequest returns a recorded request as a message. If its URL is malformed it was not routed,
// and has no query.
func (v *Validator) newRequest(r *traffic.Request, labels map[string]string, kept recorded) *message {
	m := &message{binding.Message{Header: r.Header, Labels: labels}, schema.InputPart, kept.requestHeaders, r.Body}
	if v.queries {
		if u, err := url.Parse(r.URL); err == nil {
			m.Query = u.Query()
		}
	}
	return m
}

// request validates the request against the input, unless the service rejected it: then the
// response already says that it is invalid.
func (e *exchange) request(m *message) {
	if status := e.response.Status; !e.v.requests || status >= 400 && status < 500 {
		return
	}
	if m.Labels == nil && e.v.labelled {
		return // it was not routed
	}
	e.message(m)
}
