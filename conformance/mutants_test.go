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
