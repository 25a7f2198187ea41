package conformance

import (
	"fmt"
	"net"
	"net/http"
	"strings"
)

// Fault is something that goes wrong on the way of an answer.
type Fault struct {
	Kind string `yaml:"kind"` // a name of the table of faults
	// After is how many bytes of the body pass before it.
	After int `yaml:"after"`
	// Times is how many attempts it hits; 0: all.
	Times int `yaml:"times"`
}

// reply is what the service would have answered.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// faults is the table of faults. Each gets the connection itself, for the HTTP
// server would mend what it is asked to break.
var faults = map[string]struct {
	about string
	act   func(conn net.Conn, a reply, after int, gone <-chan struct{})
}{
	"reset": {"the connection is reset before the answer begins", func(conn net.Conn, _ reply, _ int, _ <-chan struct{}) {
		if tcp, ok := conn.(*net.TCPConn); ok {
			tcp.SetLinger(0) //nolint:errcheck // without it, the close below is a clean end, which no client takes for an answer either
		}
	}},
	"truncate": {"the connection ends after some bytes of a longer body", func(conn net.Conn, a reply, after int, _ <-chan struct{}) {
		conn.Write(append(a.head(), a.body[:min(after, len(a.body))]...)) //nolint:errcheck // the client may be gone
	}},
	"hang": {"the answer stops after some bytes and the connection stays open", func(conn net.Conn, a reply, after int, gone <-chan struct{}) {
		if after > 0 {
			conn.Write(append(a.head(), a.body[:min(after, len(a.body))]...)) //nolint:errcheck // the client may be gone
		}
		<-gone
	}},
}

func (f *Fault) check() string {
	if _, ok := faults[f.Kind]; !ok {
		return fmt.Sprintf("there is no fault %q", f.Kind)
	}
	return ""
}

// hits reports whether the fault hits the attempt, counted from 1.
func (f *Fault) hits(attempt int) bool { return f != nil && (f.Times == 0 || attempt <= f.Times) }

// commit takes the connection over and lets the fault happen.
func (f *Fault) commit(w http.ResponseWriter, a reply, gone <-chan struct{}) error {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		return fmt.Errorf("the connection cannot be taken over")
	}
	conn, _, err := hijacker.Hijack()
	if err != nil {
		return err
	}
	defer conn.Close()
	faults[f.Kind].act(conn, a, f.After, gone)
	return nil
}

// head is the status line and headers of an answer, with the length of its whole body.
func (a reply) head() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", a.status, http.StatusText(a.status))
	header := a.header.Clone()
	header.Set("Content-Length", fmt.Sprint(len(a.body)))
	header.Write(&b) //nolint:errcheck // a strings.Builder takes everything
	b.WriteString("\r\n")
	return []byte(b.String())
}
