// Package serve runs a server for as long as its client runs. The server replays or records; the
// client is a program that is told by its environment where the server is.
//
//	listen ──▶ environment of the client ──▶ run it, passing on signals ──▶ its exit status
package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

// Grace is how long [Serve] waits for requests under way when it ends.
const Grace = 5 * time.Second

// Serve answers the connections of a listener until the context is done, then lets the requests
// under way end and closes the listener. It returns nil when it ended because of the context. For
// TLS, give it a listener of crypto/tls. The handler is a replay, or a proxy.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10, // each connection may hold as much, before anything is known of its client
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

// Run is a server, and a client of it if there is a command: what the command line does.
type Run struct {
	Handler http.Handler
	Listen  string // "": a free port of 127.0.0.1
	// Command is the client and its arguments. It finds the server in AWS_ENDPOINT_URL; see
	// [Environment]. Without one, the server runs until the context is done.
	Command  []string
	Region   string   // of the client; "": DefaultRegion
	Services []string // whose own endpoint variables are set too; see [Environment]
	Env      []string // that the client's is made from; nil: os.Environ
	Stdin    io.Reader
	Stdout   io.Writer
	Stderr   io.Writer
	// Ready, if set, is called once with the URL of the server, before the client starts.
	Ready func(endpoint string)
}

// ListenError says that the server cannot listen where it was told to. It wraps the cause.
type ListenError struct {
	Address string
	Err     error
}

func (e *ListenError) Error() string {
	return fmt.Sprintf("cannot listen on %s: %v; choose another address, or leave it out for a free port", e.Address, e.Err)
}

func (e *ListenError) Unwrap() error { return e.Err }

// Do serves, runs the client and returns its exit status: 128 and the signal, if one ended it; 0
// without a client. While the client runs, signals to this process are passed on to it: the context
// should not be one that they cancel, or the client gets SIGTERM too. The error is a
// [*ListenError], a [*CommandError] or what made the server fail; then the status has no meaning.
func (run Run) Do(ctx context.Context) (status int, err error) {
	address := run.Listen
	if address == "" {
		address = "127.0.0.1:0"
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return 0, &ListenError{address, err}
	}
	serving, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- Serve(serving, l, run.Handler) }()

	endpoint := "http://" + Reachable(l.Addr())
	if run.Ready != nil {
		run.Ready(endpoint)
	}
	if len(run.Command) > 0 {
		env := run.Env
		if env == nil {
			env = os.Environ()
		}
		status, err = Child{run.Command, Environment(env, endpoint, run.Region, run.Services...), run.Stdin, run.Stdout, run.Stderr}.Run(ctx)
		stop()
	}
	if failed := <-served; err == nil && failed != nil {
		err = failed
	}
	return status, err
}

// Reachable is where a client of this machine finds a listener that may listen everywhere.
func Reachable(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return a.String()
}
