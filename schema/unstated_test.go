package schema

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestInputUnstated: an input that the source leaves out differs from none, and
// takes over what another source says of it.
func TestInputUnstated(t *testing.T) {
	whole := garden(t)
	require.NotEmpty(t, whole.Input)
	whole.Echoes = nil // they name members of the input
	open := whole.Clone()
	open.Input, open.InputUnstated = "", true
	none := whole.Clone()
	none.Input = ""
	require.NoError(t, open.Check())

	for _, v := range []struct {
		name string
		a, b *Contract
		want int
	}{{"unstated and stated", open, whole, 0}, {"stated and unstated", whole, open, 0}, {"both unstated", open, open, 0}, {"none and stated", none, whole, 1}} {
		t.Run(v.name, func(t *testing.T) {
			before := v.a.Digest()
			require.Len(t, Diff(v.a, v.b), v.want)
			require.Equal(t, before, v.a.Digest(), "Diff writes nothing")
		})
	}
	t.Run("merge", func(t *testing.T) {
		merged, conflicts := Merge(open, whole)
		require.Empty(t, conflicts)
		require.NoError(t, merged.Check())
		require.False(t, merged.InputUnstated)
		require.Empty(t, Diff(whole, merged))
		require.Empty(t, Diff(merged, whole))
		_, conflicts = Merge(whole, open)
		require.Empty(t, conflicts)
	})
	t.Run("check", func(t *testing.T) {
		both := whole.Clone()
		both.InputUnstated = true
		require.ErrorContains(t, both.Check(), "unstated")
	})
	t.Run("JSON", func(t *testing.T) {
		text, err := open.Encode()
		require.NoError(t, err)
		again, err := Parse(text)
		require.NoError(t, err)
		require.Equal(t, open.Digest(), again.Digest())
		require.NotEqual(t, none.Digest(), again.Digest())
	})
}
