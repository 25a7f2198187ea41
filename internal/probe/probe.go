package probe

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// Options are how to probe. The zero value is the default.
type Options struct {
	Profile finding.Profile
	From    finding.Origin // who responds; unknown: an emulator
	Region  string         // in the signature; empty: us-east-1
	Header  http.Header    // sent with every request, in the place of recorded ones
	Timeout time.Duration  // of one exchange; 0: DefaultTimeout
	// Transport reaches the emulator; nil: a clone of [http.DefaultTransport]
	// that asks for no compression.
	Transport http.RoundTripper
}

// DefaultTimeout is how long an emulator may take for one answer.
const DefaultTimeout = 30 * time.Second

// Probe is a session with one emulator. It is not safe for concurrent use: the
// requests go out in order, and what one answer says is carried into the next
// request.
type Probe struct {
	endpoint *url.URL
	routes   *schema.Catalog
	options  Options
	contract *validate.Catalog // under the profile
	judge    *validate.Catalog // strict, for inputs that must be invalid
	carry    carrier
	bases    map[*schema.Contract]*base
	order    []*schema.Contract // of bases
}

// New prepares a session. The error is an [*EndpointError], or says which
// contract cannot be used.
func New(endpoint string, catalog *schema.Catalog, options Options) (*Probe, error) {
	u, err := parseEndpoint(endpoint)
	if err != nil {
		return nil, err
	}
	p := &Probe{endpoint: u, routes: catalog, options: options, bases: map[*schema.Contract]*base{}, carry: newCarrier()}
	if p.contract, err = validate.CompileCatalog(catalog, validate.Options{Profile: options.Profile, From: cmp.Or(options.From, finding.OriginEmulator)}); err != nil {
		return nil, err
	}
	if p.judge, err = validate.CompileCatalog(catalog, validate.Options{Profile: finding.Strict, From: finding.OriginEmulator}); err != nil {
		return nil, err
	}
	p.options.Region = cmp.Or(options.Region, "us-east-1")
	p.options.Timeout = cmp.Or(options.Timeout, DefaultTimeout)
	if options.Transport == nil {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.DisableCompression = true // the bytes on the wire are what is checked
		p.options.Transport = transport
	}
	return p, nil
}

// Outcome is what came of one exchange.
type Outcome struct {
	Contract  *schema.Contract // nil: not probed
	NotProbed string           // why not
	// Findings stand at the recorded answer: the emulator's is in no file.
	Findings finding.Set
}

// Replay sends the request of a recorded interaction, and holds the answer
// against its contract and against the recorded one. The error is an
// [*ExchangeError].
func (p *Probe) Replay(ctx context.Context, x *traffic.Interaction) (Outcome, error) {
	request, route, why := p.request(x)
	if why == "" {
		why = momentary(&x.Response)
	}
	if why != "" {
		return Outcome{NotProbed: why}, nil
	}
	answer, err := p.send(ctx, route.Contract, request)
	if err != nil {
		return Outcome{}, err
	}
	p.remember(route, request, answer)
	c := route.Contract
	found := p.held(request, answer)
	comparison := compare(c, &x.Response, answer)
	found = finding.Union(without(found, comparison), p.options.Profile.Grade(comparison))
	if x.Response.Status < 300 && answer.Status < 300 {
		p.carry.learn(c, &x.Response, answer)
	}
	return Outcome{Contract: c, Findings: at(x, found)}, nil
}

// held is what the contract says of an answer. What there is to say of the
// request is the recording's matter.
func (p *Probe) held(request *traffic.Request, answer *traffic.Response) finding.Set {
	outcome, err := p.contract.Check(&traffic.Interaction{Live: true, Request: request, Response: *answer}, validate.Bare{})
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

// without leaves out what a comparison says better: that the status is not the
// contract's goes without saying where it is not the recorded one.
func without(found, comparison finding.Set) finding.Set {
	for _, c := range comparison {
		if c.Rule != finding.ProbeStatus {
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

// at places findings at the recorded answer.
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

// momentary says why an answer is not about its request, or cannot be compared.
func momentary(r *traffic.Response) (why string) {
	switch {
	case r.Status == 0:
		return "no answer was recorded"
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

// request is the recorded request with identifiers carried into it.
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
		route = again // its labels are those that were carried
	}
	return r, route, ""
}
