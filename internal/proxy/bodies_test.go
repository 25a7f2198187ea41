package proxy_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/crcheck/crcheck/internal/proxy"
	"github.com/crcheck/crcheck/internal/standin"
	"github.com/stretchr/testify/require"
)

// TestStrangers checks that thirty connections without credentials, each with a body of the maximum
// size, cost next to nothing: their bodies are not read. What is allocated meanwhile includes what
// their clients allocate.
func TestStrangers(t *testing.T) {
	const connections, limit = 30, 16 << 20
	for name, sign := range map[string]func(*http.Request){
		"not signed": func(*http.Request) {},
		"another key": func(r *http.Request) {
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/us-east-1/cleanrooms/aws4_request, SignedHeaders=host, Signature=00")
		},
		"presigned":                             func(r *http.Request) { r.URL.RawQuery = "X-Amz-Signature=00" },
		"not signed, a service that needs none": func(r *http.Request) { r.URL.Path = "/open" },
	} {
		t.Run(name, func(t *testing.T) {
			b := resigned(t, &standin.Service{}, func(p *proxy.Resign) { p.Unsigned = func(r *http.Request) bool { return r.URL.Path == "/open" } })
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			var all sync.WaitGroup
			for range connections {
				all.Go(func() {
					r, err := http.NewRequest("POST", b.url, io.LimitReader(zeros{}, proxy.MaxBody))
					if err != nil {
						return
					}
					r.ContentLength = proxy.MaxBody
					sign(r)
					if response, err := b.http.Do(r); err == nil { // or it was cut off while it sent
						response.Body.Close()
					}
				})
			}
			all.Wait()
			runtime.ReadMemStats(&after)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(limit))
			require.Empty(t, b.service.Received())
			require.Len(t, b.refused.take(), connections)
		})
	}
}

// TestClientsInFlight checks that clients of the session are served in turn, and what their bodies
// take together is bounded.
func TestClientsInFlight(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it sends 1 GiB")
	}
	body := strings.Repeat("x", proxy.MaxBody)
	held, most := uint64(0), uint64(0)
	var mu sync.Mutex
	b := resigned(t, &standin.Service{}, func(p *proxy.Resign) {
		p.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			held++
			most = max(most, held)
			mu.Unlock()
			defer func() { mu.Lock(); held--; mu.Unlock() }()
			_, err := io.Copy(io.Discard, r.Body)
			return &http.Response{StatusCode: 200, Body: http.NoBody, Header: http.Header{}, Request: r}, err
		})
		p.Bodies = proxy.NewBodies(p.Transport)
	})
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			response, err := send(t, b.http, b.url, body, b.signer, func(r *http.Request) { r.Method = "PUT" })
			if err == nil {
				require.Equal(t, 200, response.StatusCode)
				response.Body.Close()
			}
		})
	}
	all.Wait()
	require.LessOrEqual(t, most*proxy.MaxBody, uint64(proxy.MaxInFlight/2))
}

// TestSlowHeaders checks that a connection that sends nothing more is refused or closed without its
// body: the headers decide.
func TestSlowHeaders(t *testing.T) {
	b := resigned(t, &standin.Service{})
	connection, err := net.Dial("tcp", strings.TrimPrefix(b.url, "http://"))
	require.NoError(t, err)
	defer connection.Close()
	_, err = io.WriteString(connection, "POST / HTTP/1.1\r\nHost: "+strings.TrimPrefix(b.url, "http://")+"\r\nContent-Length: 1000000\r\n\r\n")
	require.NoError(t, err)
	all, err := io.ReadAll(connection) // the server closes it
	require.NoError(t, err)
	require.True(t, bytes.HasPrefix(all, []byte("HTTP/1.1 403 ")), string(all))
	require.Contains(t, string(all), "Connection: close")
}
