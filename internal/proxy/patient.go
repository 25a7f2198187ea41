package proxy

import (
	"io"
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
