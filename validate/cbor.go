package validate

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/cbor"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/visit"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// Some services also speak CBOR: those with the protocol rpc-v2-cbor, and Kinesis. A body of CBOR is
// translated to JSON, and then validated like any other. Its findings have the place where the body
// begins, and the byte in it as their Offset.

// hasCBOR reports whether clients of a contract may speak CBOR: the services that do also have a protocol of
// AWS JSON, or only rpc-v2-cbor. A body of REST is the content of a blob, whatever its type.
func hasCBOR(c *schema.Contract) bool {
	protocol := c.Protocol.Or("")
	return strings.HasPrefix(protocol, "awsJson") || protocol == "rpcv2Cbor"
}

func anyCBOR(found []schema.Route) bool {
	return slices.ContainsFunc(found, func(r schema.Route) bool { return hasCBOR(r.Contract) })
}

// kinesisCBOR is the media type of Kinesis, whose times are milliseconds.
const kinesisCBOR = "application/x-amz-cbor-1.1"

// isCBOR reports whether the body of a message is CBOR (Smithy, smithy-rpc-v2.html; Kinesis has a
// separate media type).
func isCBOR(h http.Header) bool {
	media, _ := mediaType(awshttp.Value(h, "Content-Type"))
	return media == "application/cbor" || media == kinesisCBOR
}

// respondsCBOR reports whether the body of a response is CBOR. If its Content-Type was not
// recorded, the request decides, unless the body is text.
func respondsCBOR(x *traffic.Interaction) bool {
	media := awshttp.Value(x.Response.Header, "Content-Type")
	if media != "" && !awshttp.Masked(media) {
		return isCBOR(x.Response.Header)
	}
	return x.Request != nil && !utf8.Valid(x.Response.Body.Bytes) && asksCBOR(x.Request.Header)
}

func asksCBOR(h http.Header) bool {
	return isCBOR(h) || awshttp.Value(h, "Smithy-Protocol") == "rpc-v2-cbor"
}

// routable returns a request as the catalog routes it. The path of rpc-v2-cbor names what X-Amz-Target
// does in awsJson, which the same services speak: /service/NAME/operation/OPERATION, after any prefix.
func routable(r schema.Request, cbor bool) schema.Request {
	if !cbor || awshttp.Value(r.Header, awshttp.Target) != "" {
		return r
	}
	segments := strings.Split(r.URL.Path, "/")
	if n := len(segments); n >= 5 && segments[n-4] == "service" && segments[n-2] == "operation" {
		if r.Header = maps.Clone(r.Header); r.Header == nil {
			r.Header = http.Header{}
		}
		r.Header[awshttp.Target] = []string{segments[n-3] + "." + segments[n-1]}
	}
	return r
}

// inMillis reports whether times are milliseconds, as Kinesis sends them.
func inMillis(h http.Header) bool {
	media, _ := mediaType(awshttp.Value(h, "Content-Type"))
	return media == kinesisCBOR
}

// fromCBOR returns a body of CBOR as JSON. An empty body stays empty.
func fromCBOR(body traffic.Body, header http.Header) (traffic.Body, error) {
	if len(body.Bytes) == 0 {
		return body, nil
	}
	document, err := cbor.Translate(body.Bytes, inMillis(header))
	if err != nil {
		return body, err
	}
	return body.Translated(document.Text, document.Offset), nil
}

// bytesAndText returns the findings about text where the contract has bytes, and the other way round: in
// JSON both are text.
func (v *Validator) bytesAndText(part schema.Part, body traffic.Body) (found []located) {
	if original, _ := body.Original(0); original == nil {
		return nil
	}
	document, err := jsontree.Parse(body.Bytes)
	if err != nil {
		return nil
	}
	visit.Walk(v.contract, part, v.options.Encoding, document, func(s *visit.Site) bool {
		if s.Value.Kind != '"' || s.Unknown() {
			return true
		}
		original, at := body.Original(s.Value.Start)
		var got, want string
		switch isBytes := cbor.IsBytes(original, at); {
		case isBytes && (s.Shape.Type == schema.String || s.Shape.Type == schema.Timestamp):
			got, want = "bytes", string(s.Shape.Type)
		case !isBytes && s.Shape.Type == schema.Blob:
			got, want = "text", "bytes"
		default:
			return true
		}
		f := finding.Finding{Rule: finding.TypeMismatch, Pointer: s.Pointer(), Found: finding.Value{Kind: finding.Kind(got), Text: got}, Wanted: finding.Want{Type: want}}
		found = append(found, located{Finding: f, offset: s.Value.Start})
		return true
	})
	return found
}
