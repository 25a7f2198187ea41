package proxy

import (
	"container/list"
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/crcheck/crcheck/recorder"
)

// MaxInFlight is the maximum size of all bodies together that a proxy holds in memory, in bytes. One
// half is for requests. The other half is for responses, so that a response never waits for a request
// that waits for a response: a quarter for their first MiB, and a quarter for the rest of large ones.
// Redaction takes several times the size of the body that it reads.
const MaxInFlight = 256 << 20

const (
	// maxWait is how long a request waits for its turn. Then it is refused with a status that SDKs
	// retry. It is shorter than their timeouts.
	maxWait = 20 * time.Second
	// beginning is the part of a response that is taken before its length is known.
	beginning = 1 << 20
)

// Bodies limits the bodies in flight to [MaxInFlight]. It is the transport below the recorder, which
// reads responses as a whole.
type Bodies struct {
	transport                  http.RoundTripper
	requests, beginnings, rest *budget
}

// NewBodies returns a transport that limits the bodies in flight, for [Target].
func NewBodies(transport http.RoundTripper) *Bodies {
	return &Bodies{transport, &budget{limit: MaxInFlight / 2}, &budget{limit: MaxInFlight / 4}, &budget{limit: MaxInFlight / 4}}
}

// exchange is what a request and its response hold.
type exchange struct {
	mu    sync.Mutex
	ended bool
	held  []func() // each gives a part back
}

type exchangeKey struct{}

var errBusy = errors.New("too many bodies are in flight")

// begin waits until the body of a request can be held, and returns the context for the exchange, with
// the function that ends it. The error is errBusy or that of the context.
func (b *Bodies) begin(ctx context.Context, size int64) (_ context.Context, end func(), err error) {
	x := &exchange{}
	wait, cancel := context.WithTimeoutCause(ctx, maxWait, errBusy)
	defer cancel()
	if err := x.take(wait, b.requests, size); err != nil {
		return nil, nil, context.Cause(wait)
	}
	return context.WithValue(ctx, exchangeKey{}, x), x.end, nil
}

// take waits for a part of a budget.
func (x *exchange) take(ctx context.Context, b *budget, size int64) error {
	size = min(size, b.limit)
	if err := b.take(ctx, size); err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.ended {
		b.give(size)
		return context.Canceled
	}
	x.held = append(x.held, func() { b.give(size) })
	return nil
}

// end gives everything back.
func (x *exchange) end() {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, give := range x.held {
		give()
	}
	x.ended, x.held = true, nil
}

// RoundTrip sends a request, and waits until the beginning of its response can be held. It waits
// without a limit: the service has done its work, and a client that tried again would have it done
// twice.
func (b *Bodies) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.transport.RoundTrip(r)
	x, ok := r.Context().Value(exchangeKey{}).(*exchange)
	if err != nil || !ok || response.Body == nil || response.Body == http.NoBody || response.StatusCode == http.StatusSwitchingProtocols {
		return response, err
	}
	size := int64(recorder.MaxBody)
	if response.ContentLength >= 0 {
		size = min(size, response.ContentLength)
	}
	if err := x.take(r.Context(), b.beginnings, min(size, beginning)); err != nil {
		response.Body.Close()
		return nil, err
	}
	response.Body = &limited{ReadCloser: response.Body, ctx: r.Context(), exchange: x, budget: b.rest, rest: size - beginning}
	return response, nil
}

// limited is the body of a response, which waits after its beginning until the rest can be held.
type limited struct {
	io.ReadCloser
	ctx      context.Context
	exchange *exchange
	budget   *budget
	read     int64
	rest     int64 // still to be taken
}

func (l *limited) Read(p []byte) (int, error) {
	switch {
	case l.rest <= 0:
	case l.read < beginning:
		p = p[:min(int64(len(p)), beginning-l.read)]
	default:
		if err := l.exchange.take(l.ctx, l.budget, l.rest); err != nil {
			return 0, err
		}
		l.rest = 0
	}
	n, err := l.ReadCloser.Read(p)
	l.read += int64(n)
	return n, err
}

// budget is a number of bytes that is taken in the order of the requests for it.
type budget struct {
	limit   int64
	mu      sync.Mutex
	taken   int64
	waiting list.List // of *turn
}

type turn struct {
	size int64
	come chan struct{}
}

// take waits for its turn until the context is done. The size is at most the limit.
func (b *budget) take(ctx context.Context, size int64) error {
	b.mu.Lock()
	t := &turn{size, make(chan struct{})}
	place := b.waiting.PushBack(t)
	b.next()
	b.mu.Unlock()
	select {
	case <-t.come:
		return nil
	case <-ctx.Done():
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-t.come: // just now
		b.taken -= size
	default:
		b.waiting.Remove(place)
	}
	b.next()
	return ctx.Err()
}

// give gives a size back.
func (b *budget) give(size int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken -= size
	b.next()
}

// next lets those take their turn for whom there is room. The mutex is held.
func (b *budget) next() {
	for first := b.waiting.Front(); first != nil; first = b.waiting.Front() {
		t := first.Value.(*turn)
		if b.taken+t.size > b.limit {
			return
		}
		b.taken += t.size
		b.waiting.Remove(first)
		close(t.come)
	}
}
