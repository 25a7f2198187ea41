package traffic

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// interactionMark is the first member of a line that is a whole interaction, spelled so, and its only version.
const (
	interactionMark    = `"crcheckInteraction"`
	interactionVersion = "1"
)

// isInteraction looks at the first two tokens only: every line of a file is asked.
func isInteraction(line []byte) bool {
	line, object := bytes.CutPrefix(bytes.TrimLeft(bytes.TrimPrefix(line, byteOrderMark), blankJSON), []byte("{"))
	return object && bytes.HasPrefix(bytes.TrimLeft(line, blankJSON), []byte(interactionMark))
}

// The members of the objects in such a line, as problems name them. Those that it must have come first.
var (
	interactionMembers = members{"the interaction", "", []string{"crcheckInteraction", "request", "response"}, 3}
	requestMembers     = members{"request", "request.", []string{"request.method", "request.url", "request.headers", "request.body", "request.bodyBase64"}, 2}
	responseMembers    = members{"response", "response.", []string{"response.status", "response.headers", "response.body", "response.bodyBase64"}, 1}
)

type members struct {
	of, prefix string
	names      []string
	required   int
}

// recordedLine is one interaction of a line in one allocation: a file has a great many of them.
type recordedLine struct {
	Interaction
	request Request
	source  source
	bodies  [2]struct {
		place  place
		string jsonString
	}
}

// interactionReader reads interactions of lines, one after the other.
type interactionReader struct {
	decoder jsontext.Decoder
	input   bytes.Buffer
	names   map[string]string // strings that many interactions share
	scratch []byte

	line *recordedLine
	skip int // bytes of the line before what the decoder sees
}

// maxNames bounds what a file of ever different names costs.
const maxNames = 1 << 10

func (r *interactionReader) read(name string, index int, text []byte, line int) (*Interaction, error) {
	if r.names == nil {
		r.names = map[string]string{}
	}
	r.line = &recordedLine{Interaction: Interaction{Source: name, Kind: NDJSON, Index: index}}
	r.line.Request = &r.line.request
	r.line.source.data, r.line.source.first = text, line
	document := bytes.TrimPrefix(text, byteOrderMark)
	r.skip = len(text) - len(document)
	r.input = *bytes.NewBuffer(document)
	r.decoder.Reset(&r.input, jsontext.AllowDuplicateNames(true)) // object refuses them, and says which
	if err := r.interaction(); err != nil {
		return nil, err
	}
	if _, err := r.decoder.ReadToken(); err != io.EOF {
		return nil, r.malformed(r.offset(), "text follows the interaction", "write one interaction a line")
	}
	return &r.line.Interaction, nil
}

func (r *interactionReader) interaction() error {
	_, err := r.object(interactionMembers, func(member string) error {
		switch member {
		case "request":
			return r.message(requestMembers, 0, &r.line.request.Header, &r.line.request.Body)
		case "response":
			return r.message(responseMembers, 1, &r.line.Response.Header, &r.line.Response.Body)
		}
		raw, at, err := r.value()
		if err == nil && string(raw) != interactionVersion {
			err = r.malformed(at, "crcheckInteraction is not "+interactionVersion, "write "+interactionVersion+", the only version; a later one needs a later crcheck")
		}
		return err
	})
	return err
}

// message reads a request or a response. A body that it lacks stands where the message does.
func (r *interactionReader) message(list members, which int, header *http.Header, body *Body) error {
	var hasBody bool
	b := &r.line.bodies[which]
	b.place.source, b.place.written = &r.line.source, &b.string
	start, err := r.object(list, func(member string) (err error) {
		switch member {
		case "request.method":
			r.line.request.Method, err = r.text(member)
		case "request.url":
			r.line.request.URL, err = r.text(member)
		case "response.status":
			r.line.Response.Status, err = r.number(member)
		case "request.headers", "response.headers":
			*header, err = r.headers(member)
		default:
			body.Bytes, b.string, err = r.body(member, strings.HasSuffix(member, "Base64"))
			if err == nil && hasBody {
				err = r.malformed(b.string.start, list.of+" has both a body and a bodyBase64", "keep one of them")
			}
			hasBody = true
		}
		return err
	})
	if !hasBody {
		b.string = jsonString{start: start, opaque: true}
	}
	body.place = &b.place
	return err
}

// object hands its members over by name, each of which must be known and come once, and says where it starts.
func (r *interactionReader) object(list members, member func(name string) error) (start int, err error) {
	if start, err = r.open(list.of); err != nil {
		return start, err
	}
	seen := 0
	for r.decoder.PeekKind() != jsontext.KindEndObject {
		name, at, err := r.name()
		if err != nil {
			return start, err
		}
		i := 0
		for i < len(list.names) && list.names[i][len(list.prefix):] != string(name) {
			i++
		}
		switch {
		case i == len(list.names):
			return start, r.malformed(at, fmt.Sprintf("%s has a member %q, which means nothing", list.of, name), "remove it")
		case seen&(1<<i) != 0:
			return start, r.malformed(at, fmt.Sprintf("%s has two members %q", list.of, name), "keep one of them")
		}
		seen |= 1 << i
		if err := member(list.names[i]); err != nil {
			return start, err
		}
	}
	for i, name := range list.names[:list.required] {
		if seen&(1<<i) == 0 {
			return start, r.malformed(start, fmt.Sprintf("%s has no member %q", list.of, name[len(list.prefix):]), "add it, or record the interaction again")
		}
	}
	return start, r.delimiter()
}

func (r *interactionReader) headers(what string) (http.Header, error) {
	if _, err := r.open(what); err != nil {
		return nil, err
	}
	header := make(http.Header, 4)
	for r.decoder.PeekKind() != jsontext.KindEndObject {
		raw, at, err := r.name()
		if err != nil {
			return nil, err
		}
		name := r.shared(raw)
		if _, twice := header[name]; twice {
			return nil, r.malformed(at, fmt.Sprintf("%s has two members %q", what, name), "put all values of a header into one list")
		}
		list, err := r.list(what)
		if err != nil {
			return nil, err
		}
		header[name] = list
	}
	return header, r.delimiter()
}

// list reads the values of one header.
func (r *interactionReader) list(what string) ([]string, error) {
	if r.decoder.PeekKind() != jsontext.KindBeginArray {
		return nil, r.wrong(what, "lists of strings")
	}
	if err := r.delimiter(); err != nil {
		return nil, err
	}
	list := make([]string, 0, 1)
	for r.decoder.PeekKind() != jsontext.KindEndArray {
		value, err := r.text(what)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	return list, r.delimiter()
}

func (r *interactionReader) body(what string, inBase64 bool) ([]byte, jsonString, error) {
	raw, at, err := r.value()
	switch {
	case err != nil:
		return nil, jsonString{}, err
	case raw.Kind() != jsontext.KindString:
		return nil, jsonString{}, r.notA(at, what, "a string")
	}
	decoded, err := jsontext.AppendUnquote(make([]byte, 0, len(raw)-len(`""`)), raw)
	if err == nil && inBase64 {
		if bytes.ContainsAny(decoded, "\r\n") { // package base64 passes over them
			return nil, jsonString{}, r.notA(at, what, "base64")
		}
		decoded, err = base64.StdEncoding.Strict().AppendDecode(nil, decoded)
	}
	if err != nil {
		return nil, jsonString{}, r.notA(at, what, "base64")
	}
	return decoded, jsonString{start: at, opaque: inBase64}, nil
}

// text reads a string; the short ones are shared.
func (r *interactionReader) text(what string) (string, error) {
	raw, at, err := r.value()
	switch {
	case err != nil:
		return "", err
	case raw.Kind() != jsontext.KindString:
		return "", r.notA(at, what, "a string")
	}
	return r.shared(r.unquote(raw)), nil
}

// number is whole, and written so.
func (r *interactionReader) number(what string) (int, error) {
	raw, at, err := r.value()
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(string(raw))
	if err != nil {
		return 0, r.notA(at, what, "a whole number")
	}
	return n, nil
}

// shared is b as a string, one for all that are equal: methods, and names and values of headers repeat themselves.
func (r *interactionReader) shared(b []byte) string {
	if s, ok := r.names[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(s) <= 32 && len(r.names) < maxNames {
		r.names[s] = s
	}
	return s
}

// unquote decodes a string that the decoder has checked. The result holds until the next call.
func (r *interactionReader) unquote(raw []byte) []byte {
	if inner := raw[1 : len(raw)-1]; bytes.IndexByte(inner, '\\') < 0 {
		return inner
	}
	r.scratch, _ = jsontext.AppendUnquote(r.scratch[:0], raw)
	return r.scratch
}

func (r *interactionReader) name() (name []byte, at int, err error) {
	raw, at, err := r.value()
	if err != nil {
		return nil, at, err
	}
	return r.unquote(raw), at, nil
}

func (r *interactionReader) value() (raw jsontext.Value, at int, err error) {
	raw, err = r.decoder.ReadValue()
	if err != nil {
		return nil, 0, r.broken(err)
	}
	return raw, r.offset() - len(raw), nil
}

func (r *interactionReader) open(what string) (start int, err error) {
	if r.decoder.PeekKind() != jsontext.KindBeginObject {
		return 0, r.wrong(what, "an object")
	}
	err = r.delimiter()
	return r.offset() - 1, err
}

// delimiter reads one delimiter.
func (r *interactionReader) delimiter() error {
	if _, err := r.decoder.ReadToken(); err != nil {
		return r.broken(err)
	}
	return nil
}

// offset is the place in the line up to which it was read.
func (r *interactionReader) offset() int { return r.skip + int(r.decoder.InputOffset()) }

// wrong reads the value that is of the wrong type.
func (r *interactionReader) wrong(what, wanted string) error {
	_, at, err := r.value()
	if err != nil {
		return err
	}
	return r.notA(at, what, wanted)
}

func (r *interactionReader) notA(at int, what, wanted string) error {
	return r.malformed(at, fmt.Sprintf("%s is not %s", what, wanted), "write it as "+wanted)
}

func (r *interactionReader) broken(err error) error {
	at := len(r.line.source.data)
	if syntax := (*jsontext.SyntacticError)(nil); errors.As(err, &syntax) {
		at, err = r.skip+int(syntax.ByteOffset), syntax.Err
	}
	return r.malformed(at, fmt.Sprintf("the interaction is no JSON: %v", err), "write it again, or remove the line")
}

func (r *interactionReader) malformed(at int, problem, remedy string) error {
	place := r.line.source.position(at)
	return &MalformedError{Source: r.line.Source, Line: place.Line, Column: place.Column, Problem: problem, Remedy: remedy}
}
