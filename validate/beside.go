package validate

import (
	"net/url"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// BesideRequest returns what a request says beside its body, in its path, query
// and headers, as one JSON object of the input's members by their API names; nil:
// no member of the input travels there. Labels are those of the route. Times and
// blobs stand as they travel, as texts.
func (v *Validator) BesideRequest(r *traffic.Request, labels map[string]string) []byte {
	m := &message{part: schema.InputPart, header: r.Header, body: r.Body, labels: labels}
	if u, err := url.Parse(r.URL); err == nil {
		m.query = u.Query()
	}
	return v.beside(m)
}

// BesideResponse returns what an answer says beside its body, in its headers and
// its status, in the same way.
func (v *Validator) BesideResponse(part schema.Part, r *traffic.Response) []byte {
	return v.beside(&message{part: part, header: r.Header, body: r.Body, status: r.Status})
}

func (v *Validator) beside(m *message) []byte {
	d := v.parts[m.part]
	if d == nil || d.bound == nil {
		return nil
	}
	return d.bound.document(m)
}
