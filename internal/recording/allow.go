package recording

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// allow returns [proxy.Target.Allow]: it allows requests that are read-only according to every contract
// that they may be routed to, if no server can read another operation in them. Errors quote contracts
// but not the request, since they are printed.
func (o *Options) allow(catalog *schema.Catalog) func(*http.Request, []byte) error {
	if o.AllowWrites {
		return nil
	}
	a := &allowance{catalog: catalog}
	return func(r *http.Request, body []byte) error {
		routes, unrouted := catalog.Candidates(schema.Request{Method: r.Method, URL: r.URL, Header: r.Header, Body: body})
		if unrouted != nil {
			what := unrouted.String()
			if unrouted.Kind == schema.UnknownService {
				what = "this service" // its text has the host
			}
			return fmt.Errorf("no loaded contract has this operation of %s, so it may write; choose its contract with --contract, or allow all operations with --allow-writes", what)
		}
		for _, route := range routes { // the service may take any of them
			if !route.Contract.Readonly.Or(false) {
				return fmt.Errorf("the contract does not mark %s as read-only; allow it with --allow-writes", route.Contract.Name())
			}
			err := ambiguous(r, body, route)
			if err == nil {
				err = a.labels(r, route)
			}
			if err != nil {
				return fmt.Errorf("a service may read another operation in this request than the contracts do: %w; if the request does not write anything, allow all requests with --allow-writes", err)
			}
		}
		return nil
	}
}

// unsigned returns [proxy.Target.Unsigned]: every contract that a request may be routed to says so.
func unsigned(catalog *schema.Catalog) func(*http.Request) bool {
	return func(r *http.Request) bool {
		routes, unrouted := catalog.Candidates(schema.Request{Method: r.Method, URL: r.URL, Header: r.Header})
		return unrouted == nil && !slices.ContainsFunc(routes, func(route schema.Route) bool { return !route.Contract.Unsigned.Or(false) })
	}
}

// allowance checks the labels of URIs.
type allowance struct {
	catalog    *schema.Catalog
	validators sync.Map // by *schema.Contract
}

// labels checks that the values of labels satisfy their contract, and are not parts of another path:
// some servers decode a path before they split it.
func (a *allowance) labels(r *http.Request, route schema.Route) error {
	if len(route.Labels) == 0 {
		return nil
	}
	v, err := a.validator(route.Contract)
	if err != nil {
		return fmt.Errorf("the contract of %s cannot be checked", route.Contract.Name())
	}
	request := &traffic.Request{Method: r.Method, URL: r.URL.String(), Header: r.Header, Body: traffic.BodyOf(nil)}
	for _, f := range v.Request(request, route.Labels) {
		if f.Beside.In == string(schema.LocationLabel) {
			return fmt.Errorf("the label %s does not conform to the contract of %s (%s)", f.Beside.Name, route.Contract.Name(), f.Rule)
		}
	}
	for name, value := range route.Labels {
		if a.divides(value) && !greedy(route.Contract, name) && !stated(route.Contract, name) && !strings.HasPrefix(value, "arn:") {
			return fmt.Errorf("the label %s has characters that divide a path, and the contract of %s does not state a pattern that allows them", name, route.Contract.Name())
		}
	}
	return a.decoded(r)
}

func (a *allowance) validator(c *schema.Contract) (*validate.Validator, error) {
	if v, ok := a.validators.Load(c); ok {
		return v.(*validate.Validator), nil
	}
	v, err := validate.Compile(c, validate.Options{Encoding: schema.HTTP, Profile: finding.Strict})
	if err == nil {
		a.validators.Store(c, v)
	}
	return v, err
}

// divides reports whether a value has characters at which servers split or cut a path.
func (*allowance) divides(value string) bool {
	return strings.ContainsAny(value, `/\?#;`) || awshttp.Unescape(value, false) != value
}

func greedy(c *schema.Contract, label string) bool {
	return strings.Contains(c.URI.Or(""), "{"+label+"+}")
}

// stated reports whether a contract states a pattern or an enum for a label.
func stated(c *schema.Contract, label string) bool {
	m, ok := binding.Of(c, schema.InputPart).Find(schema.LocationLabel, label)
	if !ok {
		return false
	}
	s := c.Resolve(m.Shape)
	return s.Pattern.Or("") != "" || len(s.Enum.Or(nil)) > 0
}

// decoded checks that a path also leads to nothing that writes if it is decoded before it is split.
func (a *allowance) decoded(r *http.Request) error {
	path := r.URL.Path
	for range maxDecoding {
		u := &url.URL{Scheme: r.URL.Scheme, Host: r.URL.Host, Path: path, RawQuery: r.URL.RawQuery}
		u.RawPath = awshttp.Escape(path, "/")
		routes, _ := a.catalog.Candidates(schema.Request{Method: r.Method, URL: u, Header: r.Header})
		for _, route := range routes {
			if !route.Contract.Readonly.Or(false) {
				return fmt.Errorf("decoded, its path is that of %s", route.Contract.Name())
			}
		}
		path = awshttp.Unescape(path, false)
	}
	return nil
}
