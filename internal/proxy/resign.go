package proxy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/crcheck/crcheck/internal/sigv4"
)

// Resign is the handler of the re-sign mode. It takes requests signed with the session's
// credentials and signs them for the upstream with the user's credentials.
type Resign struct {
	Target
	// Session are the client's credentials, see [NewSession].
	Session sigv4.Credentials
	// User provides the user's credentials, see [Chain].
	User aws.CredentialsProvider
	// Hosts are the allowed values of the header Host, see [HostsOf]. If it is nil, all are
	// allowed.
	Hosts []string
}

// ServeHTTP writes the response of the upstream, or a [Refusal].
func (p *Resign) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !hostIs(p.Hosts, r.Host) {
		p.refuse(w, p.refusal(r, http.StatusMisdirectedRequest, Refused, "the header Host is not %s%s", p.Hosts[0], prefixed(p.Hosts, r.Host)))
		return
	}
	body, refusal := p.readBody(r)
	if refusal != nil {
		p.refuse(w, refusal)
		return
	}
	scope, err := sigv4.Verify(r, body, p.Session, time.Now())
	if err != nil {
		remedy := ""
		if cause := (*sigv4.Error)(nil); errors.As(err, &cause) && cause.Reason != sigv4.Unsupported {
			remedy = "; only the command that crcheck record runs has the credentials for this"
		}
		p.refuse(w, p.refusal(r, http.StatusForbidden, Refused, "%v%s", err, remedy))
		return
	}
	(&httputil.ReverseProxy{
		Rewrite: func(q *httputil.ProxyRequest) { p.readdress(q.Out, q.In, body) },
		Transport: roundTrip(func(out *http.Request) (*http.Response, error) {
			if err := p.allowed(out, r.Header["Authorization"], body); err != nil {
				return nil, p.refusal(out, http.StatusForbidden, Refused, "%v", err)
			}
			return p.send(out, body, scope)
		}),
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if refusal := p.failed(r, err); refusal != nil {
				p.refuse(w, refusal)
			}
		},
		FlushInterval: -1,                         // pass a stream on as it arrives
		ErrorLog:      log.New(io.Discard, "", 0), // errors of clients that have disconnected
	}).ServeHTTP(w, r)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// readdress addresses a request to the upstream, without the headers of the client's signature.
func (p *Resign) readdress(out, in *http.Request, body []byte) {
	out.URL.Scheme, out.URL.Host, out.Host = p.Upstream.Scheme, p.Upstream.Host, p.Upstream.Host
	out.URL.RawQuery = in.URL.RawQuery // as the client wrote it
	for _, name := range []string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token", "Date", "Expect"} {
		out.Header.Del(name)
	}
	out.ContentLength, out.TransferEncoding, out.Trailer = int64(len(body)), nil, nil
	out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	out.Body = http.NoBody
	if len(body) > 0 {
		out.Body, _ = out.GetBody()
	}
}

// allowed checks a request as it will be sent, without the headers that Connection names. Only the
// client's Authorization is restored, since it states the service.
func (p *Resign) allowed(out *http.Request, authorization []string, body []byte) error {
	if p.Allow == nil {
		return nil
	}
	asked := out.Clone(out.Context())
	asked.Header["Authorization"] = authorization
	if err := p.Allow(asked, body); err != nil {
		return err
	}
	if err := ambiguous(asked); err != nil {
		return fmt.Errorf("a service may read another operation in this request than the contracts do: %w; if the request does not write anything, allow all requests with --allow-writes", err)
	}
	return nil
}

// send signs a request and sends it.
func (p *Resign) send(out *http.Request, body []byte, scope sigv4.Scope) (*http.Response, error) {
	user, err := p.User.Retrieve(out.Context())
	if err != nil {
		return nil, p.refusal(out, http.StatusForbidden, CredentialsFailed, "no credentials to sign for the upstream: %v", err)
	}
	credentials := sigv4.Credentials{AccessKeyID: user.AccessKeyID, SecretAccessKey: user.SecretAccessKey, SessionToken: user.SessionToken}
	sigv4.Sign(out, body, credentials, scope.Region, scope.Service, time.Now())
	return p.Transport.RoundTrip(out)
}
