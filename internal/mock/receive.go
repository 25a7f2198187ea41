package mock

import (
	"crypto/sha256"
	"fmt"
	"net/url"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/responses"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// received is a request of an operation, read.
type received struct {
	contract *schema.Contract
	message  binding.Message
	input    *binding.Table
	body     []byte
}

// receive reads a request of an operation. For any other request, it says why there is none.
func (s *Server) receive(request *traffic.Request) (r *received, problem string) {
	u, err := url.Parse(request.URL)
	if err != nil {
		return nil, "the URL of the request cannot be read: " + err.Error()
	}
	route, why := s.catalog.Route(schema.Request{Method: request.Method, URL: u, Header: request.Header, Body: request.Body.Bytes})
	if why != nil {
		return nil, why.String()
	}
	if kind, not := route.NotJSON(); not {
		return nil, "the mock speaks JSON protocols only, not that of " + kind
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, "the query of the request cannot be read: " + err.Error()
	}
	c := route.Contract
	return &received{c, binding.Message{Labels: route.Labels, Query: query, Header: request.Header}, binding.Of(c, schema.InputPart), request.Body.Bytes}, ""
}

// has reports whether the request has a member of the input, other than as an empty text.
func (r *received) has(name string) bool {
	text, ok := r.text(name)
	return ok && text != ""
}

// text returns the text of a scalar member of the input, or the JSON text of another one.
func (r *received) text(name string) (string, bool) {
	if b, ok := r.input.Member(name); ok {
		texts := r.message.Texts(b)
		return strings.Join(texts, ","), len(texts) > 0
	}
	root, _ := r.contract.Root(schema.InputPart)
	if m, ok := r.contract.Resolve(root).Member(name); ok {
		return synth.TextAt(r.body, m)
	}
	return "", false
}

// continues reports whether the request asks for the next page of a list.
func (r *received) continues(list *responses.List) bool { return list.Continues(r.has) }

// identity is what a request identifies: its required members. Polls for one job have the same one.
func (r *received) identity() string {
	input, ok := r.contract.Root(schema.InputPart)
	if !ok {
		return ""
	}
	h := sha256.New()
	for _, m := range r.contract.Resolve(input).Members {
		if m.Required.Or(false) && !m.Token.Or(false) {
			text, _ := r.text(m.Name)
			fmt.Fprintf(h, "%q\n", text)
		}
	}
	return string(h.Sum(nil))
}

// check validates a request. Findings of error severity make it invalid; services do not enforce
// every length, range and pattern that they document, and ignore members that they do not know.
func (s *Server) check(request *traffic.Request, r *received) (found finding.Set, invalid bool, err error) {
	v, err := s.validator(r.contract)
	if err != nil {
		return nil, false, err
	}
	for _, f := range v.Request(request, r.message.Labels) {
		if f.Severity > finding.Info {
			found = append(found, f)
		}
		invalid = invalid || f.Severity >= finding.Error
	}
	return found, invalid, nil
}
