package input

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestProgress: however much is read, reading goes on; after the end nothing is
// drawn into the report.
func TestProgress(t *testing.T) {
	for _, total := range []int64{-1, 0, 3, 1 << 20} {
		var shown bytes.Buffer
		p := &progress{out: &shown, total: total} // since the year 1: longer than a second
		text := strings.Repeat("x", 1000)
		got, err := io.ReadAll(p.reader(strings.NewReader(text)))
		require.NoError(t, err, total)
		require.Equal(t, text, string(got))
		p.close()
		drawn := shown.Len()
		time.Sleep(150 * time.Millisecond)
		require.Equal(t, drawn, shown.Len())
	}
	require.Nil(t, newProgress(&bytes.Buffer{}, 1), "not a terminal")
	(*progress)(nil).close()
}
