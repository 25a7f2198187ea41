package main

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/progress"
	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/schema"
)

type recoverCommand struct {
	contractFlags
	Path   string `arg:"" help:"The cassette of the recording, or its journal."`
	Output string `short:"o" placeholder:"PATH" help:"Write to this cassette instead of the one that was being recorded."`
}

// Help returns the text above the flags of --help.
func (*recoverCommand) Help() string {
	return `For example:

  crcheck cassette recover job.yaml

A recording that was killed leaves a journal next to its cassette. The journal has every interaction whose whole response
reached the client. Some names only turn out to be identifying later in a recording. To replace those names in earlier
interactions too, recover needs the redaction key (CRCHECK_REDACTION_KEY, or the file next to the journal) and the
contracts of the recording. Exit status: 1 if the journal is damaged, 2 if it does not exist.`
}

// Run recovers the cassette of a killed recording.
func (c *recoverCommand) Run(ctx context.Context, t *terminal) error {
	journal := c.Path
	if beside := recorder.JournalOf(c.Path); exists(beside) {
		journal = beside
	}
	loaded, _, err := c.load(ctx, t)
	if err != nil {
		return err
	}
	how := recorder.Options{Catalog: schema.NewCatalog(loaded...)} // recorder finds the key, and the journal states the redaction
	meter := progress.Start(ctx, "recovering "+journal, 0, progress.Items)
	got, err := recorder.Recover(journal, c.Output, how)
	meter.Done()
	if err != nil {
		return err
	}
	some(t.Err, "dropped", len(got.Dropped), func(i int) string {
		d := got.Dropped[i]
		why := "damaged"
		if d.Torn {
			why = "the recording was killed while writing it"
		}
		return fmt.Sprintf("line %d of the journal, %s: %s", d.Line, plural.Of(d.Bytes, "byte"), why)
	})
	some(t.Err, "out of order", len(got.Gaps), func(i int) string {
		return fmt.Sprintf("line %d of the journal does not follow the line before it: lines are missing, or in another order", got.Gaps[i])
	})
	some(t.notes(), "found", len(got.Found), func(i int) string {
		return fmt.Sprintf("interaction %d: %s", got.Found[i].Interaction, got.Found[i])
	})
	if got.Interactions == 0 {
		fmt.Fprintln(t.notes(), "nothing to recover; removed the journal")
		return nil
	}
	switch {
	case got.NoKey:
		fmt.Fprintln(t.notes(), "without the redaction key of the recording, names that turned out to be identifying later are not replaced in earlier interactions; review the cassette before you publish it")
	case got.Contracts == "":
		fmt.Fprintln(t.notes(), "the journal does not state the contracts of the recording; names that only those contracts identify may not be replaced in earlier interactions; review the cassette before you publish it")
	case got.Contracts != models.Digest(loaded):
		fmt.Fprintln(t.notes(), "the recording used other contracts; names that only those contracts identify may not be replaced in earlier interactions; review the cassette before you publish it, or recover with the same --contract and --overlay as record")
	}
	fmt.Fprintf(t.notes(), "recovered %s to %s\n", plural.Of(got.Interactions, "interaction"), got.Cassette)
	if len(got.Gaps) > 0 || slices.ContainsFunc(got.Dropped, func(d recorder.Dropped) bool { return !d.Torn }) {
		return exit(exitFindings)
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
