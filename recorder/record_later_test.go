package recorder_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/recorder/redact"
)

// TestNamesKnownLate: what the first answer has in a text where nothing marks it, the second makes known; the cassette has it nowhere, whether
// it was finished or recovered, and replays the first answer as it was.
func TestNamesKnownLate(t *testing.T) {
	answers := map[string]string{"/111122223333/first": `{"message":"no access for the-analyst"}`, "/second": `{"arn":"arn:aws:iam::111122223333:role/the-analyst"}`}
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, answers[r.URL.Path])
	})
	for _, v := range []struct {
		name           string
		recovered      bool
		key            redact.Key // to recover with
		gone, withKeys bool
	}{
		{"finished", false, redact.Key{}, true, true},
		{"recovered", true, testKey, true, true},
		{"recovered with another key", true, redact.Key{7}, false, false},
	} {
		t.Run(v.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "c.yaml")
			r := record(t, path, recorder.Options{})
			for _, at := range []string{"/111122223333/first", "/second"} {
				require.Equal(t, answers[at], ask(t, r, "GET", server.URL+at, ""))
			}
			if v.recovered {
				journal, err := os.ReadFile(recorder.JournalOf(path))
				require.NoError(t, err)
				require.NoError(t, r.Close())
				require.NoError(t, os.Remove(path))
				require.NoError(t, os.WriteFile(recorder.JournalOf(path), journal, 0o600))
				got, err := recorder.Recover(recorder.JournalOf(path), "", redact.Options{Key: v.key})
				require.NoError(t, err)
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

			replay, err := recorder.NewReplay(recorder.Of(written(t, path)...), recorder.ReplayOptions{Redact: &redact.Options{Key: testKey}})
			require.NoError(t, err)
			require.Equal(t, answers["/111122223333/first"], ask(t, replay, "GET", server.URL+"/111122223333/first", ""))
		})
	}
}
