package replay

import (
	"errors"
	"iter"
	"os"
	"path/filepath"

	"github.com/crcheck/crcheck/traffic"
)

// Open replays the cassettes at paths. A folder stands for every file below it, as in
// [traffic.Files]. In the URL of a session, a cassette is named by its path below that folder, and a file that
// was named itself by its base name.
//
// The error is a [*traffic.Error]. A file below a folder that is not recorded traffic is skipped and
// reported by [Player.Skipped].
func Open(paths []string, opts Options) (*Player, error) {
	o := opened{names: map[string]string{}}
	r, err := newPlayer(o.read(paths), func(source string) string { return o.names[source] }, opts)
	if err != nil {
		return nil, err
	}
	r.skipped = append(o.skipped, r.skipped...)
	return r, nil
}

type opened struct {
	names   map[string]string // of sessions, by path
	skipped []Skip
}

func (o *opened) read(paths []string) iter.Seq2[*traffic.Interaction, error] {
	return func(yield func(*traffic.Interaction, error) bool) {
		seen := map[string]bool{}
		for _, root := range paths {
			for file, err := range traffic.Files(root) {
				if err != nil {
					yield(nil, err)
					return
				}
				// A file is read once, even if the user names both a folder and a file in it.
				path := filepath.Clean(file.Path)
				if seen[path] {
					continue
				}
				seen[path] = true
				o.names[file.Path] = sessionName(root, file)
				if !o.readFile(file, yield) {
					return
				}
			}
		}
	}
}

func sessionName(root string, file traffic.File) string {
	if below, err := filepath.Rel(root, file.Path); err == nil && below != "." {
		return filepath.ToSlash(below)
	}
	return filepath.Base(file.Path)
}

func (o *opened) readFile(file traffic.File, yield func(*traffic.Interaction, error) bool) bool {
	f, err := os.Open(file.Path)
	if err != nil {
		return yield(nil, &traffic.Error{Reason: traffic.ErrUnreadable, Source: file.Path, Err: err, Remedy: "make sure that it can be read, then run again"})
	}
	defer f.Close()
	for in, err := range file.Read(f) {
		var failed *traffic.Error
		if errors.As(err, &failed) && failed.Reason == traffic.ErrUnknownFormat && !file.Named {
			o.skipped = append(o.skipped, Skip{Source: file.Path, Reason: failed.Problem})
			return true
		}
		if errors.Is(err, traffic.ErrOddEntry) && failed.Kind == traffic.HAR { // which a browser exported as it was
			if failed.Reason == traffic.ErrUnreadEntry {
				o.skipped = append(o.skipped, Skip{Source: file.Path, Interaction: failed.Index + 1, Reason: failed.Problem})
			}
			continue
		}
		if !yield(in, err) || err != nil {
			return false
		}
	}
	return true
}
