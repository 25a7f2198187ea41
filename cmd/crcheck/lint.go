package main

import (
	"context"

	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/input"
)

type lintCommand struct {
	findingFlags
	Files []string `arg:"" optional:"" help:"Cassettes, or folders of them; without any, the embedded ones."`
}

// Help is the detail of --help.
func (*lintCommand) Help() string {
	return `Finds secrets, responses that break the contract, cassettes made for another form of their contract, duplicate interactions, and files that crcheck would write differently. In a folder, index.yaml lists the expected findings.

  crcheck cassette lint recordings/`
}

// Run looks through cassettes.
func (v *lintCommand) Run(ctx context.Context, t *terminal) error {
	inForce, err := v.open(ctx, t)
	if err != nil {
		return err
	}
	inForce.Announce(t.Err)
	inputs := input.Gather(t.In, t.Err, v.Files)
	options := v.options(t, inForce)
	if options.Accept, err = v.acceptance(ctx, inputs.Expected); err != nil {
		return err
	}
	r, err := check.Cassettes(ctx, inputs, options)
	if err != nil {
		return err
	}
	return v.write(t, r)
}
