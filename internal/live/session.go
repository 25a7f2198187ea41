package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/progress"
	"github.com/crcheck/crcheck/internal/proxy"
	"github.com/crcheck/crcheck/internal/redact/bycontract"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// Options say how to call, and what to do with the response.
type Options struct {
	AwsProfile  string // to sign with; empty: the default of environment and files
	Region      string // empty: that of the endpoint, otherwise the user's
	EndpointURL string // empty: the service's endpoint in the region
	UpstreamCA  string // a file of additional certificates to trust
	Record      string // a cassette to write; empty: none
	RedactAll   bool   // replace every string of the cassette that is not an enum

	Findings    finding.Set // about the contracts themselves
	Profile     finding.Profile
	Accept      report.Acceptance
	FailOn      report.Threshold
	FailOnStale bool
	Body        io.Writer // receives the body of the response, unchanged; may be nil
	Stderr      io.Writer // progress messages of the call
}

// Result is the result of a call.
type Result struct {
	*report.Report
	Incomplete bool // the response is incomplete, or was not recorded
	Secrets    bool // were masked in the recording
}

// Session is one call of a service, checked against its contract, and recorded if asked for.
type Session struct {
	options   Options
	contract  *schema.Contract
	service   string // that requests are signed for
	region    string
	request   *http.Request
	user      aws.CredentialsProvider
	transport http.RoundTripper
	checks    *validate.Catalog

	collector report.Collector
	scope     finding.Scope
	excerpts  bycontract.Excerpts
}

// Prepare makes the request of an input, and refuses what cannot work before anything is sent.
func Prepare(ctx context.Context, c *schema.Contract, input []byte, o Options) (*Session, error) {
	call := &Session{options: o, contract: c}
	call.collector.Accept = o.Accept
	if c.BearerOnly() {
		return nil, fmt.Errorf("%s takes bearer tokens only, and live signs its requests; call it with an SDK through crcheck record --forward", c.Name())
	}
	var ok bool
	if call.service, ok = c.Signing.Get(); !ok {
		return nil, fmt.Errorf("the contract of %s does not state which service requests are signed for; state signing with --overlay", c.Name())
	}
	var err error
	if call.transport, err = proxy.Transport(o.UpstreamCA); err != nil {
		return nil, fmt.Errorf("--upstream-ca: %w", err)
	}
	if call.checks, err = validate.CompileCatalog(schema.NewCatalog(c), validate.Options{Profile: o.Profile}); err != nil {
		return nil, err
	}
	user, region, err := proxy.Chain(ctx, o.AwsProfile)
	if err != nil {
		return nil, call.noCredentials(err)
	}
	call.user = user
	endpoint, err := call.endpoint(region)
	if err != nil {
		return nil, err
	}
	call.request, err = Request(c, endpoint, input)
	return call, err
}

// endpoint returns the endpoint of the service, and determines the region.
func (call *Session) endpoint(users string) (*url.URL, error) {
	var named *url.URL
	if call.options.EndpointURL != "" {
		var err error
		if named, err = proxy.ParseUpstream(call.options.EndpointURL); err != nil {
			return nil, fmt.Errorf("--endpoint-url: %w", err)
		}
		users = cmp.Or(proxy.Region(named), users)
	}
	switch call.region = cmp.Or(call.options.Region, users); {
	case call.region == "":
		return nil, errors.New("there is no region in the environment or the files of AWS; choose one with --region")
	case named != nil:
		return named, nil
	}
	return Endpoint(call.contract, call.region)
}

// noCredentials says that there are no credentials to sign with.
func (call *Session) noCredentials(err error) error {
	where := "the environment or the AWS configuration files"
	if call.options.AwsProfile != "" {
		where = "the AWS profile " + call.options.AwsProfile
	}
	return fmt.Errorf("found no credentials in %s: %w; log in, or choose a profile with --aws-profile", where, err)
}

// Run sends the request, unless the contract refuses it, and checks the response.
func (call *Session) Run(ctx context.Context) (*Result, error) {
	call.scope.Layers(finding.LayerSchema, finding.LayerBytes, finding.LayerHTTP)
	call.found(call.options.Profile.Grade(finding.Union(call.options.Findings, call.contract.UnsupportedPatterns())))
	r := &Result{}
	if err := call.run(ctx, r); err != nil {
		return nil, err
	}
	r.Report = call.collector.Report(call.options.Accept.Settle(&call.scope, call.options.FailOnStale), call.options.FailOn)
	return r, nil
}

func (call *Session) run(ctx context.Context, r *Result) error {
	asked, err := call.requestFindings()
	if err != nil {
		return err
	}
	call.found(asked)
	if asked.Rejects() {
		fmt.Fprintln(call.options.Stderr, "crcheck: nothing was sent: the contract does not allow this request")
		return nil
	}
	credentials, err := call.user.Retrieve(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return call.noCredentials(err)
	}
	record, err := call.record()
	if err != nil {
		return err
	}
	caller := Caller{Transport: call.transport, Credentials: credentials, Region: call.region, Service: call.service}
	x, failure := caller.Call(ctx, call.request)
	closed := call.recorded(record)
	if errors.Is(failure, context.Canceled) {
		return failure
	}
	if failure == nil {
		if err := call.responded(x); err != nil {
			return err
		}
	}
	if cause := (*recorder.RecordError)(nil); errors.As(failure, &cause) {
		failure = cause // not a fault of the network
	}
	for _, err := range []error{failure, closed} {
		if err != nil {
			call.problem(err)
		}
	}
	r.Incomplete = failure != nil || closed != nil
	r.Secrets = record != nil && record.Stats().Secrets > 0
	return nil
}

// requestFindings returns the contract's findings about the request.
func (call *Session) requestFindings() (finding.Set, error) {
	outcome, err := call.checks.Check(&traffic.Interaction{Live: true, Request: Recorded(call.request), Response: traffic.Response{Status: http.StatusOK}}, validate.Bare{})
	switch {
	case err != nil:
		return nil, err
	case outcome.Contract == nil:
		return nil, fmt.Errorf("the request does not lead to %s: %s; correct --input or the contract", call.contract.Name(), outcome.NotChecked)
	}
	asked, _ := split(outcome.Findings)
	return asked, nil
}

// split separates the findings about a request from those about its response.
func split(all finding.Set) (request, response finding.Set) {
	for _, f := range all {
		if f.Part == string(schema.InputPart) {
			f.Source, f.Line, f.Column, f.Interaction = "", 0, 0, 0 // the request's body is not in a file
			request = append(request, f)
		} else {
			response = append(response, f)
		}
	}
	return request, response
}

func (call *Session) found(findings finding.Set) {
	for _, f := range findings {
		call.collector.Add(f, nil)
	}
}

func (call *Session) problem(err error) {
	call.collector.Problem(err)
	fmt.Fprintf(call.options.Stderr, "crcheck: %v\n", err)
}

// record makes the transport record, if requested.
func (call *Session) record() (*recorder.Recorder, error) {
	if call.options.Record == "" {
		return nil, nil
	}
	record, err := recorder.New(call.options.Record, recorder.Options{
		Transport: call.transport,
		Catalog:   schema.NewCatalog(call.contract), All: call.options.RedactAll,
		Found: func(_ *traffic.Interaction, found finding.Set) {
			for _, f := range call.options.Profile.Grade(found) {
				f.Source, f.Line, f.Column, f.Interaction = "", 0, 0, 0 // places in the recording, which is not what is checked
				call.collector.Add(f, nil)
			}
		},
		Contracts: models.Digest([]*schema.Contract{call.contract}),
		Meta:      models.Meta([]*schema.Contract{call.contract}, finding.OriginAWS),
	})
	if err != nil {
		return nil, err
	}
	call.transport = record
	return record, nil
}

// recorded ends the recording, and reports its result.
func (call *Session) recorded(record *recorder.Recorder) error {
	if record == nil {
		return nil
	}
	err := record.Close()
	stats := record.Stats()
	if err == nil && stats.Interactions > 0 {
		fmt.Fprintf(progress.Notes(call.options.Stderr), "recorded 1 interaction to %s\n", call.options.Record)
	}
	if stats.Secrets > 0 {
		fmt.Fprintf(call.options.Stderr, "%s masked: review the cassette before you share it, and find out why the service sends them\n", plural.Of(stats.Secrets, "secret"))
	}
	return err
}

// responded checks the response. The error is that of printing it.
func (call *Session) responded(x *traffic.Interaction) error {
	x.Source = "response"
	name := ""
	if x.Response.Status >= 300 {
		if document, err := x.Response.Document(); err == nil {
			name = validate.ErrorName(x.Response.Header, document.Bytes)
		}
	}
	said := fmt.Sprint(x.Response.Status)
	if name != "" {
		said += fmt.Sprintf(" %q", name)
	}
	fmt.Fprintf(progress.Notes(call.options.Stderr), "%s responded %s\n", call.request.URL.Host, said)
	if call.options.Body != nil {
		if _, err := call.options.Body.Write(x.Response.Body.Bytes); err != nil {
			return err
		}
	}
	call.collector.File()
	outcome, err := call.checks.Check(x, validate.Bare{})
	switch {
	case err != nil:
		return err
	case outcome.Contract == nil:
		call.collector.NotChecked(outcome.NotChecked)
	default:
		call.collector.Checked(outcome.Contract.String())
		outcome.Note(&call.scope, x, validate.Bare{})
	}
	_, response := split(outcome.Findings)
	for _, f := range response {
		call.collector.Add(f, call.excerpts.Line(call.contract, x, f.Line))
	}
	if CredentialsRefused(call.contract, name) {
		call.problem(fmt.Errorf("the service does not accept the credentials: %s; log in again, or see whether region, endpoint and clock are right", name))
	}
	return nil
}
