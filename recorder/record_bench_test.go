package recorder_test

import (
	"io"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/recorder"
)

// BenchmarkRecord is requests of 64 clients to a service on loopback, straight and through a
// recorder.
func BenchmarkRecord(b *testing.B) {
	const clients = 64
	answer := []byte(`{"protectedJob":{"id":"00000000","membershipId":"10000000-0000-4000-8000-000000000001","status":"SUCCESS"}}`)
	const path = "/memberships/10000000-0000-4000-8000-000000000001/protectedJobs/10000000-0000-4000-8000-000000000134"
	server := serve(b, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	})
	pool := direct()
	pool.MaxIdleConnsPerHost = clients
	for _, v := range []struct {
		name string
		wrap func(b *testing.B) http.RoundTripper
	}{
		{"plain", func(*testing.B) http.RoundTripper { return pool }},
		{"recorded", func(b *testing.B) http.RoundTripper {
			return record(b, filepath.Join(b.TempDir(), "c.ndjson"), recorder.Options{Transport: pool})
		}},
	} {
		b.Run(v.name, func(b *testing.B) {
			rt := v.wrap(b)
			b.ReportAllocs()
			b.SetParallelism(clients / 2)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					req, err := http.NewRequest(http.MethodGet, server.URL+path, nil)
					require.NoError(b, err)
					res, err := rt.RoundTrip(req)
					if err != nil {
						b.Error(err)
						return
					}
					_, _ = io.Copy(io.Discard, res.Body)
					res.Body.Close()
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
		})
	}
}
