package proxy

import (
	"bytes"
	"context"
	"io"
	"net/http"
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
		var order []int64
		for _, size := range []int64{6, 2, 5} { // 2 would fit, but it is not its turn
			go func() {
				if b.take(context.Background(), size) == nil {
					order = append(order, size)
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
		require.ElementsMatch(t, []int64{6, 2}, order) // both at once
		require.EqualValues(t, 8, b.taken)
		b.give(6)
		synctest.Wait()
		require.EqualValues(t, 5, order[2])
		b.give(2)
		b.give(5)
		require.Zero(t, b.taken)
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
		require.Zero(t, b.requests.taken)
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
				ended := 0
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
						ended++
					}()
				}
				for range 100 {
					synctest.Wait()
					for _, part := range []*budget{b.beginnings, b.rest} {
						require.LessOrEqual(t, part.taken, part.limit)
					}
					time.Sleep(time.Second)
				}
				require.Equal(t, 100, ended)
				require.Zero(t, b.beginnings.taken+b.rest.taken)
			})
		})
	}
}
