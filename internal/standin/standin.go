// Package standin stands in for an AWS service in tests, which cannot reach the real one: an HTTP
// server over TLS that verifies the SigV4 signature of every request as AWS does, and then answers
// what the test told it to. It knows no operation.
//
// The verification is package sigv4, written from the specification and tested against the signer
// of the SDK for Go; the signatures come from the SDKs. What AWS does beyond the specification is
// not imitated.
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

// Service is the stand-in. It is an [http.Handler]; [Start] serves it over TLS. Set its fields
// before it serves.
type Service struct {
	// Credentials that requests must be signed with; the session token, if there is one, must come
	// with them.
	Credentials sigv4.Credentials
	// Name and Region are the scope that requests must be signed for; an empty one is not looked
	// at.
	Name, Region string
	// Answer is asked for each request that is signed well; nil answers all of them with an empty
	// object.
	Answer func(r *http.Request, body []byte) Answer
	// Now is the time of the service; nil: time.Now.
	Now func() time.Time

	mu       sync.Mutex
	received []Received
}

// Answer is what the service answers.
type Answer struct {
	Status  int // 0: 200
	Header  http.Header
	Body    string
	Gzip    bool          // compress the body, if the client accepts that
	Chunked bool          // do not say how long the body is
	Cut     bool          // break the connection off after half of the body
	Delay   time.Duration // before the answer
}

// Received is a request as it came, and the name of the error that it was refused with, if it was.
type Received struct {
	Method, URI, Proto string
	Host               string
	Header             http.Header
	Body               []byte
	Scope              sigv4.Scope
	Refused            string
}

// Received is the requests so far.
func (s *Service) Received() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Received(nil), s.received...)
}

// refusals are what AWS services answer to signatures that they do not take: names, statuses and
// texts as the common errors of their API references have them.
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

// ServeHTTP verifies a request and answers it.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone
	}
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	got := Received{Method: r.Method, URI: r.RequestURI, Proto: r.Proto, Host: r.Host, Header: r.Header.Clone(), Body: body}
	answer := Answer{Body: "{}"}
	got.Scope, err = sigv4.Verify(r, body, s.Credentials, now())
	if err == nil && (s.Name != "" && s.Name != got.Scope.Service || s.Region != "" && s.Region != got.Scope.Region) {
		err = &sigv4.Error{Reason: sigv4.Wrong, Detail: "Credential should be scoped to a valid region and to the correct service."}
	}
	if refused := (*sigv4.Error)(nil); errors.As(err, &refused) {
		refusal := refusals[refused.Reason]
		got.Refused = refusal.name
		answer = Error(refusal.status, refusal.name, refusal.message)
	} else if s.Answer != nil {
		answer = s.Answer(r, body)
	}
	s.mu.Lock()
	s.received = append(s.received, got)
	s.mu.Unlock()
	answer.Write(w, r)
}

// Error is an answer with an error of the restJson1 protocol.
func Error(status int, name, message string) Answer {
	return Answer{Status: status, Header: http.Header{"X-Amzn-Errortype": {name}}, Body: `{"message":` + strconv.Quote(message) + `}`}
}

// Write writes the answer to a request, whoever signed it.
func (a Answer) Write(w http.ResponseWriter, r *http.Request) {
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
