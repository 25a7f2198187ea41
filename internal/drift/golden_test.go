package drift_test

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/report"
)

var update = flag.Bool("update", false, "rewrite the goldens in testdata/golden")

// golden holds a report, as a format writes it, against a file.
func golden(t *testing.T, name string, r *report.Drift, write func(io.Writer, *report.Drift) error) {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, write(&b, r))
	path := filepath.Join("testdata", "golden", name)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, b.Bytes(), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
}
