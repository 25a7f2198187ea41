package replay

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/traffic"
)

// response is a recorded response in a form that is quick to send many times.
type response struct {
	interaction *traffic.Interaction
	status      int
	statusText  string
	length      int64 // Content-Length of the recording, for HEAD; -1: none
	header      []field
	body        []byte
}

// field is one line of a header. A list of them is cheaper to copy than a map.
type field struct{ name, value string }

// responseBuilder makes responses, and stores equal strings of their headers once.
type responseBuilder struct {
	known  map[string]string
	fields []field // backing array of the headers
}

func (b *responseBuilder) one(s string) string {
	if len(s) > 64 {
		return s
	}
	if same, ok := b.known[s]; ok {
		return same
	}
	b.known[s] = s
	return s
}

func (b *responseBuilder) make(in *traffic.Interaction) response {
	recorded := &in.Response
	a := response{
		interaction: in,
		status:      recorded.Status,
		statusText:  recorded.StatusText,
		length:      -1,
		body:        recorded.Body.Bytes,
	}
	code := strconv.Itoa(a.status)
	if !strings.HasPrefix(a.statusText, code+" ") {
		a.statusText = strings.TrimSpace(code + " " + http.StatusText(a.status))
	}
	from := len(b.fields)
	decoded := recorded.RecordedDecoded() || len(a.body) == 0 && in.Request.Method != http.MethodHead
	for name, values := range recorded.Header {
		name = b.one(http.CanonicalHeaderKey(name))
		if decoded && name == "Content-Encoding" {
			continue // the body is not encoded, so a client could not decode it
		}
		if name == "Content-Length" && len(values) > 0 {
			if n, err := strconv.ParseInt(values[0], 10, 64); err == nil && n >= 0 {
				a.length = n
			}
		}
		if notReplayed[name] {
			continue
		}
		for _, value := range values {
			b.fields = append(b.fields, field{name, value})
		}
	}
	a.header = b.fields[from:len(b.fields):len(b.fields)]
	if !hasBody(a.status) {
		a.body = nil
	}
	return a
}

// notReplayed are the headers of the recorded connection (RFC 9110, section 7.6.1); the length,
// which is that of the replayed body; and the date, which is that of the replay: SDKs interpret an
// old date as clock skew, and the one for JavaScript then retries errors.
var notReplayed = map[string]bool{
	"Connection": true, "Keep-Alive": true, "Proxy-Connection": true, "Te": true, "Trailer": true,
	"Transfer-Encoding": true, "Upgrade": true, "Content-Length": true,
	"Date": true,
}

// hasBody reports whether a response with this status has a body (RFC 9110, section 6.4.1).
func hasBody(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}

// fill adds the header to h, which must not be shared.
func (a *response) fill(h http.Header, method string) {
	values := make([]string, len(a.header)+1)
	for i, f := range a.header {
		if same := h[f.name]; same != nil {
			h[f.name] = append(same, f.value)
			continue
		}
		values[i] = f.value
		h[f.name] = values[i : i+1 : i+1]
	}
	if n := a.contentLength(method); n >= 0 {
		last := len(values) - 1
		values[last] = strconv.FormatInt(n, 10)
		h["Content-Length"] = values[last:]
	}
}

// contentLength is the value of Content-Length; -1: none. For HEAD it is that of the recording.
func (a *response) contentLength(method string) int64 {
	switch {
	case method == http.MethodHead || a.status == http.StatusNotModified:
		return a.length
	case !hasBody(a.status):
		return -1
	}
	return int64(len(a.body))
}

func (a *response) http(req *http.Request) *http.Response {
	res := &http.Response{
		Status: a.statusText, StatusCode: a.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        make(http.Header, len(a.header)+1),
		ContentLength: a.contentLength(req.Method),
		Body:          http.NoBody,
		Request:       req,
	}
	a.fill(res.Header, req.Method)
	if req.Method != http.MethodHead && len(a.body) > 0 {
		res.Body = io.NopCloser(bytes.NewReader(a.body))
	}
	if !hasBody(a.status) && req.Method != http.MethodHead {
		res.ContentLength = 0
	}
	return res
}

func (a *response) write(w http.ResponseWriter, method string) {
	h := w.Header()
	h["Content-Type"] = nil // keeps net/http from adding one that was not recorded
	a.fill(h, method)
	w.WriteHeader(a.status)
	if method != http.MethodHead && len(a.body) > 0 {
		_, _ = w.Write(a.body) // it fails only if the client is gone
	}
}
