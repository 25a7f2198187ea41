package replay

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"github.com/google/renameio/v2/maybe"

	"github.com/crcheck/crcheck/traffic"
)

// WritePlayed writes the played interactions below a folder, in the order of playing: one cassette
// for each session that got a response. They mirror the URLs: played.yaml for requests without a
// prefix, _c/CASSETTE/SESSION.yaml for those of a session, with the end of a long name replaced by
// its digest. Each is replaced atomically. If one cannot be written, the others
// still are. It returns the paths of the cassettes that were written, sorted.
func (r *Player) WritePlayed(dir string) ([]string, error) {
	if !r.opts.KeepOrder {
		return nil, errors.New("replay: the order of playing was not recorded; set Options.KeepOrder")
	}
	var paths []string
	var failed []error
	played := r.played(dir)
	for _, path := range slices.Sorted(maps.Keys(played)) {
		if err := writeCassette(path, played[path]); err != nil {
			failed = append(failed, fmt.Errorf("replay: cannot write the played interactions: %w", err))
			continue
		}
		paths = append(paths, path)
	}
	return paths, errors.Join(failed...)
}

// played returns the interactions that each session got, by the path of its cassette.
func (r *Player) played(dir string) map[string][]*traffic.Interaction {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := map[string][]*traffic.Interaction{}
	add := func(path string, s *session) {
		for _, number := range s.played {
			all[path] = append(all[path], r.responses[number].interaction)
		}
	}
	add(filepath.Join(dir, "played.yaml"), r.root)
	for key, s := range r.sessions {
		add(filepath.Join(dir, "_c", cassetteFolder(key.cassette), fileName(key.name)+".yaml"), s)
	}
	return all
}

// cassetteFolder returns a path that stays below the folder, whatever the name of the cassette.
func cassetteFolder(cassette string) string {
	if filepath.IsLocal(filepath.FromSlash(cassette)) {
		return filepath.FromSlash(cassette)
	}
	return fileName(cassette)
}

// fileName is a valid file name, with room for an extension: most systems allow 255 bytes. Different
// names stay different.
func fileName(name string) string {
	const maxLength = 200
	escaped := url.PathEscape(name)
	if len(escaped) <= maxLength {
		return escaped
	}
	sum := sha256.Sum256([]byte(name))
	return escaped[:maxLength-2*len(sum)-1] + "-" + hex.EncodeToString(sum[:])
}

func writeCassette(path string, interactions []*traffic.Interaction) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	var text bytes.Buffer
	if err := traffic.WriteCassette(&text, commonMeta(interactions), interactions); err != nil {
		return err
	}
	return maybe.WriteFile(path, text.Bytes(), 0o600)
}

// commonMeta is the metadata of the cassettes of all interactions, or the zero value if they differ.
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
