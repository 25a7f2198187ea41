package traffic

import (
	"bytes"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// request reads what the envelope has of the request but for the body.
func (r *envelopeReader) request(m *plainMessage, from *source) error {
	if err := r.at("request.method", true, func(what string) (err error) {
		m.method, err = r.text(what)
		return err
	}); err != nil {
		return err
	}
	if m.method == "" {
		return nil
	}
	var host, query string
	address := func(what string) (err error) {
		m.url, err = r.text(what)
		return err
	}
	for _, part := range []string{"request.url", "request.path"} {
		if err := r.at(part, true, address); err != nil {
			return err
		}
	}
	m.header = r.messageHeaders("request")
	if host = m.header.Get("Host"); host == "" {
		host = strings.Join(m.header[":authority"], "")
	}
	r.optional("request.host", func(what string) (err error) {
		host, err = r.text(what)
		return err
	})
	r.optional("request.query", func(what string) (err error) {
		query, err = r.query(what)
		return err
	})
	m.url = joinURL(host, m.url, query)
	r.bodyOf("request", m, from)
	return nil
}

// joinURL returns the URL of a request. The host may be the beginning of a URL.
func joinURL(host, path, query string) string {
	joined := path
	if !strings.Contains(path, "://") {
		if !strings.HasPrefix(joined, "/") {
			joined = "/" + joined
		}
		if host != "" && !strings.Contains(host, "://") {
			host = "https://" + host
		}
		joined = strings.TrimSuffix(host, "/") + joined
	}
	if query = strings.TrimPrefix(query, "?"); query != "" && !strings.Contains(path, "?") {
		joined += "?" + query
	}
	return joined
}

// query reads a query string, or an object of values.
func (r *envelopeReader) query(what string) (string, error) {
	if r.decoder.PeekKind() != jsontext.KindBeginObject && r.decoder.PeekKind() != jsontext.KindBeginArray {
		return r.text(what)
	}
	values := url.Values{}
	err := r.fields(what, values.Add)
	return values.Encode(), err
}

// status reads a status, which many logs have as text.
func (r *envelopeReader) status(what string) (int, error) {
	raw, at, err := r.value()
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(string(bytes.Trim(raw, `"`)))
	if err != nil || n < 0 {
		return 0, r.notWhole(at, what, raw)
	}
	return n, nil
}

// messageHeaders reads the headers of a message; nil: none were recorded.
func (r *envelopeReader) messageHeaders(side string) (header http.Header) {
	list := side + ".headers"
	r.optional(list, func(what string) (err error) {
		header, err = r.headers(what)
		return err
	})
	r.missing(list)
	for _, p := range r.parts {
		if name, ok := strings.CutPrefix(p.name, list+"."); ok {
			r.optional(p.name, func(what string) error {
				value, err := r.scalarText(what)
				if err == nil {
					if header == nil {
						header = http.Header{}
					}
					header[textproto.CanonicalMIMEHeaderKey(name)] = []string{value}
				}
				return err
			})
		}
	}
	return header
}

// headers is that of [plainReader], and also reads a list of names and values in turn.
func (r *envelopeReader) headers(what string) (http.Header, error) {
	p := r.parts[r.index[what]]
	if !inTurn(r.source.data[p.start:p.end]) {
		return r.plainReader.headers(what)
	}
	header, name := http.Header{}, ""
	turn := 0
	return header, r.elements(what, func() error {
		text, err := r.scalarText(what)
		if turn++; turn%2 == 1 {
			name = textproto.CanonicalMIMEHeaderKey(text)
		} else if err == nil {
			header[name] = append(header[name], text)
		}
		return err
	})
}

// inTurn reports a list that begins with a string.
func inTurn(raw []byte) bool {
	inner, list := bytes.CutPrefix(raw, []byte("["))
	return list && bytes.HasPrefix(bytes.TrimLeft(inner, blankJSON), []byte(`"`))
}

// bodyOf notes where the body of a message is.
func (r *envelopeReader) bodyOf(side string, m *plainMessage, from *source) {
	for _, part := range []string{side + ".body", side + ".bodyBase64"} {
		if i, ok := r.index[part]; ok && r.parts[i].end > 0 {
			p := r.parts[i]
			m.body, m.at = from.data[p.start:p.end], p.start
			m.base64 = strings.HasSuffix(part, "Base64")
		}
	}
	r.optional(side+".isBase64Encoded", func(string) error {
		raw, _, err := r.value()
		m.base64 = m.base64 || raw.Kind() == jsontext.KindTrue || string(raw) == `"true"`
		return err
	})
}
