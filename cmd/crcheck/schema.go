package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/jsonschema"
)

type schemaCommand struct {
	contractFlags
	Operation string            `xor:"which" placeholder:"NAME" help:"The operation, where there are several contracts."`
	All       bool              `xor:"which" help:"Write the schemas of every part of every contract, to a folder that --output names."`
	Part      schema.Part       `placeholder:"PART" help:"output (the default), input or error:NAME; with --all, only that part."`
	Encoding  schema.Projection `default:"http" placeholder:"NAME" help:"http, the HTTP body, or sdk, what boto3 and the AWS CLI hand over."`
	Output    string            `short:"o" placeholder:"PATH" help:"Write the schema to a file; with --all, the schemas to a folder."`
}

// Help is the detail of --help.
func (*schemaCommand) Help() string {
	return `The schema is JSON Schema 2020-12, in standard keywords only.

  crcheck schema -o protected-job.schema.json

  crcheck schema --contract contract.json --part error:ThrottlingException

  crcheck schema --contract service-2.json --all -o schemas/`
}

// Validate refuses, before any work is done, what cannot be written to.
func (v *schemaCommand) Validate() error {
	if v.All {
		return output.Folder(v.Output).Validate()
	}
	return output.Path(v.Output).Validate()
}

// Run writes the JSON Schemas of contracts.
func (v *schemaCommand) Run(ctx context.Context, t *terminal) error {
	inForce, err := v.open(ctx, t)
	if err != nil {
		return err
	}
	chosen := inForce.Catalog.Named(v.Operation)
	if v.All {
		err = v.all(t, chosen)
	} else {
		err = v.one(t, chosen)
	}
	if err != nil {
		return err
	}
	return reportFindings(t, finding.Default.Grade(finding.Union(inForce.Findings, models.UnsupportedPatterns(chosen))), report.FailNever)
}

func (v *schemaCommand) one(t *terminal, chosen []*schema.Contract) error {
	switch {
	case len(chosen) == 0:
		return fmt.Errorf("no contract is of operation %s", v.Operation)
	case len(chosen) > 1:
		return fmt.Errorf("a schema is of one contract, not of %d: name one with --operation or --contract, or take --all of them", len(chosen))
	}
	text, err := v.encode(chosen[0], cmp.Or(v.Part, schema.OutputPart))
	if err != nil {
		return err
	}
	return output.Path(v.Output).Write(t.Out, func(w io.Writer) error { _, err := w.Write(text); return err })
}

func (v *schemaCommand) encode(c *schema.Contract, part schema.Part) ([]byte, error) {
	if protocol, ok := c.NotJSON(); ok && v.Encoding == schema.Wire {
		return nil, &schema.NotJSONError{Contract: c.String(), Protocol: protocol}
	}
	s, err := jsonschema.Generate(c, part, v.Encoding, jsonschema.Standard)
	if err != nil {
		return nil, err
	}
	return s.Encode()
}

// all writes a file for each part: SERVICE.OPERATION.output.json, .input.json
// and .error.NAME.json. A part that a contract does not have, or that is no JSON
// document, has no file.
func (v *schemaCommand) all(t *terminal, loaded []*schema.Contract) error {
	var files []output.File
	var refused *schema.NotJSONError
	left := map[string]*schema.NotJSONError{} // of each service one
	for _, c := range loaded {
		for _, part := range c.Parts() {
			if v.Part != "" && v.Part != part {
				continue
			}
			text, err := v.encode(c, part)
			if none := (*jsonschema.PartError)(nil); errors.As(err, &none) {
				continue
			} else if errors.As(err, &refused) {
				left[c.Service] = &schema.NotJSONError{Contract: c.Service, Protocol: refused.Protocol}
				continue
			} else if err != nil {
				return err
			}
			name := c.Name() + "." + strings.Replace(string(part), ":", ".", 1) + ".json"
			files = append(files, output.File{Name: name, Of: fmt.Sprintf("%s of %s", part, c), Text: text})
		}
	}
	for _, service := range slices.Sorted(maps.Keys(left)) {
		fmt.Fprintf(t.Err, "left out %v\n", left[service])
	}
	if len(files) == 0 && len(left) > 0 {
		return refused
	}
	if len(files) == 0 {
		return fmt.Errorf("no contract has the part %q", v.Part)
	}
	if err := output.Folder(v.Output).WriteAll(files); err != nil {
		return err
	}
	fmt.Fprintf(t.Err, "wrote %s of %s to %s\n", plural.Of(len(files), "schema"), plural.Of(len(loaded), "contract"), v.Output)
	return nil
}
