package recorder_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/replaytest"
	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/replay"
)

// TestRecoverAsRecorded: the journal says how it was redacted and by which contracts, so that
// recovery makes the cassette that Close would have made, or can say why not. Where an older
// crcheck did not say, the options count.
func TestRecoverAsRecorded(t *testing.T) {
	server := serve(t, echo)
	for _, all := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "c.yaml")
		r := record(t, path, recorder.Options{Transport: direct(), Contracts: "digest of contracts", All: all})
		replaytest.Ask(t, r, "POST", server.URL+"/a", `{"note":"no access for the-analyst"}`)
		replaytest.Ask(t, r, "POST", server.URL+"/b", `{"arn":"arn:aws:iam::111122223333:role/the-analyst"}`)
		journal, err := os.ReadFile(recorder.JournalOf(path))
		require.NoError(t, err)
		require.NoError(t, r.Close())
		closed, err := os.ReadFile(path)
		require.NoError(t, err)
		mode := map[bool]string{false: "format", true: "all"}[all]
		said := `,"redact":"` + mode + `","contracts":"digest of contracts"}`
		require.Equal(t, 1, strings.Count(string(journal), said))
		for _, v := range []struct {
			name, journal, contracts string
			all                      bool // as the options have it
		}{
			{"the options are others", string(journal), "digest of contracts", !all},
		} {
			require.NoError(t, os.WriteFile(recorder.JournalOf(path), []byte(v.journal), 0o600))
			report, err := recorder.Recover(recorder.JournalOf(path), "", recorder.Options{Key: testKey.Text(), All: v.all})
			require.NoError(t, err, v.name)
			require.Equal(t, v.contracts, report.Contracts)
			require.Empty(t, report.Found)
			recovered, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(closed), string(recovered), "%s, %s", mode, v.name)
		}
	}
}

// TestLinks: through a link its target is recorded, with journal and key beside it, recovered and
// replayed; the link stays one.
func TestLinks(t *testing.T) {
	server := serve(t, echo)
	for _, v := range []struct {
		name  string
		links map[string]string // by name
		there bool              // a cassette, already
	}{
		{"relative", map[string]string{"link.yaml": "real/c.yaml"}, true},
		{"relative, dangling", map[string]string{"link.yaml": "real/c.yaml"}, false},
		{"absolute, dangling", map[string]string{"link.yaml": "DIR/real/c.yaml"}, false},
		{"of a link, dangling", map[string]string{"link.yaml": "other/link.yaml", "other/link.yaml": "../real/c.yaml"}, false},
		{"to no folder", map[string]string{"link.yaml": "new/c.yaml"}, false},
	} {
		t.Run(v.name, func(t *testing.T) {
			t.Setenv(redact.Variable, "")
			dir, err := filepath.EvalSymlinks(t.TempDir())
			require.NoError(t, err)
			for _, folder := range []string{"real", "other"} {
				require.NoError(t, os.Mkdir(filepath.Join(dir, folder), 0o755))
			}
			for name, to := range v.links {
				if err := os.Symlink(strings.Replace(to, "DIR", dir, 1), filepath.Join(dir, filepath.FromSlash(name))); err != nil {
					t.Skipf("skipped: this system makes no links: %v", err)
				}
			}
			link, target := filepath.Join(dir, "link.yaml"), filepath.Join(dir, "real", "c.yaml")
			if strings.HasPrefix(v.links["link.yaml"], "new") {
				target = filepath.Join(dir, "new", "c.yaml")
			}
			if v.there {
				require.NoError(t, os.WriteFile(target, nil, 0o600))
			}
			r, err := recorder.New(link, recorder.Options{Transport: direct()})
			require.NoError(t, err)
			live := replaytest.Ask(t, r, "POST", server.URL+"/111122223333", `{}`)
			journal := recorder.JournalOf(link)
			require.Equal(t, filepath.Join(filepath.Dir(target), ".c.yaml.journal"), journal)
			text, err := os.ReadFile(journal)
			require.NoError(t, err)
			require.NoError(t, r.Close())
			require.Len(t, written(t, target), 1)

			require.NoError(t, os.Remove(target))
			require.NoError(t, os.WriteFile(journal, text, 0o600))
			report, err := recorder.Recover(recorder.JournalOf(link), "", recorder.Options{})
			require.NoError(t, err)
			require.Equal(t, target, report.Cassette)
			require.False(t, report.NoKey)
			require.Len(t, written(t, target), 1)
			info, err := os.Lstat(link)
			require.NoError(t, err)
			require.NotZero(t, info.Mode()&os.ModeSymlink)

			key, ok, err := redact.ReadKey(redact.KeyOf(link))
			require.NoError(t, err)
			require.True(t, ok)
			player, err := replay.Open([]string{link}, replay.Options{Key: key.Text()})
			require.NoError(t, err)
			require.Equal(t, live, replaytest.Ask(t, player, "POST", "http://127.0.0.1:1/111122223333", `{}`))
		})
	}
	path := filepath.Join(t.TempDir(), "round")
	if os.Symlink("round", path) == nil {
		_, err := recorder.New(path, recorder.Options{})
		requireProblem(t, recorder.CassetteUnusable, err)
	}
}
