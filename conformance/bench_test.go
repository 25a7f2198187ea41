package conformance_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/internal/reference"
	"github.com/crcheck/crcheck/schema/contracts"
)

// manyCases is a plan of so many cases that answer with a success.
func manyCases(tb testing.TB, n int) *conformance.Plan {
	tb.Helper()
	text := &strings.Builder{}
	text.WriteString("crcheckSuite: 1\noperation: cleanrooms.GetProtectedJob\ncases:\n")
	for i := range n {
		fmt.Fprintf(text, "  - {name: many/%d, about: a success, level: observe, layer: schema, cassette: good/status-success.yaml, expect: [{output: canonical}]}\n", i)
	}
	suite, err := conformance.ParseSuite("many.yaml", []byte(text.String()))
	require.NoError(tb, err)
	plan, err := conformance.Load(suite, cassettes.Embedded(), contracts.MustLoad(suite.Operation))
	require.NoError(tb, err)
	return plan
}

// BenchmarkRun runs 1,000 cases: against the client in Go, and against one that
// does nothing, which is what the runner itself takes for a case.
func BenchmarkRun(b *testing.B) {
	nothing := &conformance.Func{
		Info:        conformance.ClientInfo{Name: "nothing", Version: "1", Language: "Go"},
		Concurrency: 8,
		Do: func(context.Context, conformance.Call) *conformance.Result {
			return &conformance.Result{Skipped: &conformance.SkippedResult{Reason: "it does nothing"}}
		},
	}
	const n = 1000
	for _, client := range []*conformance.Func{reference.New(""), nothing} {
		b.Run(client.Info.Name, func(b *testing.B) {
			plan := manyCases(b, n)
			b.ReportAllocs()
			for b.Loop() {
				results, err := plan.Run(b.Context(), client, conformance.Options{})
				require.NoError(b, err)
				require.Empty(b, results.Count(conformance.Failed))
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "cases/s")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(n*b.N), "µs/case")
		})
	}
}
