package coverage_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/report"
)

// TestMinimize: what is kept shows as much as everything, in order, and nothing
// of it can be left out.
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
		r.Answers, r.Counted, r.Contracts[0].Answers, r.Contracts[0].Unreadable = 0, 0, 0, 0
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
		require.NotEqual(t, shares(kept), shares(slices.Delete(slices.Clone(kept), i, i+1)), "answer %d is superfluous", indexes[i])
	}
	require.Equal(t, []int{0}, coverage.Minimize([]coverage.Shown{shown[0], shown[0]}), "the first of equals")
	require.Empty(t, coverage.Minimize(nil))
	require.Equal(t, shown[0].Key(), shown[0].Key())
}

// TestMinimizeLeavesNothingSuperfluous: the greedy cover takes the largest first,
// which those after it may come to replace.
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
