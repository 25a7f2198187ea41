package conformance

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/fault"
	"github.com/crcheck/crcheck/replay"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// inputJSON is the canonical input of a request, as JSON.
func (o *operation) inputJSON(r *traffic.Request) (json.RawMessage, error) {
	labels, miss := o.route(r)
	if miss != "" {
		return nil, fmt.Errorf("%s", miss)
	}
	input, err := o.input(r, labels)
	if err != nil {
		return nil, err
	}
	return json.Marshal(input)
}

// route returns the labels of a request, or why it does not call this operation.
func (o *operation) route(r *traffic.Request) (labels map[string]string, miss string) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, err.Error()
	}
	route, unrouted := o.catalog.Route(schema.Request{Method: r.Method, URL: u, Header: r.Header})
	target, rpc := o.Target.Get()
	switch {
	case rpc && (r.Method != http.MethodPost || u.Path != "/"):
		return nil, fmt.Sprintf("it is %s %s, not POST /", r.Method, u.EscapedPath())
	case rpc && unrouted != nil:
		return nil, fmt.Sprintf("its X-Amz-Target is not %q", target)
	case unrouted != nil:
		return nil, fmt.Sprintf("it is %s %s, not %s %s", r.Method, u.RequestURI(), o.Method.Or("any"), o.URI.Or("any"))
	}
	return route.Labels, ""
}

// responder returns the responses of the case. The last response of a generated one repeats.
func (c *planned) responder(ids identifiers) (responder, error) {
	interactions := ids.interactions(c.interactions)
	if !c.generated {
		return replayed(interactions)
	}
	attempts := 0
	return func(request *http.Request, a *Attempt) (fault.Reply, error) {
		body, err := io.ReadAll(http.MaxBytesReader(nil, request.Body, replay.MaxBody))
		if err != nil {
			return fault.Reply{}, err
		}
		a.request = &traffic.Request{Method: request.Method, URL: "http://" + request.Host + request.URL.RequestURI(), Header: lowerNames(request.Header), Body: traffic.BodyOf(body)}
		if _, a.Miss = c.operation.route(a.request); a.Miss != "" {
			return fault.Reply{Status: replay.MissStatus, Header: http.Header{"X-Amzn-Errortype": {replay.MissCode}, "Content-Type": {"application/json"}},
				Body: []byte(`{"__type":"` + replay.MissCode + `"}`)}, nil
		}
		r := &interactions[min(attempts, len(interactions)-1)].Response
		attempts++
		return fault.Reply{Status: r.Status, Header: r.Header, Body: r.Body.Bytes}, nil
	}, nil
}

// checkRequests checks that each request of a generated case has the input of the call, read by the
// contract.
func (c *planned) checkRequests(ids identifiers, attempts []Attempt) []string {
	if !c.generated {
		return nil
	}
	want, err := decode(c.input(ids))
	if err != nil {
		return []string{"the case is invalid: " + err.Error()}
	}
	for _, a := range attempts {
		if a.request == nil || a.Miss != "" {
			continue
		}
		if problems := c.operation.checkRequest(want.(map[string]any), a.request); len(problems) > 0 {
			return problems
		}
	}
	return nil
}

// checkRequest returns the problems of a request for an input.
func (o *operation) checkRequest(want map[string]any, r *traffic.Request) []string {
	labels, _ := o.route(r)
	got, err := o.input(r, labels)
	if err != nil {
		return []string{"the request cannot be read: " + err.Error()}
	}
	o.dropFilledIn(want, got)
	text, err := json.Marshal(got)
	if err != nil {
		return []string{"the request cannot be read: " + err.Error()}
	}
	var problems []string
	if problem := difference("input of the request", want, text, func(_, got any) any { return got }); problem != "" {
		problems = append(problems, problem)
	}
	for _, name := range o.unknownParameters(r) {
		problems = append(problems, fmt.Sprintf("the query has a parameter %q, which is not a member of the input", name))
	}
	// Held against the input alone: a response of this status says nothing of it.
	x := &traffic.Interaction{Live: true, Kind: traffic.JSON, Request: r, Response: traffic.Response{Status: http.StatusInternalServerError}}
	for _, f := range o.validator.Exchange(x, labels) {
		if f.Part == string(schema.InputPart) && f.Severity > finding.Info {
			problems = append(problems, fmt.Sprintf("the request has %s at %s: %s", f.Rule, finding.PlaceText(f.Part, f.Pointer), f.Message))
		}
	}
	return problems
}

// dropFilledIn removes what a client may add to an input: idempotency tokens, headers that HTTP
// clients send by default, and {} as the body of a request without a payload. It also removes empty
// lists and maps of the input that do not travel in the body, because they are not sent.
func (o *operation) dropFilledIn(want, got map[string]any) {
	root, _ := o.Root(schema.InputPart)
	table := binding.Of(o.Contract, schema.InputPart)
	for _, m := range o.Resolve(root).Members {
		b, beside := table.Member(m.Name)
		if asked, ok := want[m.Name]; ok {
			if _, sent := got[m.Name]; !sent && beside && isEmpty(asked) {
				delete(want, m.Name)
			}
			continue
		}
		payload := o.Location(&m) == schema.LocationPayload
		filled := m.Token.Or(false) || (beside || payload) && isEmpty(got[m.Name])
		if beside {
			filled = filled ||
				b.Location == schema.LocationHeader && slices.ContainsFunc(automaticHeaders, func(name string) bool { return strings.EqualFold(name, b.Wire) })
		}
		if filled {
			delete(got, m.Name)
		}
	}
}

// isEmpty reports whether a value is an empty object or array.
func isEmpty(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		return len(value) == 0
	case []any:
		return len(value) == 0
	}
	return false
}

var automaticHeaders = []string{"Accept", "Accept-Encoding", "Content-Encoding", "Content-Length", "Content-Type", "Host", "User-Agent"}

// unknownParameters are the parameters of the query that no member is bound to.
func (o *operation) unknownParameters(r *traffic.Request) []string {
	table := binding.Of(o.Contract, schema.InputPart)
	known := map[string]bool{}
	for _, b := range table.At(schema.LocationQuery) {
		if b.Type == schema.Map {
			return nil // any name
		}
		known[b.Wire] = true
	}
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil
	}
	var all []string
	for name := range u.Query() {
		if !known[name] && !table.Literal(name) {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// expectError is what a client reports of a response that is an error: by the name
// of its shape or by the code that it has on the wire, where that is another.
func (o *operation) expectError(r *traffic.Response) ([]expectSpec, error) {
	e, ok := o.Error(validate.ErrorName(r.Header, r.Body.Bytes))
	if !ok {
		return nil, fmt.Errorf("the contract does not have the error %q", validate.ErrorName(r.Header, r.Body.Bytes))
	}
	members, err := o.output(schema.ErrorPart(e.Name), r)
	if err != nil {
		return nil, err
	}
	want := errorSpec{Code: e.Name, HTTPStatus: r.Status, Fields: canonicalValue}
	for _, name := range []string{"message", "Message"} {
		if text, ok := members[name].(string); ok && want.Message == "" {
			want.Message = text
		}
	}
	all := []expectSpec{{Error: &want}}
	if code := e.Code.Or(e.Name); code != e.Name {
		other := want
		other.Code = code
		all = append(all, expectSpec{Error: &other})
	}
	return all, nil
}
