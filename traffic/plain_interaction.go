package traffic

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// plainReader reads objects with a request and a response as other tools write them. Unknown
// members are ignored, a header has one value or a list, and a body may be JSON instead of text.
// The method, the URL and the status are required.
type plainReader struct {
	lenientReader
	x *recorded
}

// yield reads the interaction in a part of the source, and yields it after its problems.
func (r *plainReader) yield(x *recorded, from *source, start, end int, yield func(*Interaction, error) bool) bool {
	if r.of == "" {
		r.of, r.remedy, r.lenient = "the interaction", "write it again, or remove it", true
	}
	r.x, r.odd = x, nil
	r.resetPart(x.Source, from, start, end)
	err := r.read(from)
	if broken, ok := asMalformed(err); ok {
		broken.Form = interactionForm
	}
	return r.yieldEntry(&x.Interaction, err, yield)
}

// plainMessage is the content of a request or a response.
type plainMessage struct {
	start             int // the offset of the message
	method, url       string
	header            http.Header
	status            int
	statusText        string
	body              jsontext.Value // nil: absent
	at                int            // the offset of the body
	base64, missing   bool
	hasURL, hasStatus bool
}

func (r *plainReader) read(from *source) error {
	r.x.Request = &r.x.request
	var request, response plainMessage
	start, err := r.members("the interaction", func(name string) (err error) {
		switch name {
		case "request":
			request, err = r.message("request")
		case "response":
			response, err = r.message("response")
		default:
			err = r.skip()
		}
		return err
	})
	if err != nil {
		return err
	}
	if _, err := r.decoder.ReadToken(); err == nil {
		return r.malformed(r.offset(), "unexpected text after the interaction", "write one interaction per line")
	}
	for _, m := range []struct {
		missing bool
		what    string
		at      int
	}{
		{request.method == "", "request.method", request.start},
		{!request.hasURL, "request.url", request.start},
		{!response.hasStatus, "response.status", max(response.start, start)},
	} {
		if m.missing && len(r.odd) > 0 {
			return r.odd[0]
		} else if m.missing {
			return r.malformed(m.at, "the interaction has no "+m.what, "add it")
		}
	}
	r.assemble(&request, &response, from)
	return nil
}

// assemble sets the interaction.
func (r *plainReader) assemble(request, response *plainMessage, from *source) {
	r.x.request = Request{Method: strings.ToUpper(request.method), URL: request.url, Header: request.header}
	r.x.Response = Response{Status: response.status, StatusText: response.statusText, Header: response.header}
	r.body(0, &r.x.request.Body, request, from)
	r.body(1, &r.x.Response.Body, response, from)
	if len(r.x.Response.Body.Bytes) > 0 && r.x.Response.RecordedDecoded() {
		dropEncodingHeaders(r.x.Response.Header)
	}
}

// bodiless reports whether a message has no body by its method or status, so that it was not left out.
func (r *plainReader) bodiless(which int) bool {
	if which == 0 {
		return !hasBody(r.x.request.Method)
	}
	status := r.x.Response.Status
	return status == http.StatusNoContent || status == http.StatusNotModified || r.x.request.Method == http.MethodHead
}

func (r *plainReader) message(what string) (m plainMessage, err error) {
	m.start, err = r.members(what, func(name string) (err error) {
		switch name {
		case "method":
			m.method, err = r.nullable(what + ".method")
		case "url", "uri":
			m.url, err = r.text(what + "." + name)
			m.hasURL = err == nil
		case "status", "statusCode", "status_code", "code":
			if r.decoder.PeekKind() == jsontext.KindBeginObject { // {"code":200,"message":"OK"}
				_, err = r.members(what+"."+name, func(inner string) (err error) {
					switch inner {
					case "code":
						m.status, err = r.wholeNumber(what + "." + name + ".code")
						m.hasStatus = err == nil
					default:
						err = r.skip()
					}
					return err
				})
				return err
			}
			m.status, err = r.wholeNumber(what + "." + name)
			m.hasStatus = err == nil
		case "statusText", "status_text", "reason":
			m.statusText, err = r.nullable(what + "." + name)
		case "headers":
			m.header, err = r.headers(what + ".headers")
		case "body", "bodyBase64":
			m.base64 = m.base64 || name == "bodyBase64"
			raw, at, err := r.value()
			if err == nil {
				m.body, m.at = r.source.data[at:at+len(raw)], at
			}
			return err
		case "isBase64Encoded":
			raw, _, err := r.value()
			m.base64 = raw.Kind() == jsontext.KindTrue
			return err
		case "bodyMissing":
			raw, _, err := r.value()
			m.missing = raw.Kind() == jsontext.KindTrue
			return err
		default:
			err = r.skip()
		}
		return err
	})
	return m, err
}

// headers reads an object of values or lists of values, or a list of names and values.
func (r *plainReader) headers(what string) (http.Header, error) {
	header := make(http.Header, 8)
	return header, r.fields(what, func(name, value string) {
		name = textproto.CanonicalMIMEHeaderKey(name)
		header[name] = append(header[name], value)
	})
}

func (r *plainReader) fields(what string, add func(name, value string)) error {
	if r.null() || r.decoder.PeekKind() == jsontext.KindBeginArray {
		return r.pairs(what, func(name, value string, _ int) { add(name, value) })
	}
	_, err := r.members(what, func(name string) error {
		if r.decoder.PeekKind() != jsontext.KindBeginArray {
			value, err := r.scalarText(what)
			if err == nil {
				add(name, value)
			}
			return err
		}
		return r.elements(what, func() error {
			value, err := r.scalarText(what)
			if err == nil {
				add(name, value)
			}
			return err
		})
	})
	return err
}

// body sets a body, which is text, base64, or JSON as written in the source. An absent body was not
// recorded, unless the message has none.
func (r *plainReader) body(which int, body *Body, m *plainMessage, from *source) {
	b := &r.x.bodies[which]
	b.place.source, b.place.written = from, &b.string
	b.string = jsonString{start: m.start, opaque: true}
	body.place = &b.place
	var err error
	switch {
	case m.missing:
		body.Missing = true
	case m.body == nil:
		body.Missing = !r.bodiless(which)
	case m.body.Kind() == jsontext.KindNull:
		b.string.start = m.at
	case m.body.Kind() == jsontext.KindString && m.base64:
		var text []byte
		if text, err = jsontext.AppendUnquote(nil, m.body); err == nil {
			body.Bytes, err = base64.StdEncoding.AppendDecode(nil, text)
		}
		b.string.start = m.at
	case m.body.Kind() == jsontext.KindString:
		body.Bytes, b.string, err = r.jsonReader.body("the body", m.body, m.at, false)
	default:
		body.Bytes = bytes.Clone(m.body)
		b.place.written = verbatim{start: m.at, length: len(m.body)}
	}
	if err != nil {
		r.note(r.malformed(m.at, "the body cannot be decoded", "write it as text, or in base64 as bodyBase64"))
		*body = Body{Missing: true, place: &b.place}
		b.string = jsonString{start: m.at, opaque: true}
	}
}

// verbatim is a body that the source contains unchanged.
type verbatim struct{ start, length int }

func (v verbatim) trace(*source, []byte) (start int, spans []span) {
	return v.start, []span{{body: 0, source: v.start}, {body: v.length, source: v.start + v.length, escaped: true}}
}

// readInteractions yields the interactions in a JSON document, which is one interaction or a list,
// and reports whether there are any.
func (in *input) readInteractions(text []byte, yield func(*Interaction, error) bool) bool {
	opening := bytes.TrimLeft(bytes.TrimPrefix(text, byteOrderMark), blankJSON)
	if len(opening) == 0 || opening[0] != '{' && opening[0] != '[' || !bytes.Contains(text, []byte(`"request"`)) || !bytes.Contains(text, []byte(`"response"`)) {
		return false
	}
	o := outlineOf(text)
	if o.element().shape() == bareBody || unsupported(in.name, o) != nil {
		return false
	}
	start := len(text) - len(opening)
	if o.isObject() {
		if scan(opening) != nil {
			return false
		}
		in.yieldPart(0, newSource(text, 1), start, len(text), yield)
		return true
	}
	if scan(opening) != nil {
		return false
	}
	from := newSource(text, 1)
	eachElement(opening, start, func(index, start, end int) bool { return in.yieldPart(index, from, start, end, yield) })
	return true
}

// eachElement calls yield with the offsets of the elements of a list, which begins at an offset.
func eachElement(list []byte, offset int, yield func(index, start, end int) bool) {
	d := jsontext.NewDecoder(bytes.NewBuffer(list), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	_, _ = d.ReadToken()
	for index := 0; d.PeekKind() != jsontext.KindEndArray; index++ {
		value, err := d.ReadValue()
		if err != nil {
			return // impossible in valid JSON
		}
		end := offset + int(d.InputOffset())
		if !yield(index, end-len(value), end) {
			return
		}
	}
}

// yieldPart yields the interaction in a part of a document.
func (in *input) yieldPart(index int, from *source, start, end int, yield func(*Interaction, error) bool) bool {
	x := &recorded{Interaction: Interaction{Source: in.name, Kind: JSON, Index: index}}
	if shapeOf(from.data[start:end]) == markedInteraction {
		interaction, err := in.interactions.readPart(x, from, start, end)
		return yield(interaction, unreadEntry(err, JSON, index))
	}
	return in.plain.yield(x, from, start, end, yield)
}
