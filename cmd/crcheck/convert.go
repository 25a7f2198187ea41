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
	Files  []string    `arg:"" help:"Cassettes of go-vcr and vcrpy, HAR and NDJSON, compressed or not, or folders of them; - is standard input."`
	To     string      `default:"cassette" enum:"cassette,ndjson" help:"cassette (the default), as go-vcr v2 reads it, or ndjson."`
	Output output.Path `short:"o" placeholder:"PATH" help:"Write to a file."`
}

// Help is the detail of --help.
func (*convertCommand) Help() string {
	return `Nothing is lost: what the format has no place for ends the conversion, and no file is written. The inputs are not changed.

  crcheck cassette convert browser.har -o session.yaml

  crcheck cassette convert cassettes/ --to ndjson | jq .response.status`
}

// Run converts traffic, with the memory of one interaction.
func (v *convertCommand) Run(ctx context.Context, t *terminal) error {
	inputs := input.Gather(t.In, t.Err, v.Files)
	if len(inputs.Problems) > 0 {
		return errors.Join(inputs.Problems...)
	}
	to := map[string]traffic.Kind{"cassette": traffic.Cassette, "ndjson": traffic.NDJSON}[v.To]
	converted := 0
	err := v.Output.Stream(t.Out, func(w io.Writer) error {
		if err := traffic.Convert(w, to, inputs.Interactions(ctx, &converted)); err != nil {
			return err
		}
		if converted == 0 {
			return errors.New("there is no interaction to convert: name files with traffic")
		}
		return nil
	})
	if err == nil {
		fmt.Fprintf(t.Err, "converted %s\n", plural.Of(converted, "interaction"))
	}
	return err
}
