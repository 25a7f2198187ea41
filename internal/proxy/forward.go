package proxy

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"encoding/base64"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/crcheck/crcheck/recorder"
)

// Forward is the handler of the forward mode: an HTTPS proxy that intercepts requests to the
// upstream and refuses all others.
type Forward struct {
	target      Target
	password    string
	authority   []byte
	intercepted *http.Server // of the connections that CONNECT has opened

	mu       sync.Mutex
	ended    bool
	inFlight int
	idle     chan struct{} // closed when no exchange is in flight; nil if End does not wait
}

// user is the name that the proxy requires, with a random password.
const user = "crcheck"

// NewForward returns a proxy for an upstream, which must be https, with a new certificate
// authority. The error is an [*UpstreamError] for another scheme.
func NewForward(t Target) (*Forward, error) {
	if t.Upstream.Scheme != "https" {
		return nil, &UpstreamError{t.Upstream.String(), "the forward mode is for https only"}
	}
	authority, certificate, err := newCertificate(t.Upstream.Hostname())
	if err != nil {
		return nil, err
	}
	f := &Forward{target: t, password: rand.Text(), authority: authority}
	f.intercepted = &http.Server{
		Handler:           http.HandlerFunc(f.exchange),
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}},
		ReadHeaderTimeout: 10 * time.Second, // these as in package serve
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // errors of clients that have disconnected
	}
	return f, nil
}

// Authority returns the certificate of the session's authority, as PEM. Its key no longer exists.
func (f *Forward) Authority() []byte { return f.authority }

// URL returns the URL of the proxy, with user and password, given the address of the listener.
func (f *Forward) URL(address string) string {
	return (&url.URL{Scheme: "http", User: url.UserPassword(user, f.password), Host: address}).String()
}

// ServeHTTP handles CONNECT requests to the upstream with the right password, and refuses others.
func (f *Forward) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	refused := &Refusal{Code: Refused}
	switch {
	case !f.authorized(r.Header.Get("Proxy-Authorization")):
		w.Header().Set("Proxy-Authenticate", `Basic realm="crcheck record"`)
		refused.Status, refused.Message = http.StatusProxyAuthRequired, "the user and the password of this session are missing; they are part of HTTPS_PROXY, which only the command that crcheck record runs has"
	case r.Method != http.MethodConnect:
		refused.Request = connect(r)
		refused.Status, refused.Message = http.StatusForbidden, "this proxy supports https only, through CONNECT"
	case !strings.EqualFold(withPort(r.Host), withPort(f.target.Upstream.Host)):
		refused.Request = connect(r)
		refused.Status, refused.Message = http.StatusForbidden, "only the upstream is recorded, and other hosts are refused; to reach this host directly, add it to NO_PROXY"
	default:
		f.intercept(w)
		return
	}
	f.target.refuse(w, refused)
}

// intercept takes over the connection of a CONNECT request and serves the requests in it.
func (f *Forward) intercept(w http.ResponseWriter) {
	connection, buffer, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err) // the server is not one for HTTP/1.1
	}
	if _, err := io.WriteString(connection, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
		connection.Close()
		return
	}
	early, _ := buffer.Peek(buffer.Reader.Buffered()) // from a client that did not wait for the response
	client := &opened{connection, io.MultiReader(bytes.NewReader(early), connection)}
	f.intercepted.Serve(&single{tls.Server(client, f.intercepted.TLSConfig)}) //nolint:errcheck // the end of the listener
}

// opened is a connection of which the server of CONNECT may have read some bytes.
type opened struct {
	net.Conn
	reader io.Reader
}

func (o *opened) Read(b []byte) (int, error) { return o.reader.Read(b) }

// single is a listener for one connection.
type single struct{ net.Conn }

func (s *single) Accept() (net.Conn, error) {
	connection := s.Conn
	if connection == nil {
		return nil, io.EOF
	}
	s.Conn = nil
	return connection, nil
}

func (s *single) Addr() net.Addr { return &net.TCPAddr{} }
func (s *single) Close() error   { return nil } // the server closes the connection

// connect returns a refused request to the proxy itself as one to the host that it names.
func connect(r *http.Request) *http.Request {
	return &http.Request{Method: r.Method, URL: &url.URL{Scheme: "https", Host: r.Host}, Header: http.Header{}}
}

func (f *Forward) authorized(authorization string) bool {
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+f.password))
	return subtle.ConstantTimeCompare([]byte(authorization), []byte(want)) == 1
}

// withPort adds the port of https to a host without one.
func withPort(host string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), "443")
}

// exchange sends an intercepted request, and writes the response or a refusal.
func (f *Forward) exchange(w http.ResponseWriter, r *http.Request) {
	w = patient(w)
	end, refusal := f.begin(&r)
	if refusal != nil {
		w.Header().Set("Connection", "close") // the body is not read
		f.target.refuse(w, refusal)
		return
	}
	defer end()
	for _, name := range []string{"Content-Type", "Date"} {
		w.Header()[name] = nil // net/http would send its own
	}
	(&httputil.ReverseProxy{
		Rewrite:   func(*httputil.ProxyRequest) {},
		Transport: roundTrip(func(out *http.Request) (*http.Response, error) { return f.send(w, r.WithContext(out.Context())) }),
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if refusal := f.target.failed(r, err); refusal != nil {
				f.target.refuse(w, refusal)
			}
		},
		FlushInterval: -1,                         // pass a stream on as it arrives
		ErrorLog:      log.New(io.Discard, "", 0), // as above
	}).ServeHTTP(w, r)
}

// send sends an intercepted request with the headers that the client has signed. ReverseProxy would
// remove some of them.
func (f *Forward) send(w http.ResponseWriter, r *http.Request) (*http.Response, error) {
	out := r.Clone(r.Context())
	out.RequestURI = ""
	out.URL.Scheme, out.URL.Host = f.target.Upstream.Scheme, f.target.Upstream.Host
	out.Close = false
	dropHopByHop(out.Header)
	out.Header.Del("Expect") // the body is sent at once
	if _, ok := out.Header["User-Agent"]; !ok {
		out.Header.Set("User-Agent", "") // net/http would send its own
	}
	if out.ContentLength == 0 {
		out.Body = http.NoBody
	} else {
		out.Body = io.NopCloser(&patientReader{r.Body, http.NewResponseController(w)})
	}
	return f.target.Transport.RoundTrip(out)
}

// held returns how much of the body of a request the recorder holds. It passes larger ones through.
func held(length int64) int64 {
	switch {
	case length < 0:
		return recorder.MaxBody
	case length > recorder.MaxBody:
		return 0
	}
	return length
}

// dropHopByHop removes the headers for one connection only (RFC 9110, section 7.6.1).
func dropHopByHop(h http.Header) {
	for _, line := range h["Connection"] {
		for name := range strings.SplitSeq(line, ",") {
			h.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range []string{"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade"} {
		h.Del(name)
	}
}

// begin waits until the body of a request can be held, and counts the exchange as in flight until its
// end. From then on, r has the context of the exchange.
func (f *Forward) begin(r **http.Request) (end func(), refusal *Refusal) {
	if !strings.EqualFold(withPort((*r).Host), withPort(f.target.Upstream.Host)) {
		return nil, f.target.refusal(*r, http.StatusMisdirectedRequest, Refused, "the header Host is not that of the upstream", nil)
	}
	if !f.count() {
		return nil, f.target.refusal(*r, http.StatusForbidden, Refused, "the recording has ended", nil)
	}
	ctx, done, refusal := f.target.begin(*r, held((*r).ContentLength))
	if refusal != nil {
		f.discount()
		return nil, refusal
	}
	*r = (*r).WithContext(ctx)
	return func() { done(); f.discount() }, nil
}

// count counts an exchange as in flight, unless the proxy has ended.
func (f *Forward) count() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return false
	}
	f.inFlight++
	return true
}

func (f *Forward) discount() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.inFlight--; f.inFlight == 0 && f.idle != nil {
		close(f.idle)
		f.idle = nil
	}
}

// End refuses further requests on open connections, and waits for requests in flight until the
// context is done. [http.Server.Shutdown] cannot do this, since the server does not track
// connections that CONNECT has taken over.
func (f *Forward) End(ctx context.Context) error {
	f.mu.Lock()
	f.ended = true
	idle := make(chan struct{})
	if f.inFlight == 0 {
		close(idle)
	} else {
		f.idle = idle
	}
	f.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
