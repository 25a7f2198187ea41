package traffic_test

import (
	"bytes"
	"io"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

const benchBody = `{"protectedJob":{"id":"11111111-2222-4333-8444-555555555555","creatorAccountId":"111122223333","status":"SUCCESS"}}`

func BenchmarkReadNDJSON(b *testing.B) {
	const lines = 100_000
	text := []byte(strings.Repeat(benchBody+"\n", lines))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		require.Equal(b, lines, count(b, text))
	}
}

func BenchmarkReadCassette(b *testing.B) {
	text := benchCassette(b)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		require.Equal(b, 1000, count(b, text))
	}
}

// BenchmarkPosition measures one position in each of 1,000 bodies of a cassette, including indexes.
func BenchmarkPosition(b *testing.B) {
	text := benchCassette(b)
	b.ReportAllocs()
	for b.Loop() {
		for interaction := range traffic.Read("in", bytes.NewReader(text)) {
			interaction.Response.Body.Position(50)
		}
	}
}

func BenchmarkWriteCassette(b *testing.B) {
	interactions := benchInteractions()
	b.SetBytes(int64(len(benchCassette(b))))
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, traffic.WriteCassette(io.Discard, traffic.Meta{}, interactions))
	}
}

func BenchmarkReadInteractions(b *testing.B) {
	var text bytes.Buffer
	require.NoError(b, traffic.WriteNDJSON(&text, benchInteractions()))
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		require.Equal(b, 1000, count(b, text.Bytes()))
	}
}

func BenchmarkWriteNDJSON(b *testing.B) {
	interactions := benchInteractions()
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, traffic.WriteNDJSON(io.Discard, interactions))
	}
}

func benchInteractions() (interactions []*traffic.Interaction) {
	for range 1000 {
		interactions = append(interactions, newInteraction(benchBody))
	}
	return interactions
}

func benchCassette(b *testing.B) []byte {
	var text bytes.Buffer
	require.NoError(b, traffic.WriteCassette(&text, traffic.Meta{}, benchInteractions()))
	return text.Bytes()
}

func count(b *testing.B, text []byte) (n int) {
	for _, err := range traffic.Read("in", bytes.NewReader(text)) {
		require.NoError(b, err)
		n++
	}
	return n
}

// BenchmarkReadHAR reads 10,000 and 100,000 entries. The peak of the heap must be the same.
func BenchmarkReadHAR(b *testing.B) {
	entry := `{"startedDateTime":"2026-01-02T03:04:05.678Z","time":12.5,"_priority":"High","request":{"method":"GET","url":"https://example.com/memberships","httpVersion":"h2",` +
		`"headers":[{"name":":method","value":"GET"},{"name":"accept","value":"*/*"}],"queryString":[],"cookies":[],"headersSize":-1,"bodySize":0},` +
		`"response":{"status":200,"statusText":"","headers":[{"name":"content-type","value":"application/json"}],"content":{"size":107,"mimeType":"application/json","text":` +
		strconv.Quote(benchBody) + `}},"timings":{"send":0,"wait":12,"receive":0.5}}`
	for _, entries := range []int{10_000, 100_000} {
		b.Run(strconv.Itoa(entries), func(b *testing.B) {
			b.SetBytes(int64(entries * len(entry)))
			b.ReportAllocs()
			var peak uint64
			for b.Loop() {
				n := 0
				for _, err := range traffic.Read("in", newHAR(entry, entries-1)) {
					if err != nil {
						b.Fatal(err)
					}
					if n++; n%(entries/10) == 0 {
						var m runtime.MemStats
						runtime.ReadMemStats(&m)
						peak = max(peak, m.HeapInuse)
					}
				}
				require.Equal(b, entries, n)
			}
			b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
			b.ReportMetric(float64(entries*b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

// newHAR returns a HAR with one more entry than times.
func newHAR(entry string, times int) io.Reader {
	return multi(harHead, &repeated{line: []byte(entry + ",\n"), left: times}, entry+"]}}")
}

func multi(before string, r io.Reader, after string) io.Reader {
	return io.MultiReader(strings.NewReader(before), r, strings.NewReader(after))
}

func BenchmarkConvert(b *testing.B) {
	interactions := benchInteractions()
	for _, to := range []traffic.Kind{traffic.Cassette, traffic.NDJSON} {
		b.Run(string(to), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				require.NoError(b, traffic.Convert(io.Discard, to, sequence(interactions)))
			}
		})
	}
}
