package recorder_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/replaytest"
	"github.com/crcheck/crcheck/recorder"
)

// fakeTest is a test within a test.
type fakeTest struct {
	testing.TB
	said     []string
	failed   bool
	cleanups []func()
}

func (f *fakeTest) Helper()          {}
func (f *fakeTest) Failed() bool     { return f.failed }
func (f *fakeTest) Cleanup(c func()) { f.cleanups = append(f.cleanups, c) }
func (f *fakeTest) Logf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}
func (f *fakeTest) Error(args ...any) { f.Errorf("%s", fmt.Sprint(args...)) }
func (f *fakeTest) Errorf(format string, args ...any) {
	f.failed = true
	f.Logf(format, args...)
}
func (f *fakeTest) Fatal(args ...any) { f.Fatalf("%s", fmt.Sprint(args...)) }
func (f *fakeTest) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	runtime.Goexit()
}

// inTest runs a test and its cleanups, and returns what made it fail.
func inTest(tb testing.TB, run func(tb testing.TB)) error {
	f := &fakeTest{TB: tb}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		run(f)
	}()
	<-ended
	for _, cleanup := range f.cleanups {
		cleanup()
	}
	if f.failed {
		return errors.New(strings.Join(f.said, "\n"))
	}
	return nil
}

func TestForTest(t *testing.T) {
	asked := 0
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		fmt.Fprint(w, r.URL.Path)
	})
	path := filepath.Join(t.TempDir(), "testdata", "c.yaml")
	opts := recorder.TestOptions{Record: recorder.Options{Key: testKey.Text()}}
	test := func(fail bool, paths ...string) error {
		return inTest(t, func(tb testing.TB) {
			client := recorder.ForTest(tb, path, opts)
			for _, path := range paths {
				replaytest.Ask(t, client.Transport, "GET", server.URL+path, "")
			}
			if fail {
				tb.Error("of its own")
			}
		})
	}
	require.ErrorContains(t, test(false, "/a"), recorder.RecordVariable+"=1")
	require.Zero(t, asked)

	t.Setenv(recorder.RecordVariable, "1")
	require.NoError(t, test(false, "/a", "/b"))
	require.NoError(t, test(false, "/a", "/b"), "again")
	require.Equal(t, 4, asked)
	require.Len(t, written(t, path), 2)

	t.Setenv(recorder.RecordVariable, "")
	require.NoError(t, test(false, "/b", "/a"))
	require.ErrorContains(t, test(false, "/a"), "never requested")
	require.EqualError(t, test(true, "/a"), "of its own")
	require.ErrorContains(t, test(false, "/a", "/b", "/c"), "no response for GET /c")
	require.Equal(t, 4, asked, "replay reaches no network")
}

// What cannot be recorded makes the test that records fail.
func TestForTestTooLarge(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(recorder.MaxBody+1))
	})
	t.Setenv(recorder.RecordVariable, "1")
	err := inTest(t, func(tb testing.TB) {
		client := recorder.ForTest(tb, filepath.Join(t.TempDir(), "c.yaml"), recorder.TestOptions{Record: recorder.Options{Key: testKey.Text()}})
		req, _ := http.NewRequestWithContext(context.Background(), "GET", server.URL, nil)
		res, err := client.Do(req)
		require.NoError(t, err)
		res.Body.Close()
	})
	require.ErrorContains(t, err, "record.too-large")
}

// A test keeps its real identifiers where the key is. Where it is not, or by the identifiers of the
// cassette, it gets what was recorded.
func TestForTestWithRealIdentifiers(t *testing.T) {
	const membership, job = "7d9f3c1e-52a8-4b6f-9c04-0a1b2c3d4e5f", "3b1c9a52-0d5e-4f6a-8b7c-9d8e7f6a5b4c"
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"arn":"arn:aws:cleanrooms:us-east-1:111122223333:membership/%s","path":%q}`, membership, r.URL.Path)
	})
	path := filepath.Join(t.TempDir(), "c.yaml")
	t.Setenv(redact.Variable, "")
	test := func(url, want string) error {
		return inTest(t, func(tb testing.TB) {
			got := replaytest.Ask(t, recorder.ForTest(tb, path, recorder.TestOptions{}).Transport, "POST", server.URL+url, `{"id":"`+job+`"}`)
			if got != want {
				tb.Errorf("got %s, want %s", got, want)
			}
		})
	}
	real := "/memberships/" + membership + "/jobs/" + job
	answer := fmt.Sprintf(`{"arn":"arn:aws:cleanrooms:us-east-1:111122223333:membership/%s","path":%q}`, membership, real)
	t.Setenv(recorder.RecordVariable, "1")
	require.NoError(t, test(real, answer))
	t.Setenv(recorder.RecordVariable, "")
	recorded := written(t, path)[0]
	require.NotContains(t, recorded.Request.URL+string(recorded.Response.Body.Bytes), membership)

	// The account comes from the service alone, so it stays a pseudonym.
	account := recorded.Response.Body.Bytes[bytes.Index(recorded.Response.Body.Bytes, []byte("us-east-1:"))+10:][:12]
	answer = strings.Replace(answer, "111122223333", string(account), 1)
	require.NoError(t, test(real, answer), "with the key, in real terms")
	require.Error(t, test(strings.Replace(real, membership, job, 1), answer))

	pseudonyms := func() error {
		return inTest(t, func(tb testing.TB) {
			got := replaytest.Ask(t, recorder.ForTest(tb, path, recorder.TestOptions{}).Transport, "POST", recorded.Request.URL, string(recorded.Request.Body.Bytes))
			if got != string(recorded.Response.Body.Bytes) {
				tb.Errorf("got %s", got)
			}
		})
	}
	require.NoError(t, pseudonyms(), "with the key, in terms of the cassette")
	require.NoError(t, os.Remove(redact.KeyOf(path)))
	require.NoError(t, pseudonyms(), "without the key")
	require.NoError(t, test(real, answer), "without the key, the names are bound")
	require.Error(t, test(strings.Replace(real, membership, job, 1), answer), "one name for two pseudonyms")
	_, err := os.Stat(redact.KeyOf(path))
	require.ErrorIs(t, err, os.ErrNotExist, "replay makes no key")
}

// TestForTestRedirect: a redirect is a response, in both modes; what the request was signed with
// goes to no other host.
func TestForTestRedirect(t *testing.T) {
	var other http.Header
	elsewhere := serve(t, func(_ http.ResponseWriter, r *http.Request) { other = r.Header })
	server := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) })
	path := filepath.Join(t.TempDir(), "c.yaml")
	for _, mode := range []string{"1", ""} {
		t.Setenv(recorder.RecordVariable, mode)
		require.NoError(t, inTest(t, func(tb testing.TB) {
			client := recorder.ForTest(tb, path, recorder.TestOptions{Record: recorder.Options{Key: testKey.Text()}})
			req, err := http.NewRequest("GET", server.URL, nil)
			require.NoError(t, err)
			req.Header.Set("X-Amz-Security-Token", "no-token-of-anybody")
			res, err := client.Do(req)
			require.NoError(t, err)
			defer res.Body.Close()
			require.Equal(t, http.StatusFound, res.StatusCode)
		}), mode)
		require.Nil(t, other)
	}
}
