package proxy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// Code is the kind of a refusal. SDKs report it as the code of the error.
type Code string

const (
	Refused           Code = "CrcheckRefused"           // the client may not do this
	CredentialsFailed Code = "CrcheckCredentialsFailed" // the user's credentials cannot be retrieved
	UpstreamFailed    Code = "CrcheckUpstreamFailed"    // there was no response
	NotRecorded       Code = "CrcheckNotRecorded"       // there was a response, but it cannot be recorded
)

// Refusal is an error response from the proxy itself.
type Refusal struct {
	Status  int
	Code    Code
	Method  string
	URL     string // without its query
	Message string // what is wrong, and what to do
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("%s %s: %s", r.Method, r.URL, r.Message)
}

// refusal returns the refusal of a request to the upstream.
func (t *Target) refusal(r *http.Request, status int, code Code, format string, args ...any) *Refusal {
	return &Refusal{status, code, r.Method, t.Upstream.Scheme + "://" + t.Upstream.Host + r.URL.EscapedPath(), fmt.Sprintf(format, args...)}
}

// response returns the refusal as an HTTP response, in the form of an error of the restJson1 and
// awsJson protocols.
func (r *Refusal) response(request *http.Request) *http.Response {
	body, err := json.Marshal(map[string]string{"__type": string(r.Code), "code": string(r.Code), "message": "crcheck record: " + r.Message})
	if err != nil {
		panic(err) // a map of strings
	}
	return &http.Response{
		Status: strconv.Itoa(r.Status) + " " + http.StatusText(r.Status), StatusCode: r.Status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/json"}, "X-Amzn-Errortype": {string(r.Code)}},
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
