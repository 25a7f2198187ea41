package coverage_test

import (
	"bytes"
	"net/http"
	"slices"
	"testing"

	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

// TestMinimize checks that the chosen responses show as much as all, in order, and that none can be
// removed.
func TestMinimize(t *testing.T) {
	p := plan(t, builtin())
	var shown []coverage.Shown
	for _, x := range embedded(t) {
		s, err := p.Shown(x)
		require.NoError(t, err)
		shown = append(shown, s)
	}
	shares := func(kept []coverage.Shown) string {
		tally := p.NewTally()
		for _, s := range kept {
			tally.Add(s)
		}
		var text bytes.Buffer
		r := tally.Report()
		r.Responses, r.Counted, r.Contracts[0].Responses, r.Contracts[0].Unreadable = 0, 0, 0, 0
		require.NoError(t, report.JSON(&text, r))
		return text.String()
	}
	indexes := coverage.Minimize(shown)
	require.True(t, slices.IsSorted(indexes))
	require.Less(t, len(indexes), len(shown)/4)
	var kept []coverage.Shown
	for _, i := range indexes {
		kept = append(kept, shown[i])
	}
	require.Equal(t, shares(shown), shares(kept))
	for i := range kept {
		require.NotEqual(t, shares(kept), shares(slices.Delete(slices.Clone(kept), i, i+1)), "response %d is superfluous", indexes[i])
	}
	require.Equal(t, []int{0}, coverage.Minimize([]coverage.Shown{shown[0], shown[0]}), "the first of equals")
	require.Empty(t, coverage.Minimize(nil))
	require.Equal(t, shown[0].Key(), shown[0].Key())
}

// TestMinimizeLeavesNothingSuperfluous checks that a response is removed if later choices of the
// greedy cover replace it.
func TestMinimizeLeavesNothingSuperfluous(t *testing.T) {
	p := plan(t, shed(t))
	var shown []coverage.Shown
	for _, body := range []string{
		`{"tool":{"name":"s","weight":null,"state":null,"part":null,"spare":null,"tags":null,"labels":null}}`,
		`{"tool":{"name":"s","weight":null,"state":null,"part":null}}`,
		`{"tool":{"name":"s","spare":null,"tags":null,"labels":null}}`,
	} {
		s, err := p.Shown(tool(200, body))
		require.NoError(t, err)
		shown = append(shown, s)
	}
	require.Equal(t, []int{1, 2}, coverage.Minimize(shown))
}

// FuzzShown checks that no response breaks the walk, and that the same response always shows the
// same points.
func FuzzShown(f *testing.F) {
	for _, x := range embedded(f) {
		f.Add(x.Response.Status, x.Response.Header.Get("X-Amzn-Errortype"), x.Response.Body.Bytes)
	}
	for _, body := range []string{`{"tool":{"name":"s","spare":{"spare":{"spare":{}}},"part":{"blade":"b"},"labels":{"a":null},"tags":[]}}`, `[]`, `7`, `null`, `{"tool":{"tool":{}},"tool":1}`} {
		f.Add(200, "", []byte(body))
	}
	plans := []*coverage.Plan{plan(f, shed(f)), plan(f, builtin())}
	f.Fuzz(func(t *testing.T, status int, name string, body []byte) {
		for i, p := range plans {
			x := tool(status, string(body), "X-Amzn-Errortype", name)
			if i == 1 {
				x.Request.URL = throttled.Request.URL
			}
			shown, err := p.Shown(x)
			require.NoError(t, err)
			again := p.Response(shown.Contract, &traffic.Response{Status: status, Header: http.Header{"X-Amzn-Errortype": {name}}, Body: traffic.BodyOf(body)})
			require.Equal(t, shown.Key(), again.Key())
			if shown.Len() > 0 {
				require.Equal(t, []int{0}, coverage.Minimize([]coverage.Shown{shown, again}))
			}
		}
	})
}
