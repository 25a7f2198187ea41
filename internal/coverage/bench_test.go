package coverage_test

import (
	"testing"

	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/stretchr/testify/require"
)

func BenchmarkTake(b *testing.B) {
	traffic := embedded(b)
	tally := plan(b, builtin()).NewTally()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		tally.Take(traffic[i%len(traffic)])
	}
}

func BenchmarkMinimize(b *testing.B) {
	p := plan(b, builtin())
	var shown []coverage.Shown
	for _, x := range embedded(b) {
		s, err := p.Shown(x)
		require.NoError(b, err)
		shown = append(shown, s)
	}
	b.ReportAllocs()
	for b.Loop() {
		coverage.Minimize(shown)
	}
}

func BenchmarkReport(b *testing.B) {
	tally := plan(b, builtin()).NewTally()
	tally.Take(throttled)
	b.ReportAllocs()
	for b.Loop() {
		tally.Report()
	}
}
