package probe_test

import (
	"testing"

	"github.com/crcheck/crcheck/internal/probe"
	"github.com/stretchr/testify/require"
)

func BenchmarkReplay(b *testing.B) {
	_, endpoint := newEmulator(b, "")
	p := newProbe(b, endpoint, shop(b), probe.Options{})
	session := recorded(b)
	b.ReportAllocs()
	for b.Loop() {
		_, err := p.Replay(b.Context(), session[4])
		require.NoError(b, err)
	}
}
