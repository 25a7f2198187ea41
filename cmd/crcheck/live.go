package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/live"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/proxy"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/validate"
)

type liveCommand struct {
	contractFlags
	reportFlags
	hidingFlags
	Operation   string `arg:"" help:"The operation to call, such as GetProtectedJob or cleanrooms.GetProtectedJob."`
	Input       string `default:"{}" placeholder:"JSON" help:"Its input, as the AWS CLI takes it with --cli-input-json; @FILE reads a file, - standard input. Without: an empty one."`
	AllowWrites bool   `help:"Call also what the contract does not call read-only."`
	AwsProfile  string `name:"aws-profile" placeholder:"NAME" help:"The profile of AWS to sign with."`
	Region      string `placeholder:"NAME" help:"The region. Without: that of the endpoint, else the user's."`
	EndpointURL string `name:"endpoint-url" placeholder:"URL" help:"Where to send the request. Without: the service's own endpoint in the region."`
	UpstreamCA  string `name:"upstream-ca" placeholder:"PATH" help:"Certificates (PEM) to trust besides those of the system: of an emulator, or of a company's proxy."`
	Record      string `placeholder:"CASSETTE" help:"Record the call, redacted, into a cassette, which is replaced; as NDJSON if its name ends in .ndjson."`
	Redact      string `default:"format" enum:"format,all" placeholder:"HOW" help:"What to replace in the recording: format (the default), identifiers and what contracts call sensitive; or all, every string that is not an enum."`
	PrintBody   bool   `help:"Print the body of the response, as it came, on standard output; the report then goes to standard error, or to --output."`
}

// Help is the detail of --help.
func (*liveCommand) Help() string {
	return `Signs one request with your credentials (environment, profile, single sign-on, container, instance), sends it once, and validates the raw response. A modelled error is a response like any other. Nothing is retried; a call ends after a minute.

A request that the contract refuses is not sent; what is only a warning is, so --profile lenient sends more and --profile strict less. Only operations that the contract calls read-only are called, unless --allow-writes says otherwise. AWS_ENDPOINT_URL is not heeded.

Exit status 1: findings, about the request or the answer; 2: wrong usage, or credentials that are missing or refused; 3: no whole answer came.

  crcheck live GetProtectedJob --input '{"membershipIdentifier": "…", "protectedJobIdentifier": "…"}'

  crcheck live GetProtectedJob --input @job.json --record job.yaml --aws-profile analytics --region us-east-1

  crcheck live ListTables --contract dynamodb/service-2.json --allow-writes --endpoint-url http://localhost:8000 --region local`
}

// Validate refuses a cassette that is no file.
func (v *liveCommand) Validate() error {
	if out := output.Path(v.Record); v.Record != "" && out.IsStandard() {
		return fmt.Errorf("--record: %s is not a file: name a cassette to write, or to replace", v.Record)
	}
	return nil
}

// Run calls an operation.
func (v *liveCommand) Run(ctx context.Context, t *terminal) error {
	inForce, err := v.open(ctx, t)
	if err != nil {
		return err
	}
	c, err := v.operation(inForce.Catalog)
	if err != nil {
		return err
	}
	models.Announce(t.Err, []*schema.Contract{c})
	call, err := v.prepare(ctx, t, c)
	if err != nil {
		return err
	}
	if call.collector.Accept, err = v.acceptance(ctx, nil); err != nil {
		return err
	}
	call.scope.Layers(finding.LayerSchema, finding.LayerBytes, finding.LayerHTTP)
	call.found(v.Profile.Grade(finding.Union(inForce.Findings, c.UnsupportedPatterns())))
	err = call.run(ctx, t)
	var status exit
	if err != nil && !errors.As(err, &status) {
		return err
	}
	to := *t
	if v.PrintBody {
		to.Out = t.Err
	}
	written := v.write(&to, call.collector.Report(call.collector.Accept.Ledger.Settle(&call.scope, v.FailOnStale), v.FailOn))
	if written != nil && !errors.As(written, new(exit)) {
		return written
	}
	return cmp.Or(err, written)
}

// operation finds the contract to call by.
func (v *liveCommand) operation(catalog *schema.Catalog) (*schema.Contract, error) {
	switch found := catalog.Named(v.Operation); len(found) {
	case 0:
		return nil, fmt.Errorf("no contract in force is of operation %s; choose its contract with --contract", v.Operation)
	case 1:
		if c := found[0]; !c.Readonly.Or(false) && !v.AllowWrites {
			return nil, fmt.Errorf("the contract of %s does not call it read-only; call it with --allow-writes", c.Name())
		}
		return found[0], nil
	default:
		return nil, fmt.Errorf("%s is of %s and of %s; name its service too, or one contract with --contract", v.Operation, found[0], found[1])
	}
}

// prepare makes the request, and refuses what cannot work before anything is
// asked of anybody.
func (v *liveCommand) prepare(ctx context.Context, t *terminal, c *schema.Contract) (*liveCall, error) {
	call := &liveCall{command: v, contract: c}
	var ok bool
	if call.service, ok = c.Signing.Get(); !ok {
		return nil, fmt.Errorf("the contract of %s does not state which service requests are signed for; state signing with --overlay", c.Name())
	}
	var err error
	if call.transport, err = proxy.Transport(v.UpstreamCA); err != nil {
		return nil, fmt.Errorf("--upstream-ca: %w", err)
	}
	if call.checks, err = validate.CompileCatalog(schema.NewCatalog(c), validate.Options{Profile: v.Profile}); err != nil {
		return nil, err
	}
	input, err := v.input(ctx, t)
	if err != nil {
		return nil, err
	}
	user, region, err := proxy.Chain(ctx, v.AwsProfile)
	if err != nil {
		return nil, v.noCredentials(err)
	}
	call.user = user
	endpoint, err := v.endpoint(c, region, call)
	if err != nil {
		return nil, err
	}
	call.request, err = live.Request(c, endpoint, input)
	return call, err
}

// endpoint is where the service is, and settles the region.
func (v *liveCommand) endpoint(c *schema.Contract, users string, call *liveCall) (*url.URL, error) {
	var named *url.URL
	if v.EndpointURL != "" {
		var err error
		if named, err = proxy.ParseUpstream(v.EndpointURL); err != nil {
			return nil, fmt.Errorf("--endpoint-url: %w", err)
		}
		users = cmp.Or(proxy.Region(named), users)
	}
	switch call.region = cmp.Or(v.Region, users); {
	case call.region == "":
		return nil, errors.New("there is no region in the environment or the files of AWS; choose one with --region")
	case named != nil:
		return named, nil
	}
	return live.Endpoint(c, call.region)
}

func (v *liveCommand) input(ctx context.Context, t *terminal) ([]byte, error) {
	path, isFile := strings.CutPrefix(v.Input, "@")
	switch {
	case isFile:
		return input.Document(ctx, path)
	case v.Input != "-":
		return []byte(v.Input), nil
	}
	text, err := io.ReadAll(io.LimitReader(input.Interruptible(ctx, t.In), input.MaxDocument+1))
	if err == nil && len(text) > input.MaxDocument {
		err = fmt.Errorf("--input: it is larger than %d MiB", input.MaxDocument>>20)
	}
	return text, err
}

// noCredentials says that there is nothing to sign with.
func (v *liveCommand) noCredentials(err error) error {
	where := "the environment and the files of AWS"
	if v.AwsProfile != "" {
		where = "the AWS profile " + v.AwsProfile
	}
	return fmt.Errorf("there are no credentials in %s: %w; log in, or choose a profile with --aws-profile", where, err)
}
