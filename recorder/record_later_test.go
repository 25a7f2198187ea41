package recorder_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/replaytest"
	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/replay"
	"github.com/crcheck/crcheck/traffic"
)

// TestOverlappingNamesKnownLate: a name that is known late has one inside of it that was known, and
// its request is found all the same.
func TestOverlappingNamesKnownLate(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"ok":true}`)
	})
	asked := []string{
		`{"role":"arn:aws:iam::111122223333:role/analytics-prod","note":"write to analytics-prod-acmecorp"}`,
		`{"bucket":"s3://analytics-prod-acmecorp/x"}`,
	}
	for _, recovered := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "c.yaml")
		r := record(t, path, recorder.Options{})
		for _, body := range asked {
			replaytest.Ask(t, r, "POST", server.URL+"/a", body)
		}
		if recovered {
			require.Empty(t, recoverAgain(t, r, path, testKey.Text()).Found)
		}
		require.NoError(t, r.Close())
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NotContains(t, string(text), "acmecorp")
		player, err := replay.New(replay.Of(written(t, path)...), replay.Options{Key: testKey.Text()})
		require.NoError(t, err)
		for _, body := range asked {
			require.Equal(t, `{"ok":true}`, replaytest.Ask(t, player, "POST", server.URL+"/a", body))
		}
	}
}

// recoverAgain closes a recorder and recovers what it had in its journal before.
func recoverAgain(t *testing.T, r *recorder.Recorder, path string, key string) *recorder.Recovery {
	t.Helper()
	journal, err := os.ReadFile(recorder.JournalOf(path))
	require.NoError(t, err)
	require.NoError(t, r.Close())
	require.NoError(t, os.Remove(path))
	require.NoError(t, os.WriteFile(recorder.JournalOf(path), journal, 0o600))
	recovery, err := recorder.Recover(recorder.JournalOf(path), "", recorder.Options{Key: key})
	require.NoError(t, err)
	return recovery
}

// TestNamesKnownLate: what the first response has in a text where nothing marks it, the second makes known; the cassette has it nowhere, whether
// it was finished or recovered, and replays the first response as it was.
func TestNamesKnownLate(t *testing.T) {
	answers := map[string]string{"/111122223333/first": `{"message":"no access for the-analyst"}`, "/second": `{"arn":"arn:aws:iam::111122223333:role/the-analyst"}`}
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, answers[r.URL.Path])
	})
	for _, v := range []struct {
		name           string
		recovered      bool
		key            string // to recover with
		gone, withKeys bool
	}{
		{"finished", false, "", true, true},
		{"recovered", true, testKey.Text(), true, true},
		{"recovered with another key", true, redact.Key{7}.Text(), false, false},
	} {
		t.Run(v.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "c.yaml")
			r := record(t, path, recorder.Options{})
			for _, at := range []string{"/111122223333/first", "/second"} {
				require.Equal(t, answers[at], replaytest.Ask(t, r, "GET", server.URL+at, ""))
			}
			if v.recovered {
				got := recoverAgain(t, r, path, v.key)
				require.Equal(t, !v.withKeys, got.NoKey)
			}
			require.NoError(t, r.Close())
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			if !v.gone {
				require.Contains(t, string(text), "the-analyst")
				return
			}
			require.NotContains(t, string(text), "the-analyst")

			player, err := replay.New(replay.Of(written(t, path)...), replay.Options{Key: testKey.Text()})
			require.NoError(t, err)
			require.Regexp(t, `^{"message":"no access for [a-z]{3}-[a-z]{7}"}$`, replaytest.Ask(t, player, "GET", server.URL+"/111122223333/first", ""), "which only the service named")
		})
	}
}

// TestNamesWithoutPseudonym: a name that had to be masked is masked in what stands before it, too,
// whether the recording was finished or recovered.
func TestNamesWithoutPseudonym(t *testing.T) {
	server := serve(t, echo)
	path := filepath.Join(t.TempDir(), "c.yaml")
	only := redact.Place{Class: redact.Whole, Accepts: func(s string) bool { return s == "secret-word" }}
	words := func(*traffic.Interaction) redact.Places {
		node := &redact.Node{Members: map[string]*redact.Node{"w": {Place: only}}}
		return redact.Places{Request: node, Response: node}
	}
	r := record(t, path, recorder.Classified(recorder.Options{Transport: direct()}, words))
	replaytest.Ask(t, r, "POST", server.URL, `{"note":"say secret-word"}`)
	replaytest.Ask(t, r, "POST", server.URL, `{"w":"secret-word"}`)
	journal, err := os.ReadFile(recorder.JournalOf(path))
	require.NoError(t, err)
	require.NoError(t, r.Close())
	closed, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NotContains(t, string(closed), "secret-word")
	require.NoError(t, os.WriteFile(recorder.JournalOf(path), journal, 0o600))
	_, err = recorder.Recover(recorder.JournalOf(path), "", recorder.Classified(recorder.Options{Key: testKey.Text()}, words))
	require.NoError(t, err)
	recovered, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(closed), string(recovered))
}

// TestRecoverWithABrokenKey: what cannot be read is not the key of the recording, and holds nothing up.
func TestRecoverWithABrokenKey(t *testing.T) {
	server := serve(t, echo)
	path := filepath.Join(t.TempDir(), "c.yaml")
	r := record(t, path, recorder.Options{})
	replaytest.Ask(t, r, "POST", server.URL, "one")
	journal, err := os.ReadFile(recorder.JournalOf(path))
	require.NoError(t, err)
	require.NoError(t, r.Close())
	require.NoError(t, os.WriteFile(recorder.JournalOf(path), journal, 0o600))
	t.Setenv(redact.Variable, "no key")
	got, err := recorder.Recover(recorder.JournalOf(path), "", recorder.Options{})
	require.NoError(t, err)
	require.True(t, got.NoKey)
	require.Equal(t, 1, got.Interactions)
}
