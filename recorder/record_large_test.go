package recorder_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/traffic"
)

// spaces is a body of n bytes that nobody holds.
type spaces struct{ n int64 }

func (z *spaces) Read(b []byte) (int, error) {
	if z.n == 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(b)), z.n))
	for i := range b[:n] {
		b[i] = ' '
	}
	z.n -= int64(n)
	return n, nil
}

// peak is the most memory that was in use while f ran.
func peak(f func()) int64 {
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var peak atomic.Int64
	stop, stopped := make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				peak.Store(max(peak.Load(), int64(now.HeapInuse)-int64(before.HeapInuse)))
			}
		}
	}()
	f()
	close(stop)
	<-stopped
	return peak.Load()
}

// What is too large passes through as it comes, with the memory of MaxBody, and is said.
func TestTooLarge(t *testing.T) {
	size := int64(1 << 30)
	if testing.Short() {
		size = 64 << 20
	}
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		answer, _ := strconv.ParseInt(r.URL.Query().Get("answer"), 10, 64)
		if r.URL.Query().Has("stated") {
			w.Header().Set("Content-Length", fmt.Sprint(answer))
		}
		w.Header().Set("X-Got", fmt.Sprint(n))
		_, _ = io.Copy(w, &spaces{answer})
	})
	for _, v := range []struct {
		name           string
		sent, answered int64
		stated         bool
		recorded       bool
	}{
		{"answer", 0, size, false, false},
		{"answer of a stated length", 0, 64 << 20, true, false},
		{"request", size, 2, false, false},
		{"request of a stated length", 64 << 20, 2, true, false},
		{"answer, one byte more", 0, recorder.MaxBody + 1, false, false},
		{"request, one byte more", recorder.MaxBody + 1, 2, false, false},
		{"as large as can be", 0, recorder.MaxBody, false, true},
	} {
		t.Run(v.name, func(t *testing.T) {
			if testing.Short() && v.recorded {
				t.Skip("skipped with -short: 16 MiB are redacted")
			}
			var rules []finding.RuleID
			r := record(t, filepath.Join(t.TempDir(), "c.yaml"), recorder.Options{
				Found: func(in *traffic.Interaction, found finding.Set) { rules = append(rules, found.Rules()...) },
			})
			url := fmt.Sprintf("%s/?answer=%d", server.URL, v.answered)
			var got int64
			used := peak(func() {
				var body io.Reader
				if v.sent > 0 {
					body = &spaces{v.sent}
				}
				if v.stated {
					url += "&stated=1"
				}
				req, err := http.NewRequest("POST", url, body)
				require.NoError(t, err)
				if v.stated {
					req.ContentLength = v.sent
				}
				res, err := r.RoundTrip(req)
				require.NoError(t, err)
				require.Equal(t, fmt.Sprint(v.sent), res.Header.Get("X-Got"))
				got, err = io.Copy(io.Discard, res.Body)
				require.NoError(t, err)
				require.NoError(t, res.Body.Close())
			})
			require.Equal(t, v.answered, got)
			if v.recorded {
				require.NotContains(t, rules, finding.RecordTooLarge)
				return
			}
			t.Logf("%d MiB more in use at most", used>>20)
			if max(v.sent, v.answered) == 1<<30 { // of less, it tells nothing
				require.Less(t, used, int64(256<<20))
			}
			require.Equal(t, []finding.RuleID{finding.RecordTooLarge}, rules)
			require.Equal(t, recorder.Stats{Unrecorded: 1}, r.Stats())
		})
	}
}

// A response that is streamed does not wait for its end.
func TestTooLargeIsStreamed(t *testing.T) {
	release := make(chan bool)
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.Copy(w, &spaces{recorder.MaxBody + 1<<20})
		<-release
		fmt.Fprint(w, "end")
	})
	r := record(t, filepath.Join(t.TempDir(), "c.yaml"), recorder.Options{})
	req, _ := http.NewRequest("GET", server.URL, nil)
	res, err := r.RoundTrip(req)
	require.NoError(t, err)
	_, err = io.CopyN(io.Discard, res.Body, recorder.MaxBody)
	require.NoError(t, err)
	close(release)
	rest, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(string(rest), "end"))
}

func TestSwitchedProtocols(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		require.NoError(t, err)
		defer connection.Close()
		fmt.Fprint(connection, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		_, _ = io.CopyN(connection, connection, 4)
	})
	var rules []finding.RuleID
	r := record(t, filepath.Join(t.TempDir(), "c.yaml"), recorder.Options{
		Found: func(_ *traffic.Interaction, found finding.Set) { rules = found.Rules() },
	})
	req, _ := http.NewRequest("GET", server.URL, nil)
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", "echo")
	res, err := r.RoundTrip(req)
	require.NoError(t, err)
	require.Equal(t, 101, res.StatusCode)
	_, err = res.Body.(io.Writer).Write([]byte("ping"))
	require.NoError(t, err)
	pong := make([]byte, 4)
	_, err = io.ReadFull(res.Body, pong)
	require.NoError(t, err)
	require.Equal(t, "ping", string(pong))
	require.NoError(t, res.Body.Close())
	require.Equal(t, recorder.Stats{Unrecorded: 1}, r.Stats())
	require.Contains(t, rules, finding.RecordNotRedacted)
}

// TestBomb has bodies of a few kilobytes that decode to a gigabyte, in as many layers as a server
// likes: the client gets each as it is, none is held decoded, and each is said.
func TestBomb(t *testing.T) {
	bomb := func(layers int, size int64) []byte {
		var from io.Reader = &spaces{size}
		var text []byte
		for range layers {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			_, err := io.Copy(z, from)
			require.NoError(t, err)
			require.NoError(t, z.Close())
			text, from = b.Bytes(), &b
		}
		return bytes.Clone(text)
	}
	size := int64(1 << 30)
	if testing.Short() {
		size = 128 << 20
	}
	for _, v := range []struct {
		name    string
		layers  int
		size    int64
		request bool
		fine    bool
	}{
		{"response", 1, size, false, false},
		{"response, twice", 2, size, false, false},
		{"request", 1, size, true, false},
		{"one byte more", 1, recorder.MaxBody + 1, false, false},
		{"a little", 1, 3 << 20, false, true},
		{"a little, twice", 2, 1 << 20, false, true},
	} {
		t.Run(v.name, func(t *testing.T) {
			text := bomb(v.layers, v.size)
			coding := strings.TrimPrefix(strings.Repeat(", gzip", v.layers), ", ")
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if !v.request {
					w.Header().Set("Content-Encoding", coding)
					_, _ = w.Write(text)
				}
			})
			var found finding.Set
			r := record(t, filepath.Join(t.TempDir(), "c.ndjson"), recorder.Options{
				Transport: direct(),
				Found:     func(_ *traffic.Interaction, f finding.Set) { found = finding.Union(found, f) },
			})
			req, err := http.NewRequest("GET", server.URL, nil)
			require.NoError(t, err)
			if v.request {
				req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
				req.Header.Set("Content-Encoding", coding)
			}
			used := peak(func() {
				res, err := r.RoundTrip(req)
				require.NoError(t, err)
				got, err := io.ReadAll(res.Body)
				require.NoError(t, err)
				require.True(t, v.request || bytes.Equal(text, got))
			})
			if v.fine {
				require.Empty(t, found)
				require.Equal(t, recorder.Stats{Interactions: 1}, r.Stats())
				return
			}
			require.Equal(t, []finding.RuleID{finding.RecordTooLarge}, found.Rules())
			require.Equal(t, recorder.Stats{Unrecorded: 1}, r.Stats())
			require.Less(t, used, int64(16<<20), "it was held")
		})
	}
}
