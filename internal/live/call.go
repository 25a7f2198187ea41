package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/crcheck/crcheck/internal/sigv4"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

const (
	// MaxBody bounds the body of a response, in bytes, because it is held in memory.
	MaxBody = 64 << 20
	// Timeout bounds a call, from signing to the last byte of the response. botocore waits as long
	// for the next byte.
	Timeout = 60 * time.Second
)

// Caller signs requests and sends them.
type Caller struct {
	// Transport sends the requests, and may record them. It must not ask for compression by itself,
	// because the response is taken as received.
	Transport   http.RoundTripper
	Credentials aws.Credentials
	Region      string
	Service     string // SigV4's name of it, see [schema.Contract.Signing]
}

// CallError says that no complete response was received. It wraps the cause.
type CallError struct {
	Method, URL string // without the query
	Err         error
}

func (e *CallError) Error() string {
	remedy := "check the region, the endpoint and the network"
	switch {
	case errors.Is(e.Err, context.DeadlineExceeded):
		remedy = fmt.Sprintf("it took longer than %s", Timeout)
	case errors.Is(e.Err, errTooLong):
		remedy = "request fewer results"
	}
	return fmt.Sprintf("%s %s: %v; %s", e.Method, e.URL, e.Err, remedy)
}

func (e *CallError) Unwrap() error { return e.Err }

var errTooLong = fmt.Errorf("the response is longer than %d MiB", MaxBody>>20)

// Call signs a request of [Request] and sends it once, without retries or redirects. An error
// response is returned like any other. The error is a [*CallError], or the context's error if it
// was cancelled.
func (c *Caller) Call(ctx context.Context, r *http.Request) (*traffic.Interaction, error) {
	timed, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	request := Recorded(r)
	sent := r.Clone(timed)
	credentials := sigv4.Credentials{AccessKeyID: c.Credentials.AccessKeyID, SecretAccessKey: c.Credentials.SecretAccessKey, SessionToken: c.Credentials.SessionToken}
	sigv4.Sign(sent, request.Body.Bytes, credentials, c.Region, c.Service, time.Now())
	began := time.Now()
	response, err := c.Transport.RoundTrip(sent)
	if err != nil {
		return nil, failed(ctx, r, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, MaxBody+1))
	switch {
	case err != nil:
		return nil, failed(ctx, r, err)
	case len(body) > MaxBody:
		return nil, failed(ctx, r, errTooLong)
	}
	return &traffic.Interaction{Live: true, Kind: traffic.JSON, Request: request, Response: traffic.Response{
		Status: response.StatusCode, StatusText: response.Status, Header: response.Header, Body: traffic.BodyOf(body), Duration: time.Since(began)}}, nil
}

func failed(ctx context.Context, r *http.Request, err error) error {
	if cancelled := ctx.Err(); errors.Is(cancelled, context.Canceled) {
		return cancelled
	}
	shown := *r.URL
	shown.RawQuery = ""
	return &CallError{r.Method, shown.String(), err}
}

// Recorded returns a request of [Request] as traffic, without its signature.
func Recorded(r *http.Request) *traffic.Request {
	var body []byte
	if again, err := r.GetBody(); err == nil {
		body, _ = io.ReadAll(again) // it is in memory
	}
	return &traffic.Request{Method: r.Method, URL: r.URL.String(), Header: r.Header, Body: traffic.BodyOf(body)}
}

// credentialErrors are the errors of services that do not accept a signature (the pages "Common
// Errors" of AWS's API references), without the suffix Exception that some have.
var credentialErrors = map[string]bool{
	"ExpiredToken": true, "IncompleteSignature": true, "InvalidAccessKeyId": true, "InvalidClientTokenId": true, "InvalidSignature": true,
	"MissingAuthenticationToken": true, "RequestExpired": true, "SignatureDoesNotMatch": true, "UnrecognizedClient": true,
}

// CredentialsRefused reports whether an error, by its name, means that the service does not accept
// the signature, because the credentials are wrong or expired, or the clock is wrong.
func CredentialsRefused(c *schema.Contract, name string) bool {
	_, modelled := c.Error(name)
	return !modelled && credentialErrors[strings.TrimSuffix(name, "Exception")]
}
