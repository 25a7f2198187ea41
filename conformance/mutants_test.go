package conformance_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/conformance/reference"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/stretchr/testify/require"
)

func builtin(t testing.TB) *conformance.Plan {
	t.Helper()
	suite := conformance.Builtin()
	plan, err := conformance.Load(suite, cassettes.Embedded(), contracts.MustLoad(suite.Operation))
	require.NoError(t, err)
	return plan
}

// failing runs the built-in suite and returns the cases that did not pass.
func failing(t testing.TB, client conformance.Client) []string {
	t.Helper()
	results, err := builtin(t).Run(t.Context(), client, conformance.Options{})
	require.NoError(t, err)
	require.Empty(t, results.Ended)
	var failed []string
	for _, o := range results.Outcomes {
		if o.Verdict != conformance.Passed {
			failed = append(failed, o.Case)
		}
	}
	return failed
}

// TestMutants tests the suite: the clean client passes every case, and each
// client with a bug that authors really make is found out. A case that no bug
// fails would prove nothing, unless it only observes.
func TestMutants(t *testing.T) {
	suite := conformance.Builtin()
	require.Empty(t, failing(t, reference.New("")))
	kills := map[string]int{}
	killed := 0
	for _, m := range reference.Mutants() {
		failed := failing(t, reference.New(m.Name))
		require.NotEmpty(t, failed, "no case finds the bug %s: %s", m.Name, m.Models)
		killed++
		counts := 4*len(failed) <= len(suite.Cases)
		t.Logf("%-32s fails %2d of %d cases, counts: %t", m.Name, len(failed), len(suite.Cases), counts)
		if counts {
			for _, name := range failed {
				kills[name]++
			}
		}
	}
	t.Logf("mutation score: %d of %d", killed, len(reference.Mutants()))
	var idle []string
	for _, c := range suite.Cases {
		if kills[c.Name] == 0 && c.Level != conformance.Observe {
			idle = append(idle, c.Name)
		}
	}
	t.Logf("%d cases find no bug yet: %v", len(idle), idle)
}

// TestSameSeedSameReport: concurrency, ports and time leave no trace.
func TestSameSeedSameReport(t *testing.T) {
	report := func(seed uint64) []byte {
		results, err := builtin(t).Run(t.Context(), reference.New("closed-enum"), conformance.Options{Seed: seed})
		require.NoError(t, err)
		var text, json bytes.Buffer
		require.NoError(t, conformance.Text(&text, results))
		require.NoError(t, conformance.JSON(&json, results))
		return slices.Concat(text.Bytes(), json.Bytes())
	}
	require.Equal(t, string(report(7)), string(report(7)))
	require.NotEqual(t, string(report(7)), string(report(8)))
}

func TestRunSubtests(t *testing.T) {
	conformance.Run(t, reference.New(""))
}
