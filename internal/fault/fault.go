// Package fault is what can happen to a response of HTTP on its way: a table of kinds, each of which
// writes to the connection itself, because an HTTP server would correct what it is asked to break.
package fault

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/crcheck/crcheck/internal/spelling"
)

// Spec is something that happens to a response on its way.
type Spec struct {
	Kind string `yaml:"kind" json:"kind" key:"required,short" example:"reset" doc:"A kind of fault, of the table in docs/cases.md."`
	// After is the number of bytes of the body that pass before the fault. For some kinds it is the
	// number of bytes that the fault affects.
	After int `yaml:"after" json:"after,omitempty" doc:"How many bytes of the body pass before the fault, or are affected."`
	// Times is the number of attempts that it affects; 0: all.
	Times int `yaml:"times" json:"times,omitempty" doc:"How many attempts it affects; the default is all."`
}

// Reply is the response without the fault.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// faultyReply is a response that a fault changes.
type faultyReply struct {
	Reply
	conn  net.Conn
	after int
	gzip  bool            // the client accepts gzip
	gone  <-chan struct{} // closed when the case is over
}

// Kind is a row of the table of faults.
type Kind struct {
	Name  string
	About string
	Whole bool // the response arrives in spite of the fault
	act   func(faultyReply)
}

// Kinds is the table of faults.
var Kinds = []Kind{
	{"close", "the connection is closed before the response begins", false, func(faultyReply) {}},
	{"reset", "the connection is reset before the response begins", false, faultyReply.reset},
	{"reset-in-headers", "the connection is reset in the middle of the headers", false, func(s faultyReply) { s.send(s.halfHead()); s.reset() }},
	{"reset-in-body", "the connection is reset after `after` bytes of the body", false, func(s faultyReply) { s.send(s.head(), s.begin()); s.reset() }},
	{"truncate", "the connection ends after `after` bytes of a longer body", false, func(s faultyReply) { s.send(s.head(), s.begin()) }},
	{"truncate-in-headers", "the connection ends in the middle of the headers", false, func(s faultyReply) { s.send(s.halfHead()) }},
	{"truncate-chunked", "the connection ends after a chunk of `after` bytes, without the last chunk", false, func(s faultyReply) {
		s.send(s.headWith("Transfer-Encoding", "chunked"), chunk(s.begin()))
	}},
	{"hang", "the response stops after `after` bytes of the body and the connection stays open; 0: it never begins", false, func(s faultyReply) {
		if s.after > 0 {
			s.send(s.head(), s.begin())
		}
		s.wait()
	}},
	{"hang-in-headers", "the response stops in the middle of the headers", false, func(s faultyReply) { s.send(s.halfHead()); s.wait() }},
	{"drip", "the body arrives one byte every 300 ms, which takes longer than any call may", false, func(s faultyReply) {
		s.send(s.head())
		s.pieces(1, 300*time.Millisecond)
	}},
	{"slow", "the body arrives in pieces of `after` bytes, 5 ms apart", true, func(s faultyReply) {
		s.send(s.head())
		s.pieces(max(1, s.after), 5*time.Millisecond)
	}},
	{"length-too-short", "the Content-Length is `after`, and the body is longer", false, func(s faultyReply) {
		s.Header = s.Header.Clone()
		s.Header.Set("Connection", "close") // or a client would parse the rest as another response
		s.send(s.headWith("Content-Length", fmt.Sprint(s.after)), s.Body)
	}},
	{"length-twice", "there are two different Content-Lengths", false, func(s faultyReply) {
		s.send([]byte(strings.Replace(string(s.head()), "Content-Length:", fmt.Sprintf("Content-Length: %d\r\nContent-Length:", s.after), 1)), s.Body)
	}},
	{"length-missing", "there is neither a Content-Length nor chunked encoding; the body ends with the connection", true, func(s faultyReply) {
		s.send(s.headWith("Connection", "close"), s.Body)
	}},
	{"chunked", "the body arrives in chunks of `after` bytes", true, func(s faultyReply) {
		parts := [][]byte{s.headWith("Transfer-Encoding", "chunked")}
		for rest := s.Body; len(rest) > 0; {
			n := min(max(1, s.after), len(rest))
			parts = append(parts, chunk(rest[:n]))
			rest = rest[n:]
		}
		s.send(append(parts, chunk(nil))...)
	}},
	{"http-1.0", "the response is HTTP/1.0", true, func(s faultyReply) {
		s.send([]byte(strings.Replace(string(s.head()), "HTTP/1.1", "HTTP/1.0", 1)), s.Body)
	}},
	{"informational", "103 Early Hints precedes the response", true, func(s faultyReply) {
		s.send([]byte("HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"), s.head(), s.Body)
	}},
	{"small-header-names", "header names are lower case", true, func(s faultyReply) {
		lines := strings.Split(string(s.head()), "\r\n")
		for i, line := range lines[1:] {
			if name, value, ok := strings.Cut(line, ":"); ok {
				lines[i+1] = strings.ToLower(name) + ":" + value
			}
		}
		s.send([]byte(strings.Join(lines, "\r\n")), s.Body)
	}},
	{"gzip", "the body is compressed, if the client accepts gzip", true, func(s faultyReply) {
		if s.gzip {
			s.Body = compressed(s.Body)
			s.Header = s.Header.Clone()
			s.Header.Set("Content-Encoding", "gzip")
		}
		s.send(s.head(), s.Body)
	}},
	{"pad", "`after` bytes of whitespace precede the body", true, func(s faultyReply) {
		s.Body = append(bytes.Repeat([]byte(" "), s.after), s.Body...)
		s.send(s.head(), s.Body)
	}},
	{"stale", "the connection is closed after the response, which does not say so", true, func(s faultyReply) { s.send(s.head(), s.Body) }},
	{"truncate-in-value", "the connection ends in the middle of the value of a header", false, func(s faultyReply) { s.send(s.headInValue()) }},
	{"garbage", "the response is not HTTP", false, func(s faultyReply) { s.send([]byte("SSH-2.0-OpenSSH_9.6\r\n")) }},
}

// Find returns the row of a fault.
func (f *Spec) Find() (Kind, bool) {
	for _, k := range Kinds {
		if f != nil && k.Name == f.Kind {
			return k, true
		}
	}
	return Kind{}, false
}

// Check says what is wrong with a fault, or nothing.
func (f *Spec) Check() string {
	if _, ok := f.Find(); !ok {
		var known []string
		for _, k := range Kinds {
			known = append(known, k.Name)
		}
		return fmt.Sprintf("unknown fault %q%s", f.Kind, spelling.Hint(f.Kind, known, "use one of "+strings.Join(known, ", ")))
	}
	if f.After < 0 || f.Times < 0 {
		return "after and times of a fault must not be negative"
	}
	return ""
}

// Hits reports whether the fault hits the attempt, counted from 1.
func (f *Spec) Hits(attempt int) bool { return f != nil && (f.Times == 0 || attempt <= f.Times) }

// Inject hijacks the connection and injects the fault. A fault that hangs ends when gone is closed.
func (f *Spec) Inject(w http.ResponseWriter, request *http.Request, a Reply, gone <-chan struct{}) error {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		return fmt.Errorf("the connection cannot be hijacked")
	}
	conn, _, err := hijacker.Hijack()
	if err != nil {
		return err
	}
	defer conn.Close()
	kind, _ := f.Find()
	kind.act(faultyReply{a, conn, f.After, strings.Contains(request.Header.Get("Accept-Encoding"), "gzip"), gone})
	return nil
}

// send writes parts of the response, as one packet where it can.
func (s faultyReply) send(parts ...[]byte) {
	s.conn.Write(bytes.Join(parts, nil)) //nolint:errcheck // the client may be gone
}

// reset makes the next close reset the connection. Data that the client has not read by then is
// lost, so reset waits a moment first.
func (s faultyReply) reset() {
	time.Sleep(20 * time.Millisecond)
	if tcp, ok := s.conn.(*net.TCPConn); ok {
		tcp.SetLinger(0) //nolint:errcheck // without it, the close is a clean end, which no client takes for a response either
	}
}

// wait waits until the case is over, or the client has closed the connection.
func (s faultyReply) wait() {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		io.Copy(io.Discard, s.conn) //nolint:errcheck // any error means the same
	}()
	select {
	case <-s.gone:
	case <-closed:
	}
}

// pieces sends the body in pieces until it is sent or the case is over.
func (s faultyReply) pieces(size int, pause time.Duration) {
	for rest := s.Body; len(rest) > 0; {
		n := min(size, len(rest))
		s.send(rest[:n])
		rest = rest[n:]
		select {
		case <-s.gone:
			return
		case <-time.After(pause):
		}
	}
}

// begin is the body up to the fault.
func (s faultyReply) begin() []byte { return s.Body[:min(s.after, len(s.Body))] }

// head is the status line and headers of a response, with the length of its whole body.
func (a Reply) head() []byte { return a.headWith("Content-Length", fmt.Sprint(len(a.Body))) }

// headWith is the head with this header in place of the length.
func (a Reply) headWith(name, value string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", a.Status, http.StatusText(a.Status))
	header := a.Header.Clone()
	header.Del("Content-Length")
	header.Set(name, value)
	header.Write(&b) //nolint:errcheck // a strings.Builder takes everything
	b.WriteString("\r\n")
	return []byte(b.String())
}

// halfHead ends within the name of a header.
func (a Reply) halfHead() []byte {
	head := a.head()
	return head[:bytes.IndexByte(head, '\n')+len("Conte")]
}

// headInValue ends within the value of the last header.
func (a Reply) headInValue() []byte {
	head := bytes.TrimRight(a.head(), "\r\n")
	return head[:len(head)-1]
}

// chunk is a chunk of a body, RFC 9112 section 7.1; an empty one is the last.
func chunk(data []byte) []byte {
	return fmt.Appendf(nil, "%x\r\n%s\r\n", len(data), data)
}

func compressed(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(body) //nolint:errcheck // a buffer takes everything
	z.Close()     //nolint:errcheck // likewise
	return b.Bytes()
}
