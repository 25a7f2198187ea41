package main

import (
	"fmt"
	"os"

	"github.com/crcheck/crcheck/recorder"
)

type recoverVerb struct {
	Path   string `arg:"" help:"The cassette that was being recorded, or its journal."`
	Output string `short:"o" placeholder:"PATH" help:"Write another cassette than the one that was being recorded."`
}

// Help is the detail of --help.
func (*recoverVerb) Help() string {
	return `A recording that was killed leaves a journal beside its cassette. Every interaction of which a client had the whole answer is in it.

  crcheck cassette recover job.yaml`
}

// Run writes the cassette of a killed recording.
func (v *recoverVerb) Run(t *terminal) error {
	journal := v.Path
	if beside := recorder.JournalOf(v.Path); exists(beside) {
		journal = beside
	}
	got, err := recorder.Recover(journal, v.Output)
	if err != nil {
		return err
	}
	some(t, "dropped", len(got.Dropped), func(i int) string {
		d := got.Dropped[i]
		why := "it is damaged"
		if d.Torn {
			why = "the recording was killed while it wrote it"
		}
		return fmt.Sprintf("line %d of the journal, %d bytes: %s", d.Line, d.Bytes, why)
	})
	if got.Interactions == 0 {
		fmt.Fprintln(t.Err, "there was nothing to recover; the journal is removed")
		return nil
	}
	fmt.Fprintf(t.Err, "recovered %d interactions to %s\n", got.Interactions, got.Cassette)
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
