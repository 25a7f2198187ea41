package recorder_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/traffic"
)

// TestTraps has the traps of stock go-vcr that concern replay. Each promise is checked of both: crcheck keeps it, go-vcr v2.1.0 breaks it;
// the day that it does not, the row can go.
func TestTraps(t *testing.T) {
	headers := func(r http.RoundTripper) error {
		first, second := get(t, r, "http://localhost/a?x=1&y=2"), get(t, r, "http://localhost/a?x=1&y=2")
		first.Header.Set("X-A", "mine")
		if second.Header.Get("X-A") == "mine" {
			return fmt.Errorf("two answers share a header")
		}
		return nil
	}
	ours := replay(t, recorder.ReplayOptions{Order: recorder.Any}, trapped()...)
	stock := stockRecorder(t, trapped())
	stock.SkipRequestLatency = false
	for _, v := range []struct {
		name    string
		promise func(r http.RoundTripper) error
	}{
		{"replay does not sleep", func(r http.RoundTripper) error {
			start := time.Now()
			get(t, r, "http://localhost/slow")
			if took := time.Since(start); took >= recordedDuration {
				return fmt.Errorf("it took %s", took)
			}
			return nil
		}},
		{"answers share no header", headers},
		{"the order of a query does not matter", func(r http.RoundTripper) error {
			req, _ := http.NewRequest("GET", "http://localhost/a?y=2&x=1", nil)
			res, err := r.RoundTrip(req)
			if err == nil && res.StatusCode != 200 {
				err = fmt.Errorf("status %d", res.StatusCode)
			}
			return err
		}},
		{"what was not played can be told", func(r http.RoundTripper) error {
			get(t, r, "http://localhost/a?x=1&y=2")
			if teller, ok := r.(interface {
				Unplayed() []*traffic.Interaction
			}); !ok || len(teller.Unplayed()) == 0 {
				return fmt.Errorf("nobody can tell")
			}
			return nil
		}},
		{"the request is closed", func(r http.RoundTripper) error {
			body := &closing{Reader: strings.NewReader(""), closed: make(chan struct{})}
			req, _ := http.NewRequest("GET", "http://localhost/a?x=1&y=2", body)
			_, err := r.RoundTrip(req)
			require.NoError(t, err)
			select {
			case <-body.closed:
				return nil
			default:
				return fmt.Errorf("it is open")
			}
		}},
		{"a match is not linear", func(r http.RoundTripper) error {
			few, many := timed(t, r, "http://localhost/n/0"), timed(t, r, "http://localhost/n/1999")
			if many > 10*few {
				return fmt.Errorf("the last of 2,000 takes %s, the first %s", many, few)
			}
			return nil
		}},
	} {
		t.Run(v.name, func(t *testing.T) {
			require.NoError(t, v.promise(ours))
			require.Error(t, v.promise(stock), "stock go-vcr keeps this promise too")
		})
	}
	require.NoError(t, stock.Stop(), "it says nothing of what was not played")
}

const recordedDuration = 700 * time.Millisecond

func trapped() []*traffic.Interaction {
	var all []*traffic.Interaction
	for i := range 2000 {
		all = append(all, said("GET", fmt.Sprintf("http://localhost/n/%d", i), "", ""))
	}
	slow := said("GET", "http://localhost/slow", "", "")
	slow.Response.Duration = recordedDuration
	a := said("GET", "http://localhost/a?x=1&y=2", "", "")
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
