package report

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
)

// TestTests checks that a group names its first tests and counts the others, each once.
func TestTests(t *testing.T) {
	for _, test := range []struct {
		tests int
		want  string
	}{
		{1, "  tests: test_a.py::test_0\n"},
		{3, "  tests: test_a.py::test_0, test_a.py::test_1, test_a.py::test_2\n"},
		{5, "  tests: test_a.py::test_0, test_a.py::test_1, test_a.py::test_2 and 2 more\n"},
	} {
		t.Run(fmt.Sprint(test.tests), func(t *testing.T) {
			var c Collector
			for i := range 2 * test.tests {
				c.Checked("a.B")
				c.Add(finding.Finding{Rule: finding.TypeMismatch, Severity: finding.Error, Operation: "a.B", Source: "test_a.py", Line: 3,
					Test: fmt.Sprintf("test_a.py::test_%d", i%test.tests)}, nil)
			}
			var out bytes.Buffer
			require.NoError(t, Write(&out, FormatText, &Results{Traffic: c.Report(nil, 0)}, Style{}))
			require.Contains(t, out.String(), test.want)
			require.Contains(t, out.String(), " of a.B, ", "the operation is named, although it is the only one")
		})
	}
}
