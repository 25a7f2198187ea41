package sdkgo

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// wire is the SDK's own HTTP client for one call. It sees what the SDK's errors
// do not tell: whether a body could not be read or could not be understood. For
// the SDK both are deserialization errors, often with the same cause.
type wire struct {
	client *awshttp.BuildableClient

	mu          sync.Mutex
	connections []net.Conn
	bodyError   error // from reading the body of the last attempt
}

func newWire() *wire {
	w := &wire{}
	w.client = awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.Proxy = nil // endpoints are on the loopback
		dial := t.DialContext
		t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(ctx, network, address)
			if err == nil {
				w.mu.Lock()
				defer w.mu.Unlock()
				w.connections = append(w.connections, conn)
			}
			return conn, err
		}
	})
	return w
}

// Do sends one attempt.
func (w *wire) Do(request *http.Request) (*http.Response, error) {
	w.note(nil)
	response, err := w.client.Do(request)
	if err == nil {
		response.Body = &watchedBody{response.Body, w}
	}
	return response, err
}

func (w *wire) note(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bodyError = err
}

// bodyFailure returns why the body of the last attempt could not be read.
func (w *wire) bodyFailure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.bodyError
}

// close closes the connections. The SDK's client has no way to do so: it keeps
// its transport to itself.
func (w *wire) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.connections {
		c.Close() //nolint:errcheck // most are closed already
	}
}

type watchedBody struct {
	io.ReadCloser
	wire *wire
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.wire.note(err)
	}
	return n, err
}
