package main

import (
	"context"
	"fmt"
	"io"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/jsonschema"
)

type schemaVerb struct {
	contractFlags
	Part       schema.Part       `default:"output" help:"output, input or error:NAME."`
	Projection schema.Projection `default:"wire" placeholder:"NAME" help:"wire, the HTTP body, or sdk, what boto3 and the AWS CLI hand over."`
	Output     outputPath        `short:"o" placeholder:"PATH" help:"Write the schema to a file."`
}

// Help is the detail of --help.
func (*schemaVerb) Help() string {
	return `The schema is JSON Schema 2020-12, in standard keywords only.

  crcheck schema -o protected-job.schema.json

  crcheck schema --contract contract.json --part error:ThrottlingException`
}

// Run writes the JSON Schema of a part of a contract.
func (v *schemaVerb) Run(ctx context.Context, t *terminal) error {
	loaded, findings, err := v.load(ctx)
	if err != nil {
		return err
	}
	if len(loaded) != 1 {
		return fmt.Errorf("a schema is of one contract, not of %d: name one with --contract", len(loaded))
	}
	s, err := jsonschema.Generate(loaded[0], v.Part, v.Projection, jsonschema.Standard)
	if err != nil {
		return err
	}
	text, err := s.Encode()
	if err != nil {
		return err
	}
	if err := v.Output.write(t, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	return reportFindings(t, finding.Default.Grade(findings), finding.FailNever)
}
