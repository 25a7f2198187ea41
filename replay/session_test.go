package replay_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/replaytest"
	"github.com/crcheck/crcheck/replay"
	"github.com/crcheck/crcheck/traffic"
)

func TestSessions(t *testing.T) {
	in := func(source, url, answer string) *traffic.Interaction {
		i := replaytest.Said("GET", url, "", answer)
		i.Source = source
		return i
	}
	r := player(t, replay.Options{},
		in("a/one.yaml", "http://localhost/", "one"), in("a/one.yaml", "http://localhost/", "one again"),
		in("two.yaml", "http://localhost/", "two"), in("two.yaml", "http://localhost/a%2Fb", "below"),
		in("sp ace%.yaml", "http://localhost/", "space"))
	for _, v := range []struct{ url, want string }{
		{"/_c/a/one.yaml/s1/", "one"},
		{"/_c/a/one.yaml/s2", "one"},
		{"/_c/a%2Fone.yaml/s1", "one again"},
		{"/_c/a%2fone.yaml/s1/", "miss"},
		{"/_c/two.yaml/s1/", "two"},
		{"/_c/two.yaml/s1/a%2Fb", "below"},
		{"/_c/two.yaml/s1/a/b", "miss"},
		{"/_c/sp%20ace%25.yaml/%2F%20s/", "space"},
		{"/_c/one.yaml/s1/", "miss"},
		{"/_c/two.yaml//", "miss"},
		{"/", "one"}, // the root is a session of its own
		{"/", "one again"},
		{"/", "two"},
	} {
		require.Equal(t, v.want, replaytest.Ask(t, r, "GET", "http://127.0.0.1"+v.url, ""), v.url)
	}
	require.Equal(t, "s1", r.Misses()[0].Session)
	require.Equal(t, "a/one.yaml", r.Misses()[0].Cassette)
	require.Equal(t, replay.Exhausted, r.Misses()[0].Reason)
}

func TestTooManySessions(t *testing.T) {
	var all []*traffic.Interaction
	for i := range 1 << 16 {
		all = append(all, replaytest.Said("GET", fmt.Sprintf("http://localhost/%d", i), "", "yes"))
	}
	r := player(t, replay.Options{}, all...)
	for i := range replay.MaxPositions / (1<<16 + 64) {
		require.Equal(t, "yes", replaytest.Ask(t, r, "GET", fmt.Sprintf("http://localhost/_c/said.yaml/%d/1", i), ""))
	}
	require.Equal(t, "miss", replaytest.Ask(t, r, "GET", "http://localhost/_c/said.yaml/more/1", ""))
	require.Equal(t, replay.TooManySessions, r.Misses()[0].Reason)
	require.Equal(t, "yes", replaytest.Ask(t, r, "GET", "http://localhost/_c/said.yaml/0/2", ""))
}

func write(t *testing.T, path string, interactions ...*traffic.Interaction) {
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	f, err := os.Create(path)
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, traffic.WriteCassette(f, traffic.Meta{Provenance: "synthesised"}, interactions))
}

func TestOpenReplay(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a", "sub", "x.yaml"), replaytest.Said("GET", "http://localhost/", "", "first"))
	write(t, filepath.Join(dir, "b", "sub", "x.yaml"), replaytest.Said("GET", "http://localhost/", "", "second"))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a", "notes.txt"), []byte("just notes"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a", "body.json"), []byte("{}"), 0o600))

	r, err := replay.Open([]string{filepath.Join(dir, "a"), filepath.Join(dir, "a", "sub", "x.yaml")}, replay.Options{})
	require.NoError(t, err)
	require.Equal(t, 1, r.Len(), "a file that is named twice is read once")
	require.Len(t, r.Skipped(), 2)
	require.Equal(t, "first", replaytest.Ask(t, r, "GET", "http://localhost/_c/sub/x.yaml/s/", ""))

	r, err = replay.Open([]string{filepath.Join(dir, "a", "sub", "x.yaml")}, replay.Options{})
	require.NoError(t, err)
	require.Equal(t, "first", replaytest.Ask(t, r, "GET", "http://localhost/_c/x.yaml/s/", ""))

	r, err = replay.Open([]string{filepath.Join(dir, "a"), filepath.Join(dir, "b")}, replay.Options{})
	require.NoError(t, err)
	require.Equal(t, "miss", replaytest.Ask(t, r, "GET", "http://localhost/_c/sub/x.yaml/s/", ""))
	require.Equal(t, replay.Ambiguous, r.Misses()[0].Reason)
	require.Len(t, r.Misses()[0].Sources, 2)
	require.Equal(t, "first", replaytest.Ask(t, r, "GET", "http://localhost/", ""))
	require.Equal(t, "second", replaytest.Ask(t, r, "GET", "http://localhost/", ""))

	_, err = replay.Open([]string{filepath.Join(dir, "a", "notes.txt")}, replay.Options{})
	require.ErrorIs(t, err, traffic.ErrUnknownFormat, "a file that the user named is not passed over")
	_, err = replay.Open([]string{filepath.Join(dir, "none")}, replay.Options{})
	require.ErrorIs(t, err, traffic.ErrUnreadable)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "b", "broken.yaml"), []byte("version: 1\ninteractions: 7\n"), 0o600))
	_, err = replay.Open([]string{filepath.Join(dir, "b")}, replay.Options{})
	require.ErrorIs(t, err, traffic.ErrMalformed)
}

// Every cassette of the project answers, in a session of its own, every request of its own with
// exactly what it recorded.
func TestEveryCassette(t *testing.T) {
	r, err := replay.Open([]string{"../cassettes"}, replay.Options{})
	require.NoError(t, err)
	require.Greater(t, r.Len(), 200)
	for _, in := range r.Unplayed() {
		name, err := filepath.Rel("../cassettes", in.Source)
		require.NoError(t, err)
		asked := strings.Replace(in.Request.URL, "https://cleanrooms.us-east-1.amazonaws.com", "http://127.0.0.1/_c/"+filepath.ToSlash(name)+"/s", 1)
		req, err := http.NewRequest(in.Request.Method, asked, nil)
		require.NoError(t, err)
		res, err := r.RoundTrip(req)
		require.NoError(t, err)
		text, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.Equal(t, in.Response.Status, res.StatusCode, in.Source)
		require.Equal(t, string(in.Response.Body.Bytes), string(text), in.Source)
	}
	require.Empty(t, r.Unplayed())
	require.Zero(t, r.Missed())
}

func TestWritePlayed(t *testing.T) {
	in := func(source, path, answer string) *traffic.Interaction {
		i := replaytest.Said("GET", "http://localhost"+path, "", answer)
		i.Source = source
		i.Meta.Provenance = "recorded"
		return i
	}
	for _, source := range []string{"a/x.yaml", "../x.yaml"} {
		r := player(t, replay.Options{Order: replay.Sticky, KeepOrder: true},
			in(source, "/1", "one"), in(source, "/2", "two"), in(source, "/3", "three"))
		for _, path := range []string{"/2", "/1", "/2", "/nowhere", "/_c/" + strings.ReplaceAll(source, "/", "%2F") + "/a%2Fb/3"} {
			replaytest.Ask(t, r, "GET", "http://localhost"+path, "")
		}
		dir := t.TempDir()
		paths, err := r.WritePlayed(dir)
		require.NoError(t, err)
		require.Len(t, paths, 2)
		require.Equal(t, []string{"two", "one", "two"}, answers(t, filepath.Join(dir, "played.yaml")))
		folder := map[string]string{"a/x.yaml": "a/x.yaml", "../x.yaml": "..%2Fx.yaml"}[source]
		require.Equal(t, []string{"three"}, answers(t, filepath.Join(dir, "_c", filepath.FromSlash(folder), "a%2Fb.yaml")))

		again, err := replay.Open(paths, replay.Options{})
		require.NoError(t, err)
		require.Equal(t, 4, again.Len())
		require.Equal(t, "recorded", again.Unplayed()[0].Meta.Provenance)
		entries, err := filepath.Glob(filepath.Join(dir, ".played*"))
		require.NoError(t, err)
		require.Empty(t, entries)
	}

	_, err := player(t, replay.Options{}).WritePlayed(t.TempDir())
	require.ErrorContains(t, err, "KeepOrder")
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	r := player(t, replay.Options{KeepOrder: true}, replaytest.Said("GET", "http://localhost/", "", ""))
	replaytest.Ask(t, r, "GET", "http://localhost/", "")
	_, err = r.WritePlayed(file)
	require.Error(t, err)
}

// TestWritePlayedNames: whatever sessions are called, what each was given is written; also if
// another one's cannot be.
func TestWritePlayedNames(t *testing.T) {
	long := strings.Repeat("ü", 100)
	names := []string{"plain", strings.Repeat("n", 260), strings.Repeat("n", 261), long, long + "/", "\x00\x1b\n", "..", "taken", "zzz"}
	r := player(t, replay.Options{KeepOrder: true, Order: replay.Sticky}, replaytest.Said("GET", "http://localhost/", "", "yes"))
	for _, name := range names {
		require.Equal(t, "yes", replaytest.Ask(t, r, "GET", "http://localhost/_c/said.yaml/"+url.PathEscape(name)+"/", ""))
	}
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "_c", "said.yaml", "taken.yaml"), 0o755)) // a folder where a cassette should be
	paths, err := r.WritePlayed(dir)
	require.ErrorContains(t, err, "taken.yaml")
	require.Len(t, paths, len(names)-1)
	for _, path := range paths {
		require.Equal(t, filepath.Join(dir, "_c", "said.yaml"), filepath.Dir(path))
		require.Equal(t, []string{"yes"}, answers(t, path))
		require.Less(t, len(filepath.Base(path)), 256)
		require.NotContains(t, path, "\x1b")
	}
	require.Contains(t, paths, filepath.Join(dir, "_c", "said.yaml", "plain.yaml"))
}

func answers(t *testing.T, path string) (bodies []string) {
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	for in, err := range traffic.Read(path, f) {
		require.NoError(t, err)
		bodies = append(bodies, string(in.Response.Body.Bytes))
	}
	return bodies
}
