package binding

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/eventstream"
	"github.com/crcheck/crcheck/schema"
)

// mediaTypes has the media types of JSON bodies by protocol.
var mediaTypes = map[string]string{
	"restJson1": "application/json", "awsJson1_0": "application/x-amz-json-1.0", "awsJson1_1": "application/x-amz-json-1.1",
}

// MediaType returns the media type of a protocol's JSON bodies. It returns false for other
// protocols.
func MediaType(protocol string) (media string, ok bool) {
	media, ok = mediaTypes[protocol]
	return media, ok
}

// protocol returns the protocol of the contract; the default is restJson1.
func (t *Table) protocol() string { return t.contract.Protocol.Or("restJson1") }

// RPC reports whether the protocol sends all requests to one path.
func (t *Table) RPC() bool { return strings.HasPrefix(t.protocol(), "awsJson") }

// MediaType returns the media type of the part's body: that of the protocol for JSON, or else that
// of the member that is the body (Smithy, http-bindings.html#httppayload-trait). It returns "" if
// the protocol does not have JSON bodies.
func (t *Table) MediaType() string {
	media, ok := MediaType(t.protocol())
	raw, isRaw := t.contract.RawBody(t.part)
	if !ok || !isRaw {
		return media
	}
	switch shape := t.contract.Resolve(raw.Shape); {
	case shape.EventStream.Or(false):
		return eventstream.MediaType
	case shape.Type == schema.String:
		return "text/plain"
	}
	return "application/octet-stream"
}

// UnstatedError reports what a contract does not state and a request needs.
type UnstatedError struct {
	Contract string
	What     string
}

func (e *UnstatedError) Error() string {
	return fmt.Sprintf("%s: its source does not state %s", e.Contract, e.What)
}

// Operation returns the method of requests. If the URI does not name the operation, it adds the
// header that does (Smithy, aws-json-1_0-protocol.html). The error is an [*UnstatedError].
func (t *Table) Operation(h http.Header) (method string, err error) {
	if t.RPC() {
		target, ok := t.contract.Target.Get()
		if !ok {
			return "", &UnstatedError{t.contract.String(), awshttp.Target}
		}
		h.Set(awshttp.Target, target)
		return http.MethodPost, nil
	}
	method, ok := t.contract.Method.Get()
	if !ok || t.contract.URI.Silent() {
		return "", &UnstatedError{t.contract.String(), "method and URI"}
	}
	return method, nil
}
