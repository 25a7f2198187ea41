package main

import (
	"context"
	"fmt"

	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/report"
)

type lintCommand struct {
	findingFlags
	mapFlag
	coresFlag
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
	options.Cores = int(c.Cores)
	if options.Accept, err = c.acceptance(ctx, inputs.Expected); err != nil {
		return err
	}
	r, err := check.Cassettes(ctx, inputs, options)
	if err != nil {
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
