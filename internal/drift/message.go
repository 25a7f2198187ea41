package drift

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/validate"
)

// lost sets the breaking payload of a change of routes: a request that the new contracts of the
// service no longer route to the operation, whatever responds instead.
func (c *Change) lost(p *pair) {
	if c.Rule != finding.DriftRouteChanged && c.Rule != finding.DriftOperationRemoved {
		return
	}
	w := &Witness{Allowed: Old, Refused: New, Form: schema.HTTP.String()}
	if c.Facet == "protocol" {
		w.Request, w.Finding = "a request in "+unquoted(c.old), "the new contract does not list the protocol"
		c.Severity, c.Witness = c.weigh(""), w
		return
	}
	old, _ := reduced(p.old, p.old, []schema.Part{schema.InputPart}, schema.InputPart, nil)
	request, ok := smallest(old)
	if !ok {
		return
	}
	where, lost := p.leads(&request, c.Operation)
	if !lost && c.Facet == "uri" {
		if request, ok = withSlash(old); ok {
			where, lost = p.leads(&request, c.Operation)
		}
	}
	if !lost {
		return
	}
	w.Finding = fmt.Sprintf("the request leads %s", where)
	x := exchange{request: request}
	w.Request, w.Document = x.text(schema.InputPart)
	if notJSON(p.old) {
		w.Document = nil
	}
	c.Severity, c.Witness = c.weigh(""), w
}

// leads returns where the new contracts of the service route a request, unless that is the operation.
func (p *pair) leads(request *synth.Request, operation string) (where string, lost bool) {
	u, err := url.Parse(request.Target())
	if err != nil {
		return "", false
	}
	where = "nowhere"
	found, _ := p.routes().Candidates(schema.Request{Method: request.Method, URL: u, Header: request.Header, Body: request.Body})
	for _, route := range found {
		if route.Contract.Name() == operation {
			return "", false
		}
		if where == "nowhere" {
			where = "to " + route.Contract.Name()
		}
	}
	return where, true
}

// withSlash returns a small request with a slash in its greedy label, if the contract allows it.
func withSlash(c *schema.Contract) (r synth.Request, ok bool) {
	longer := *c
	longer.URI = schema.Is(strings.Replace(c.URI.Or(""), "+}", "+}/a", 1))
	if longer.URI == c.URI {
		return r, false
	}
	if r, ok = smallest(&longer); !ok {
		return r, false
	}
	k, err := validate.CompileCatalog(schema.NewCatalog(c), validate.Options{})
	if err != nil {
		return r, false
	}
	x := &exchange{request: r, response: synth.Response{Status: c.Status.Or(http.StatusOK)}}
	outcome, err := k.Check(x.interaction(c), validate.Bare{})
	return r, err == nil && outcome.Contract != nil && !slices.ContainsFunc(outcome.Findings, func(f finding.Finding) bool { return f.Part == string(schema.InputPart) })
}

// smallest returns the smallest request of a contract.
func smallest(c *schema.Contract) (r synth.Request, ok bool) {
	s, err := synth.New(c, schema.HTTP)
	if err != nil {
		return r, false
	}
	body, err := s.Minimal(schema.InputPart)
	if err != nil {
		return r, false
	}
	r, err = s.Request(body)
	return r, err == nil
}

// aboutResponses are the findings that prove a change of a status, or of an error itself.
var aboutResponses = []finding.RuleID{finding.HTTPStatus, finding.ErrorUnidentified, finding.ErrorUnmodeled, finding.ErrorStatusMismatch}

// responded sets the breaking payload of a change that only the status and the name of an error
// show: the smallest response of the new contract, about which the old one has a finding.
func (c *Change) responded(p *pair) {
	part := c.Part
	switch {
	case notJSON(p.old) || notJSON(p.new):
		return
	case c.Rule == finding.DriftStatusChanged:
		part = schema.OutputPart
	case c.Rule == finding.DriftErrorAdded || c.Rule == finding.DriftErrorChanged && (c.Facet == "status" || c.Facet == "code"):
	default:
		return
	}
	old, new := p.reduceWhole(part, nil)
	old.Errors = slices.Clone(p.old.Errors) // an error is identified among all
	for i := range old.Errors {
		if schema.ErrorPart(old.Errors[i].Name) != part {
			old.Errors[i].Shape = ""
		}
	}
	request, ok := smallest(new)
	if !ok {
		return
	}
	s, err := synth.New(new, schema.HTTP)
	if err != nil {
		return
	}
	body, err := s.Minimal(part)
	if err != nil {
		return
	}
	response, err := s.Response(part, body, request)
	if err != nil {
		return
	}
	x := &exchange{request, response}
	recorded := x.interaction(new)
	recorded.Request = nil // it may have changed too
	found := [2]finding.Set{}
	for i, side := range []*schema.Contract{new, old} {
		v, err := validate.Compile(side, validate.Options{})
		if err != nil {
			return
		}
		found[i] = v.Exchange(recorded, nil)
	}
	about := slices.IndexFunc(found[1], func(f finding.Finding) bool { return slices.Contains(aboutResponses, f.Rule) })
	if len(found[0]) > 0 || about < 0 || found[1][about].Severity == finding.Info && c.Rule == finding.DriftErrorAdded {
		return
	}
	f := found[1][about]
	c.Witness = &Witness{Allowed: New, Refused: Old, Form: schema.HTTP.String(), Rule: f.Rule, Pointer: f.Pointer, Finding: f.Message, exchange: x}
	c.Witness.Response, c.Witness.Document = x.text(part)
	c.Severity = c.weigh(f.Rule)
}
