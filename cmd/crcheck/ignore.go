package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/report"
)

type ignoreCommand struct {
	ID      string      `arg:"" help:"The group of findings: the ID in brackets in a text report, or its fingerprint."`
	Reason  string      `required:"" placeholder:"TEXT" help:"Why it is accepted."`
	Expires string      `placeholder:"DATE" help:"The last day on which it is accepted, such as 2026-12-31. After it the row fails the run."`
	Report  string      `default:"-" placeholder:"PATH" help:"The report that has the group, written with --format json; - is standard input (the default)."`
	File    output.Path `default:"crcheck.ignore.yaml" placeholder:"PATH" help:"The file of ignore rows to add to, crcheck.ignore.yaml by default."`
}

// Help is the detail of --help.
func (*ignoreCommand) Help() string {
	return `Adds a row to a file of ignore rows, which --ignore takes. What the file holds already stays as it is.

  crcheck validate recordings/ --format json -o report.json

  crcheck ignore 1a2b3c4d --report report.json --reason "moto sends it" --expires 2026-12-31

  crcheck validate recordings/ --ignore crcheck.ignore.yaml`
}

// Run adds a row.
func (v *ignoreCommand) Run(ctx context.Context, t *terminal) error {
	if v.File.IsStandard() {
		return fmt.Errorf("--file: %s is not a file of ignore rows", v.File)
	}
	r, err := v.report(ctx, t)
	if err != nil {
		return err
	}
	row, err := r.Row(v.ID)
	if err != nil {
		return err
	}
	row.Reason, row.Expires = v.Reason, v.Expires
	var text []byte
	if !isMissing(string(v.File)) {
		if text, err = input.Document(ctx, string(v.File)); err != nil {
			return err
		}
	}
	text, err = finding.AppendRow(string(v.File), text, row)
	if err != nil {
		return fmt.Errorf("%s: %w", v.File, err)
	}
	if err := v.File.Write(t.Out, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	fmt.Fprintf(t.Err, "added a row for %s at %s to %s\n", row.Rule, row.At(), v.File)
	return nil
}

// report reads a report in JSON.
func (v *ignoreCommand) report(ctx context.Context, t *terminal) (*report.Report, error) {
	var text []byte
	var err error
	if v.Report == "-" {
		text, err = io.ReadAll(input.Interruptible(ctx, t.In))
	} else {
		text, err = input.Document(ctx, v.Report)
	}
	if err != nil {
		return nil, err
	}
	var r report.Report
	if err := json.Unmarshal(text, &r); err != nil || r.Verdict == "" {
		return nil, fmt.Errorf("%s is not a report of crcheck: write one with --format json", v.Report)
	}
	return &r, nil
}
