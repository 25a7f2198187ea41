package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/traffic"
)

type minimizeCommand struct {
	contractFlags
	To     string      `default:"cassette" enum:"cassette,ndjson" help:"cassette (the default), as go-vcr v2 reads it, or ndjson."`
	Output output.Path `short:"o" required:"" placeholder:"PATH" help:"Write to a file."`
	Files  []string    `arg:"" name:"traffic" help:"Cassettes, NDJSON, HAR, or folders of them; - is standard input."`
}

// Help is the detail of --help.
func (*minimizeCommand) Help() string {
	return `Keeps the fewest interactions that show as much of the contracts as all of them, in their order; see crcheck coverage. What belongs to no contract is left out. The inputs are not changed.

  crcheck cassette minimize recorded/ -o tests/jobs.yaml`
}

// Run writes the interactions that coverage needs.
func (v *minimizeCommand) Run(ctx context.Context, t *terminal) error {
	plan, err := v.plan(ctx, t)
	if err != nil {
		return err
	}
	inputs := input.Gather(t.In, t.Err, v.Files)
	if len(inputs.Problems) > 0 {
		return errors.Join(inputs.Problems...)
	}
	read, left := 0, 0
	kept := &coverage.Distinct{}
	for x, err := range inputs.Interactions(ctx, &read) {
		if err != nil {
			return err
		}
		shown, err := plan.Shown(x)
		if err != nil || x.Request == nil {
			left++
			continue
		}
		kept.Take(x, shown)
	}
	if len(kept.Interactions) == 0 {
		return fmt.Errorf("none of %s is of a contract: name files with traffic of the contract's operation", plural.Of(read, "interaction"))
	}
	fewest := kept.Fewest()
	to := map[string]traffic.Kind{"cassette": traffic.Cassette, "ndjson": traffic.NDJSON}[v.To]
	if err := v.Output.Stream(t.Out, func(w io.Writer) error { return traffic.Convert(w, to, all(fewest)) }); err != nil {
		return err
	}
	fmt.Fprintf(t.Err, "kept %s of %s", plural.Number(len(fewest)), plural.Of(read, "interaction"))
	if left > 0 {
		fmt.Fprintf(t.Err, "; left out %d that no contract here is for, that have no request, or whose response cannot be read", left)
	}
	fmt.Fprintln(t.Err)
	return nil
}

// all yields interactions that can be read.
func all(interactions []*traffic.Interaction) iter.Seq2[*traffic.Interaction, error] {
	return func(yield func(*traffic.Interaction, error) bool) {
		for _, x := range interactions {
			if !yield(x, nil) {
				return
			}
		}
	}
}
