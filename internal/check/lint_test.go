package check

import (
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/input"
)

// TestLintHoldsNoFile checks that a long file of NDJSON is read part by part. The memory is measured
// while it is read.
func TestLintHoldsNoFile(t *testing.T) {
	line := `{"crcheckInteraction": 1, "request": {"method": "GET", "url": "https://localhost/"}, "response": {"status": 200, "body": "` + strings.Repeat("a text ", 1<<13) + `"}}` + "\n"
	size, read, most, measured := 1600*len(line), 0, uint64(0), 0
	in := readerFunc(func(p []byte) (n int, err error) {
		if read >= size {
			return 0, io.EOF
		}
		for n < min(len(p), size-read) {
			n += copy(p[n:min(len(p), size-read)], line[(read+n)%len(line):])
		}
		if read += n; read/(size/16) > measured {
			measured = read / (size / 16)
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
		return n, nil
	})
	_, options, said := given(t, nil, false)
	options.Cores = 2
	result, err := Cassettes(t.Context(), input.Gather(in, said, []string{"-"}), options)
	require.NoError(t, err)
	require.Equal(t, 1600, result.Checks.Responses)
	require.GreaterOrEqual(t, measured, 15)
	require.Less(t, most, uint64(size/2))
}
