package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/report"
)

// ignoreFlags name files of ignore rows, alike on every command that reports findings.
type ignoreFlags struct {
	Ignore      []string `sep:"none" placeholder:"PATH" help:"A YAML file of ignore rows: findings that are known and accepted, each with a reason. Repeats."`
	FailOnStale bool     `help:"Fail if an ignore row no longer matches anything, although its place was checked."`
}

// rows reads the ignore files.
func (f *ignoreFlags) rows(ctx context.Context) ([]finding.Expected, error) {
	var all []finding.Expected
	for _, path := range f.Ignore {
		text, err := readDocument(ctx, path)
		if err != nil {
			return nil, err
		}
		rows, err := finding.ReadRows(path, text)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return all, nil
}

// ledger takes rows, those of an index first, and those of the ignore files.
func (f *ignoreFlags) ledger(ctx context.Context, required []finding.Expected) (*finding.Ledger, error) {
	rows, err := f.rows(ctx)
	if err != nil {
		return nil, err
	}
	ledger, err := finding.NewLedger(append(required[:len(required):len(required)], rows...))
	if err != nil {
		return nil, err
	}
	ledger.Expire(time.Now())
	return ledger, nil
}

// hidingFlags say what a report of traffic leaves out.
type hidingFlags struct {
	ignoreFlags
	Deviations    finding.DeviationMode `default:"hide" placeholder:"HOW" help:"Known deviations of AWS from its models: hide (the default) counts them, show reports them as info, error keeps their severity. They never apply to emulators and fixtures."`
	ResponsesOnly bool                  `help:"Count findings about requests without reporting them."`
	Hidden        bool                  `help:"List the findings that are hidden, and by what."`
}

func (f *hidingFlags) acceptance(ctx context.Context, required []finding.Expected) (report.Acceptance, error) {
	ledger, err := f.ledger(ctx, required)
	return report.Acceptance{Ledger: ledger, Deviations: f.Deviations, ResponsesOnly: f.ResponsesOnly, ListHidden: f.Hidden}, err
}

type ignoreCommand struct {
	ID      string     `arg:"" help:"The group of findings: the ID in brackets in a text report, or its fingerprint."`
	Reason  string     `required:"" placeholder:"TEXT" help:"Why it is accepted."`
	Expires string     `placeholder:"DATE" help:"The last day on which it is accepted, such as 2026-12-31. After it the row fails the run."`
	Report  string     `default:"-" placeholder:"PATH" help:"The report that has the group, written with --format json; - is standard input (the default)."`
	File    outputPath `default:"crcheck.ignore.yaml" placeholder:"PATH" help:"The file of ignore rows to add to, crcheck.ignore.yaml by default."`
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
	if v.File.isStandard() {
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
		if text, err = readDocument(ctx, string(v.File)); err != nil {
			return err
		}
	}
	text, err = finding.AppendRow(string(v.File), text, row)
	if err != nil {
		return fmt.Errorf("%s: %w", v.File, err)
	}
	if err := v.File.write(t, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
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
		text, err = io.ReadAll(&interruptible{ctx: ctx, r: t.In})
	} else {
		text, err = readDocument(ctx, v.Report)
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
