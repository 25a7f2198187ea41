package report

import (
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/stretchr/testify/require"
)

// TestAddFrom checks that the line of a finding is computed only for a sample.
func TestAddFrom(t *testing.T) {
	var c Collector
	lines := 0
	for range 2 * MaxSamples {
		c.AddFrom(finding.Finding{Rule: finding.TypeMismatch, Severity: finding.Error, Line: 1, Column: 1}, func() []byte {
			lines++
			return []byte("{}")
		})
	}
	require.Equal(t, MaxSamples, lines)
	require.Equal(t, 2*MaxSamples, c.Report(nil, 0).Groups[0].Count)
}
