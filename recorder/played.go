package recorder

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"github.com/crcheck/crcheck/traffic"
)

// OrderNotKeptError says that [Replay.WritePlayed] was called without [ReplayOptions.KeepOrder].
type OrderNotKeptError struct{}

func (*OrderNotKeptError) Error() string {
	return "recorder: which interactions were played in which order was not kept; set ReplayOptions.KeepOrder"
}

// WritePlayed writes what was played, in the order of playing, below a folder: one cassette for each session that was given an answer. They mirror the
// URLs: played.yaml for requests without a prefix, _c/CASSETTE/SESSION.yaml for those of a session. Each is replaced whole or not at
// all. It returns the paths of the cassettes, sorted.
func (r *Replay) WritePlayed(dir string) ([]string, error) {
	if !r.opts.KeepOrder {
		return nil, &OrderNotKeptError{}
	}
	var paths []string
	for path, interactions := range r.played(dir) {
		if err := writeCassette(path, interactions); err != nil {
			return paths, fmt.Errorf("recorder: what was played cannot be written: %w", err)
		}
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths, nil
}

// played is what each session was given, by the path of its cassette.
func (r *Replay) played(dir string) map[string][]*traffic.Interaction {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := map[string][]*traffic.Interaction{}
	add := func(path string, s *session) {
		for _, number := range s.played {
			all[path] = append(all[path], r.answers[number].interaction)
		}
	}
	add(filepath.Join(dir, "played.yaml"), r.root)
	for key, s := range r.sessions {
		add(filepath.Join(dir, "_c", cassetteFolder(key.cassette), url.PathEscape(key.name)+".yaml"), s)
	}
	return all
}

// cassetteFolder keeps what was played below the folder that was asked for, whatever the cassette is called.
func cassetteFolder(cassette string) string {
	if filepath.IsLocal(filepath.FromSlash(cassette)) {
		return filepath.FromSlash(cassette)
	}
	return url.PathEscape(cassette)
}

func writeCassette(path string, interactions []*traffic.Interaction) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".played-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = traffic.WriteCassette(f, commonMeta(interactions), interactions)
	if err := cmp.Or(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// commonMeta is what the cassettes of all the interactions say of themselves; nothing if they disagree.
func commonMeta(interactions []*traffic.Interaction) traffic.Meta {
	metas := map[traffic.Meta]bool{}
	for _, in := range interactions {
		metas[in.Meta] = true
	}
	if len(metas) != 1 {
		return traffic.Meta{}
	}
	return slices.Collect(maps.Keys(metas))[0]
}
