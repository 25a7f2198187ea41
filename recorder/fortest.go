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

// TestOptions are how a test records and replays. In its zero value every recorded response is given
// once, and recording redacts.
type TestOptions struct {
	Replay replay.Options
	Record Options
}

// ForTest returns a client for a test. It plays the cassette at path and never reaches the network.
// At its end, the test fails for every request that was not recorded and, unless it has failed
// already, for every interaction that it never requested.
//
// A test may use its real identifiers if the redaction key is available, in CRCHECK_REDACTION_KEY or
// in the key file next to the cassette. Requests are mapped to the identifiers of the recording and
// responses back. Without the key, as in CI, a test has to use the identifiers of the cassette.
//
// The client does not follow redirects.
//
// With CRCHECK_RECORD=1 the client reaches the service, and the cassette is replaced at the end of
// the test, even if it fails. The test then fails for every secret in the recording, and for every
// interaction that could not be recorded.
func ForTest(tb testing.TB, path string, opts TestOptions) *http.Client {
	tb.Helper()
	// A redirect could send the signature of a request to another host.
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
			return // unplayed interactions are then likely a consequence
		}
		for _, in := range r.Unplayed() {
			tb.Errorf("crcheck replay: interaction %d of %s was never requested: %s %s", in.Index+1, in.Source, in.Request.Method, in.Request.URL)
		}
	})
	return r
}

// identify sets the key of the replay to that of recordings, if it is available.
func (o *TestOptions) identify(path string) error {
	if o.Replay.Key != "" {
		return nil
	}
	o.Replay.Key, o.Replay.Catalog = o.Record.Key, o.Record.Catalog
	if o.Replay.Key == "" {
		key, ok, err := redact.ReadKey(redact.KeyOf(path))
		if err != nil || !ok {
			return err
		}
		o.Replay.Key = key.Text()
	}
	return nil
}
