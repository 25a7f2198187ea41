package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/progress"
	"github.com/crcheck/crcheck/traffic"
)

type minimizeCommand struct {
	contractFlags
	mapFlag
	trafficFlag
	Output output.Path `short:"o" required:"" placeholder:"PATH" help:"The file to write."`
	Files  []string    `arg:"" name:"traffic" help:"Cassettes, NDJSON or HAR files, or folders of these; - is standard input."`
}

// Help returns the text above the flags of --help.
func (*minimizeCommand) Help() string {
	return `For example:

  crcheck cassette minimize recorded/ -o tests/jobs.yaml

Keeps the fewest interactions that have the same coverage as all of them, in their order; see crcheck coverage. Interactions that match no contract are left out. The inputs are not changed.`
}

// Run writes the interactions that coverage needs.
func (c *minimizeCommand) Run(ctx context.Context, t *terminal) error {
	plan, err := c.plan(ctx, t)
	if err != nil {
		return err
	}
	inputs, err := c.gather(t, c.Files)
	if err != nil {
		return err
	}
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
	switch {
	case read == 0:
		return errors.New("found no interaction to minimize: name files of recorded traffic")
	case len(kept.Interactions) == 0:
		return fmt.Errorf("none of %s has a request of a loaded contract; name traffic of its operations, or choose other contracts with --contract", plural.Of(read, "interaction"))
	}
	meter := progress.Start(ctx, "choosing interactions", 0, progress.Items)
	fewest := kept.Fewest()
	meter.Done()
	if err := c.Output.Stream(t.Out, func(w io.Writer) error { return traffic.Convert(w, c.format(c.Output), all(fewest)) }); err != nil {
		return err
	}
	fmt.Fprintf(t.notes(), "kept %s of %s", plural.Number(len(fewest)), plural.Of(read, "interaction"))
	if left > 0 {
		fmt.Fprintf(t.notes(), "; left out %d that match no contract, have no request, or have an unreadable response", left)
	}
	fmt.Fprintln(t.notes())
	return nil
}

// all yields the interactions.
func all(interactions []*traffic.Interaction) iter.Seq2[*traffic.Interaction, error] {
	return func(yield func(*traffic.Interaction, error) bool) {
		for _, x := range interactions {
			if !yield(x, nil) {
				return
			}
		}
	}
}
