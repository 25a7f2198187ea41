package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/tally"
)

// TestWrite checks that few lines do not conform to the contract, and that all are about 900 bytes long.
func TestWrite(t *testing.T) {
	const lines = 6000
	counter, err := tally.New(tally.Options{Contracts: []*schema.Contract{contracts.MustLoad(contracts.Newest)}})
	require.NoError(t, err)
	var text bytes.Buffer
	require.NoError(t, write(&text, 1, lines))
	require.InDelta(t, 900, text.Len()/lines, 100)
	sum, err := counter.Input(context.Background(), "jobs.ndjson", &text)
	require.NoError(t, err)
	var report bytes.Buffer
	_, err = sum.Report(&report, tally.ReportOptions{})
	require.NoError(t, err)
	require.Regexp(t, `checked 6,?000 responses`, report.String())
	require.Regexp(t, `failed: [1-9] errors`, report.String())
}

func TestFiles(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, run([]string{folder, "10", "3"}))
	names, err := filepath.Glob(filepath.Join(folder, "*"))
	require.NoError(t, err)
	require.Len(t, names, 3)
	total := 0
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		total += bytes.Count(text, []byte("\n"))
	}
	require.Equal(t, 10, total)
	require.Error(t, run([]string{folder, "x", "3"}))
}

func BenchmarkWrite(b *testing.B) {
	b.SetBytes(900)
	b.ReportAllocs()
	require.NoError(b, write(io.Discard, 1, b.N))
}
