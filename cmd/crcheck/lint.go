package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/partial"
	"github.com/crcheck/crcheck/internal/report"
)

type lintCommand struct {
	findingFlags
	mapFlag
	coresFlag
	partialFlags
	Files []string `arg:"" optional:"" help:"Cassettes, or folders of them. Default: the embedded cassettes."`
}

// Help returns the text above the flags of --help.
func (*lintCommand) Help() string {
	return `For example:

  crcheck cassette lint recordings/

Finds secrets, contract violations, cassettes that were made with another version of their contract, duplicate interactions, and files that crcheck would format differently. In a folder, an index.yaml lists the findings to expect.`
}

// Run lints cassettes.
func (c *lintCommand) Run(ctx context.Context, t *terminal) error {
	if c.Range.Range != nil || c.Source != "" {
		return errors.New("cassettes are checked as whole files: leave out --range and --source")
	}
	if err := c.check(c.Files); err != nil {
		return err
	}
	inForce, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	inForce.Announce(t.notes())
	inputs, err := c.gather(t, c.Files)
	if err != nil {
		return err
	}
	options := c.options(t, inForce)
	options.Map, options.Cores = c.Map, int(c.Cores)
	expected := inputs.Expected
	if c.pieces() {
		expected = nil // the index of a folder says nothing about its pieces
	}
	if options.Accept, err = c.acceptance(ctx, expected); err != nil {
		return err
	}
	r, err := c.result(ctx, t, inputs, options)
	if err != nil || r == nil {
		return err
	}
	if err := c.write(t, &report.Results{Command: "cassette lint", Lint: r}); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Canceled
	}
	if r.Verdict == report.NotChecked {
		fmt.Fprintln(t.Err, "crcheck: nothing was checked: no cassette was found; name cassettes, or folders of them; check any other traffic with: crcheck validate PATH")
	}
	return verdict(r)
}

// result checks the cassettes or merges tallies; it is nil after a tally was written.
func (c *lintCommand) result(ctx context.Context, t *terminal, inputs *input.Traffic, options check.Options) (*report.Report, error) {
	if !c.pieces() {
		return check.Cassettes(ctx, inputs, options)
	}
	counter, err := partial.NewCounter(partial.Lint, options)
	tally, err := c.tally(ctx, t, counter, err, inputs)
	if err != nil || tally == nil {
		return nil, err
	}
	missing(t, tally)
	return tally.Lint(c.FailOn, c.FailOnStale), nil
}
