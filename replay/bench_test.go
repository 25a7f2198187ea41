package replay_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/replaytest"
	"github.com/crcheck/crcheck/replay"
	"github.com/crcheck/crcheck/traffic"
)

// kinds are the two kinds of request that a match can be hard for.
var kinds = []struct {
	name    string
	request func(i int) (method, url, body string)
}{
	{"path-labels", func(i int) (method, url, body string) {
		return http.MethodGet, benchHost + "/memberships/10000000-0000-4000-8000-" + strconv.Itoa(1e11+i/100) +
			"/protectedJobs/" + strconv.Itoa(1e7+i) + "-0000-4000-8000-000000000134", ""
	}},
	{"all-POST", func(i int) (method, url, body string) {
		return http.MethodPost, benchHost + "/",
			`{"membershipIdentifier": "10000000-0000-4000-8000-000000000001", "protectedJobIdentifier": "` + strconv.Itoa(1e7+i) + `", "limit": 100}`
	}},
}

const benchHost = "https://cleanrooms.us-east-1.amazonaws.com"

type requests func(i int) (method, url, body string)

func recorded(method, url, body string, i int) *traffic.Interaction {
	return &traffic.Interaction{
		Source: "bench.yaml", Kind: traffic.Cassette, Index: i,
		Request: &traffic.Request{Method: method, URL: url, Body: traffic.BodyOf([]byte(body))},
		Response: traffic.Response{
			Status: 200, StatusText: "200 OK",
			Header: http.Header{
				"Content-Type":     {"application/json"},
				"Date":             {"Thu, 01 Jan 2026 00:00:00 GMT"},
				"X-Amzn-Requestid": {fmt.Sprintf("f0000000-0000-4000-8000-%012d", i)},
			},
			Body: traffic.BodyOf(fmt.Appendf(nil, `{"protectedJob":{"id":"%08d","membershipId":"10000000-0000-4000-8000-000000000001","status":"SUCCESS"}}`, i)),
		},
	}
}

func many(n int, request requests) []*traffic.Interaction {
	all := []*traffic.Interaction{}
	for i := range n {
		method, url, body := request(i)
		all = append(all, recorded(method, url, body, i))
	}
	return all
}

// orders are the orders in which the interactions are asked for.
var orders = []struct {
	name string
	next func(i, n int) int
}{
	{"in-order", func(i, n int) int { return i % n }},
	{"random", func(_, n int) int { return rand.IntN(n) }},
}

// BenchmarkReplay is whole round trips, from a new request to the last byte of the response,
// beside stock go-vcr; its largest size is left out, because it would take hours.
func BenchmarkReplay(b *testing.B) {
	for _, kind := range kinds {
		for _, n := range []int{10, 1_000, 100_000} {
			interactions := many(n, kind.request)
			player, err := replay.New(replay.Of(interactions...), replay.Options{Order: replay.Any})
			require.NoError(b, err)
			for _, order := range orders {
				b.Run(fmt.Sprintf("crcheck/%s/%d/%s", kind.name, n, order.name), func(b *testing.B) {
					roundTrips(b, player, kind.request, n, order.next)
				})
				if n <= 1_000 && kind.name == "path-labels" { // its matcher ignores bodies: all-POST would be the first answer always
					stock := replaytest.Stock(b, interactions)
					b.Run(fmt.Sprintf("go-vcr/%s/%d/%s", kind.name, n, order.name), func(b *testing.B) {
						roundTrips(b, stock, kind.request, n, order.next)
					})
				}
			}
		}
	}
}

func roundTrips(b *testing.B, rt http.RoundTripper, request requests, n int, next func(i, n int) int) {
	runtime.GC()
	b.ReportAllocs()
	sink := make([]byte, 4096)
	for i := 0; b.Loop(); i++ {
		method, url, body := request(next(i, n))
		req, err := http.NewRequest(method, url, strings.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		res, err := rt.RoundTrip(req)
		if err != nil || res.StatusCode != http.StatusOK {
			b.Fatal(err, res)
		}
		for err == nil {
			_, err = res.Body.Read(sink)
		}
		res.Body.Close()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "trips/s")
}

// BenchmarkMiss is the search for the nearest of 100,000: beyond MaxMisses it is left out, so each
// is the first of a Replay.
func BenchmarkMiss(b *testing.B) {
	for _, kind := range kinds {
		b.Run(kind.name, func(b *testing.B) {
			player, err := replay.New(replay.Of(many(100_000, kind.request)...), replay.Options{})
			require.NoError(b, err)
			method, url, body := kind.request(200_000)
			for i := 0; b.Loop(); i++ {
				if i == replay.MaxMisses {
					b.Fatal("too many misses: use a smaller -benchtime")
				}
				req, _ := http.NewRequest(method, url, strings.NewReader(body))
				res, err := player.RoundTrip(req)
				require.NoError(b, err)
				require.Equal(b, replay.MissStatus, res.StatusCode)
			}
		})
	}
}

// BenchmarkLoad is the time and the memory that a recording takes until it can be played, from the
// bytes of its cassette or of its NDJSON.
func BenchmarkLoad(b *testing.B) {
	b.Run("index/100000", func(b *testing.B) {
		interactions := many(100_000, kinds[0].request)
		b.ReportAllocs()
		for b.Loop() {
			player, err := replay.New(replay.Of(interactions...), replay.Options{})
			require.NoError(b, err)
			runtime.KeepAlive(player)
		}
	})
	for _, format := range []struct {
		name  string
		n     int
		write func(w io.Writer, interactions []*traffic.Interaction) error
	}{
		{"cassette/10000", 10_000, func(w io.Writer, interactions []*traffic.Interaction) error {
			return traffic.WriteCassette(w, traffic.Meta{}, interactions)
		}},
		{"NDJSON/10000", 10_000, traffic.WriteNDJSON},
		{"NDJSON/100000", 100_000, traffic.WriteNDJSON},
	} {
		b.Run(format.name, func(b *testing.B) {
			var text bytes.Buffer
			require.NoError(b, format.write(&text, many(format.n, kinds[0].request)))
			var before, after runtime.MemStats
			var player *replay.Player
			b.SetBytes(int64(text.Len()))
			b.ReportAllocs()
			runtime.GC()
			runtime.ReadMemStats(&before)
			for b.Loop() {
				var err error
				player, err = replay.New(traffic.Read("bench", bytes.NewReader(text.Bytes())), replay.Options{})
				require.NoError(b, err)
			}
			require.Equal(b, format.n, player.Len())
			runtime.GC()
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB-kept")
			runtime.KeepAlive(player)
		})
	}
}
