package mock

import (
	"net/url"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// received is a request of an operation, read.
type received struct {
	contract *schema.Contract
	message  binding.Message
	input    *binding.Table
	body     []byte
}

// receive finds the operation of a request. Without one, it says why.
func (s *Server) receive(request *traffic.Request) (c *schema.Contract, r received, problem string) {
	u, err := url.Parse(request.URL)
	if err != nil {
		return nil, r, "the URL of the request cannot be read: " + err.Error()
	}
	route, why := s.catalog.Route(schema.Request{Method: request.Method, URL: u, Header: request.Header, Body: request.Body.Bytes})
	if why != nil {
		return nil, r, why.String()
	}
	if kind, not := route.NotJSON(); not {
		return nil, r, "the mock speaks JSON protocols only, not that of " + kind
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, r, "the query of the request cannot be read: " + err.Error()
	}
	c = route.Contract
	return c, received{c, binding.Message{Labels: route.Labels, Query: query, Header: request.Header}, binding.Of(c, schema.InputPart), request.Body.Bytes}, ""
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

// check validates a request, as part of an exchange whose response is the full one. Findings below
// error severity do not make a request invalid.
func (s *Server) check(request *traffic.Request, choice *choice, r received) finding.Set {
	full, err := choice.list.Find("full")
	if err != nil {
		return nil
	}
	response, err := choice.list.Make(full, choice.list.Received(&r.message, r.body))
	if err != nil {
		return nil
	}
	x := &traffic.Interaction{Source: "request", Live: true, Kind: traffic.JSON, Request: request,
		Response: traffic.Response{Status: response.Status, Header: response.Header, Body: traffic.BodyOf(response.Body)}}
	outcome, err := s.checks.Check(x, validate.Bare{})
	if err != nil {
		return nil
	}
	var invalid finding.Set
	for _, f := range outcome.Findings {
		if f.Part == string(schema.InputPart) && f.Severity >= finding.Error {
			invalid = append(invalid, f)
		}
	}
	return invalid
}

// rejected chooses the response to an invalid request: that of the service's own error if the
// contract has one.
func (s *Server) rejected(c *schema.Contract) (*choice, error) {
	list, err := s.list(c, nil)
	if err != nil {
		return nil, err
	}
	id := "error=ValidationException"
	for i := range c.Errors {
		if name := c.Errors[i].Name; strings.Contains(name, "Validation") || strings.Contains(name, "InvalidParameter") || strings.Contains(name, "InvalidRequest") {
			id = "error=" + name
			break
		}
	}
	r, err := list.Find(id)
	if err != nil {
		return nil, err
	}
	return &choice{list: list, response: r}, nil
}
