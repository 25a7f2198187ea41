package traffic

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// entryReader reads the entries of a HAR, one after the other. Unlike an interaction of NDJSON, an
// entry may have any members, and null for unknown values.
type entryReader struct {
	lenientReader
	x *recorded
}

// read fills x. It notes odd values of the entry and leaves them out. The error says why the entry
// is not an interaction.
func (r *entryReader) read(x *recorded) error {
	if r.of == "" {
		r.of, r.remedy, r.lenient = "the entry", "export it again", true
	}
	r.x, r.odd = x, nil
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
	case x.Request == nil && len(r.odd) > 0:
		return r.odd[0]
	case x.Request == nil:
		return r.malformed(start, "the entry has no request", "export it again, or remove the entry")
	case response.start < 0: // the request was aborted before the response
		response.start = start
	}
	r.responseBody(&response)
	return nil
}

func (r *entryReader) request() error {
	m := harMessage{size: -1}
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
	r.requestBody(&m, start)
	return nil
}

// requestBody sets the body of the request. A request without text had no body only if the entry
// says so, or if its method usually has none.
func (r *entryReader) requestBody(m *harMessage, start int) {
	request, body := &r.x.request, &r.x.bodies[0]
	request.Body.place = &body.place
	body.string = jsonString{start: start, opaque: true}
	known := false
	switch {
	case m.text != nil:
		request.Body.Bytes, body.string, known = r.decode("request.postData.text", m)
	case len(m.params) > 0 && strings.HasPrefix(m.mimeType, "application/x-www-form-urlencoded"):
		request.Body.Bytes, known = []byte(encodeForm(m.params)), true
		body.string.start = m.at
	}
	length, err := strconv.Atoi(request.Header.Get("Content-Length"))
	switch {
	case known && len(request.Body.Bytes) > 0:
	case m.size > 0, err == nil && length > 0, len(m.params) > 0, m.text != nil && !known:
		request.Body.Missing = true
	case known, m.size == 0, err == nil:
	default:
		request.Body.Missing = m.has || hasBody(request.Method)
	}
}

// hasBody reports whether requests of a method usually have a body.
func hasBody(method string) bool {
	switch strings.ToUpper(method) {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
		return true
	}
	return false
}

func (r *entryReader) response() (m harMessage, err error) {
	m.size = -1
	r.x.Response = Response{Duration: r.x.Response.Duration}
	if r.null() {
		m.start = r.next()
		r.note(r.malformed(m.start, "the entry has no response", "export it again, or remove the entry"))
		return m, r.skip()
	}
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
	if err != nil {
		m.start = -1
	}
	return m, err
}

// responseBody sets the body of the response, which depends on the rest of the entry. A body
// without text was dropped by the recorder, unless it is known to be empty.
func (r *entryReader) responseBody(m *harMessage) {
	response, body := &r.x.Response, &r.x.bodies[1]
	response.Body.place = &body.place
	body.string = jsonString{start: m.start, opaque: true}
	if m.text != nil {
		known := false
		m.hex = m.hex || m.encoding == "" && len(codings(response.Header)) > 0 && hexChunks().Match(m.text)
		if response.Body.Bytes, body.string, known = r.decode("response.content.text", m); !known {
			m.size = 1 // there was one
		}
		if len(response.Body.Bytes) > 0 {
			r.fixHeaders()
			return
		}
	}
	switch {
	case response.Status == http.StatusNoContent, response.Status == http.StatusNotModified, r.x.request.Method == http.MethodHead:
	default:
		response.Body.Missing = response.Status == 0 || m.size > 0 || m.size < 0 && m.text == nil
	}
}

// fixHeaders drops the headers that describe an encoding, because text in a HAR is already decoded.
// Some proxies export the encoded bytes as base64; they keep their headers.
func (r *entryReader) fixHeaders() {
	if response := &r.x.Response; !r.x.bodies[1].string.opaque || !bytes.HasPrefix(response.Body.Bytes, gzipMagic) {
		dropEncodingHeaders(response.Header)
	}
}

// harMessage is what a request or response says about its body.
type harMessage struct {
	start    int // where the message begins
	text     jsontext.Value
	encoding string
	mimeType string
	params   []param
	at       int  // the offset of text, or else of params
	size     int  // in bytes; negative: unknown
	has      bool // postData or content is present
	hex      bool // the text is in hexadecimal digits: Polly.JS before version 6
}

type param struct{ name, value string }

// encodeForm encodes the parameters of a form as a browser does.
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
	m.has = true
	_, err := r.members(what, func(name string) (err error) {
		switch name {
		case "_isBinary":
			raw, _, err := r.value()
			m.hex = raw.Kind() == jsontext.KindTrue
			return err
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

// decode decodes a text. It notes a text that cannot be decoded.
func (r *entryReader) decode(what string, m *harMessage) (body []byte, written jsonString, known bool) {
	isBase64 := strings.EqualFold(m.encoding, "base64")
	lost := jsonString{start: m.at, opaque: true}
	if m.encoding != "" && !isBase64 {
		r.note(r.malformed(m.at, what+" has the unsupported encoding "+strconv.Quote(m.encoding), "export it as text or base64"))
		return nil, lost, false
	}
	var err error
	if chunks := pollyChunks(m); chunks != nil {
		body, err = chunks.decode(isBase64)
		if written = lost; err != nil {
			err = r.notA(m.at, what, "a list of chunks in base64 or hexadecimal digits, as Polly.JS writes it")
		}
	} else {
		body, written, err = r.body(what, m.text, m.at, isBase64)
	}
	if err != nil {
		r.note(err)
		return nil, lost, false
	}
	return body, written, true
}

// headers reads a list of names and values. It canonicalises the names, which are in lower case in
// HTTP/2, and skips HTTP/2 pseudo-headers, which begin with ":". Chrome joins the values of
// Set-Cookie with line breaks.
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

// status is 0 if there was no response, for which Playwright writes -1.
func (r *entryReader) status() (int, error) {
	n, err := r.wholeNumber("response.status")
	return max(n, 0), err
}

// size is a number of bytes; -1 if unknown.
func (r *entryReader) size() (int, error) {
	raw, _, err := r.value()
	n, invalid := strconv.Atoi(string(raw))
	if invalid != nil {
		return -1, err
	}
	return max(n, -1), err
}

// milliseconds may have a fraction. An invalid time is 0.
func (r *entryReader) milliseconds() (time.Duration, error) {
	raw, _, err := r.value()
	ms, invalid := strconv.ParseFloat(string(raw), 64)
	if err != nil || invalid != nil || !(ms > 0) || ms > 9.2e12 { // 292 years, the maximum of a Duration
		return 0, err
	}
	return time.Duration(math.Round(ms * 1e6)), nil
}

// chunks are the pieces of a body in a HAR of Polly.JS (@pollyjs/adapter-node-http,
// getBodyFromChunks). For a body that was encoded on the wire, the string has a JSON list of
// chunks: in hexadecimal digits with _isBinary, or in base64 since version 6. Any other body that
// is not UTF-8 is one chunk.
type chunks []string

// hexChunks matches the chunks of Polly.JS before version 4, which does not say that they are binary.
var hexChunks = lazy(`^"\[(\\"([0-9a-f]{2})+\\",?)+\]"$`)

// pollyChunks returns nil if the text is written as in any other HAR.
func pollyChunks(m *harMessage) chunks {
	if m.text.Kind() != jsontext.KindString || m.encoding == "" && !m.hex {
		return nil
	}
	text, err := jsontext.AppendUnquote(nil, m.text)
	if err != nil {
		return nil
	}
	if !bytes.HasPrefix(text, []byte("[")) {
		if m.encoding != "" {
			return nil // plain base64
		}
		return chunks{string(text)}
	}
	list := chunks{}
	if json.Unmarshal(text, &list) != nil {
		return chunks{"?"} // neither digits nor base64
	}
	return list
}

func (c chunks) decode(isBase64 bool) (body []byte, err error) {
	decode := hex.DecodeString
	if isBase64 {
		decode = base64.StdEncoding.DecodeString
	}
	for _, chunk := range c {
		piece, err := decode(chunk)
		if err != nil {
			return nil, err
		}
		body = append(body, piece...)
	}
	return body, nil
}
