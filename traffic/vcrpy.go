package traffic

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// pyRecord, pyRequest, pyStatus and pyResponse have the keys of vcrpy's cassettes
// (vcr/serialize.py), including those of responses to httpx, as vcrpy 4.1 to 5.1 wrote them
// (vcr/stubs/httpx_stubs.py).
type pyRecord struct {
	Request  *pyRequest  `yaml:"request"`
	Response *pyResponse `yaml:"response"`
}

type pyRequest struct {
	Body    yaml.Node `yaml:"body"`
	Parsed  yaml.Node `yaml:"parsed_body"` // pydantic's serializer
	Headers pyHeader  `yaml:"headers"`
	Method  yaml.Node `yaml:"method"`
	URI     yaml.Node `yaml:"uri"`
}

type pyResponse struct {
	Body    yaml.Node `yaml:"body"`
	Parsed  yaml.Node `yaml:"parsed_body"`
	Headers pyHeader  `yaml:"headers"`
	Status  pyStatus  `yaml:"status"`

	StatusCode yaml.Node `yaml:"status_code"` // httpx
	Content    yaml.Node `yaml:"content"`     // httpx
}

type pyStatus struct {
	Code    yaml.Node `yaml:"code"`
	Message yaml.Node `yaml:"message"`
}

// pyNames are vcrpy's names for keys of go-vcr, httpxNames those of responses to httpx.
var (
	pyNames = map[string]string{
		"request.url": "request.uri", "response.status": "response.status.message",
		"response.code": "response.status.code", "response.body": "response.body.string",
	}
	httpxNames = map[string]string{"request.url": "request.uri", "response.code": "response.status_code", "response.body": "response.content"}
)

// fromVCRPy reports whether vcrpy wrote a cassette. It has the same two top-level keys and the same
// version as go-vcr's, but calls the URL uri. The first interaction with a uri or url decides.
func fromVCRPy(interactions *yaml.Node) bool {
	list := target(interactions)
	if list.Kind != yaml.SequenceNode {
		return false
	}
	for _, entry := range list.Content {
		if request := child(target(entry), "request"); request != nil {
			if child(target(request), "uri") != nil {
				return true
			} else if child(target(request), "url") != nil {
				return false
			}
		}
	}
	return false
}

func (r *pyRecord) record() *record {
	if r == nil {
		return nil
	}
	as := &record{names: pyNames}
	if r.Request != nil {
		as.Request = &recordedRequest{Headers: r.Request.Headers.header(), URL: r.Request.URI, Method: r.Request.Method}
		as.Request.Body, as.requestForm = pyBody(r.Request.Body, r.Request.Parsed)
	}
	switch {
	case r.Response == nil:
		return as
	case !r.Response.StatusCode.IsZero(): // vcrpy recognises such a response in the same way
		as.names = httpxNames
		as.Response = &recordedResponse{Body: r.Response.Content, Headers: r.Response.Headers.header(), Code: r.Response.StatusCode}
		dropEncodingHeaders(as.Response.Headers)
	default:
		as.Response = &recordedResponse{Headers: r.Response.Headers.header(), Status: r.Response.Status.Message, Code: r.Response.Status.Code}
		as.Response.Body, as.responseForm = pyBody(r.Response.Body, r.Response.Parsed)
	}
	if as.responseForm == asYAML {
		dropEncodingHeaders(as.Response.Headers)
	}
	return as
}

// pyBody returns the node of a body and its notation: text, a mapping with string or base64_string,
// or a structure that was parsed from JSON.
func pyBody(body, parsed yaml.Node) (yaml.Node, bodyForm) {
	if body.IsZero() && !parsed.IsZero() {
		return parsed, asYAML
	}
	n := target(&body)
	if text := child(n, "base64_string"); text != nil {
		return *text, asBase64
	}
	text := child(n, "string")
	if text == nil {
		return pyFile(body), asText
	}
	return pyFile(ruby(*text)), charset(n)
}

// missing returns the name of the key, status or body, that a response of vcrpy lacks; "" if none.
// Without a status, an error would be read as a success; without a body, every response as empty.
// go-vcr reads such a cassette, but vcrpy does not.
func (r *record) missing() string {
	switch {
	case target(&r.Response.Code).ShortTag() == "!!null": // or absent
		return r.name("response.code")
	case r.Response.Body.IsZero(): // and so is parsed_body
		return r.name("response.body")
	}
	return ""
}

// pyFile returns the content of a file in memory, which boto3 sends as the body of an upload.
// PyYAML writes such an object as its bytes, an offset in them, and its attributes.
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

// decodeJSON reads a cassette in JSON that is not valid YAML, and reports whether it is one. The
// JSON of vcrpy has pairs of surrogates, which YAML does not allow. Cassettes of go-vcr are
// excluded, because go-vcr reads only YAML.
func (c *cassette) decodeJSON() bool {
	if !bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(c.source.data, byteOrderMark), blankJSON), []byte("{")) {
		return false
	}
	top, err := jsonNodes(c.source)
	return err == nil && oversizedMapping(top) == nil && c.decode(top) == nil && c.kind != Cassette
}

// jsonNodes reads JSON into the nodes that the YAML library would return if YAML were a superset of
// JSON.
func jsonNodes(from *source) (*yaml.Node, error) {
	document := bytes.TrimPrefix(from.data, byteOrderMark)
	d := jsontext.NewDecoder(bytes.NewBuffer(document), jsontext.AllowDuplicateNames(true)) // decoding the nodes rejects them
	return jsonNode(d, from, len(from.data)-len(document))
}

// jsonNode reads the next value. The decoder limits the depth.
func jsonNode(d *jsontext.Decoder, from *source, skip int) (*yaml.Node, error) {
	n := &yaml.Node{}
	var end jsontext.Kind
	switch d.PeekKind() {
	case jsontext.KindBeginObject:
		n.Kind, n.Tag, end = yaml.MappingNode, "!!map", jsontext.KindEndObject
	case jsontext.KindBeginArray:
		n.Kind, n.Tag, end = yaml.SequenceNode, "!!seq", jsontext.KindEndArray
	default:
		value, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		n.Kind, n.Value = yaml.ScalarNode, string(value)
		if value.Kind() == jsontext.KindString {
			text, err := jsontext.AppendUnquote(nil, value)
			if err != nil {
				return nil, err
			}
			n.Tag, n.Style, n.Value = "!!str", yaml.DoubleQuotedStyle, string(text)
		}
		n.Line, n.Column = from.yamlPlace(skip + int(d.InputOffset()) - len(value))
		return n, nil
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	n.Line, n.Column = from.yamlPlace(skip + int(d.InputOffset()) - 1)
	for d.PeekKind() != end {
		child, err := jsonNode(d, from, skip)
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, child)
	}
	_, err := d.ReadToken()
	return n, err
}
