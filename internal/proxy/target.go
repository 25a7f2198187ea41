package proxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/crcheck/crcheck/recorder"
)

// MaxBody is the maximum size of the body of a request that is signed again, in bytes. The body is
// held in memory.
const MaxBody = 64 << 20

// Target is the destination of requests. Its functions must be safe for concurrent use.
type Target struct {
	// Upstream is the service, see [ParseUpstream].
	Upstream *url.URL
	// Transport sends the requests, and may record them. It must not ask for compression by itself,
	// see [Transport].
	Transport http.RoundTripper
	// Bodies limits the bodies in flight and should be the transport below a recorder. If it is nil,
	// they are not limited.
	Bodies *Bodies
	// Allow, if set, returns an error if a request must not be sent on. The URL of the request is that
	// at the upstream. The error must not quote the request.
	Allow func(r *http.Request, body []byte) error
	// Unsigned, if set, reports whether the service takes a request without a signature. It is asked
	// before the body is read.
	Unsigned func(r *http.Request) bool
	// Refused, if set, is called with every refusal, before the client receives it.
	Refused func(*Refusal)
}

// UpstreamError reports a text that is not the URL of an upstream.
type UpstreamError struct{ Text, Problem string }

func (e *UpstreamError) Error() string {
	return fmt.Sprintf("upstream %q: %s; name the service, as in https://cleanrooms.us-east-1.amazonaws.com", e.Text, e.Problem)
}

// ParseUpstream parses the URL of a service: https, or http for an emulator, and a host. The error
// is an [*UpstreamError].
func ParseUpstream(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, &UpstreamError{text, "it is not a URL"}
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, &UpstreamError{text, "it does not begin with https:// or http://"}
	case u.Hostname() == "":
		return nil, &UpstreamError{text, "it has no host"}
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/":
		return nil, &UpstreamError{u.Redacted(), "it has more than a host and a port"}
	}
	u.Path, u.Host = "", strings.ToLower(u.Host)
	return u, nil
}

var regions = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]+$`)
})

// Region returns the region in the host of an upstream, or "" if there is none.
func Region(upstream *url.URL) string {
	for label := range strings.SplitSeq(upstream.Hostname(), ".") {
		if regions().MatchString(label) {
			return label
		}
	}
	return ""
}

// CAError reports an unusable file of certificates. It wraps the cause, if any.
type CAError struct {
	File string
	Err  error
}

func (e *CAError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("the upstream's CA %s cannot be read: %v", e.File, e.Err)
	}
	return e.File + " does not contain a certificate: the upstream's CA must be PEM, with a line BEGIN CERTIFICATE"
}

func (e *CAError) Unwrap() error { return e.Err }

// Transport returns a transport for an upstream. It uses HTTP/2 if offered and the proxies of the
// environment. It does not request compression itself, so that bodies pass unchanged. Unless caFile
// is empty, it trusts the certificates in that file in addition to those of the system. The error
// is a [*CAError].
func Transport(caFile string) (*http.Transport, error) {
	t := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		ForceAttemptHTTP2:   true,
		DisableCompression:  true,
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     30 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second,
	}
	if caFile == "" {
		return t, nil
	}
	text, err := os.ReadFile(caFile)
	if err != nil {
		return nil, &CAError{caFile, err}
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, &CAError{File: caFile}
	}
	t.TLSClientConfig = &tls.Config{RootCAs: pool}
	return t, nil
}

// failed returns the refusal for an error of the transport or of a step before it. It returns nil
// if the client has disconnected.
func (t *Target) failed(r *http.Request, err error) *Refusal {
	var refusal *Refusal
	var record *recorder.RecordError
	switch {
	case errors.As(err, &refusal):
		return refusal
	case errors.As(err, &record):
		return t.refusal(r, http.StatusBadRequest, NotRecorded, "the response could not be recorded", record)
	case errors.Is(err, context.Canceled) && r.Context().Err() != nil:
		return nil
	}
	return t.refusal(r, http.StatusBadGateway, UpstreamFailed, "cannot reach the upstream; check --upstream, --upstream-ca and the network", err)
}

// begin waits until the body of a request can be held. The error is a [*Refusal], or nil with the
// context and the end of the exchange.
func (t *Target) begin(r *http.Request, size int64) (ctx context.Context, end func(), refusal *Refusal) {
	if t.Bodies == nil {
		return r.Context(), func() {}, nil
	}
	ctx, end, err := t.Bodies.begin(r.Context(), size)
	if err != nil {
		return nil, nil, t.refusal(r, http.StatusServiceUnavailable, Busy, "too many large bodies are in flight; send it again, or send fewer at a time", nil)
	}
	return ctx, end, nil
}
