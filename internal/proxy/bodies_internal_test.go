package proxy

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/crcheck/crcheck/recorder"
	"github.com/stretchr/testify/require"
)

// TestBudget checks that parts are taken in turn, and given back if the wait is given up.
func TestBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &budget{limit: 10}
		require.NoError(t, b.take(t.Context(), 8))
		order := make(chan int64, 3)
		for _, size := range []int64{6, 2, 5} { // 2 would fit, but it is not its turn
			go func() {
				if b.take(context.Background(), size) == nil {
					order <- size
				}
			}()
			synctest.Wait()
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, b.take(short, 1), context.DeadlineExceeded)
		require.Empty(t, order)
		b.give(8)
		synctest.Wait()
		require.ElementsMatch(t, []int64{6, 2}, []int64{<-order, <-order}) // both at once
		require.EqualValues(t, 8, b.held())
		b.give(6)
		synctest.Wait()
		require.EqualValues(t, 5, <-order)
		b.give(2)
		b.give(5)
		require.Zero(t, b.held())
		require.Zero(t, b.waiting.Len())
	})
}

// TestBusy checks that a request waits for its turn, and is refused after a while, before anything was
// sent, with a status that SDKs retry.
func TestBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBodies(nil)
		_, end, err := b.begin(t.Context(), MaxInFlight)
		require.NoError(t, err)
		began := time.Now()
		_, _, err = b.begin(t.Context(), 1)
		require.ErrorIs(t, err, errBusy)
		require.Equal(t, maxWait, time.Since(began))

		go func() {
			time.Sleep(maxWait / 2)
			end()
		}()
		_, end, err = b.begin(t.Context(), 1)
		require.NoError(t, err)
		end()
		end() // no more than once
		require.Zero(t, b.requests.held())
	})
}

// TestResponsesInFlight checks that the bodies of responses stay within their part of the bound, of
// known and of unknown length, and that all come.
func TestResponsesInFlight(t *testing.T) {
	for _, v := range []struct {
		name   string
		length int64
		size   int
		held   int64 // by one
	}{
		{"small", 1000, 1000, 1000},
		{"large", recorder.MaxBody, recorder.MaxBody, recorder.MaxBody},
		{"small, of unknown length", -1, 1000, beginning},
		{"large, of unknown length", -1, recorder.MaxBody, recorder.MaxBody},
		{"larger than what is recorded", 10 * recorder.MaxBody, recorder.MaxBody, recorder.MaxBody},
	} {
		t.Run(v.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				body := make([]byte, v.size)
				b := NewBodies(roundTrip(func(*http.Request) (*http.Response, error) {
					return &http.Response{ContentLength: v.length, Body: io.NopCloser(bytes.NewReader(body))}, nil
				}))
				var ended atomic.Int64
				for range 100 {
					go func() {
						ctx, end, err := b.begin(t.Context(), 0)
						if err != nil {
							return
						}
						defer end()
						r, _ := http.NewRequestWithContext(ctx, "GET", "http://localhost", nil)
						response, err := b.RoundTrip(r)
						if err != nil {
							return
						}
						if n, err := io.Copy(io.Discard, response.Body); err != nil || int(n) != v.size {
							return
						}
						time.Sleep(time.Second) // until the client has it
						ended.Add(1)
					}()
				}
				for range 100 {
					synctest.Wait()
					for _, part := range []*budget{b.beginnings, b.rest} {
						require.LessOrEqual(t, part.held(), part.limit)
					}
					time.Sleep(time.Second)
				}
				require.EqualValues(t, 100, ended.Load())
				require.Zero(t, b.beginnings.held()+b.rest.held())
			})
		})
	}
}

// pipes is a listener of connections in memory.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	if c, ok := <-p; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (p pipes) Close() error   { close(p); return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{} }

// TestPauses checks that a client of the session that pauses within a body gives way to others, and
// that one that is slow does not, nor one whose service is.
func TestPauses(t *testing.T) {
	for _, v := range []struct {
		name         string
		pause, takes time.Duration // between bytes of the body; of the service
		status       int
	}{
		{"it pauses", maxPause + time.Second, 0, 400},
		{"it is slow", maxPause - time.Second, 0, 201},
		{"the service is slow", 0, time.Hour, 201},
	} {
		t.Run(v.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				upstream, err := ParseUpstream("http://localhost")
				require.NoError(t, err)
				p := &Resign{Session: NewSession(), Target: Target{Upstream: upstream, Unsigned: func(*http.Request) bool { return true }}}
				p.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
					select {
					case <-time.After(v.takes):
					case <-r.Context().Done():
						return nil, r.Context().Err()
					}
					return &http.Response{StatusCode: 201, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
				})
				bodies := NewBodies(p.Transport)
				p.Bodies = bodies
				server := &http.Server{Handler: p, ReadTimeout: time.Minute} // as package serve has
				l := make(pipes, 1)
				go server.Serve(l) //nolint:errcheck // it ends with the test
				client, accepted := net.Pipe()
				l <- accepted
				var sending sync.WaitGroup
				sending.Go(func() {
					_, err := io.WriteString(client, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n")
					for i := 0; i < 10 && err == nil; i++ {
						time.Sleep(v.pause)
						_, err = io.WriteString(client, "x")
					}
				})
				response, err := http.ReadResponse(bufio.NewReader(client), nil)
				require.NoError(t, err)
				require.Equal(t, v.status, response.StatusCode)
				client.Close()
				server.Close()
				sending.Wait()
				synctest.Wait()
				require.Zero(t, bodies.requests.held())
			})
		})
	}
}

// deadlines is a response that notes the limit of its writes.
type deadlines struct {
	http.ResponseWriter
	write time.Time
}

func (d *deadlines) SetWriteDeadline(t time.Time) error { d.write = t; return nil }

// TestPauseInResponse checks that a client that does not take its response gives way to others: each
// write has a limit, which does not outlast the response.
func TestPauseInResponse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &deadlines{ResponseWriter: httptest.NewRecorder(), write: time.Now()}
		w := patient(d)
		require.Zero(t, d.write)
		for range 2 {
			_, err := w.Write([]byte("a"))
			require.NoError(t, err)
			require.Equal(t, time.Now().Add(maxPause), d.write)
			time.Sleep(time.Hour)
		}
	})
}

// held returns the bytes that are taken.
func (b *budget) held() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.taken
}
