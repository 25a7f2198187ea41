package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/traffic"
)

type convertCommand struct {
	Files []string `arg:"" help:"Cassettes of go-vcr or vcrpy, HAR or NDJSON files, also compressed, or folders of these; - is standard input."`
	trafficFlag
	Output output.Path `short:"o" placeholder:"PATH" help:"Write to this file. Default: standard output."`
}

// Help returns the text above the flags of --help.
func (*convertCommand) Help() string {
	return `For example:

  crcheck cassette convert browser.har -o session.yaml

The conversion loses nothing: if the target format cannot represent an interaction, the conversion fails and writes no file. The inputs are not changed.

  crcheck cassette convert cassettes/ --to ndjson | jq .response.status`
}

// Run converts traffic. It holds one interaction in memory at a time.
func (c *convertCommand) Run(ctx context.Context, t *terminal) error {
	inputs := input.Gather(t.In, t.Err, c.Files)
	if len(inputs.Problems) > 0 {
		return errors.Join(inputs.Problems...)
	}
	converted := 0
	err := c.Output.Stream(t.Out, func(w io.Writer) error {
		if err := traffic.Convert(w, c.format(c.Output), inputs.Interactions(ctx, &converted)); err != nil {
			return err
		}
		if converted == 0 {
			return errors.New("found no interaction to convert: name files of recorded traffic")
		}
		return nil
	})
	if err == nil {
		fmt.Fprintf(t.notes(), "converted %s\n", plural.Of(converted, "interaction"))
	}
	return err
}
