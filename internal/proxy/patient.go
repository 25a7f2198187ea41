package proxy

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"time"
)

// maxPause is how long a client may pause while it sends a body or takes a response. A client that
// pauses for longer would keep others from their turn.
const maxPause = 30 * time.Second

// patientReader reads the body of a request, with a limit for each pause instead of one for the
// whole. At its end net/http lifts it: the service may take its time.
type patientReader struct {
	io.Reader
	connection *http.ResponseController
}

func (p *patientReader) Read(b []byte) (int, error) {
	p.connection.SetReadDeadline(time.Now().Add(maxPause)) //nolint:errcheck // not in a test without a connection
	return p.Reader.Read(b)
}

// patientWriter writes a response, with a limit for each pause.
type patientWriter struct{ http.ResponseWriter }

func patient(w http.ResponseWriter) patientWriter {
	// The last response on this connection may have left a limit.
	http.NewResponseController(w).SetWriteDeadline(time.Time{}) //nolint:errcheck // not in a test without a connection
	return patientWriter{w}
}

func (p patientWriter) Unwrap() http.ResponseWriter { return p.ResponseWriter }

func (p patientWriter) Write(b []byte) (int, error) {
	http.NewResponseController(p.ResponseWriter).SetWriteDeadline(time.Now().Add(maxPause)) //nolint:errcheck // as above
	return p.ResponseWriter.Write(b)
}

// hijackable lets [Forward] take over connections as patientConn.
type hijackable struct{ http.ResponseWriter }

func (h hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	connection, buffer, err := http.NewResponseController(h.ResponseWriter).Hijack()
	return patientConn{connection}, buffer, err
}

// patientConn is a connection that [Forward] has taken over, with a limit for each pause.
type patientConn struct{ net.Conn }

func (p patientConn) Read(b []byte) (int, error) {
	p.SetReadDeadline(time.Now().Add(2 * time.Minute)) //nolint:errcheck // the read reports it; between requests, as in package serve
	return p.Conn.Read(b)
}

func (p patientConn) Write(b []byte) (int, error) {
	p.SetWriteDeadline(time.Now().Add(maxPause)) //nolint:errcheck // the write reports it
	return p.Conn.Write(b)
}
