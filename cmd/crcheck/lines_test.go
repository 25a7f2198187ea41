package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// lines generates NDJSON of any length without holding it in memory.
type lines struct {
	left   int
	make   func(i int) string
	rest   []byte
	buffer []byte
	peek   func() // called every 5,000 lines
}

// Read fills p, as a file does.
func (l *lines) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(l.rest) == 0 {
			if l.left == 0 {
				return n, io.EOF
			}
			l.left--
			if l.left%5_000 == 0 && l.peek != nil {
				l.peek()
			}
			l.rest = append(l.buffer[:0], l.make(l.left)...)
			l.buffer = l.rest
		}
		copied := copy(p[n:], l.rest)
		n, l.rest = n+copied, l.rest[copied:]
	}
	return n, nil
}

const wellFormed = `{"protectedJob":{"id":"00000000-0000-4000-8000-000000000001","membershipId":"10000000-0000-4000-8000-000000000001",` +
	`"membershipArn":"arn:aws:cleanrooms:us-east-1:111122223333:membership/10000000-0000-4000-8000-000000000001","createTime":1767225600,"status":"SUCCESS"}}` + "\n"

// wrong returns a line with findings. The values of all lines differ.
func wrong(i int) string {
	return fmt.Sprintf(`{"protectedJob":{"id":%d,"membershipId":"%d","createTime":%d.5,"status":"S%d","statistics":{"totalDurationInMillis":-1e400}}}`+"\n", i, i, i, i)
}

// TestMemory checks that a run's memory grows with the number of different findings, not with the
// number of findings. It runs on one core: with more of them, the parts being checked are in the
// measured heap too, and how many there are depends on the load of the machine.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it reads hundreds of thousands of lines")
	}
	heap := func(n int) uint64 {
		var peak uint64
		in := &lines{left: n, make: wrong, peek: func() {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
		}}
		var out bytes.Buffer
		require.Equal(t, exitFindings, run(context.Background(), &terminal{In: in, Out: &out, Err: io.Discard}, []string{"validate", "-j1", "-"}))
		require.Contains(t, out.String(), fmt.Sprintf("type.mismatch in response at /protectedJob/id, %s times", commas(n)))
		return peak
	}
	small, large := 20_000, 300_000
	if raceEnabled {
		small, large = 5_000, 20_000
	}
	few, many := heap(small), heap(large)
	t.Logf("%d lines: %d KiB; %d lines: %d KiB", small, few>>10, large, many>>10)
	// One byte per line would already be too much.
	require.Less(t, int64(many)-int64(few), int64(256<<10))
}

func commas(n int) string { return fmt.Sprintf("%d,%03d", n/1000, n%1000) }

// BenchmarkValidate reads NDJSON through the whole command line.
func BenchmarkValidate(b *testing.B) {
	const n = 10_000
	for _, kind := range []struct {
		name string
		line func(int) string
	}{
		{"clean", func(int) string { return wellFormed }},
		{"findings", wrong},
	} {
		b.Run(kind.name, func(b *testing.B) {
			var text strings.Builder
			for i := range n {
				text.WriteString(kind.line(i))
			}
			b.SetBytes(int64(text.Len()))
			b.ReportAllocs()
			for b.Loop() {
				run(context.Background(), &terminal{In: strings.NewReader(text.String()), Out: io.Discard, Err: io.Discard}, []string{"validate", "-"})
			}
		})
	}
}
