package recorder

import (
	"errors"
	"net/http"
	"os"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/replay"
	"github.com/crcheck/crcheck/traffic"
)

// RecordVariable is the environment variable that makes [ForTest] record, if it is 1.
const RecordVariable = "CRCHECK_RECORD"

// TestOptions are how a test records and replays. In its zero value every recorded answer is given
// once, and recording redacts.
type TestOptions struct {
	Replay replay.Options
	Record Options
}

// ForTest is a client for a test, which is answered from the cassette at path and never reaches the
// network. When the test ends, it is told the requests that were not recorded; and, unless it has
// failed already, the interactions that it never asked for.
//
// A test that uses its real identifiers is answered in their terms where the redaction key is, in
// CRCHECK_REDACTION_KEY or the file [KeyOf]; what it asks is looked up with its identifiers first.
// Anywhere else, as in a CI without the key, a test has to use those that stand in the cassette.
//
// The client follows no redirect: it is an answer like others.
//
// With CRCHECK_RECORD=1 the client reaches the service, and the cassette is replaced when the test
// ends, also if the test fails. A secret in what was recorded, and what could not be recorded,
// makes the test fail then.
func ForTest(tb testing.TB, path string, opts TestOptions) *http.Client {
	tb.Helper()
	// A redirect would carry what a request is signed with to whatever host it names.
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if os.Getenv(RecordVariable) == "1" {
		client.Transport = recordForTest(tb, path, opts.Record)
	} else {
		client.Transport = replayForTest(tb, path, opts)
	}
	return client
}

func recordForTest(tb testing.TB, path string, opts Options) http.RoundTripper {
	tb.Helper()
	told := opts.Found
	opts.Found = func(in *traffic.Interaction, found finding.Set) {
		for _, f := range finding.Default.Grade(found) {
			switch {
			case f.Rule == finding.SecretFound || f.Rule == finding.RecordTooLarge || f.Rule == finding.RecordNotRedacted:
				tb.Errorf("recording %s: %s", path, f)
			default:
				tb.Logf("recording %s: %s", path, f)
			}
		}
		if told != nil {
			told(in, found)
		}
	}
	r, err := New(path, opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := r.Close(); err != nil {
			tb.Error(err)
		}
	})
	return r
}

func replayForTest(tb testing.TB, path string, opts TestOptions) http.RoundTripper {
	tb.Helper()
	if err := opts.identify(path); err != nil {
		tb.Fatal(err)
	}
	r, err := replay.Open([]string{path}, opts.Replay)
	switch {
	case errors.Is(err, os.ErrNotExist):
		tb.Fatalf("%v; to record it, run the test with %s=1", err, RecordVariable)
	case err != nil:
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		failed := tb.Failed()
		for _, miss := range r.Misses() {
			tb.Error(miss)
		}
		if failed || r.Missed() > 0 {
			return // what was not played is no news then
		}
		for _, in := range r.Unplayed() {
			tb.Errorf("crcheck replay: interaction %d of %s was never asked for: %s %s", in.Index+1, in.Source, in.Request.Method, in.Request.URL)
		}
	})
	return r
}

// identify maps identifiers with the key that recording would take, where it is at hand.
func (o *TestOptions) identify(path string) error {
	if o.Replay.Key != "" {
		return nil
	}
	o.Replay.Key, o.Replay.All, o.Replay.Catalog = o.Record.Key, o.Record.All, o.Record.Catalog
	if o.Replay.Key == "" {
		key, ok, err := redact.ReadKey(redact.KeyOf(path))
		if err != nil || !ok {
			return err
		}
		o.Replay.Key = key.Text()
	}
	return nil
}
