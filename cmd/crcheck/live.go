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
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
)

type liveCommand struct {
	contractFlags
	reportFlags
	hidingFlags
	Operation   string `arg:"" help:"The operation to call, such as GetProtectedJob or cleanrooms.GetProtectedJob."`
	Input       string `default:"{}" placeholder:"JSON" help:"The input, in the form of --cli-input-json of the AWS CLI; @FILE reads a file, - reads standard input. Default: {}."`
	AllowWrites bool   `help:"Also call operations that the contract does not mark as read-only."`
	AwsProfile  string `name:"aws-profile" placeholder:"NAME" help:"The AWS profile to sign with."`
	Region      string `placeholder:"NAME" help:"The region. Default: the region of the endpoint, or else of your AWS configuration."`
	EndpointURL string `name:"endpoint-url" placeholder:"URL" help:"Where to send the request. Default: the endpoint of the service in the region."`
	UpstreamCA  string `name:"upstream-ca" placeholder:"PATH" help:"Certificates (PEM) to trust in addition to those of the system, such as those of an emulator or a company proxy."`
	Record      string `placeholder:"CASSETTE" help:"Record the call, redacted, to this cassette and replace it if it exists. A name that ends in .ndjson makes NDJSON."`
	Redact      string `default:"format" enum:"format,all" placeholder:"HOW" help:"What to replace in the recording: format (the default) replaces identifiers and members that contracts mark as sensitive; all replaces every string that is not an enum value."`
	PrintBody   bool   `help:"Print the raw body of the response to standard output. The report then goes to standard error, or to --output."`
}

// Help returns the text above the flags of --help.
func (*liveCommand) Help() string {
	return `For example:

  crcheck live GetProtectedJob --input '{"membershipIdentifier": "…", "protectedJobIdentifier": "…"}'

Signs one request with your credentials (environment, profile, single sign-on, container, instance), sends it once, and validates the raw response. Modeled errors are validated like any other response. Nothing is retried, and the call times out after a minute.

A request that violates the contract is not sent. Warnings do not prevent it, so --profile lenient sends more requests and --profile strict fewer. Operations that the contract does not mark as read-only need --allow-writes. AWS_ENDPOINT_URL is ignored.

Exit status: 1 findings about the request or the response, 2 invalid usage or missing or rejected credentials, 3 no complete response.

  crcheck live GetProtectedJob --input @job.json --record job.yaml --aws-profile analytics --region us-east-1

  crcheck live ListTables --contract dynamodb/service-2.json --allow-writes --endpoint-url http://localhost:8000 --region local`
}

// Validate refuses a cassette that is not a file.
func (c *liveCommand) Validate() error {
	if out := output.Path(c.Record); c.Record != "" && out.IsStandard() {
		return fmt.Errorf("--record: %s is not a file: name the cassette to write", c.Record)
	}
	return nil
}

// Run calls an operation.
func (c *liveCommand) Run(ctx context.Context, t *terminal) error {
	inForce, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	contract, err := c.operation(inForce.Catalog)
	if err != nil {
		return err
	}
	models.Announce(t.notes(), []*schema.Contract{contract})
	text, err := c.input(ctx, t)
	if err != nil {
		return err
	}
	options := live.Options{AwsProfile: c.AwsProfile, Region: c.Region, EndpointURL: c.EndpointURL, UpstreamCA: c.UpstreamCA, Record: c.Record, RedactAll: c.Redact == "all",
		Findings: inForce.Findings, Profile: c.Profile, FailOn: c.FailOn, FailOnStale: c.FailOnStale, Stderr: t.Err}
	if options.Accept, err = c.acceptance(ctx, nil); err != nil {
		return err
	}
	to := *t
	if c.PrintBody {
		options.Body, to.Out = t.Out, t.Err
	}
	session, err := live.Prepare(ctx, contract, text, options)
	if malformed := (*live.InputError)(nil); errors.As(err, &malformed) {
		source := ""
		if strings.HasPrefix(c.Input, "@") {
			source = c.Input[1:] + ": "
		}
		return fmt.Errorf("--input: %s%w; for the schema of the input, run: crcheck schema --operation %s --part input", source, err, contract.Name())
	}
	if err != nil {
		return err
	}
	r, err := session.Run(ctx)
	if err != nil {
		return err
	}
	if err := c.write(&to, &report.Results{Command: "live", Traffic: r.Report}); err != nil {
		return err
	}
	switch {
	case r.Incomplete:
		return exit(exitIncomplete)
	case r.Secrets:
		return exit(exitFindings)
	}
	return verdict(r.Report)
}

// operation returns the contract of the operation to call.
func (c *liveCommand) operation(catalog *schema.Catalog) (*schema.Contract, error) {
	switch found := catalog.Named(c.Operation); len(found) {
	case 0:
		return nil, catalog.UnknownOperation(c.Operation)
	case 1:
		if !found[0].Readonly.Or(false) && !c.AllowWrites {
			return nil, fmt.Errorf("the contract does not mark %s as read-only; call it with --allow-writes", found[0].Name())
		}
		return found[0], nil
	default:
		return nil, fmt.Errorf("%s is an operation of %s and of %s; add the service to the name, or choose one contract with --contract", c.Operation, found[0], found[1])
	}
}

func (c *liveCommand) input(ctx context.Context, t *terminal) ([]byte, error) {
	path, isFile := strings.CutPrefix(c.Input, "@")
	switch {
	case isFile:
		return input.Document(ctx, path)
	case c.Input != "-":
		return []byte(c.Input), nil
	}
	text, err := io.ReadAll(io.LimitReader(input.Interruptible(ctx, t.In), input.MaxDocument+1))
	if err == nil && len(text) > input.MaxDocument {
		err = fmt.Errorf("--input: larger than %d MiB; send a smaller input", input.MaxDocument>>20)
	}
	return text, err
}
