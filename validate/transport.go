package validate

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// MaxLiveBody bounds the body that [Transport] keeps in memory, in bytes. A longer one passes
// unchecked, and Report gets [ErrTooLong].
const MaxLiveBody = 16 << 20

// ErrTooLong marks a live body that was not checked because of its length.
var ErrTooLong = fmt.Errorf("the body is longer than %d bytes and was not checked", MaxLiveBody)

// Transport is an http.RoundTripper that validates live traffic. It changes nothing: the caller
// gets the response that Base returned, with its body restored byte for byte; a body that failed
// midway fails at the same byte. It validates a request too if the request has no body, or GetBody.
type Transport struct {
	// Base sends the requests; nil: http.DefaultTransport.
	Base http.RoundTripper
	// Catalog routes and validates. A request that it routes to no contract, or to several, is not
	// checked.
	Catalog *Catalog
	// Report is called once for every response that was routed, with its findings,
	// nil where there are none, before the caller gets the response. It must be
	// safe for concurrent use. If it is nil, findings go to [slog.Default].
	Report func(*http.Request, finding.Set, error)
}

// TransportForTest returns a transport that validates the traffic of a test. Findings of severity
// error and responses that could not be checked fail the test; lesser findings are logged.
func TransportForTest(t testing.TB, k *Catalog) *Transport {
	return &Transport{Catalog: k, Report: func(r *http.Request, findings finding.Set, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%v", err)
		}
		for _, f := range findings {
			report := t.Logf
			if f.Severity >= finding.Error {
				report = t.Errorf
			}
			report("%s %s: %s", r.Method, r.URL, f)
		}
	}}
}

// report reports the outcome of a response.
func (t *Transport) report(r *http.Request, findings finding.Set, err error) {
	if t.Report != nil {
		t.Report(r, findings, err)
		return
	}
	log := slog.With("method", r.Method, "path", r.URL.Path)
	if err != nil {
		log.WarnContext(r.Context(), "the response was not checked", "error", err)
	}
	for _, f := range findings {
		log.LogAttrs(r.Context(), levels[f.Severity], f.Message,
			slog.String("rule", string(f.Rule)), slog.String("severity", f.Severity.String()), slog.String("pointer", f.Pointer),
			slog.String("operation", f.Operation), slog.String("got", f.Got), slog.String("want", f.Want))
	}
}

// levels are the levels at which findings are logged.
var levels = map[finding.Severity]slog.Level{finding.Info: slog.LevelInfo, finding.Warning: slog.LevelWarn, finding.Error: slog.LevelError}

// RoundTrip sends a request and validates the response.
func (t *Transport) RoundTrip(request *http.Request) (*http.Response, error) {
	base := t.Base
	if base == nil {
		base = http.DefaultTransport
	}
	response, err := base.RoundTrip(request)
	if err != nil {
		return response, err
	}
	asked := schema.Request{Method: request.Method, URL: request.URL, Header: request.Header}
	found, _ := t.Catalog.routes.Candidates(routable(asked, asksCBOR(request.Header)))
	if !slices.ContainsFunc(found, func(r schema.Route) bool { _, other := r.Contract.NotJSON(); return !other }) {
		return response, nil
	}
	body, readErr := io.ReadAll(io.LimitReader(response.Body, MaxLiveBody+1))
	response.Body = &restored{io.MultiReader(bytes.NewReader(body), failing{readErr}, response.Body), response.Body}
	switch {
	case readErr != nil:
		t.report(request, nil, fmt.Errorf("%s %s: reading the response body: %w", request.Method, request.URL, readErr))
	case len(body) > MaxLiveBody:
		t.report(request, nil, fmt.Errorf("%s %s: %w", request.Method, request.URL, ErrTooLong))
	default:
		x := &traffic.Interaction{Live: true, Source: request.URL.String(), Request: sent(request), Response: traffic.Response{
			Status: response.StatusCode, Header: response.Header, Body: traffic.BodyOf(body)}}
		found, _ := readableRoutes(found, x)
		readable, err := decoded(x, anyCBOR(found))
		outcome := t.Catalog.choose(found, func(v *Validator, labels map[string]string) Outcome {
			return v.outcome(readable, err, routed{request.URL, labels}, recordedOf(x))
		})
		if outcome.Contract != nil {
			t.report(request, outcome.Findings, nil)
		}
	}
	return response, nil
}

// sent returns the request as it was sent; nil if its body cannot be read again.
func sent(r *http.Request) *traffic.Request {
	s := &traffic.Request{Method: r.Method, URL: r.URL.String(), Header: r.Header}
	if r.Body == nil || r.Body == http.NoBody {
		return s
	}
	if r.GetBody == nil || r.ContentLength > MaxLiveBody {
		return nil
	}
	again, err := r.GetBody()
	if err != nil {
		return nil
	}
	defer again.Close()
	body, err := io.ReadAll(io.LimitReader(again, MaxLiveBody+1))
	if err != nil || len(body) > MaxLiveBody {
		return nil
	}
	s.Body = traffic.BodyOf(body)
	return s
}

// restored repeats what was read, then continues with the live body.
type restored struct {
	io.Reader
	io.Closer
}

// failing repeats the error that ended a body; nil is the end of the body.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}

// Require fails a Go test at once when the body of a success response has a
// finding of severity error; lesser ones are logged.
func Require(t testing.TB, v *Validator, body []byte) {
	t.Helper()
	findings := v.Output(body)
	if len(findings) == 0 {
		return
	}
	var b strings.Builder
	for _, f := range findings {
		b.WriteString("\n\t" + f.String())
		if rule, ok := f.Rule.Lookup(); ok && f.Severity == finding.Error {
			b.WriteString("\n\t\t" + rule.Remedy)
		}
	}
	if findings.Rejects() {
		t.Fatalf("the body does not conform to %s:%s", v.contract, b.String())
	}
	t.Logf("the body conforms to %s, but:%s", v.contract, b.String())
}
