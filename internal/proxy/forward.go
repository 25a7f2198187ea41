package proxy

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"encoding/base64"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/recorder"
	"github.com/elazarl/goproxy"
)

// Forward is the handler of the forward mode: an HTTPS proxy that intercepts requests to the
// upstream and refuses all others.
type Forward struct {
	target      Target
	password    string
	authority   []byte
	intercepted *goproxy.ProxyHttpServer

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
	f := &Forward{target: t, password: rand.Text(), authority: authority, intercepted: goproxy.NewProxyHttpServer()}
	f.intercepted.Logger = log.New(io.Discard, "", 0) // it would log paths, which contain identifiers
	server := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	action := &goproxy.ConnectAction{Action: goproxy.ConnectMitm,
		TLSConfig: func(string, *goproxy.ProxyCtx) (*tls.Config, error) { return server, nil }}
	f.intercepted.OnRequest().HandleConnectFunc(func(host string, _ *goproxy.ProxyCtx) (*goproxy.ConnectAction, string) { return action, host })
	f.intercepted.OnRequest().DoFunc(func(r *http.Request, _ *goproxy.ProxyCtx) (*http.Request, *http.Response) { return r, f.exchange(r) })
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
		f.intercepted.ServeHTTP(hijackable{w}, r)
		return
	}
	f.target.refuse(w, refused)
}

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

// exchange sends an intercepted request and returns the response or a refusal.
func (f *Forward) exchange(r *http.Request) *http.Response {
	response, err := f.send(r)
	if err == nil {
		return response
	}
	refusal := f.target.failed(r, err)
	if refusal == nil { // the client has disconnected and will not read this
		refusal = f.target.refusal(r, http.StatusBadGateway, UpstreamFailed, "the client has disconnected", nil)
	} else {
		f.target.report(refusal)
	}
	return refusal.response(r)
}

func (f *Forward) send(r *http.Request) (*http.Response, error) {
	if !strings.EqualFold(withPort(r.Host), withPort(f.target.Upstream.Host)) {
		return nil, f.target.refusal(r, http.StatusMisdirectedRequest, Refused, "the header Host is not that of the upstream", nil)
	}
	if !f.begin() {
		return nil, f.target.refusal(r, http.StatusForbidden, Refused, "the recording has ended", nil)
	}
	ctx, done, refusal := f.target.begin(r, held(r.ContentLength))
	if refusal != nil {
		f.end()
		return nil, refusal
	}
	end := sync.OnceFunc(func() { done(); f.end() })
	out := r.Clone(ctx)
	out.RequestURI = ""
	out.URL.Scheme, out.URL.Host = f.target.Upstream.Scheme, f.target.Upstream.Host
	out.Close = false
	dropHopByHop(out.Header)
	out.Header.Del("Expect") // the client sends its body although this proxy does not send 100 Continue
	if _, ok := out.Header["User-Agent"]; !ok {
		out.Header.Set("User-Agent", "") // net/http would send its own
	}
	response, err := f.target.Transport.RoundTrip(out)
	if err != nil {
		end()
		return nil, err
	}
	dropHopByHop(response.Header)
	response.Close, response.Request = false, r
	response.Body = &trackedBody{ReadCloser: response.Body, end: end}
	return response, nil
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

// trackedBody is the body of a response. Closing it ends the exchange.
type trackedBody struct {
	io.ReadCloser
	end func()
}

func (b *trackedBody) Close() error {
	defer b.end()
	return b.ReadCloser.Close()
}

// begin counts an exchange as in flight, unless the proxy has ended.
func (f *Forward) begin() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return false
	}
	f.inFlight++
	return true
}

func (f *Forward) end() {
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
