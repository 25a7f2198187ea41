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

	"github.com/elazarl/goproxy"
)

// Forward is the handler of the forward mode: an HTTPS proxy that intercepts what is for the
// upstream, and refuses the rest.
type Forward struct {
	target      Target
	password    string
	authority   []byte
	intercepted *goproxy.ProxyHttpServer

	mu      sync.Mutex
	ended   bool
	flying  int
	landing chan struct{} // closed when nothing flies any more; nil: nobody waits
}

// user is the one that the proxy asks for, with a random password.
const user = "crcheck"

// NewForward returns a proxy for an upstream, which must be https, with a certificate authority of
// its own.
func NewForward(t Target) (*Forward, error) {
	if t.Upstream.Scheme != "https" {
		return nil, &UpstreamError{t.Upstream.String(), "the forward mode is for https only"}
	}
	authority, certificate, err := newCertificate(t.Upstream.Hostname())
	if err != nil {
		return nil, err
	}
	f := &Forward{target: t, password: rand.Text(), authority: authority, intercepted: goproxy.NewProxyHttpServer()}
	f.intercepted.Logger = log.New(io.Discard, "", 0) // the paths that it logs hold identifiers
	server := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	action := &goproxy.ConnectAction{Action: goproxy.ConnectMitm,
		TLSConfig: func(string, *goproxy.ProxyCtx) (*tls.Config, error) { return server, nil }}
	f.intercepted.OnRequest().HandleConnectFunc(func(host string, _ *goproxy.ProxyCtx) (*goproxy.ConnectAction, string) { return action, host })
	f.intercepted.OnRequest().DoFunc(func(r *http.Request, _ *goproxy.ProxyCtx) (*http.Request, *http.Response) { return r, f.exchange(r) })
	return f, nil
}

// Authority is the certificate of the session's authority, as PEM. Its key is nowhere any more.
func (f *Forward) Authority() []byte { return f.authority }

// URL is what a client finds the proxy by, with user and password; the address is that of the
// listener.
func (f *Forward) URL(address string) string {
	return (&url.URL{Scheme: "http", User: url.UserPassword(user, f.password), Host: address}).String()
}

// ServeHTTP takes CONNECT requests to the upstream from who knows the password, and refuses others.
func (f *Forward) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	refused := &Refusal{Code: Refused, Method: r.Method, URL: r.Host}
	switch {
	case !f.knows(r.Header.Get("Proxy-Authorization")):
		w.Header().Set("Proxy-Authenticate", `Basic realm="crcheck record"`)
		refused.Status, refused.Message = http.StatusProxyAuthRequired, "the user and the password of this session are missing; they are part of HTTPS_PROXY, which only the command that crcheck record runs has"
	case r.Method != http.MethodConnect:
		refused.Status, refused.Message = http.StatusForbidden, "only https goes through this proxy, asked for with CONNECT"
	case !strings.EqualFold(withPort(r.Host), withPort(f.target.Upstream.Host)):
		refused.Status, refused.Message = http.StatusForbidden, "only "+f.target.Upstream.Host+" is recorded, and other hosts are refused; to reach this one directly, name it in NO_PROXY"
	default:
		f.intercepted.ServeHTTP(w, r)
		return
	}
	f.target.refuse(w, refused)
}

func (f *Forward) knows(authorization string) bool {
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

// exchange sends an intercepted request, and returns the answer or a refusal.
func (f *Forward) exchange(r *http.Request) *http.Response {
	response, err := f.send(r)
	if err == nil {
		return response
	}
	refusal := f.target.failed(r, err)
	if refusal == nil { // the client has gone away: nobody reads this
		refusal = f.target.refusal(r, http.StatusBadGateway, UpstreamFailed, "%v", err)
	} else {
		f.target.tell(refusal)
	}
	return refusal.response(r)
}

func (f *Forward) send(r *http.Request) (*http.Response, error) {
	if !strings.EqualFold(withPort(r.Host), withPort(f.target.Upstream.Host)) {
		return nil, f.target.refusal(r, http.StatusMisdirectedRequest, Refused, "the header Host is %s", r.Host)
	}
	if !f.takeOff() {
		return nil, f.target.refusal(r, http.StatusForbidden, Refused, "the recording has ended")
	}
	out := r.Clone(r.Context())
	out.RequestURI = ""
	out.URL.Scheme, out.URL.Host = f.target.Upstream.Scheme, f.target.Upstream.Host
	out.Close = false
	dropHopByHop(out.Header)
	out.Header.Del("Expect") // this proxy does not say 100, so the client sends its body without
	if _, ok := out.Header["User-Agent"]; !ok {
		out.Header.Set("User-Agent", "") // net/http would send its own
	}
	response, err := f.target.Transport.RoundTrip(out)
	if err != nil {
		f.land()
		return nil, err
	}
	dropHopByHop(response.Header)
	response.Close, response.Request = false, r
	response.Body = &landing{ReadCloser: response.Body, land: sync.OnceFunc(f.land)}
	return response, nil
}

// dropHopByHop removes the headers that are between two neighbours only (RFC 9110, section 7.6.1).
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

// landing is a body whose end ends an exchange.
type landing struct {
	io.ReadCloser
	land func()
}

func (l *landing) Close() error {
	defer l.land()
	return l.ReadCloser.Close()
}

func (f *Forward) takeOff() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return false
	}
	f.flying++
	return true
}

func (f *Forward) land() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.flying--; f.flying == 0 && f.landing != nil {
		close(f.landing)
		f.landing = nil
	}
}

// End refuses further requests on the connections that there are, and waits for those under way
// until the context is done. A server cannot do so: it no longer knows of connections that CONNECT
// has taken over.
func (f *Forward) End(ctx context.Context) error {
	f.mu.Lock()
	f.ended = true
	landed := make(chan struct{})
	if f.flying == 0 {
		close(landed)
	} else {
		f.landing = landed
	}
	f.mu.Unlock()
	select {
	case <-landed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
