package live

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/crcheck/crcheck/internal/sigv4"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

const (
	// MaxBody bounds the body of a response, in bytes: it is held in memory.
	MaxBody = 64 << 20
	// Timeout bounds a call, from signing it to the last byte of the response. It is
	// what botocore waits for the next byte.
	Timeout = 60 * time.Second
)

// Caller signs requests and sends them.
type Caller struct {
	// Transport sends the requests, and may record them. It must not ask for compression by itself:
	// the response is taken as it comes.
	Transport   http.RoundTripper
	Credentials aws.Credentials
	Region      string
	Service     string // SigV4's name of it, see [schema.Contract.Signing]
}

// CallError says that no whole response came. It wraps the cause.
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
		remedy = "ask for less of it"
	case errors.Is(e.Err, errUnsortable):
		remedy = "ask for one of them at a time"
	}
	return fmt.Sprintf("%s %s: %v; %s", e.Method, e.URL, e.Err, remedy)
}

func (e *CallError) Unwrap() error { return e.Err }

var errTooLong = fmt.Errorf("the response is longer than %d MiB", MaxBody>>20)

// errUnsortable: the signer sorts parameters before it encodes them, the
// specification after that ("Create a signed AWS API request", step 1), which
// differs where a name or a value has ":" or "é", say, and another has a digit
// or a letter in its place.
var errUnsortable = errors.New("these query parameters cannot be signed: the signer of the SDK for Go sorts them otherwise than the service")

// Call signs a request of [Request] and sends it, once: nothing is tried again,
// no redirect is followed. What the service responses is a response, also where it
// is an error. The error is a [*CallError], or that of a context that was
// cancelled.
func (c *Caller) Call(ctx context.Context, r *http.Request) (*traffic.Interaction, error) {
	timed, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	request := Recorded(r)
	sent := r.Clone(timed)
	sum := sha256.Sum256(request.Body.Bytes)
	if err := v4.NewSigner().SignHTTP(timed, c.Credentials, sent, hex.EncodeToString(sum[:]), c.Service, c.Region, time.Now()); err != nil {
		return nil, failed(ctx, r, err)
	}
	if sent.URL.RawQuery != sigv4.CanonicalQuery(sent.URL.RawQuery) {
		return nil, failed(ctx, r, errUnsortable)
	}
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

// Recorded is a request of [Request] as traffic, without its signature.
func Recorded(r *http.Request) *traffic.Request {
	var body []byte
	if again, err := r.GetBody(); err == nil {
		body, _ = io.ReadAll(again) // it is in memory
	}
	return &traffic.Request{Method: r.Method, URL: r.URL.String(), Header: r.Header, Body: traffic.BodyOf(body)}
}

// credentialErrors are what services response to requests whose signature they do
// not take (the pages "Common Errors" of AWS's API references), without the word
// Exception that some of them end in.
var credentialErrors = map[string]bool{
	"ExpiredToken": true, "IncompleteSignature": true, "InvalidAccessKeyId": true, "InvalidClientTokenId": true, "InvalidSignature": true,
	"MissingAuthenticationToken": true, "RequestExpired": true, "SignatureDoesNotMatch": true, "UnrecognizedClient": true,
}

// CredentialsRefused reports an error, by its name, that says nothing of the
// operation but that the service does not take the signature: the credentials
// are wrong or have expired, or the clock is.
func CredentialsRefused(c *schema.Contract, name string) bool {
	_, modelled := c.Error(name)
	return !modelled && credentialErrors[strings.TrimSuffix(name, "Exception")]
}
