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
	"github.com/crcheck/crcheck/internal/awshttp"
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
}

// maxUnsigned is the maximum size of the body of a request that is not signed, in bytes. Its client
// may be any process of this machine.
const maxUnsigned = 1 << 20

// ServeHTTP writes the response of the upstream, or a [Refusal]. It reads the body of a request only
// if the headers are those of a client of the session.
func (p *Resign) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w = patient(w)
	if prefix := prefixed(r); prefix != "" || !awshttp.OwnHost(r) {
		p.refuse(w, &Refusal{Status: http.StatusMisdirectedRequest, Code: Refused, Message: "the header Host does not name this server; use the endpoint that crcheck record sets" + prefix})
		return
	}
	signed, maxBody, refusal := p.verify(r)
	if refusal != nil {
		w.Header().Set("Connection", "close") // the body is not read
		p.refuse(w, refusal)
		return
	}
	body, end, refusal := p.readBody(w, &r, maxBody)
	if refusal != nil {
		w.Header().Set("Connection", "close")
		p.refuse(w, refusal)
		return
	}
	defer end()
	if signed != nil {
		if err := signed.VerifyBody(body); err != nil {
			p.refuse(w, notVerified(err))
			return
		}
	}
	(&httputil.ReverseProxy{
		Rewrite: func(q *httputil.ProxyRequest) { p.readdress(q.Out, q.In, body) },
		Transport: roundTrip(func(out *http.Request) (*http.Response, error) {
			if err := p.allowed(out, r.Header, body); err != nil {
				return nil, p.refusal(out, http.StatusForbidden, Refused, err.Error(), nil)
			}
			if signed == nil {
				return p.Transport.RoundTrip(out)
			}
			return p.send(out, body, signed.Scope)
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

// verify verifies the headers of a request. The signature is nil if the service does not need one.
func (p *Resign) verify(r *http.Request) (signed *sigv4.Signed, maxBody int64, refusal *Refusal) {
	signed, err := sigv4.VerifyHeaders(r, p.Session, time.Now())
	if err == nil {
		return signed, MaxBody, nil
	}
	if reason(err) == sigv4.Missing && p.Unsigned != nil && p.Unsigned(p.at(r)) {
		return nil, maxUnsigned, ofPage(r)
	}
	return nil, 0, notVerified(err)
}

// ofPage refuses a request that a web page sends. A page of any site can send requests to this
// machine, though none that are signed.
func ofPage(r *http.Request) *Refusal {
	for _, name := range []string{"Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode"} {
		if _, ok := r.Header[name]; ok {
			return &Refusal{Status: http.StatusForbidden, Code: Refused, Message: "a web page sent this request without a signature"}
		}
	}
	return nil
}

// notVerified returns the refusal for an error of package sigv4.
func notVerified(err error) *Refusal {
	message := err.Error()
	if reason(err) != sigv4.Unsupported {
		message += "; only the command that crcheck record runs has the credentials for this"
	}
	return &Refusal{Status: http.StatusForbidden, Code: Refused, Message: message}
}

func reason(err error) sigv4.Reason {
	cause := (*sigv4.Error)(nil)
	errors.As(err, &cause)
	return cause.Reason
}

// readBody waits until a body can be held and reads it. From then on, r has the context of the
// exchange.
func (p *Resign) readBody(w http.ResponseWriter, r **http.Request, maxBody int64) (body []byte, end func(), refusal *Refusal) {
	tooLarge := func() *Refusal {
		return p.refusal(*r, http.StatusRequestEntityTooLarge, Refused, fmt.Sprintf("the body of the request is larger than %d MiB and cannot be signed again; use the forward mode", maxBody>>20), nil)
	}
	size := (*r).ContentLength
	switch {
	case size > maxBody:
		return nil, nil, tooLarge()
	case size < 0:
		size = maxBody
	}
	ctx, end, refusal := p.begin(*r, size)
	if refusal != nil {
		return nil, nil, refusal
	}
	*r = (*r).WithContext(ctx)
	body, err := io.ReadAll(io.LimitReader(&patientReader{(*r).Body, http.NewResponseController(w)}, maxBody+1))
	switch {
	case err != nil:
		refusal = p.refusal(*r, http.StatusBadRequest, Refused, "the body of the request broke off, or paused for too long", nil)
	case int64(len(body)) > maxBody:
		refusal = tooLarge()
	default:
		return body, end, nil
	}
	end()
	return nil, nil, refusal
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

// overridden are the headers that [httputil.ReverseProxy] removes before Rewrite.
var overridden = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"}

// allowed checks a request as it will be sent, without the headers that Connection names. Only the
// client's Authorization is restored, since it states the service, and headers that no client needs.
func (p *Resign) allowed(out *http.Request, client http.Header, body []byte) error {
	if p.Allow == nil {
		return nil
	}
	asked := out.Clone(out.Context())
	for _, name := range append(overridden, "Authorization") {
		if values, ok := client[name]; ok {
			asked.Header[name] = values
		}
	}
	return p.Allow(asked, body)
}

// send signs a request and sends it.
func (p *Resign) send(out *http.Request, body []byte, scope sigv4.Scope) (*http.Response, error) {
	user, err := p.User.Retrieve(out.Context())
	if err != nil {
		return nil, p.refusal(out, http.StatusForbidden, CredentialsFailed, "no credentials to sign for the upstream", err)
	}
	credentials := sigv4.Credentials{AccessKeyID: user.AccessKeyID, SecretAccessKey: user.SecretAccessKey, SessionToken: user.SessionToken}
	sigv4.Sign(out, body, credentials, scope.Region, scope.Service, time.Now())
	return p.Transport.RoundTrip(out)
}
