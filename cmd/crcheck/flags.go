package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
)

// contractFlags choose contracts, alike on every command that takes them.
type contractFlags struct {
	Contract []string `sep:"none" placeholder:"NAME|PATH" help:"A built-in contract, a contract file, a document to derive contracts from, a folder of them, or botocore:SERVICE for the models of the installed botocore; without it the newest built-in one. Repeats."`
	Overlay  []string `sep:"none" placeholder:"PATH" help:"A YAML file with facets to state over the contracts. Repeats."`
}

// open returns the chosen contracts, or the newest built-in one.
func (f *contractFlags) open(ctx context.Context, t *terminal) (*models.InForce, error) {
	return models.Open(ctx, t.Err, f.Contract, f.Overlay)
}

// load is open for what needs all contracts.
func (f *contractFlags) load(ctx context.Context, t *terminal) ([]*schema.Contract, finding.Set, error) {
	chosen, err := f.open(ctx, t)
	if err != nil {
		return nil, nil, err
	}
	return chosen.Catalog.Contracts(), chosen.Findings, nil
}

// reportFlags say how a command reports, alike on every command that does.
type reportFlags struct {
	Profile finding.Profile  `default:"default" placeholder:"NAME" help:"How strict to be: lenient, default or strict."`
	FailOn  report.Threshold `default:"error" placeholder:"SEVERITY" help:"The lowest severity that fails the run: error (the default), warning or never."`
	Format  string           `default:"text" enum:"text,json" help:"text or json."`
	Output  output.Path      `short:"o" placeholder:"PATH" help:"Write the report to a file."`
	Color   string           `default:"auto" enum:"auto,always,never" help:"auto, always or never."`
}

// write writes the report and returns the exit that it makes.
func (f *reportFlags) write(t *terminal, r *report.Report) error {
	formats := map[string]func(io.Writer, *report.Report) error{
		"text": report.Text(report.Style{Color: f.color(t.Out)}),
		"json": report.JSON[report.Report],
	}
	if err := f.Output.Write(t.Out, func(w io.Writer) error { return formats[f.Format](w, r) }); err != nil {
		return err
	}
	switch {
	case len(r.Problems) > 0 || r.Verdict == report.NotChecked:
		return exit(exitUsage)
	case r.Verdict == report.Failed:
		return exit(exitFindings)
	}
	return nil
}

func (f *reportFlags) color(out io.Writer) bool {
	if f.Color == "auto" {
		return f.Output == "" && output.IsTerminal(out) && os.Getenv("NO_COLOR") == ""
	}
	return f.Color == "always"
}

// ignoreFlags name files of ignore rows, alike on every command that reports findings.
type ignoreFlags struct {
	Ignore      []string `sep:"none" placeholder:"PATH" help:"A YAML file of ignore rows: findings that are known and accepted, each with a reason. Repeats."`
	FailOnStale bool     `help:"Fail if an ignore row no longer matches anything, although its place was checked."`
}

// rows reads the ignore files.
func (f *ignoreFlags) rows(ctx context.Context) ([]finding.Expected, error) {
	var all []finding.Expected
	for _, path := range f.Ignore {
		text, err := input.Document(ctx, path)
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
	Deviations    report.DeviationMode `default:"hide" placeholder:"HOW" help:"Known deviations of AWS from its models: hide (the default) counts them, show reports them as info, error keeps their severity. They never apply to emulators and fixtures."`
	ResponsesOnly bool                 `help:"Count findings about requests without reporting them."`
	Hidden        bool                 `help:"List the findings that are hidden, and by what."`
}

func (f *hidingFlags) acceptance(ctx context.Context, required []finding.Expected) (report.Acceptance, error) {
	ledger, err := f.ledger(ctx, required)
	return report.Acceptance{Ledger: ledger, Deviations: f.Deviations, ResponsesOnly: f.ResponsesOnly, ListHidden: f.Hidden}, err
}

// originFlags say who sent the responses, alike on every command that reports findings about them.
type originFlags struct {
	From finding.Origin `placeholder:"WHO" help:"Who sent the responses: aws, emulator or fixtures. Decides the advice, and whether known deviations of AWS apply. Without it: what the cassette states."`
}

// findingFlags are those of every command that validates recorded traffic and reports findings.
type findingFlags struct {
	contractFlags
	reportFlags
	hidingFlags
	originFlags
}

func (f *findingFlags) options(t *terminal, inForce *models.InForce) check.Options {
	return check.Options{Contracts: inForce, Named: len(f.Contract) > 0, Profile: f.Profile, From: f.From, FailOn: f.FailOn, FailOnStale: f.FailOnStale, Stderr: t.Err}
}

// isMissing reports a path at which nothing is.
func isMissing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}
