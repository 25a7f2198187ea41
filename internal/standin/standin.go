// Package standin is a stand-in for an AWS service in tests, which cannot reach the real one. It is
// an HTTP server over TLS that verifies the SigV4 signature of every request as AWS does, and then
// returns the response that the test specifies. It does not know any operation.
//
// Package sigv4 verifies the signatures. It is written from the specification and tested against
// the signer of the SDK for Go. The stand-in does not imitate behavior of AWS beyond the
// specification.
package standin

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/crcheck/crcheck/internal/sigv4"
)

// Service is the stand-in, an [http.Handler]. [Start] serves it over TLS. Its fields must be set
// before that.
type Service struct {
	// Credentials that requests must be signed with. Requests must carry the session token, if any.
	Credentials sigv4.Credentials
	// Name and Region are the scope that requests must be signed for. An empty one is not checked.
	Name, Region string
	// Respond returns the response to a request with a valid signature. If it is nil, every
	// response is an empty object.
	Respond func(r *http.Request, body []byte) Response
	// Now is the clock of the service. If it is nil, it is time.Now.
	Now func() time.Time

	mu       sync.Mutex
	received []Received
}

// Response is a response of the service.
type Response struct {
	Status  int // 0 means 200
	Header  http.Header
	Body    string
	Gzip    bool          // compress the body if the client accepts gzip
	Chunked bool          // do not state the length of the body
	Cut     bool          // close the connection after half of the body
	Delay   time.Duration // before the response
}

// Received is a request as received.
type Received struct {
	Method, URI, Proto string
	Host               string
	Header             http.Header
	Body               []byte
	Scope              sigv4.Scope
	Refused            string // the name of the error in the response; empty if the request was accepted
}

// Received returns the requests so far.
func (s *Service) Received() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Received(nil), s.received...)
}

// refusals are the errors of AWS services for requests whose signature they refuse. Names, statuses
// and messages are those of the common errors in their API references.
var refusals = map[sigv4.Reason]struct {
	status        int
	name, message string
}{
	sigv4.Missing:     {403, "MissingAuthenticationTokenException", "Missing Authentication Token"},
	sigv4.Malformed:   {400, "IncompleteSignatureException", "The request signature does not conform to AWS standards."},
	sigv4.Unsupported: {400, "IncompleteSignatureException", "The stand-in does not verify signatures of this kind."},
	sigv4.UnknownKey:  {403, "UnrecognizedClientException", "The security token included in the request is invalid."},
	sigv4.Expired:     {403, "InvalidSignatureException", "Signature expired."},
	sigv4.Wrong:       {403, "InvalidSignatureException", "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method."},
}

// ServeHTTP verifies a request and writes the response.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has disconnected
	}
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	got := Received{Method: r.Method, URI: r.RequestURI, Proto: r.Proto, Host: r.Host, Header: r.Header.Clone(), Body: body}
	response := Response{Body: "{}"}
	got.Scope, err = sigv4.Verify(r, body, s.Credentials, now())
	if err == nil && (s.Name != "" && s.Name != got.Scope.Service || s.Region != "" && s.Region != got.Scope.Region) {
		err = &sigv4.Error{Reason: sigv4.Wrong, Detail: "Credential should be scoped to a valid region and to the correct service."}
	}
	if refused := (*sigv4.Error)(nil); errors.As(err, &refused) {
		refusal := refusals[refused.Reason]
		got.Refused = refusal.name
		response = Error(refusal.status, refusal.name, refusal.message)
	} else if s.Respond != nil {
		response = s.Respond(r, body)
	}
	s.mu.Lock()
	s.received = append(s.received, got)
	s.mu.Unlock()
	response.Write(w, r)
}

// Error returns a response with an error of the restJson1 protocol.
func Error(status int, name, message string) Response {
	return Response{Status: status, Header: http.Header{"X-Amzn-Errortype": {name}}, Body: `{"message":` + strconv.Quote(message) + `}`}
}

// Write writes the response to a request, whether or not it is signed.
func (a Response) Write(w http.ResponseWriter, r *http.Request) {
	select {
	case <-time.After(a.Delay):
	case <-r.Context().Done():
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Amzn-Requestid", "00000000-0000-4000-8000-000000000000")
	for name, values := range a.Header {
		h[name] = values
	}
	body := []byte(a.Body)
	if a.Gzip && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		var packed bytes.Buffer
		zip := gzip.NewWriter(&packed)
		zip.Write(body) //nolint:errcheck // to memory
		zip.Close()     //nolint:errcheck // to memory
		body = packed.Bytes()
	}
	status := a.Status
	if status == 0 {
		status = http.StatusOK
	}
	if !a.Chunked && status != http.StatusNoContent {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	half := len(body) / 2
	w.Write(body[:half]) //nolint:errcheck // the client may be gone
	if a.Chunked || a.Cut {
		http.NewResponseController(w).Flush() //nolint:errcheck // the client may be gone
	}
	if a.Cut {
		panic(http.ErrAbortHandler)
	}
	w.Write(body[half:]) //nolint:errcheck // the client may be gone
}
