package main

import (
	"context"
	"fmt"
	"io"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/report"
)

type ignoreCommand struct {
	ID      string      `arg:"" help:"The group of findings: the ID in brackets in a text report, or its fingerprint."`
	Reason  string      `required:"" placeholder:"TEXT" help:"Why the findings are accepted."`
	Expires string      `placeholder:"DATE" help:"The last day on which the findings are accepted, such as 2026-12-31. After that day, the row fails the run."`
	Report  string      `default:"-" placeholder:"PATH" help:"The report with the group, written with --format json; - is standard input (the default)."`
	File    output.Path `default:"crcheck.ignore.yaml" placeholder:"PATH" help:"The file of ignore rows to add to. Default: crcheck.ignore.yaml."`
}

// Help returns the text above the flags of --help.
func (*ignoreCommand) Help() string {
	return `For example:

  crcheck validate recordings/ --format json | crcheck ignore 1a2b3c4d --reason "moto sends it"

Adds a row to a file of ignore rows; pass the file to --ignore. Existing rows are not changed.

  crcheck validate recordings/ --format json -o report.json

  crcheck ignore 1a2b3c4d --report report.json --reason "moto sends it" --expires 2026-12-31

  crcheck validate recordings/ --ignore crcheck.ignore.yaml`
}

// Run adds a row.
func (c *ignoreCommand) Run(ctx context.Context, t *terminal) error {
	if c.File.IsStandard() {
		return fmt.Errorf("--file: %s is not a file of ignore rows", c.File)
	}
	r, err := c.report(ctx, t)
	if err != nil {
		return err
	}
	row, err := r.Row(c.ID)
	if err != nil {
		return err
	}
	row.Reason, row.Expires = c.Reason, c.Expires
	var text []byte
	if !isMissing(string(c.File)) {
		if text, err = input.Document(ctx, string(c.File)); err != nil {
			return err
		}
	}
	text, err = finding.AppendRows(string(c.File), text, row)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if err := c.File.Write(t.Out, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	fmt.Fprintf(t.notes(), "added a row for %s at %s to %s\n", row.Rule, row.At(), c.File)
	return nil
}

// report reads a JSON report.
func (c *ignoreCommand) report(ctx context.Context, t *terminal) (*report.Report, error) {
	var text []byte
	var err error
	if c.Report == "-" {
		text, err = io.ReadAll(input.Interruptible(ctx, t.In))
	} else {
		text, err = input.Document(ctx, c.Report)
	}
	if err != nil {
		return nil, err
	}
	r, ok := report.Parse(text)
	if !ok {
		return nil, fmt.Errorf("%s is not a report of crcheck; write one with: crcheck validate PATH --format json -o report.json", c.Report)
	}
	return r, nil
}
