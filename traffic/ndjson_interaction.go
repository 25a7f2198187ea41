package traffic

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// interactionMark is the first member of a line with a strict interaction, as it is written, and
// interactionVersion its only value.
const (
	interactionMark    = `"crcheckInteraction"`
	interactionVersion = "1"
)

// The members of the objects in such a line, as errors name them. Required members come first.
var (
	interactionMembers = members{"the interaction", "", []string{"crcheckInteraction", "response", "request", "meta", "test", "testLine", "operation", "encoding"}, 2}
	requestMembers     = members{"request", "request.", []string{
		"request.method", "request.url", "request.headers", "request.body", "request.bodyBase64", "request.bodyMissing"}, 2}
	responseMembers = members{"response", "response.", []string{
		"response.status", "response.statusText", "response.headers", "response.body", "response.bodyBase64", "response.bodyMissing", "response.duration"}, 1}
	metaMembers = members{"meta", "meta.", []string{"meta.contract", "meta.contractDigest", "meta.redactionKey", "meta.provenance", "meta.from", "meta.pseudonyms"}, 0}
)

type members struct {
	of, prefix string
	names      []string
	required   int
}

// recorded is one interaction of a line of NDJSON, or an entry of a HAR, in one allocation, because
// files have many of them.
type recorded struct {
	Interaction
	request Request
	source  source
	bodies  [2]struct {
		place  place
		string jsonString
	}
}

// interactionReader reads strict interactions, one after the other.
type interactionReader struct {
	jsonReader
	line *recorded
}

func (r *interactionReader) read(name string, index int, text []byte, line int) (*Interaction, error) {
	x := &recorded{Interaction: Interaction{Source: name, Kind: NDJSON, Index: index}}
	x.source.data, x.source.first = text, line
	return r.readPart(x, &x.source, len(text)-len(bytes.TrimPrefix(text, byteOrderMark)), len(text))
}

// readPart reads the interaction in a part of a source.
func (r *interactionReader) readPart(x *recorded, from *source, start, end int) (*Interaction, error) {
	if r.of == "" {
		r.of, r.remedy = "the interaction", "write it again, or remove it"
	}
	r.line, x.Request = x, &x.request
	r.resetPart(x.Source, from, start, end)
	err := r.interaction()
	if err == nil {
		if _, end := r.decoder.ReadToken(); end != io.EOF {
			err = r.malformed(r.offset(), "unexpected text after the interaction", "write one interaction per line")
		}
	}
	if odd, ok := asMalformed(err); ok {
		odd.Form = interactionForm
	}
	if err != nil {
		return nil, err
	}
	return &x.Interaction, nil
}

func (r *interactionReader) interaction() error {
	requested := false
	start, err := r.object(interactionMembers, func(member string) error {
		switch member {
		case "request":
			requested = true
			return r.message(requestMembers, 0, &r.line.request.Header, &r.line.request.Body)
		case "response":
			return r.message(responseMembers, 1, &r.line.Response.Header, &r.line.Response.Body)
		case "meta":
			return r.meta()
		case "test", "testLine", "operation", "encoding":
			return r.call(member)
		}
		raw, at, err := r.value()
		if err == nil && string(raw) != interactionVersion {
			err = r.malformed(at, "crcheckInteraction is not "+interactionVersion, "set it to "+interactionVersion+", or upgrade crcheck if a later version wrote the file")
		}
		return err
	})
	switch {
	case err != nil || requested:
		return err
	case r.line.Encoding == "": // boto3 returns a response without its request
		return r.malformed(start, `the interaction has no member "request"`, "add it, or record the interaction again")
	}
	r.line.Interaction.Request = nil
	return nil
}

// call reads a member about the call that the interaction belongs to.
func (r *interactionReader) call(member string) (err error) {
	switch member {
	case "test":
		r.line.Test, err = r.text(member)
	case "testLine":
		r.line.TestLine, err = r.number(member)
	case "operation":
		r.line.Operation, err = r.text(member)
	case "encoding":
		var text []byte
		var at int
		text, at, err = r.rawText(member)
		if err == nil && string(text) != EncodingSDK {
			return r.notA(at, member, `"`+EncodingSDK+`"`)
		}
		r.line.Encoding = EncodingSDK
	}
	return err
}

// message reads a request or a response. An absent body has the position of the message.
func (r *interactionReader) message(list members, which int, header *http.Header, body *Body) error {
	var hasBody bool
	b := &r.line.bodies[which]
	b.place.source, b.place.written = r.source, &b.string
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
		case "response.statusText":
			r.line.Response.StatusText, err = r.text(member)
		case "response.duration":
			r.line.Response.Duration, err = r.duration(member)
		default:
			at, err := r.messageBody(member, body, &b.string)
			if err == nil && hasBody {
				err = r.malformed(at, list.of+" has more than one of body, bodyBase64 and bodyMissing", "keep one of them")
			}
			hasBody = true
			return err
		}
		return err
	})
	if !hasBody {
		b.string = jsonString{start: start, opaque: true}
	}
	body.place = &b.place
	return err
}

// messageBody reads the member body, bodyBase64 or bodyMissing.
func (r *interactionReader) messageBody(member string, body *Body, written *jsonString) (at int, err error) {
	raw, at, err := r.value()
	switch {
	case err != nil:
		return at, err
	case !strings.HasSuffix(member, "Missing"):
		body.Bytes, *written, err = r.body(member, raw, at, strings.HasSuffix(member, "Base64"))
		return at, err
	case raw.Kind() != jsontext.KindTrue:
		return at, r.notA(at, member, "true")
	}
	body.Missing, *written = true, jsonString{start: at, opaque: true}
	return at, nil
}

// duration reads a duration in the notation of Go and go-vcr.
func (r *interactionReader) duration(what string) (time.Duration, error) {
	text, at, err := r.rawText(what)
	if err != nil {
		return 0, err
	}
	d, err := time.ParseDuration(string(text))
	if err != nil {
		return 0, r.notA(at, what, `a duration such as "12.5ms"`)
	}
	return d, nil
}

func (r *interactionReader) meta() error {
	_, err := r.object(metaMembers, func(member string) error {
		if member == "meta.pseudonyms" {
			list, err := r.list(member)
			r.line.Meta.Pseudonyms = JoinPseudonyms(list)
			return err
		}
		text, err := r.text(member)
		for _, f := range r.line.Meta.fields() {
			if f.key == strings.TrimPrefix(member, metaMembers.prefix) {
				*f.value = text
			}
		}
		return err
	})
	return err
}

// object calls member with the name of each member, and returns the offset of the object. Members
// must be known and unique, and member must read the value.
func (r *interactionReader) object(list members, member func(name string) error) (start int, err error) {
	if start, err = r.openObject(list.of); err != nil {
		return start, err
	}
	seen := 0
	for r.decoder.PeekKind() != jsontext.KindEndObject {
		name, at, err := r.member()
		if err != nil {
			return start, err
		}
		i := 0
		for i < len(list.names) && list.names[i][len(list.prefix):] != string(name) {
			i++
		}
		switch {
		case i == len(list.names):
			return start, r.malformed(at, fmt.Sprintf("%s has an unknown member %q", list.of, name), "remove it")
		case seen&(1<<i) != 0:
			return start, r.malformed(at, fmt.Sprintf("%s has a duplicate member %q", list.of, name), "keep one of them")
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
	if _, err := r.openObject(what); err != nil {
		return nil, err
	}
	header := make(http.Header, 4)
	for r.decoder.PeekKind() != jsontext.KindEndObject {
		raw, at, err := r.member()
		if err != nil {
			return nil, err
		}
		name := r.shared(raw)
		if _, twice := header[name]; twice {
			return nil, r.malformed(at, fmt.Sprintf("%s has a duplicate member %q", what, name), "put all values of a header into one list")
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
		return nil, r.wrongType(what, "lists of strings")
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
