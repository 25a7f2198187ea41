package recorder

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// Grace is how long [Serve] waits for requests under way when it ends.
const Grace = 5 * time.Second

// Serve answers the connections of a listener until the context is done, then lets the requests
// under way end and closes the listener. It returns nil when it ended because of the context. For
// TLS, give it a listener of crypto/tls. The handler is a [Replay], or a proxy.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		IdleTimeout:       2 * time.Minute,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), Grace)
	defer cancel()
	err := server.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	<-ended
	return err
}
