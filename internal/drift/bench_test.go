package drift_test

import (
	"testing"

	"github.com/crcheck/crcheck/internal/drift"
	"github.com/stretchr/testify/require"
)

// BenchmarkService compares all operations of a service, with witnesses.
func BenchmarkService(b *testing.B) {
	old := shared(b, "data/models/cleanrooms-1.37.15.service-2.json", "1.37.15")
	new := shared(b, "data/models/cleanrooms-1.43.67.service-2.json", "1.43.67")
	b.ReportAllocs()
	for b.Loop() {
		result, err := drift.Compare(old, new)
		require.NoError(b, err)
		b.ReportMetric(float64(len(result.Changes)), "changes")
	}
}
