package plural

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOf(t *testing.T) {
	for _, row := range []struct {
		n          int
		noun, want string
	}{
		{0, "file", "0 files"},
		{1, "file", "1 file"},
		{2, "file", "2 files"},
		{1, "miss", "1 miss"},
		{3, "miss", "3 misses"},
		{999, "known deviation", "999 known deviations"},
		{1000, "response", "1,000 responses"},
		{1234567, "response", "1,234,567 responses"},
	} {
		t.Run(row.want, func(t *testing.T) { require.Equal(t, row.want, Of(row.n, row.noun)) })
	}
}
