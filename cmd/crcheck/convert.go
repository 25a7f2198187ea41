package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/traffic"
)

type convertCommand struct {
	Files []string `arg:"" help:"Files of recorded traffic, or folders of these; - is standard input."`
	mapFlag
	trafficFlag
	coresFlag
	Output output.Path `short:"o" placeholder:"PATH" help:"Write to this file. Default: standard output."`
}

// Help returns the text above the flags of --help.
func (*convertCommand) Help() string {
	return `For example:

  crcheck cassette convert browser.har -o session.yaml

Reads every format of docs/traffic.md: JSON, NDJSON, HAR, mitmproxy, LocalStack snapshots, placebo, and cassettes of go-vcr, vcrpy, Betamax, Ruby's VCR and LangChain, also compressed; with --map, logs of gateways and proxies.

The conversion loses nothing: if the target format cannot represent an interaction, the conversion fails and writes no file. The inputs are not changed.

  crcheck cassette convert cassettes/ --to ndjson | jq .response.status`
}

// encoded is some consecutive interactions, ready to be written.
type encoded struct {
	interactions int
	write        func() error
}

// Run converts traffic. It holds few interactions in memory at a time.
func (c *convertCommand) Run(ctx context.Context, t *terminal) error {
	inputs, err := c.gather(t, c.Files)
	if err != nil {
		return err
	}
	if len(inputs.Problems) > 0 {
		return errors.Join(inputs.Problems...)
	}
	converted := 0
	err = c.Output.Stream(t.Out, func(w io.Writer) error {
		encode, end, err := traffic.Converter(w, c.format(c.Output))
		if err != nil {
			return err
		}
		err = input.Each(ctx, inputs, input.Work{Cores: int(c.Cores)}, func(interactions iter.Seq[*traffic.Interaction]) encoded {
			e := encoded{}
			e.write = encode(func(yield func(*traffic.Interaction) bool) {
				for x := range interactions {
					e.interactions++
					if !yield(x) {
						return
					}
				}
			})
			return e
		}, func(e encoded) error {
			converted += e.interactions
			return e.write()
		})
		switch {
		case err != nil:
			return err
		case converted == 0:
			return errors.New("found no interaction to convert: name files of recorded traffic")
		}
		return end()
	})
	if err == nil {
		fmt.Fprintf(t.notes(), "converted %s\n", plural.Of(converted, "interaction"))
	}
	return err
}
