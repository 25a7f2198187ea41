package traffic

import (
	"bytes"
	"math"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// entryReader reads the entries of a HAR, one after the other. Unlike an interaction of NDJSON, an entry may have any members, and
// null for those that are not known.
type entryReader struct {
	jsonReader
	x *recorded
}

func (r *entryReader) read(x *recorded) error {
	if r.of == "" {
		r.of, r.remedy, r.lax = "the entry", "export it again", true
	}
	r.x = x
	r.reset(x.Source, &x.source)
	for i := range x.bodies {
		x.bodies[i].place.source, x.bodies[i].place.written = &x.source, &x.bodies[i].string
	}
	response := harMessage{start: -1}
	start, err := r.members("the entry", func(name string) (err error) {
		switch name {
		case "request":
			err = r.request()
		case "response":
			response, err = r.response()
		case "time":
			x.Response.Duration, err = r.milliseconds()
		default:
			err = r.skip()
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case x.Request == nil:
		return r.malformed(start, "the entry has no request", "export it again, or remove the entry")
	case response.start < 0: // aborted before it was answered
		response.start = start
	}
	return r.answer(&response)
}

func (r *entryReader) request() error {
	var m harMessage
	r.x.request = Request{}
	start, err := r.members("request", func(name string) (err error) {
		switch name {
		case "method":
			r.x.request.Method, err = r.nullable("request.method")
		case "url":
			r.x.request.URL, err = r.nullable("request.url")
		case "headers":
			r.x.request.Header, err = r.headers("request.headers")
		case "postData":
			err = r.content("request.postData", &m)
		case "bodySize":
			m.size, err = r.size()
		default:
			err = r.skip()
		}
		return err
	})
	if err != nil {
		return err
	}
	r.x.Request = &r.x.request
	body := &r.x.bodies[0]
	r.x.request.Body.place = &body.place
	switch {
	case m.text != nil:
		r.x.request.Body.Bytes, body.string, err = r.decode("request.postData.text", &m)
		return err
	case len(m.params) > 0 && strings.HasPrefix(m.mimeType, "application/x-www-form-urlencoded"):
		r.x.request.Body.Bytes = []byte(encodeForm(m.params))
		start = m.at
	default:
		r.x.request.Body.Missing = m.size > 0 || len(m.params) > 0
	}
	body.string = jsonString{start: start, opaque: true}
	return nil
}

func (r *entryReader) response() (m harMessage, err error) {
	m.size = -1
	r.x.Response = Response{Duration: r.x.Response.Duration}
	m.start, err = r.members("response", func(name string) (err error) {
		switch name {
		case "status":
			r.x.Response.Status, err = r.status()
		case "statusText":
			r.x.Response.StatusText, err = r.nullable("response.statusText")
		case "headers":
			r.x.Response.Header, err = r.headers("response.headers")
		case "content":
			err = r.content("response.content", &m)
		default:
			err = r.skip()
		}
		return err
	})
	return m, err
}

// answer makes the body of the answer, which depends on what else the entry says. A body that has no text was dropped by who
// recorded it, unless it is known that there was none.
func (r *entryReader) answer(m *harMessage) (err error) {
	response, body := &r.x.Response, &r.x.bodies[1]
	response.Body.place = &body.place
	if m.text != nil {
		response.Body.Bytes, body.string, err = r.decode("response.content.text", m)
		if err != nil {
			return err
		}
		if len(response.Body.Bytes) > 0 {
			r.decoded()
			return nil
		}
	} else {
		body.string = jsonString{start: m.start, opaque: true}
	}
	switch {
	case response.Status == http.StatusNoContent, response.Status == http.StatusNotModified, r.x.request.Method == http.MethodHead:
	default:
		response.Body.Missing = response.Status == 0 || m.size > 0 || m.size < 0 && m.text == nil
	}
	return nil
}

// decoded: the text of a HAR is decoded already. Some proxies export the encoded bytes as base64.
func (r *entryReader) decoded() {
	if response := &r.x.Response; !r.x.bodies[1].string.opaque || !bytes.HasPrefix(response.Body.Bytes, gzipMagic) {
		dropCodings(response.Header)
	}
}

// harMessage is what a request or response says of its body.
type harMessage struct {
	start    int // where the message begins
	text     jsontext.Value
	encoding string
	mimeType string
	params   []param
	at       int // where text, or else params, begins
	size     int // in bytes; below 0: not known
}

type param struct{ name, value string }

// encodeForm writes what a form was made of as a browser sends it.
func encodeForm(params []param) string {
	var b strings.Builder
	for i, p := range params {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p.name) + "=" + url.QueryEscape(p.value))
	}
	return b.String()
}

// content reads postData or content.
func (r *entryReader) content(what string, m *harMessage) error {
	if r.null() {
		return r.skip()
	}
	_, err := r.members(what, func(name string) (err error) {
		switch name {
		case "text":
			raw, at, err := r.value()
			if err == nil && raw.Kind() != jsontext.KindNull {
				m.text, m.at = r.source.data[at:at+len(raw)], at
			}
			return err
		case "encoding":
			m.encoding, err = r.nullable(what + ".encoding")
		case "mimeType":
			m.mimeType, err = r.nullable(what + ".mimeType")
		case "size":
			m.size, err = r.size()
		case "params":
			err = r.params(what+".params", m)
		default:
			err = r.skip()
		}
		return err
	})
	return err
}

func (r *entryReader) decode(what string, m *harMessage) ([]byte, jsonString, error) {
	if m.encoding != "" && !strings.EqualFold(m.encoding, "base64") {
		return nil, jsonString{}, r.malformed(m.at, what+" has the encoding "+strconv.Quote(m.encoding), "export it as text or base64")
	}
	return r.body(what, m.text, m.at, m.encoding != "")
}

// headers come as a list of names and values. The names are put into one form, so that they can be looked up: HTTP/2 has them in lower
// case, and its own fields begin with ":". Chrome joins the values of Set-Cookie with line breaks.
func (r *entryReader) headers(what string) (http.Header, error) {
	header := make(http.Header, 8)
	err := r.pairs(what, func(name, value string, _ int) {
		if name == "" || name[0] == ':' {
			return
		}
		name = r.shared([]byte(textproto.CanonicalMIMEHeaderKey(name)))
		for one := range strings.SplitSeq(value, "\n") {
			header[name] = append(header[name], one)
		}
	})
	return header, err
}

func (r *entryReader) params(what string, m *harMessage) error {
	return r.pairs(what, func(name, value string, at int) {
		if len(m.params) == 0 && m.text == nil {
			m.at = at
		}
		m.params = append(m.params, param{name, value})
	})
}

// pairs reads a list of objects with a name and a value.
func (r *entryReader) pairs(what string, pair func(name, value string, at int)) error {
	if r.null() {
		return r.skip()
	}
	if r.decoder.PeekKind() != jsontext.KindBeginArray {
		return r.wrong(what, "a list")
	}
	if err := r.delimiter(); err != nil {
		return err
	}
	for r.decoder.PeekKind() != jsontext.KindEndArray {
		var name, value string
		at, err := r.members(what, func(member string) (err error) {
			switch member {
			case "name":
				name, err = r.nullable(what)
			case "value":
				value, err = r.nullable(what)
			default:
				err = r.skip()
			}
			return err
		})
		if err != nil {
			return err
		}
		pair(name, value, at)
	}
	return r.delimiter()
}

// members hands the names of an object's members over, and says where the object begins.
func (r *entryReader) members(what string, member func(name string) error) (start int, err error) {
	if start, err = r.open(what); err != nil {
		return start, err
	}
	for r.decoder.PeekKind() != jsontext.KindEndObject {
		name, _, err := r.member()
		if err != nil {
			return start, err
		}
		if err := member(r.shared(name)); err != nil {
			return start, err
		}
	}
	return start, r.delimiter()
}

// null says whether null comes next.
func (r *entryReader) null() bool { return r.decoder.PeekKind() == jsontext.KindNull }

func (r *entryReader) nullable(what string) (string, error) {
	if r.null() {
		return "", r.skip()
	}
	return r.text(what)
}

func (r *entryReader) skip() error {
	if err := r.decoder.SkipValue(); err != nil {
		return r.broken(err)
	}
	return nil
}

func (r *entryReader) status() (int, error) {
	if r.null() {
		return 0, r.skip()
	}
	return r.number("response.status")
}

// size is a number of bytes, -1 if it is not known.
func (r *entryReader) size() (int, error) {
	raw, _, err := r.value()
	n, wrong := strconv.Atoi(string(raw))
	if wrong != nil {
		return -1, err
	}
	return max(n, -1), err
}

// milliseconds may have a fraction; what is no time is none.
func (r *entryReader) milliseconds() (time.Duration, error) {
	raw, _, err := r.value()
	ms, wrong := strconv.ParseFloat(string(raw), 64)
	if err != nil || wrong != nil || !(ms > 0) || ms > 9.2e12 { // which is 292 years, the longest that a Duration can be

		return 0, err
	}
	return time.Duration(math.Round(ms * 1e6)), nil
}
