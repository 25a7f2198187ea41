package main

import (
	"context"
	"fmt"
	"os"

	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/schema"
)

type recoverCommand struct {
	contractFlags
	Path   string `arg:"" help:"The cassette that was being recorded, or its journal."`
	Output string `short:"o" placeholder:"PATH" help:"Write another cassette than the one that was being recorded."`
}

// Help is the detail of --help.
func (*recoverCommand) Help() string {
	return `A recording that was killed leaves a journal beside its cassette. Every interaction of which a client had the whole response is in it.
Where the redaction key is, in CRCHECK_REDACTION_KEY or in the file beside the journal, names that became known late are replaced
in what stands before them, too; give the contracts of the recording for it.

  crcheck cassette recover job.yaml`
}

// Run writes the cassette of a killed recording.
func (v *recoverCommand) Run(ctx context.Context, t *terminal) error {
	journal := v.Path
	if beside := recorder.JournalOf(v.Path); exists(beside) {
		journal = beside
	}
	loaded, _, err := v.load(ctx, t)
	if err != nil {
		return err
	}
	how := recorder.Options{Catalog: schema.NewCatalog(loaded...)} // the key is the one at hand, and the journal says how it was redacted
	got, err := recorder.Recover(journal, v.Output, how)
	if err != nil {
		return err
	}
	some(t, "dropped", len(got.Dropped), func(i int) string {
		d := got.Dropped[i]
		why := "it is damaged"
		if d.Torn {
			why = "the recording was killed while it wrote it"
		}
		return fmt.Sprintf("line %d of the journal, %s: %s", d.Line, plural.Of(d.Bytes, "byte"), why)
	})
	some(t, "found", len(got.Found), func(i int) string {
		return fmt.Sprintf("interaction %d: %s", got.Found[i].Interaction, got.Found[i])
	})
	if got.Interactions == 0 {
		fmt.Fprintln(t.Err, "there was nothing to recover; the journal is removed")
		return nil
	}
	switch {
	case got.NoKey:
		fmt.Fprintln(t.Err, "names that became known after they were recorded are not replaced, for the key of the recording is not here; read the cassette before you publish it")
	case got.Contracts == "":
		fmt.Fprintln(t.Err, "the journal does not say with which contracts it was recorded; names that only they make known are not replaced where they stand before that: read the cassette before you publish it")
	case got.Contracts != models.Digest(loaded):
		fmt.Fprintln(t.Err, "names that only the contracts of the recording make known are not replaced where they stand before that, for these are others; read the cassette before you publish it, or next time give the same --contract and --overlay as to record")
	}
	if got.Masked {
		fmt.Fprintln(t.Err, "values were masked for want of a pseudonym; where they stand in a text before that, they are not replaced: read the cassette before you publish it")
	}
	fmt.Fprintf(t.Err, "recovered %s to %s\n", plural.Of(got.Interactions, "interaction"), got.Cassette)
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
