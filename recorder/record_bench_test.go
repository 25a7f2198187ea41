//go:build unix

package recorder_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/recorder"
)

// BenchmarkRecord is requests of 64 clients, which ask for 1,000 jobs, to a service on loopback:
// straight, and through a recorder whose journal is in memory and on the disk. All have the ballast of
// package recording, as under crcheck record.
func BenchmarkRecord(b *testing.B) {
	ballast := make([]byte, 32<<20)
	defer runtime.KeepAlive(ballast)
	const clients = 64
	answer := []byte(`{"protectedJob":{"id":"00000000","membershipId":"10000000-0000-4000-8000-000000000001","status":"SUCCESS"}}`)
	const path = "/memberships/10000000-0000-4000-8000-000000000001/protectedJobs/10000000-0000-4000-8000-000000000%03d"
	server := serve(b, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	})
	pool := direct()
	pool.MaxIdleConnsPerHost = clients
	for _, v := range []struct{ name, folder string }{
		{"plain", ""},
		{"memory", "/dev/shm"},
		{"disk", os.TempDir()},
	} {
		b.Run(v.name, func(b *testing.B) {
			var rt http.RoundTripper = pool
			if v.folder != "" {
				dir, err := os.MkdirTemp(v.folder, "crcheck-bench-")
				if err != nil {
					b.Skip(err)
				}
				b.Cleanup(func() { os.RemoveAll(dir) })
				rt = record(b, filepath.Join(dir, "c.ndjson"), recorder.Options{Transport: pool})
			}
			b.ReportAllocs()
			b.SetParallelism(clients / 2)
			var n atomic.Int64
			before := used()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					req, err := http.NewRequest(http.MethodGet, server.URL+fmt.Sprintf(path, n.Add(1)%1000), nil)
					require.NoError(b, err)
					res, err := rt.RoundTrip(req)
					if err != nil {
						b.Error(err)
						return
					}
					text, _ := io.ReadAll(res.Body)
					res.Body.Close()
					if !bytes.Equal(text, answer) {
						b.Errorf("got %s", text)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
			b.ReportMetric(float64(used()-before)/float64(b.N)/1000, "cpu-µs/op") // also where others use the machine
		})
	}
}

// used is the time of the processors that this process has used.
func used() time.Duration {
	var use syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &use)
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
