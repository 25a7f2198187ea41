package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/validate"
)

type validateCommand struct {
	findingFlags
	Encoding  check.Encoding `default:"auto" placeholder:"NAME" help:"How the documents are written down: http, HTTP bodies, sdk, what boto3 and the AWS CLI hand over, or auto (the default), chosen for each bare body."`
	Operation string         `placeholder:"NAME" help:"The operation that bare bodies are of, where there are several contracts."`
	Part      schema.Part    `xor:"bare" placeholder:"PART" help:"What bare bodies are: output, input or error:NAME."`
	Status    int            `xor:"bare" placeholder:"CODE" help:"The HTTP status that bare bodies came with; from 300 on they are errors."`
	Files     []string       `arg:"" optional:"" help:"JSON, NDJSON and cassettes, or folders of them; - is standard input. Without any: the embedded cassettes."`
}

// Help is the detail of --help.
func (*validateCommand) Help() string {
	return `Interactions of a cassette find their contract by their request; a document without a request is a bare body, a success of the only contract unless flags say otherwise. In a folder, an index.yaml says which findings are expected.

  crcheck validate cassettes/

  aws cleanrooms get-protected-job ... | crcheck validate --encoding sdk -

  crcheck validate error.json --status 404 --format json -o report.json`
}

// Validate refuses a status that HTTP does not have.
func (v *validateCommand) Validate() error {
	if v.Status != 0 && (v.Status < 100 || v.Status > 599) {
		return fmt.Errorf("--status: %d is not an HTTP status: give one from 100 to 599", v.Status)
	}
	return nil
}

// Run validates recorded responses against contracts.
func (v *validateCommand) Run(ctx context.Context, t *terminal) error {
	inForce, err := v.open(ctx, t)
	if err != nil {
		return err
	}
	inForce.Announce(t.Err)
	if len(v.Files) == 0 {
		fmt.Fprintln(t.Err, "no files named: checking the embedded cassettes")
	}
	inputs := input.Gather(t.In, t.Err, v.Files)
	options := v.options(t, inForce)
	options.Encoding = v.Encoding
	options.Bare = validate.Bare{Operation: v.Operation, Part: v.Part, Status: v.Status}
	if options.Accept, err = v.acceptance(ctx, inputs.Expected); err != nil {
		return err
	}
	r, err := check.Traffic(ctx, inputs, options)
	if err != nil {
		return err
	}
	err = v.write(t, r.Report)
	switch {
	case r.Interrupted && (err == nil || errors.As(err, new(exit))):
		return context.Canceled
	case r.Nothing != "":
		fmt.Fprintf(t.Err, "crcheck: nothing was checked: %s\n", r.Nothing)
	}
	return err
}
