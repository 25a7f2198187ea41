package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/live"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/schema"
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

Exit status 1: findings, about the request or the response; 2: wrong usage, or credentials that are missing or refused; 3: no complete response came.

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
	text, err := v.input(ctx, t)
	if err != nil {
		return err
	}
	options := live.Options{AwsProfile: v.AwsProfile, Region: v.Region, EndpointURL: v.EndpointURL, UpstreamCA: v.UpstreamCA, Record: v.Record, RedactAll: v.Redact == "all",
		Findings: inForce.Findings, Profile: v.Profile, FailOn: v.FailOn, FailOnStale: v.FailOnStale, Stderr: t.Err}
	if options.Accept, err = v.acceptance(ctx, nil); err != nil {
		return err
	}
	to := *t
	if v.PrintBody {
		options.Body, to.Out = t.Out, t.Err
	}
	session, err := live.Prepare(ctx, c, text, options)
	if err != nil {
		return err
	}
	r, err := session.Run(ctx)
	if err != nil {
		return err
	}
	err = v.write(&to, r.Report)
	switch {
	case err != nil && !errors.As(err, new(exit)):
		return err
	case r.Incomplete:
		return exit(exitIncomplete)
	case r.Secrets:
		return exit(exitFindings)
	}
	return err
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
