package validate

import (
	"errors"
	"mime"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/wording"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// recorded says what the recorder of a source keeps. If one interaction has it, the recorder does
// not filter it, so another without it is the fault of the service or the client. The zero value
// knows nothing.
type recorded struct {
	responseHeaders bool // at least one that only a service sends
	requestHeaders  bool // at least one that only an AWS client sends
	requestBodies   bool
}

// see notes an interaction of the source.
func (r *recorded) see(x *traffic.Interaction) {
	r.responseHeaders = r.responseHeaders || x.Live || awshttp.OfService(x.Response.Header)
	if x.Request == nil {
		return
	}
	r.requestHeaders = r.requestHeaders || x.Live || awshttp.OfClient(x.Request.Header)
	r.requestBodies = r.requestBodies || x.Live || len(x.Request.Body.Bytes) > 0
}

// all reports whether further interactions cannot add anything.
func (r recorded) all() bool { return r.responseHeaders && r.requestHeaders && r.requestBodies }

// recordedOf returns what a single interaction shows.
func recordedOf(x *traffic.Interaction) recorded {
	var r recorded
	r.see(x)
	return r
}

// LeftOut is what a recorder left out of an interaction, so that rules about it were not applied.
type LeftOut struct {
	ResponseHeaders bool
	RequestBody     bool
}

// Note returns the findings of a run about what recorders left out; the map counts interactions.
func Note(leftOut map[LeftOut]int) (found finding.Set) {
	headers, bodies := 0, 0
	for l, n := range leftOut {
		if l.ResponseHeaders {
			headers += n
		}
		if l.RequestBody {
			bodies += n
		}
	}
	note := func(n int, what string) finding.Finding {
		return finding.Finding{Rule: finding.HTTPNotRecorded, Names: []string{what}, Found: finding.Value{Length: n}}
	}
	var all []finding.Finding
	if headers > 0 {
		all = append(all, note(headers, "response headers"))
	}
	if bodies > 0 {
		all = append(all, note(bodies, "request bodies"))
	}
	return finding.NewSet(all...)
}

// Odd returns the finding about an entry of a recording that does not conform to its format.
func Odd(e *traffic.Error) finding.Set {
	return finding.NewSet(finding.Finding{Rule: finding.TrafficOddEntry, Source: e.Source, Interaction: e.Index + 1, Line: e.Line, Column: e.Column, Wanted: finding.Want{Text: e.Form}, Cause: e.Problem})
}

// recorded reports whether the recorder would have kept a header of the response, and did not mask
// it.
func (e *exchange) recorded(name string) bool {
	return e.kept.responseHeaders && !awshttp.Masked(awshttp.Value(e.response.Header, name))
}

// Kinds of bodies that no rule reads.
const (
	blobPayload = "blob payload"
	cborBody    = "CBOR" // on a protocol that does not have it
)

// mediaType is [mime.ParseMediaType] without the parameters, and without an allocation for the types
// that most messages have.
func mediaType(contentType string) (string, error) {
	switch contentType {
	case "application/json", "application/x-amz-json-1.0", "application/x-amz-json-1.1":
		return contentType, nil
	}
	media, _, err := mime.ParseMediaType(contentType)
	return media, err
}

// blob reports whether the body of a success is a blob, whose content the contract does not
// describe.
func (v *Validator) blob(r *traffic.Response) bool {
	d := v.parts[schema.OutputPart]
	return r.Status < 300 && len(r.Body.Bytes) > 0 && d != nil && d.raw != nil && d.stream == nil && d.node.kind == schema.Blob
}

// unread returns the outcome of a response whose body cannot be read. That is not the service's
// fault: browsers omit some bodies from recordings, and crcheck does not support every
// Content-Encoding. The error is that of [decoded].
func unread(x *traffic.Interaction, err error) (Outcome, bool) {
	if x.Response.Body.Missing {
		return Outcome{NotChecked: bodyNotRecorded}, true
	}
	if coding := (*traffic.Error)(nil); errors.As(err, &coding) && coding.Reason == traffic.ErrUnknownCoding {
		return Outcome{NotRead: wording.Clip(coding.Format, maxShown) + " encoding"}, true
	}
	return Outcome{}, false
}

// decoded is the interaction with its bodies decoded by their Content-Encoding
// (RFC 9110 section 8.4), and from CBOR to JSON if the
// protocol has it. The error is about the response. A request whose body was not
// recorded, or cannot be decoded, is left out.
func decoded(x *traffic.Interaction, hasCBOR bool) (*traffic.Interaction, error) {
	request := x.Request
	if request != nil {
		body, err := request.Document()
		binary := isCBOR(request.Header)
		if err == nil && binary && hasCBOR {
			body, err = fromCBOR(body, request.Header)
		}
		switch {
		case err != nil || body.Missing || binary && !hasCBOR:
			request = nil
		case !sameBytes(body.Bytes, request.Body.Bytes):
			own := *request
			own.Body = body
			request = &own
		}
	}
	body, err := x.Response.Document()
	if err == nil && hasCBOR && respondsCBOR(x) {
		body, err = fromCBOR(body, x.Response.Header)
	}
	if request == x.Request && sameBytes(body.Bytes, x.Response.Body.Bytes) {
		return x, err // the usual case: no copy
	}
	y := *x
	y.Request, y.Response.Body = request, body
	return &y, err
}

// sameBytes reports whether two slices have the same bytes in memory.
func sameBytes(a, b []byte) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
