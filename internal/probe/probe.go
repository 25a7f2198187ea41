package probe

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// Options configure a probe. The zero value is the default.
type Options struct {
	Profile finding.Profile
	From    finding.Origin // the origin of responses; unknown: an emulator
	Region  string         // in the signature; empty: us-east-1
	Header  http.Header    // sent with every request, replacing recorded ones
	// CompareValues are pointers of values that must equal the recorded ones, and so must all values below
	// them; * is any element of a list or entry of a map.
	CompareValues []string
	Timeout       time.Duration // of one exchange; 0: DefaultTimeout
	// Transport reaches the emulator; nil means a clone of [http.DefaultTransport] that does not
	// ask for compression.
	Transport http.RoundTripper
}

// DefaultTimeout bounds how long an emulator may take for one response.
const DefaultTimeout = 30 * time.Second

// Probe is a session with one emulator. It is not safe for concurrent use: the requests are sent in
// order, and strings of each response are carried into later requests.
type Probe struct {
	endpoint *url.URL
	routes   *schema.Catalog
	options  Options
	contract *validate.Catalog // with the profile
	oracle   *validate.Catalog // strict; confirms that inputs are invalid
	carry    carrier
	values   compared
	bases    map[*schema.Contract]*base
	order    []*schema.Contract // of bases
}

// New prepares a session. The error is an [*EndpointError], or says which contract cannot be used.
func New(endpoint string, catalog *schema.Catalog, options Options) (*Probe, error) {
	u, err := parseEndpoint(endpoint)
	if err != nil {
		return nil, err
	}
	p := &Probe{endpoint: u, routes: catalog, options: options, bases: map[*schema.Contract]*base{}, carry: newCarrier()}
	if p.contract, err = validate.CompileCatalog(catalog, validate.Options{Profile: options.Profile, From: cmp.Or(options.From, finding.OriginEmulator)}); err != nil {
		return nil, err
	}
	if p.oracle, err = validate.CompileCatalog(catalog, validate.Options{Profile: finding.Strict, From: finding.OriginEmulator}); err != nil {
		return nil, err
	}
	p.values = compared{options.CompareValues, map[string]bool{}}
	p.options.Region = cmp.Or(options.Region, "us-east-1")
	p.options.Timeout = cmp.Or(options.Timeout, DefaultTimeout)
	if options.Transport == nil {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.DisableCompression = true // the bytes on the wire are checked
		p.options.Transport = transport
	}
	return p, nil
}

// Outcome is the result of one exchange.
type Outcome struct {
	Contract  *schema.Contract // nil: not probed
	NotProbed string           // why not
	// Findings have the place of the recorded response, because the emulator's is not in a file.
	Findings finding.Set
}

// Replay sends the request of a recorded interaction, validates the response against its contract,
// and compares it with the recorded one. The error is an [*ExchangeError].
func (p *Probe) Replay(ctx context.Context, x *traffic.Interaction) (Outcome, error) {
	request, route, why := p.request(x)
	if why == "" {
		why = momentary(&x.Response)
	}
	if why != "" {
		return Outcome{NotProbed: why}, nil
	}
	response, err := p.send(ctx, route.Contract, request)
	if err != nil {
		return Outcome{}, err
	}
	p.remember(route, request, response)
	c := route.Contract
	found := p.validated(request, response)
	comparison := compare(c, &p.values, &x.Response, response)
	found = finding.Union(without(found, comparison), p.options.Profile.Grade(comparison))
	if x.Response.Status < 300 && response.Status < 300 {
		p.carry.learn(c, &x.Response, response)
	}
	return Outcome{Contract: c, Findings: at(x, found)}, nil
}

// NotCompared returns those of [Options.CompareValues] at which no recorded response and its counterpart
// both had a value.
func (p *Probe) NotCompared() []string {
	return slices.DeleteFunc(slices.Clone(p.values.pointers), func(pointer string) bool { return p.values.found[pointer] })
}

// validated returns the contract's findings about a response. Findings about the request belong to
// the recording.
func (p *Probe) validated(request *traffic.Request, response *traffic.Response) finding.Set {
	outcome, err := p.contract.Check(&traffic.Interaction{Live: true, Request: request, Response: *response}, validate.Bare{})
	if err != nil {
		return nil // only bare bodies have errors
	}
	var found []finding.Finding
	for _, f := range outcome.Findings {
		if f.Part != string(schema.InputPart) {
			found = append(found, f)
		}
	}
	return finding.NewSet(found...)
}

// without removes findings that a comparison covers better: a status that differs from the
// contract's, if it differs from the recorded one, too.
func without(found, comparison finding.Set) finding.Set {
	for _, c := range comparison {
		if c.Rule != finding.ProbeStatus && c.Rule != finding.ProbeFailed {
			continue
		}
		var rest []finding.Finding
		for _, f := range found {
			if f.Rule != finding.HTTPStatus && f.Rule != finding.ErrorStatusMismatch {
				rest = append(rest, f)
			}
		}
		return finding.NewSet(rest...)
	}
	return found
}

// at gives findings the place of the recorded response.
func at(x *traffic.Interaction, found finding.Set) finding.Set {
	place := x.Response.Body.Position(0)
	var all []finding.Finding
	for _, f := range found {
		f.Source, f.Line, f.Column = x.Source, place.Line, place.Column
		if x.Kind != traffic.JSON {
			f.Interaction = x.Index + 1
		}
		all = append(all, f)
	}
	return finding.NewSet(all...)
}

// momentary says why a response cannot be compared, or depends on the moment and not on its
// request.
func momentary(r *traffic.Response) (why string) {
	switch {
	case r.Status == 0:
		return "no response was recorded"
	case r.Body.Missing:
		return "body not recorded"
	case r.Status == http.StatusTooManyRequests || r.Status >= 500:
		return "the service was throttling or failing"
	}
	body, err := r.Document()
	if err != nil {
		return "the recorded body cannot be decoded"
	}
	if r.Status >= 400 && strings.Contains(validate.ErrorName(r.Header, body.Bytes), "Throttl") {
		return "the service was throttling or failing"
	}
	return ""
}

// request returns the recorded request with identifiers carried into it.
func (p *Probe) request(x *traffic.Interaction) (r *traffic.Request, route schema.Route, why string) {
	if x.Request == nil {
		return nil, route, "no request was recorded"
	}
	u, err := url.Parse(x.Request.URL)
	if err != nil {
		return nil, route, "the request's URL is malformed"
	}
	route, unrouted := p.routes.Route(schema.Request{Method: x.Request.Method, URL: u, Header: x.Request.Header, Body: x.Request.Body.Bytes})
	if unrouted != nil {
		return nil, route, unrouted.String()
	}
	if why, ok := route.NotJSON(); ok {
		return nil, route, why
	}
	body, err := x.Request.Document()
	if err != nil || body.Missing {
		return nil, route, "the request's body was not recorded, or cannot be decoded"
	}
	r, u = p.carry.into(x.Request, u, body.Bytes)
	if again, unrouted := p.routes.Route(schema.Request{Method: r.Method, URL: u, Header: r.Header}); unrouted == nil {
		route = again // with the labels that were carried
	}
	return r, route, ""
}
