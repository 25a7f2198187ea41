package traffic

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// pyRecord, pyRequest, pyStatus and pyResponse have the keys of vcrpy's cassettes (vcr/serialize.py), also those of answers that httpx got,
// as vcrpy 4.1 to 5.1 wrote them (vcr/stubs/httpx_stubs.py).
type pyRecord struct {
	Request  *pyRequest  `yaml:"request"`
	Response *pyResponse `yaml:"response"`
}

type pyRequest struct {
	Body    yaml.Node `yaml:"body"`
	Headers pyHeader  `yaml:"headers"`
	Method  yaml.Node `yaml:"method"`
	URI     yaml.Node `yaml:"uri"`
}

type pyResponse struct {
	Body    yaml.Node `yaml:"body"`
	Headers pyHeader  `yaml:"headers"`
	Status  pyStatus  `yaml:"status"`

	StatusCode yaml.Node `yaml:"status_code"` // httpx
	Content    yaml.Node `yaml:"content"`     // httpx
}

type pyStatus struct {
	Code    yaml.Node `yaml:"code"`
	Message yaml.Node `yaml:"message"`
}

// pyHeader maps each name to a list of values or, as stubs of some HTTP libraries record it, to one value.
type pyHeader map[string]pyValues

type pyValues []string

func (v *pyValues) UnmarshalYAML(n *yaml.Node) error {
	if target(n).Kind == yaml.SequenceNode {
		return n.Decode((*[]string)(v))
	}
	var one string
	err := n.Decode(&one)
	*v = pyValues{one}
	return err
}

// pyNames are vcrpy's names for what go-vcr calls otherwise, httpxNames those of an answer that httpx got.
var (
	pyNames = map[string]string{
		"request.url": "request.uri", "response.status": "response.status.message",
		"response.code": "response.status.code", "response.body": "response.body.string",
	}
	httpxNames = map[string]string{"request.url": "request.uri", "response.code": "response.status_code", "response.body": "response.content"}
)

// fromVCRPy: vcrpy has the same two top-level keys and the same version, but calls the URL uri. The first interaction decides.
func fromVCRPy(interactions *yaml.Node) bool {
	list := target(interactions)
	if list.Kind != yaml.SequenceNode || len(list.Content) == 0 {
		return false
	}
	request := child(target(list.Content[0]), "request")
	return request != nil && child(target(request), "uri") != nil
}

func (c *cassette) decodeVCRPy(interactions *yaml.Node) error {
	var list []*pyRecord
	if err := interactions.Decode(&list); err != nil {
		return c.broken(err, interactions)
	}
	for i, r := range list {
		if r != nil && r.Request != nil && r.Request.URI.IsZero() {
			return c.malformed(c.entry(i), fmt.Sprintf("interaction %d has no request.uri, as vcrpy's have", i), "record it again, or remove it")
		}
		c.records = append(c.records, r.record())
	}
	return nil
}

func (r *pyRecord) record() *record {
	if r == nil {
		return nil
	}
	as := &record{names: pyNames}
	if r.Request != nil {
		as.Request = &recordedRequest{Body: pyFile(r.Request.Body), Headers: r.Request.Headers.header(), URL: r.Request.URI, Method: r.Request.Method}
	}
	switch {
	case r.Response == nil:
	case !r.Response.StatusCode.IsZero(): // by which vcrpy tells such an answer, too
		as.names = httpxNames
		as.Response = &recordedResponse{Body: r.Response.Content, Headers: r.Response.Headers.header(), Code: r.Response.StatusCode}
		dropCodings(as.Response.Headers)
	default:
		as.Response = &recordedResponse{Body: r.Response.Body, Headers: r.Response.Headers.header(), Status: r.Response.Status.Message, Code: r.Response.Status.Code}
		if text := child(target(&r.Response.Body), "string"); text != nil {
			as.Response.Body = pyFile(*text)
		}
	}
	return as
}

// missing is the name of what vcrpy writes with every answer, where it is not there. Without the one, an error would be read as a
// success, without the other any answer as an empty one. go-vcr reads such a cassette, vcrpy does not.
func (r *record) missing() string {
	switch {
	case target(&r.Response.Code).ShortTag() == "!!null": // also without the key
		return r.name("response.code")
	case r.Response.Body.IsZero():
		return r.name("response.body")
	}
	return ""
}

// pyFile is what a file in memory holds, which boto3 sends for the body of an upload: PyYAML writes such an object as its bytes, a place
// in them, and its attributes.
func pyFile(n yaml.Node) yaml.Node {
	body := target(&n)
	if !strings.HasPrefix(body.Tag, "tag:yaml.org,2002:python/object") && !strings.HasPrefix(body.Tag, "!!python/object") {
		return n
	}
	if state := child(body, "state"); state != nil && target(state).Kind == yaml.SequenceNode && len(target(state).Content) > 0 {
		return *target(state).Content[0]
	}
	return n
}

// header puts the names into one form, so that they can be looked up: vcrpy leaves them as they were on the wire.
func (h pyHeader) header() http.Header {
	header := make(http.Header, len(h))
	for _, name := range slices.Sorted(maps.Keys(h)) {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		header[canonical] = append(header[canonical], h[name]...)
	}
	return header
}

// decodeJSON reads a cassette of JSON that is no YAML, and says whether it is one: vcrpy's JSON has pairs of surrogates, which YAML
// refuses. go-vcr reads nothing but YAML, so its own version is left to that.
func (c *cassette) decodeJSON() bool {
	if !bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(c.source.data, byteOrderMark), blankJSON), []byte("{")) {
		return false
	}
	top, err := jsonNodes(c.source)
	return err == nil && crowded(top) == nil && c.decode(top) == nil && c.kind != Cassette
}
