package proxy

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
)

// Code is the kind of a refusal. SDKs report it as the code of the error.
type Code string

const (
	Refused           Code = "CrcheckRefused"           // the client may not do this
	Busy              Code = "CrcheckBusy"              // too many bodies are in flight; SDKs retry this
	CredentialsFailed Code = "CrcheckCredentialsFailed" // the user's credentials cannot be retrieved
	UpstreamFailed    Code = "CrcheckUpstreamFailed"    // there was no response
	NotRecorded       Code = "CrcheckNotRecorded"       // there was a response, but it cannot be recorded
)

// Refusal is an error response from the proxy itself.
type Refusal struct {
	Status int
	Code   Code
	// Request is the request as the upstream would get it. It is nil if it does not come from a client
	// of the session: then nothing of it is worth a message.
	Request *http.Request
	// Message says what is wrong and what to do. It does not quote the request or the upstream.
	Message string
	// Cause is an error from elsewhere, if any. Its text may quote anything.
	Cause error
}

func (r *Refusal) Error() string {
	text := r.Message
	if r.Cause != nil {
		text += ": " + r.Cause.Error()
	}
	return text
}

// refusal returns the refusal of a request to the upstream.
func (t *Target) refusal(r *http.Request, status int, code Code, message string, cause error) *Refusal {
	return &Refusal{status, code, t.at(r), message, cause}
}

// at returns a request as one to the upstream.
func (t *Target) at(r *http.Request) *http.Request {
	at := r.Clone(r.Context())
	at.URL.Scheme, at.URL.Host = t.Upstream.Scheme, t.Upstream.Host
	return at
}

// response returns the refusal as an HTTP response, in the form of an error of the restJson1 and
// awsJson protocols.
func (r *Refusal) response(request *http.Request) *http.Response {
	body, err := json.Marshal(map[string]string{"__type": string(r.Code), "code": string(r.Code), "message": "crcheck record: " + r.Error()})
	if err != nil {
		panic(err) // a map of strings
	}
	header := http.Header{"Content-Type": {"application/json"}, "X-Amzn-Errortype": {string(r.Code)}}
	if r.Code == Busy {
		header["Retry-After"] = []string{"1"}
	}
	return &http.Response{
		Status: strconv.Itoa(r.Status) + " " + http.StatusText(r.Status), StatusCode: r.Status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        header,
		ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body)), Request: request,
	}
}

// refuse reports a refusal and writes it to the client.
func (t *Target) refuse(w http.ResponseWriter, r *Refusal) {
	t.report(r)
	response := r.response(nil)
	for name, values := range response.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(response.StatusCode)
	io.Copy(w, response.Body) //nolint:errcheck // the client may be gone
}

func (t *Target) report(r *Refusal) {
	if t.Refused != nil {
		t.Refused(r)
	}
}
