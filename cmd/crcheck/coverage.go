package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/partial"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
)

type coverageCommand struct {
	contractFlags
	outputFlags
	mapFlag
	coresFlag
	partialFlags
	Operation []string `sep:"none" xor:"operations" placeholder:"NAME" help:"Count only this operation, such as GetItem or dynamodb.GetItem. Repeatable. Default: all operations of the contracts."`
	OnlySeen  bool     `xor:"operations" help:"Count only the operations of which the traffic has a response."`
	Min       int      `placeholder:"PERCENT" help:"Fail if the coverage of all contracts together is below this percentage."`
	Files     []string `arg:"" optional:"" name:"traffic" help:"Cassettes, NDJSON or HAR files, bodies, or folders of these; - is standard input. Default: the embedded cassettes."`
}

// Help returns the text above the flags of --help.
func (*coverageCommand) Help() string {
	return `For example:

  crcheck coverage cassettes/

Reports which members, union members, enum values, errors and statuses the responses cover, which are missing, and which responses to record next. docs/coverage.md explains what counts as covered.

  crcheck coverage recorded.ndjson --contract model.json --min 80

  crcheck coverage recordings/ --contract botocore:dynamodb --only-seen`
}

// Validate refuses what is not a percentage.
func (c *coverageCommand) Validate() error {
	if c.Min < 0 || c.Min > 100 {
		return fmt.Errorf("--min: got %d, want a percentage from 0 to 100", c.Min)
	}
	return nil
}

// Run reports how much of the contracts the traffic covers.
func (c *coverageCommand) Run(ctx context.Context, t *terminal) error {
	if err := c.check(c.Files); err != nil {
		return err
	}
	plan, err := c.plan(ctx, t, c.Operation...)
	if err != nil {
		return err
	}
	if len(c.Files) == 0 {
		fmt.Fprintln(t.notes(), "no files named: reading the embedded cassettes")
	}
	inputs, err := c.gather(t, c.Files)
	if err != nil {
		return err
	}
	if len(inputs.Problems) > 0 {
		return errors.Join(inputs.Problems...)
	}
	r, incomplete, err := c.summary(ctx, t, plan, inputs)
	if err != nil || r == nil {
		return err
	}
	if c.OnlySeen {
		r = r.OnlySeen()
	}
	if err := c.write(t, &report.Results{Command: "coverage", Coverage: r, MinCoverage: c.Min}); err != nil {
		return err
	}
	switch {
	case r.Interrupted:
		return incomplete
	case r.Counted == 0:
		return errors.New("no response matches a contract: name files with responses of its operation, or choose other contracts with --contract")
	case r.Percent < c.Min:
		fmt.Fprintf(t.Err, "crcheck: coverage is %d%%, below --min %d%%; the report lists what to record next\n", r.Percent, c.Min)
		return exit(exitFindings)
	}
	return nil
}

// summary counts the traffic or merges tallies; it is nil after a tally was written. If the summary is
// incomplete, it also returns the error to end with.
func (c *coverageCommand) summary(ctx context.Context, t *terminal, plan *coverage.Plan, inputs *input.Traffic) (r *coverage.Summary, incomplete, _ error) {
	if !c.pieces() {
		tally, err := plan.Read(ctx, inputs, input.Work{Cores: int(c.Cores)})
		interrupted := errors.Is(err, context.Canceled)
		if err != nil && !interrupted {
			return nil, nil, err
		}
		r = tally.Report()
		r.Interrupted = interrupted
		return r, context.Canceled, nil
	}
	counter, err := partial.NewCoverageCounter(plan, check.Options{Cores: int(c.Cores), Map: c.Map, Stderr: t.Err})
	tally, err := c.tally(ctx, t, counter, err, inputs)
	if err != nil || tally == nil {
		return nil, nil, err
	}
	r = tally.Coverage()
	r.Interrupted = missing(t, tally)
	return r, exit(exitUsage), nil
}

// plan lists what traffic of the chosen contracts can cover. It drops the findings about the
// contracts themselves: validate reports them.
func (f *contractFlags) plan(ctx context.Context, t *terminal, operations ...string) (*coverage.Plan, error) {
	loaded, _, err := f.load(ctx, t)
	if err != nil {
		return nil, err
	}
	models.Announce(t.notes(), loaded)
	return coverage.Compile(schema.NewCatalog(loaded...), operations...)
}
