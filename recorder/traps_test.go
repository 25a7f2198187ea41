package recorder_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dnaeon/go-vcr/v2/cassette"
	vcr "github.com/dnaeon/go-vcr/v2/recorder"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/replaytest"
	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/replay"
	"github.com/crcheck/crcheck/traffic"
)

// implementation is what a trap is tried on.
type implementation struct {
	// record records into name.yaml, with or without something that hides what is recorded.
	record func(t *testing.T, name string, hide bool) (rt http.RoundTripper, end func() error)
	replay func(t *testing.T, interactions []*traffic.Interaction) http.RoundTripper
	// test replays name.yaml in a test that calls use, and says how it went.
	test func(t *testing.T, name string, use func(http.RoundTripper)) error
}

func crcheck() implementation {
	return implementation{
		record: func(t *testing.T, name string, hide bool) (http.RoundTripper, func() error) {
			r := record(t, name+".yaml", recorder.Options{All: hide})
			return r, r.Close
		},
		replay: func(t *testing.T, interactions []*traffic.Interaction) http.RoundTripper {
			r, err := replay.New(replay.Of(interactions...), replay.Options{Order: replay.Any})
			require.NoError(t, err)
			return r
		},
		test: func(t *testing.T, name string, use func(http.RoundTripper)) error {
			return inTest(t, func(tb testing.TB) {
				use(recorder.ForTest(tb, name+".yaml", recorder.TestOptions{}).Transport)
			})
		},
	}
}

func goVCR() implementation {
	return implementation{
		record: func(t *testing.T, name string, hide bool) (http.RoundTripper, func() error) {
			r, err := vcr.NewAsMode(name, vcr.ModeRecording, nil)
			require.NoError(t, err)
			r.SkipRequestLatency = true
			if hide {
				r.AddFilter(func(i *cassette.Interaction) error {
					i.Response.Body = "hidden"
					return nil
				})
			}
			return r, r.Stop
		},
		replay: func(t *testing.T, interactions []*traffic.Interaction) http.RoundTripper {
			stock := replaytest.Stock(t, interactions)
			stock.SkipRequestLatency = false
			return stock
		},
		test: func(t *testing.T, name string, use func(http.RoundTripper)) error {
			r, err := vcr.New(name)
			require.NoError(t, err)
			use(r)
			return r.Stop()
		},
	}
}

// TestTraps has the traps of stock go-vcr. Each promise is checked of both: crcheck keeps it,
// go-vcr v2.1.0 breaks it; the day that it does not, the row can go.
func TestTraps(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, `{"name":"live %s"}`, r.URL.Path) })
	recordOne := func(t *testing.T, i implementation, name, path string, hide bool) (answer string) {
		rt, end := i.record(t, name, hide)
		answer = replaytest.Ask(t, rt, "GET", server.URL+path, "")
		require.NoError(t, end())
		return answer
	}
	replayed := func(promise func(t *testing.T, r http.RoundTripper) error) func(*testing.T, implementation) error {
		return func(t *testing.T, i implementation) error { return promise(t, i.replay(t, trapped())) }
	}
	for _, v := range []struct {
		name    string
		promise func(t *testing.T, i implementation) error
	}{
		{"recording does not append to an old cassette", func(t *testing.T, i implementation) error {
			name := filepath.Join(t.TempDir(), "c")
			recordOne(t, i, name, "/old", false)
			recordOne(t, i, name, "/new", false)
			if all := written(t, name+".yaml"); len(all) != 1 {
				return fmt.Errorf("there are %d interactions", len(all))
			}
			return nil
		}},
		{"what is hidden from the cassette is not hidden from the client", func(t *testing.T, i implementation) error {
			name := filepath.Join(t.TempDir(), "c")
			answer := recordOne(t, i, name, "/a", true)
			text, err := os.ReadFile(name + ".yaml")
			require.NoError(t, err)
			require.NotContains(t, string(text), "live", "nothing was hidden")
			if answer != `{"name":"live /a"}` {
				return fmt.Errorf("the client saw %s", answer)
			}
			return nil
		}},
		{"an old cassette is whole until the new one is", func(t *testing.T, i implementation) error {
			name := filepath.Join(t.TempDir(), "c")
			recordOne(t, i, name, "/old", false)
			old, err := os.ReadFile(name + ".yaml")
			require.NoError(t, err)
			// A second name of the old file shows whether it was written over.
			require.NoError(t, os.Link(name+".yaml", name+".second"))
			recordOne(t, i, name, "/new", false)
			now, err := os.ReadFile(name + ".second")
			require.NoError(t, err)
			if string(now) != string(old) {
				return fmt.Errorf("it was written in place")
			}
			return nil
		}},
		{"what is never asked for makes the test fail", func(t *testing.T, i implementation) error {
			name := filepath.Join(t.TempDir(), "c")
			recordOne(t, i, name, "/a", false)
			if i.test(t, name, func(http.RoundTripper) {}) == nil {
				return fmt.Errorf("it passed")
			}
			return i.test(t, name, func(rt http.RoundTripper) { replaytest.Ask(t, rt, "GET", server.URL+"/a", "") })
		}},
		{"replay does not sleep past the time that a client has", replayed(func(t *testing.T, r http.RoundTripper) error {
			client := &http.Client{Transport: r, Timeout: recordedDuration / 2}
			start := time.Now()
			res, err := client.Get("http://localhost/slow")
			if err == nil {
				res.Body.Close()
			}
			if took := time.Since(start); took >= recordedDuration {
				return errors.Join(fmt.Errorf("it took %s", took), err)
			}
			return err
		})},
		{"answers share no header", replayed(func(t *testing.T, r http.RoundTripper) error {
			first, second := get(t, r, "http://localhost/a?x=1&y=2"), get(t, r, "http://localhost/a?x=1&y=2")
			first.Header.Set("X-A", "mine")
			if second.Header.Get("X-A") == "mine" {
				return fmt.Errorf("two responses share a header")
			}
			return nil
		})},
		{"the order of a query does not matter", replayed(func(t *testing.T, r http.RoundTripper) error {
			req, _ := http.NewRequest("GET", "http://localhost/a?y=2&x=1", nil)
			res, err := r.RoundTrip(req)
			if err == nil && res.StatusCode != 200 {
				err = fmt.Errorf("status %d", res.StatusCode)
			}
			return err
		})},
		{"the request is closed", replayed(func(t *testing.T, r http.RoundTripper) error {
			body := &replaytest.Closing{Reader: strings.NewReader(""), Closed: make(chan struct{})}
			req, _ := http.NewRequest("GET", "http://localhost/a?x=1&y=2", body)
			_, err := r.RoundTrip(req)
			require.NoError(t, err)
			select {
			case <-body.Closed:
				return nil
			default:
				return fmt.Errorf("it is open")
			}
		})},
		{"a match is not linear", replayed(func(t *testing.T, r http.RoundTripper) error {
			few, many := timed(t, r, "http://localhost/n/0"), timed(t, r, "http://localhost/n/1999")
			if many > 10*few {
				return fmt.Errorf("the last of 2,000 takes %s, the first %s", many, few)
			}
			return nil
		})},
	} {
		t.Run(v.name, func(t *testing.T) {
			require.NoError(t, v.promise(t, crcheck()))
			require.Error(t, v.promise(t, goVCR()), "stock go-vcr keeps this promise too")
		})
	}
}

// Stock go-vcr loads what was recorded, and replays it.
func TestStockReplaysRecording(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "\t{\n\"path\":%q}\n\n", r.URL.Path) })
	name := filepath.Join(t.TempDir(), "c")
	r := record(t, name+".yaml", recorder.Options{})
	for i := range 3 {
		replaytest.Ask(t, r, "POST", fmt.Sprintf("%s/%d", server.URL, i), "a=b")
	}
	require.NoError(t, r.Close())
	want := written(t, name+".yaml")
	stock, err := vcr.NewAsMode(name, vcr.ModeReplaying, replaytest.RefuseNetwork{})
	require.NoError(t, err)
	for _, in := range want {
		res, err := (&http.Client{Transport: stock}).Post(in.Request.URL, "", nil)
		require.NoError(t, err)
		text, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.Equal(t, string(in.Response.Body.Bytes), string(text))
	}
}

const recordedDuration = 700 * time.Millisecond

func trapped() []*traffic.Interaction {
	var all []*traffic.Interaction
	for i := range 2000 {
		all = append(all, replaytest.Said("GET", fmt.Sprintf("http://localhost/n/%d", i), "", ""))
	}
	slow := replaytest.Said("GET", "http://localhost/slow", "", "")
	slow.Response.Duration = recordedDuration
	a := replaytest.Said("GET", "http://localhost/a?x=1&y=2", "", "")
	a.Response.Header.Set("X-A", "recorded")
	return append(all, slow, a)
}

func get(t *testing.T, r http.RoundTripper, url string) *http.Response {
	req, err := http.NewRequest("GET", url, nil)
	require.NoError(t, err)
	res, err := r.RoundTrip(req)
	require.NoError(t, err)
	return res
}

// timed is the shortest of several tries: the machine is shared.
func timed(t *testing.T, r http.RoundTripper, url string) time.Duration {
	best := time.Hour
	for range 20 {
		start := time.Now()
		get(t, r, url)
		best = min(best, time.Since(start))
	}
	return best
}
