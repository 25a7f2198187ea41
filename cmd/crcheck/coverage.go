package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
)

type coverageCommand struct {
	contractFlags
	Min    int         `placeholder:"PERCENT" help:"Fail below so many percent, of all contracts together."`
	Format string      `default:"text" enum:"text,json" help:"text or json."`
	Output output.Path `short:"o" placeholder:"PATH" help:"Write the report to a file."`
	Files  []string    `arg:"" optional:"" name:"traffic" help:"Cassettes, NDJSON, HAR, bodies, or folders of them; - is standard input. Without any: the embedded cassettes."`
}

// Help is the detail of --help.
func (*coverageCommand) Help() string {
	return `Says which members, union members, enum values, errors and statuses the responses show, which are missing, and which responses to record next. What counts is in docs/coverage.md.

  crcheck coverage cassettes/

  crcheck coverage recorded.ndjson --contract model.json --min 80`
}

// Validate refuses what is not a percentage.
func (v *coverageCommand) Validate() error {
	if v.Min < 0 || v.Min > 100 {
		return fmt.Errorf("--min: %d is not a percentage: give one from 0 to 100", v.Min)
	}
	return nil
}

// Run adds up what traffic shows of contracts.
func (v *coverageCommand) Run(ctx context.Context, t *terminal) error {
	plan, err := v.plan(ctx, t)
	if err != nil {
		return err
	}
	if len(v.Files) == 0 {
		fmt.Fprintln(t.Err, "no files named: looking at the embedded cassettes")
	}
	inputs := input.Gather(t.In, t.Err, v.Files)
	if len(inputs.Problems) > 0 {
		return errors.Join(inputs.Problems...)
	}
	tally, read := plan.NewTally(), 0
	for x, err := range inputs.Interactions(ctx, &read) {
		if err != nil {
			return err
		}
		tally.Take(x)
	}
	r := tally.Report()
	formats := map[string]func(io.Writer, *coverage.Summary) error{"text": report.Coverage, "json": report.JSON[coverage.Summary]}
	if err := v.Output.Write(t.Out, func(w io.Writer) error { return formats[v.Format](w, r) }); err != nil {
		return err
	}
	switch {
	case r.Counted == 0:
		return errors.New("nothing was counted: name files with responses of the contract's operation")
	case r.Percent < v.Min:
		fmt.Fprintf(t.Err, "crcheck: %d%% is below the %d%% of --min\n", r.Percent, v.Min)
		return exit(exitFindings)
	}
	return nil
}

// plan lists what the chosen contracts let be shown. What is to be said of the
// contracts themselves is validate's to say.
func (f *contractFlags) plan(ctx context.Context, t *terminal) (*coverage.Plan, error) {
	loaded, _, err := f.load(ctx, t)
	if err != nil {
		return nil, err
	}
	models.Announce(t.Err, loaded)
	return coverage.Compile(schema.NewCatalog(loaded...))
}
