package input

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestProgress checks that reading continues whatever the total is, and that nothing is drawn into
// the report after close.
func TestProgress(t *testing.T) {
	for _, total := range []int64{-1, 0, 3, 1 << 20} {
		t.Run(fmt.Sprint("total ", total), func(t *testing.T) {
			var shown bytes.Buffer
			p := &progress{out: &shown, total: total} // started in the year 1
			text := strings.Repeat("x", 1000)
			got, err := io.ReadAll(p.reader(strings.NewReader(text)))
			require.NoError(t, err)
			require.Equal(t, text, string(got))
			p.close()
			drawn := shown.Len()
			time.Sleep(150 * time.Millisecond)
			require.Equal(t, drawn, shown.Len())
		})
	}
	require.Nil(t, newProgress(&bytes.Buffer{}, 1), "not a terminal")
	(*progress)(nil).close()
}
