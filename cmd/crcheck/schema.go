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
	reportFiles
	Operation string          `xor:"which" placeholder:"NAME" help:"The operation, if there are several contracts."`
	All       bool            `xor:"which" help:"Write the schemas of every part of every contract. --output names the folder to write to."`
	Part      schema.Part     `placeholder:"PART" help:"The part: output (the default), input or error:NAME. With --all: write only this part."`
	Encoding  schema.Encoding `default:"http" placeholder:"NAME" help:"The encoding: http for HTTP bodies, or sdk for what boto3 and the AWS CLI return."`
	Output    string          `short:"o" placeholder:"PATH" help:"Write the schema to this file; with --all, the schemas to this folder. Default: standard output."`
}

// Help returns the text above the flags of --help.
func (*schemaCommand) Help() string {
	return `For example:

  crcheck schema -o protected-job.schema.json

The schema is JSON Schema 2020-12 and uses only standard keywords.

  crcheck schema --contract contract.json --part error:ThrottlingException

  crcheck schema --contract service-2.json --all -o schemas/`
}

// Validate refuses an output that cannot be written, before any work is done.
func (c *schemaCommand) Validate() error {
	if c.All {
		return output.Folder(c.Output).Validate()
	}
	return output.Path(c.Output).Validate()
}

// Run writes the JSON Schemas of contracts.
func (c *schemaCommand) Run(ctx context.Context, t *terminal) error {
	inForce, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	chosen := inForce.Catalog.Named(c.Operation)
	if c.All {
		err = c.all(t, chosen)
	} else {
		err = c.one(t, inForce.Catalog, chosen)
	}
	if err != nil {
		return err
	}
	return c.models(t, "schema", finding.Default.Grade(finding.Union(inForce.Findings, models.UnsupportedPatterns(chosen))), report.FailNever)
}

func (c *schemaCommand) one(t *terminal, catalog *schema.Catalog, chosen []*schema.Contract) error {
	switch {
	case len(chosen) == 0:
		return catalog.UnknownOperation(c.Operation)
	case len(chosen) > 1:
		return fmt.Errorf("got %d contracts, want one; choose one with --operation or --contract, or write all schemas with --all", len(chosen))
	}
	text, err := c.encode(chosen[0], cmp.Or(c.Part, schema.OutputPart))
	if err != nil {
		return err
	}
	return output.Path(c.Output).Write(t.Out, func(w io.Writer) error { _, err := w.Write(text); return err })
}

func (c *schemaCommand) encode(contract *schema.Contract, part schema.Part) ([]byte, error) {
	if protocol, ok := contract.NotJSON(); ok && c.Encoding == schema.HTTP {
		return nil, &jsonschema.PartError{Contract: contract.String(), Protocol: protocol}
	}
	s, err := jsonschema.Generate(contract, part, c.Encoding)
	if err != nil {
		return nil, err
	}
	return s.Encode()
}

// all writes a file for each part: SERVICE.OPERATION.output.json, .input.json and .error.NAME.json. A
// part that a contract does not have, or that is not a JSON document, has no file.
func (c *schemaCommand) all(t *terminal, loaded []*schema.Contract) error {
	var files []output.File
	var refused *jsonschema.PartError
	left := map[string]*jsonschema.PartError{} // one of each service
	for _, contract := range loaded {
		for _, part := range contract.Parts() {
			if c.Part != "" && c.Part != part {
				continue
			}
			text, err := c.encode(contract, part)
			if none := (*jsonschema.PartError)(nil); errors.As(err, &none) {
				if none.Protocol != "" {
					refused = none
					left[contract.Service] = &jsonschema.PartError{Contract: contract.Service, Protocol: none.Protocol}
				}
				continue
			} else if err != nil {
				return err
			}
			name := contract.Name() + "." + strings.Replace(string(part), ":", ".", 1) + ".json"
			files = append(files, output.File{Name: name, Of: fmt.Sprintf("%s of %s", part, contract), Text: text})
		}
	}
	for _, service := range slices.Sorted(maps.Keys(left)) {
		fmt.Fprintf(t.notes(), "left out %v\n", left[service])
	}
	if len(files) == 0 && len(left) > 0 {
		return refused
	}
	if len(files) == 0 {
		return fmt.Errorf("no contract has the part %q; name output, input or error:NAME, or leave --part out", c.Part)
	}
	if err := output.Folder(c.Output).WriteAll(files); err != nil {
		return err
	}
	fmt.Fprintf(t.notes(), "wrote %s of %s to %s\n", plural.Of(len(files), "schema"), plural.Of(len(loaded), "contract"), c.Output)
	return nil
}
