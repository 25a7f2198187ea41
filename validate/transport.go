package validate

import (
	"bytes"
	"fmt"
	"io"
	"net/http"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/traffic"
)

// MostLiveBody bounds the body that [Transport] holds in memory, in bytes. A
// longer one passes unchecked, and Report is told so by a [*TooLongError].
const MostLiveBody = 16 << 20

// TooLongError says that a live body was not checked.
type TooLongError struct{ Method, URL string }

func (e *TooLongError) Error() string {
	return fmt.Sprintf("%s %s: the body is longer than %d bytes and was not checked", e.Method, e.URL, MostLiveBody)
}

// Transport is an http.RoundTripper that validates live traffic in passing. It
// changes nothing: the caller gets the response that Base returned, with its
// body restored byte for byte, and a body that failed midway fails there again.
type Transport struct {
	// Base sends the requests; nil: http.DefaultTransport.
	Base http.RoundTripper
	// Catalog routes and validates. What it does not route is not checked.
	Catalog *Catalog
	// Report is called once for every answer that was routed, with its findings,
	// nil where there are none, before the caller gets the answer. It must be
	// safe for concurrent use.
	Report func(*http.Request, finding.Set, error)
}

// RoundTrip sends a request and validates the answer.
func (t *Transport) RoundTrip(request *http.Request) (*http.Response, error) {
	base := t.Base
	if base == nil {
		base = http.DefaultTransport
	}
	response, err := base.RoundTrip(request)
	if err != nil {
		return response, err
	}
	route, ok := t.Catalog.routes.Route(request.Method, request.URL)
	if !ok {
		return response, nil
	}
	v := t.Catalog.validators[route.Contract]
	body, readErr := io.ReadAll(io.LimitReader(response.Body, MostLiveBody+1))
	response.Body = &restored{io.MultiReader(bytes.NewReader(body), failing{readErr}, response.Body), response.Body}
	switch {
	case readErr != nil:
		t.Report(request, nil, fmt.Errorf("%s %s: the body broke off: %w", request.Method, request.URL, readErr))
	case len(body) > MostLiveBody:
		t.Report(request, nil, &TooLongError{request.Method, request.URL.String()})
	default:
		x := &traffic.Interaction{Source: request.URL.String(), Response: traffic.Response{
			Status: response.StatusCode, Header: response.Header, Body: traffic.BodyOf(body)}}
		t.Report(request, v.Exchange(x, route.Labels), nil)
	}
	return response, nil
}

// restored reads again what was read, then goes on with the live body.
type restored struct {
	io.Reader
	io.Closer
}

// failing repeats the error that ended a body; nil ends silently.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}
