package recorder_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/replaytest"
	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/traffic"
)

func requireProblem(t *testing.T, want recorder.Problem, err error) *recorder.RecordError {
	t.Helper()
	var got *recorder.RecordError
	require.ErrorAs(t, err, &got)
	require.Equal(t, want, got.Problem, err)
	require.NotEmpty(t, err.Error())
	return got
}

func TestNewRefuses(t *testing.T) {
	for _, v := range []struct {
		name    string
		prepare func(t *testing.T, dir string) (cassette string)
		want    recorder.Problem
		cause   error
	}{
		{"a folder", func(t *testing.T, dir string) string {
			require.NoError(t, os.Mkdir(filepath.Join(dir, "c.yaml"), 0o755))
			return "c.yaml"
		}, recorder.CassetteUnusable, nil},
		{"below a file", func(t *testing.T, dir string) string {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o644))
			return "file/c.yaml"
		}, recorder.CassetteUnusable, nil},
		{"a device", func(t *testing.T, dir string) string {
			if runtime.GOOS == "windows" {
				t.Skip("there is no such path")
			}
			require.NoError(t, os.Symlink(os.DevNull, filepath.Join(dir, "c.yaml")))
			return "c.yaml"
		}, recorder.CassetteUnusable, nil},
		{"a folder in place of the journal", func(t *testing.T, dir string) string {
			require.NoError(t, os.Mkdir(recorder.JournalOf(filepath.Join(dir, "c.yaml")), 0o755))
			return "c.yaml"
		}, recorder.JournalLeft, nil},
		{"a folder that cannot be written", func(t *testing.T, dir string) string {
			return readOnly(t, dir) + "/c.yaml"
		}, recorder.JournalUnusable, nil},
		{"a journal that was left", func(t *testing.T, dir string) string {
			require.NoError(t, os.WriteFile(recorder.JournalOf(filepath.Join(dir, "c.yaml")), []byte("kept"), 0o600))
			return "c.yaml"
		}, recorder.JournalLeft, nil},
		{"a recorder that runs", func(t *testing.T, dir string) string {
			record(t, filepath.Join(dir, "c.yaml"), recorder.Options{})
			return "c.yaml"
		}, recorder.JournalInUse, nil},
	} {
		t.Run(v.name, func(t *testing.T) {
			dir := t.TempDir()
			path := v.prepare(t, dir)
			if !filepath.IsAbs(path) {
				path = filepath.Join(dir, path)
			}
			before := tree(t, dir)
			_, err := recorder.New(path, recorder.Options{Key: testKey.Text()})
			got := requireProblem(t, v.want, err)
			require.Equal(t, path, got.Cassette)
			require.Equal(t, recorder.JournalOf(path), got.Journal)
			require.Equal(t, before, tree(t, dir), "nothing is touched")
		})
	}
}

// readOnly is a folder in which nobody can make a file: not even the superuser in one of the
// kernel's.
func readOnly(t *testing.T, dir string) string {
	if os.Geteuid() != 0 && runtime.GOOS != "windows" {
		path := filepath.Join(dir, "read-only")
		require.NoError(t, os.Mkdir(path, 0o555))
		return path
	}
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("this user can write everywhere")
	}
	return "/proc/self/fd"
}

// tree is what a folder holds.
func tree(t *testing.T, dir string) (all []string) {
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		text := []byte{}
		if err == nil && d.Type().IsRegular() {
			text, err = os.ReadFile(path)
		}
		all = append(all, fmt.Sprintf("%s %s %s", path, d.Type(), text))
		return err
	}))
	return all
}

// A cassette that is there is replaced at the end, and through a link; its mode stays.
func TestReplaceCassette(t *testing.T) {
	server := serve(t, echo)
	dir := t.TempDir()
	path, link := filepath.Join(dir, "real", "c.yaml"), filepath.Join(dir, "link.yaml")
	require.NoError(t, os.Mkdir(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o640))
	if err := os.Symlink(path, link); err != nil {
		t.Skip("links cannot be made:", err)
	}
	r := record(t, link, recorder.Options{})
	require.Equal(t, "new", replaytest.Ask(t, r, "POST", server.URL, "new"))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "old", string(text))
	require.NoError(t, r.Close())
	require.Len(t, written(t, path), 1)
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSymlink)
	info, err = os.Stat(path)
	require.NoError(t, err)
	require.EqualValues(t, 0o640, info.Mode().Perm())
}

// When the cassette cannot be written, nothing is lost: it can be recovered, here or elsewhere.
func TestCloseFails(t *testing.T) {
	server := serve(t, echo)
	path := filepath.Join(t.TempDir(), "c.yaml")
	r := record(t, path, recorder.Options{})
	replaytest.Ask(t, r, "POST", server.URL, "one")
	require.NoError(t, os.Mkdir(path, 0o755))
	got := requireProblem(t, recorder.CassetteFailed, r.Close())
	require.Error(t, got.Err)
	require.Same(t, got, r.Close())

	_, err := recorder.Recover(got.Journal, "", recorder.Options{})
	requireProblem(t, recorder.CassetteFailed, err)
	elsewhere := filepath.Join(t.TempDir(), "elsewhere.ndjson")
	report, err := recorder.Recover(got.Journal, elsewhere, recorder.Options{Key: testKey.Text()})
	require.NoError(t, err)
	require.Equal(t, &recorder.Recovery{Cassette: elsewhere, Interactions: 1}, report)
	require.Equal(t, traffic.NDJSON, written(t, elsewhere)[0].Kind)
	require.Equal(t, "recorded", written(t, elsewhere)[0].Meta.Provenance)
	_, err = recorder.Recover(got.Journal, "", recorder.Options{})
	requireProblem(t, recorder.JournalMissing, err)
}

func TestRecoverRefuses(t *testing.T) {
	dir := t.TempDir()
	running := record(t, filepath.Join(dir, "running.yaml"), recorder.Options{})
	for _, v := range []struct {
		name, path, text string
		want             recorder.Problem
	}{
		{"running", recorder.JournalOf(filepath.Join(dir, "running.yaml")), "", recorder.JournalInUse},
		{"missing", filepath.Join(dir, "missing"), "", recorder.JournalMissing},
		{"foreign", filepath.Join(dir, "foreign"), "{\"crcheckInteraction\":1}\n", recorder.JournalForeign},
		{"other version", filepath.Join(dir, "version"), "{\"crcheckJournal\":4,\"cassette\":\"c\"}\n", recorder.JournalForeign},
		{"all damaged", filepath.Join(dir, "damaged"), "{\"crcheckJournal\":2,\"cassette\":\"c\"}\nsomething\n", recorder.JournalUnusable},
		{"elsewhere", filepath.Join(dir, "elsewhere"), "{\"crcheckJournal\":1,\"cassette\":\"../c\"}\n", recorder.JournalForeign},
		{"no name", filepath.Join(dir, "nameless"), "{\"crcheckJournal\":1}\n", recorder.JournalForeign},
		{"long", filepath.Join(dir, "long"), strings.Repeat("x", 1<<20), recorder.JournalForeign},
		{"word", filepath.Join(dir, "word"), "x", recorder.JournalForeign},
	} {
		t.Run(v.name, func(t *testing.T) {
			if v.text != "" {
				require.NoError(t, os.WriteFile(v.path, []byte(v.text), 0o600))
			}
			before := tree(t, dir)
			_, err := recorder.Recover(v.path, filepath.Join(dir, "out.yaml"), recorder.Options{})
			require.Equal(t, v.path, requireProblem(t, v.want, err).Journal)
			require.Equal(t, before, tree(t, dir), "nothing is touched")
		})
	}
	require.NoError(t, running.Close())
}

// What of a journal is whole is recovered, in the order in which the requests began; the rest is
// said.
func TestRecoverDamaged(t *testing.T) {
	server := serve(t, echo)
	path := filepath.Join(t.TempDir(), "c.yaml")
	r := record(t, path, recorder.Options{})
	for _, text := range []string{"zero", "one", "two", "three"} {
		replaytest.Ask(t, r, "POST", server.URL, text)
	}
	whole, err := os.ReadFile(recorder.JournalOf(path))
	require.NoError(t, err)
	require.NoError(t, r.Close())
	lines := strings.SplitAfter(strings.TrimSuffix(string(whole), "\n"), "\n")
	head := lines[0]
	for _, v := range []struct {
		name, journal, want string
		dropped             []recorder.Dropped
	}{
		{"whole", string(whole), "zero one two three", nil},
		{"another order", head + lines[3] + lines[1] + lines[4] + "\n" + lines[2], "zero one two three", nil},
		{"torn", strings.TrimSuffix(string(whole), "\"}}}\n"), "zero one two", []recorder.Dropped{{Line: 5, Bytes: len(lines[4]) - 4, Torn: true}}},
		{"without its end", strings.TrimSuffix(string(whole), "\n"), "zero one two", []recorder.Dropped{{Line: 5, Bytes: len(lines[4]), Torn: true}}},
		{"damaged", strings.Replace(string(whole), `"one"`, `"eno"`, 1), "zero two three", []recorder.Dropped{{Line: 3, Bytes: len(lines[2])}}},
		{"zeros at the end", string(whole) + "\x00\x00\x00", "zero one two three", []recorder.Dropped{{Line: 6, Bytes: 3, Torn: true}}},
		{"head alone", head, "", nil},
		{"torn head", head[:10], "", []recorder.Dropped{{Line: 1, Bytes: 10, Torn: true}}},
		{"torn head, later", head[:30], "", []recorder.Dropped{{Line: 1, Bytes: 30, Torn: true}}},
		{"nothing", "", "", nil},
	} {
		t.Run(v.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "c.yaml")
			require.NoError(t, os.WriteFile(recorder.JournalOf(path), []byte(v.journal), 0o600))
			require.NoError(t, os.WriteFile(path, []byte("old"), 0o644))
			report, err := recorder.Recover(recorder.JournalOf(path), "", recorder.Options{})
			require.NoError(t, err)
			require.Equal(t, v.dropped, report.Dropped)
			_, err = os.Stat(recorder.JournalOf(path))
			require.ErrorIs(t, err, os.ErrNotExist)
			var got []string
			if v.want == "" {
				text, err := os.ReadFile(path)
				require.NoError(t, err)
				require.Equal(t, "old", string(text), "an old cassette is not replaced by nothing")
			} else {
				for _, in := range written(t, path) {
					got = append(got, string(in.Response.Body.Bytes))
				}
			}
			require.Equal(t, v.want, strings.Join(got, " "))
			require.Equal(t, len(got), report.Interactions)
		})
	}
}

// A disk that is full: the client is told, no further request is sent, and what was there before is
// recovered.
func requireFullDisk(t *testing.T, dir string, cause error) {
	asked := 0
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		fmt.Fprintf(w, "%d %s", asked, strings.Repeat("x", 20_000))
	})
	path := filepath.Join(dir, "c.yaml")
	r := record(t, path, recorder.Options{})
	had := 0
	for {
		req, _ := http.NewRequest("GET", server.URL, nil)
		res, err := r.RoundTrip(req)
		if err != nil {
			require.ErrorIs(t, requireProblem(t, recorder.JournalFailed, err), cause)
			break
		}
		res.Body.Close()
		had++
	}
	require.Positive(t, had)
	req, _ := http.NewRequest("GET", server.URL, nil)
	_, err := r.RoundTrip(req)
	requireProblem(t, recorder.JournalFailed, err)
	require.Equal(t, had+1, asked, "nothing is sent that would be lost")
	requireProblem(t, recorder.JournalFailed, r.Close())
	require.True(t, errors.Is(r.Close(), cause))

	elsewhere := filepath.Join(t.TempDir(), "elsewhere.yaml")
	report, err := recorder.Recover(recorder.JournalOf(path), elsewhere, recorder.Options{})
	require.NoError(t, err)
	require.Equal(t, had, report.Interactions)
	require.Empty(t, report.Dropped)
	require.Len(t, written(t, elsewhere), had)
}
