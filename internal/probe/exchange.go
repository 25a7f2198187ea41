package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// ExchangeError says that no complete response was received. It wraps the cause.
type ExchangeError struct {
	Method, URL string
	Err         error
}

func (e *ExchangeError) Error() string {
	remedy := "see whether the emulator runs there"
	switch {
	case errors.Is(e.Err, context.Canceled):
		remedy = "what follows was not probed"
	case errors.Is(e.Err, context.DeadlineExceeded):
		remedy = "give it more time"
	case errors.Is(e.Err, errTooLong):
		remedy = "probe with requests that have smaller responses"
	}
	return fmt.Sprintf("%s %s: %v; %s", e.Method, e.URL, e.Err, remedy)
}

func (e *ExchangeError) Unwrap() error { return e.Err }

var errTooLong = fmt.Errorf("the response is longer than %d bytes", validate.MaxLiveBody)

// dropped are headers of the connection, or computed again.
var dropped = map[string]bool{
	"Host": true, "Content-Length": true, "Connection": true, "Keep-Alive": true, "Transfer-Encoding": true, "Te": true, "Trailer": true,
	"Upgrade": true, "Expect": true, "Accept-Encoding": true, "Proxy-Authorization": true, "Proxy-Connection": true,
}

// send sends a request and reads its response, which is bounded in time and size.
func (p *Probe) send(ctx context.Context, c *schema.Contract, r *traffic.Request) (*traffic.Response, error) {
	target, err := url.Parse(r.URL)
	if err != nil {
		return nil, &ExchangeError{r.Method, r.URL, err}
	}
	u := p.endpoint.String() + target.EscapedPath()
	if target.Path == "" {
		u += "/"
	}
	shown := u
	if target.RawQuery != "" {
		u += "?" + target.RawQuery
	}
	ctx, cancel := context.WithTimeout(ctx, p.options.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, r.Method, u, bytes.NewReader(r.Body.Bytes))
	if err != nil {
		return nil, &ExchangeError{r.Method, shown, err}
	}
	p.headers(request.Header, c, r.Header)
	response, err := p.options.Transport.RoundTrip(request)
	if err != nil {
		return nil, &ExchangeError{r.Method, shown, err}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, validate.MaxLiveBody+1))
	switch {
	case err != nil:
		return nil, &ExchangeError{r.Method, shown, err}
	case len(body) > validate.MaxLiveBody:
		return nil, &ExchangeError{r.Method, shown, errTooLong}
	}
	return &traffic.Response{Status: response.StatusCode, Header: response.Header, Body: traffic.BodyOf(body)}, nil
}

// signed returns an Authorization header that an emulator can parse (AWS General Reference, "Create
// a signed AWS API request", step 5).
var signed = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=[^/, ]+/[0-9]{8}/[a-z0-9-]+/[a-z0-9-]+/aws4_request, ?SignedHeaders=[a-z0-9;-]+, ?Signature=[0-9a-f]{64}$`)
})

func (p *Probe) headers(to http.Header, c *schema.Contract, recorded http.Header) {
	for name, values := range recorded {
		if name = http.CanonicalHeaderKey(name); !dropped[name] {
			to[name] = values
		}
	}
	switch authorization := to.Get("Authorization"); {
	case c.BearerOnly():
		if !strings.HasPrefix(authorization, "Bearer ") {
			to.Set("Authorization", "Bearer example")
		}
	case !signed().MatchString(authorization):
		now := time.Now().UTC()
		to.Set("X-Amz-Date", now.Format("20060102T150405Z"))
		to.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/%s/%s/%s/aws4_request, SignedHeaders=host;x-amz-date, Signature=%s",
			now.Format("20060102"), p.options.Region, c.Signing.Or(c.Service), strings.Repeat("0", 64)))
	}
	for name, values := range p.options.Header {
		to[http.CanonicalHeaderKey(name)] = values
	}
}

// EndpointError says why an endpoint cannot be probed.
type EndpointError struct {
	Text    string // without a possible password
	Problem string
}

func (e *EndpointError) Error() string {
	return fmt.Sprintf("endpoint %q: %s; name the emulator, as in http://127.0.0.1:4566", e.Text, e.Problem)
}

func parseEndpoint(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, &EndpointError{"…", "not a URL"} // the text may have a password anywhere
	}
	refuse := func(problem string) (*url.URL, error) { return nil, &EndpointError{u.Redacted(), problem} }
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return refuse("must begin with http:// or https://")
	case u.Hostname() == "":
		return refuse("it names no host")
	case u.User != nil:
		return refuse("it has a user")
	case u.RawQuery != "" || u.Fragment != "":
		return refuse("it has a query or a fragment")
	case awshttp.IsAWS(u.Hostname()):
		return refuse("that is AWS itself, and recorded requests may write there")
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	u.RawPath = strings.TrimSuffix(u.RawPath, "/")
	return u, nil
}
