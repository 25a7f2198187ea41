package recorder

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/disk"
	"github.com/crcheck/crcheck/internal/links"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/traffic"
)

// cassettePath returns the file of a cassette, with links followed, and creates its folder.
func cassettePath(path string) (string, error) {
	path = links.Follow(path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return path, err
	}
	there, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return path, nil
	case err != nil:
		return path, err
	case !there.Mode().IsRegular():
		return path, disk.ErrNotRegular
	}
	return path, nil
}

// lateNames replaces names that became known only after the interaction that has them.
type lateNames struct {
	text     *journalText
	cassette string
	redactor *redact.Redactor // which knows all names
	all      bool             // it did not redact the interactions itself
	tell     func(*traffic.Interaction, finding.Set)
}

func (l lateNames) replace(n int, in *traffic.Interaction) *traffic.Interaction {
	line := l.text.lines[n]
	in.Source, in.Index = l.cassette, int(line.number) // as when it was recorded
	known := line.known
	if l.all {
		known = -1
	}
	now, found := l.redactor.Late(in, known)
	if len(found) > 0 {
		l.tell(now, found)
	}
	return now
}

// finish atomically replaces a cassette by the interactions of a journal, each changed by later
// unless that is nil. The caller holds the lock of the journal.
func finish(files disk.FS, journal io.ReaderAt, text *journalText, cassette string, later func(n int, in *traffic.Interaction) *traffic.Interaction) error {
	if len(text.lines) == 0 {
		return nil
	}
	cassette, err := cassettePath(cassette)
	if err != nil {
		return err
	}
	return disk.Replace(files, cassette, 0o644, func(w io.Writer) error {
		return traffic.Convert(w, traffic.Written(cassette), func(yield func(*traffic.Interaction, error) bool) {
			n := 0
			for in, err := range text.interactions(journal) {
				if err == nil && later != nil {
					in = later(n, in)
				}
				if !yield(in, err) {
					return
				}
				n++
			}
		})
	})
}
