package proxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/crcheck/crcheck/recorder"
)

// MostBody bounds the body of a request that is signed again, in bytes: it is held in memory.
const MostBody = 64 << 20

// Target is where requests go. Its functions must be safe for concurrent use.
type Target struct {
	// Upstream is the service, see [ParseUpstream].
	Upstream *url.URL
	// Transport sends the requests, and may record them. It must not ask for compression by itself,
	// see [Transport].
	Transport http.RoundTripper
	// Allow, if set, says why a request that would be signed again is not let through. Its URL is
	// that of the upstream.
	Allow func(r *http.Request, body []byte) error
	// Refused, if set, is told of every refusal, before the client is.
	Refused func(*Refusal)
}

// UpstreamError says that a text names no upstream.
type UpstreamError struct{ Text, Problem string }

func (e *UpstreamError) Error() string {
	return fmt.Sprintf("upstream %q: %s; name the service, as in https://cleanrooms.us-east-1.amazonaws.com", e.Text, e.Problem)
}

// ParseUpstream reads the URL of a service: https, or http for an emulator, and a host. The error
// is an [*UpstreamError].
func ParseUpstream(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, &UpstreamError{text, "it is no URL"}
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, &UpstreamError{text, "it does not begin with https:// or http://"}
	case u.Hostname() == "":
		return nil, &UpstreamError{text, "it has no host"}
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/":
		return nil, &UpstreamError{u.Redacted(), "it is more than a host and a port"}
	}
	u.Path, u.Host = "", strings.ToLower(u.Host)
	return u, nil
}

var regions = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]+$`)

// Region is the region that the host of an upstream names; empty if it names none.
func Region(upstream *url.URL) string {
	for label := range strings.SplitSeq(upstream.Hostname(), ".") {
		if regions.MatchString(label) {
			return label
		}
	}
	return ""
}

// CAError says that a file with certificates is of no use. It wraps the cause, if there is one.
type CAError struct {
	File string
	Err  error
}

func (e *CAError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("the upstream's CA %s cannot be read: %v", e.File, e.Err)
	}
	return e.File + " holds no certificate: the upstream's CA must be PEM, with a line BEGIN CERTIFICATE"
}

func (e *CAError) Unwrap() error { return e.Err }

// Transport returns one that reaches an upstream: over HTTP/2 where that is offered, through the
// proxies of the environment, and without asking for compression by itself, so that bodies pass as
// they are on the wire. The certificates of caFile are trusted besides those of the system; empty:
// no others. The error is a [*CAError].
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

// failed is the refusal for an error of the transport, or of what is done on the way to it; nil if
// only the client has gone away.
func (t *Target) failed(r *http.Request, err error) *Refusal {
	var refusal *Refusal
	var record *recorder.RecordError
	switch {
	case errors.As(err, &refusal):
		return refusal
	case errors.As(err, &record):
		return t.refusal(r, http.StatusBadRequest, NotRecorded, "%v", record)
	case errors.Is(err, context.Canceled) && r.Context().Err() != nil:
		return nil
	}
	return t.refusal(r, http.StatusBadGateway, UpstreamFailed, "%s cannot be reached: %v; check --upstream, --upstream-ca and the network", t.Upstream, err)
}

// readBody reads the body of a request whole.
func (t *Target) readBody(r *http.Request) ([]byte, *Refusal) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MostBody+1))
	switch {
	case err != nil:
		return nil, t.refusal(r, http.StatusBadRequest, Refused, "the body of the request broke off: %v", err)
	case len(body) > MostBody:
		return nil, t.refusal(r, http.StatusRequestEntityTooLarge, Refused, "the body of the request has more than %d MiB, too much to sign it again; use the forward mode", MostBody>>20)
	}
	return body, nil
}
