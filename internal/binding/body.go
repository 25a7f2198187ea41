package binding

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/eventstream"
	"github.com/crcheck/crcheck/schema"
)

// mediaTypes are those of the JSON bodies of protocols.
var mediaTypes = map[string]string{
	"restJson1": "application/json", "awsJson1_0": "application/x-amz-json-1.0", "awsJson1_1": "application/x-amz-json-1.1",
}

// MediaType returns the media type of a protocol's JSON bodies; ok is false where it has none.
func MediaType(protocol string) (media string, ok bool) {
	media, ok = mediaTypes[protocol]
	return media, ok
}

// protocol is that of the contract: restJson1 where it states none.
func (t *Table) protocol() string { return t.contract.Protocol.Or("restJson1") }

// RPC reports a protocol whose requests are all to one path.
func (t *Table) RPC() bool { return strings.HasPrefix(t.protocol(), "awsJson") }

// MediaType returns the media type of the part's body: of JSON that of its protocol, else by the
// member that is the body (Smithy, http-bindings.html#httppayload-trait). Empty: the protocol is
// not known to have JSON bodies.
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

// UnstatedError says what a contract leaves open of how its requests travel.
type UnstatedError struct {
	Contract string
	What     string
}

func (e *UnstatedError) Error() string {
	return fmt.Sprintf("%s: its source does not state %s", e.Contract, e.What)
}

// Operation returns the method of requests, and puts into their headers what names the operation
// where its URI does not (Smithy, aws-json-1_0-protocol.html). The error is an [*UnstatedError].
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
