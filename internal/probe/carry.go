package probe

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/visit"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/go-json-experiment/json/jsontext"
)

// shortest is the least length of a carried string. A shorter one may occur by coincidence.
const shortest = 4

// carrier maps strings that recorded responses introduced to those of the emulator.
type carrier struct {
	asked map[string]bool   // strings of recorded requests
	live  map[string]string // by the recorded ones
}

func newCarrier() carrier { return carrier{map[string]bool{}, map[string]string{}} }

// learn records the strings that two successful responses have at the same places: elements of
// lists by order, headers by the contract.
func (k *carrier) learn(c *schema.Contract, recorded, live *traffic.Response) {
	for _, b := range binding.Of(c, schema.OutputPart).At(schema.LocationHeader) {
		k.text(c.Resolve(b.Shape), recorded.Header.Get(b.Wire), live.Header.Get(b.Wire))
	}
	was, ok1 := siteOf(c, schema.OutputPart, recorded)
	is, ok2 := siteOf(c, schema.OutputPart, live)
	if ok1 && ok2 {
		k.value(was, is)
	}
}

// siteOf returns the root of the body of a response, if it is JSON.
func siteOf(c *schema.Contract, part schema.Part, r *traffic.Response) (root *visit.Site, ok bool) {
	body, err := r.Document()
	if err != nil || len(body.Bytes) == 0 {
		return nil, false
	}
	document, err := jsontree.Parse(body.Bytes)
	if err != nil {
		return nil, false
	}
	return visit.Root(c, part, schema.HTTP, document)
}

func (k *carrier) value(was, is *visit.Site) {
	switch kind := was.Value.Kind; {
	case kind != is.Value.Kind:
	case kind == '"':
		k.text(was.Shape, was.Value.Text, is.Value.Text)
	case kind == '{':
		for below := range was.Below() {
			if other := is.Child(below.Key); other != nil {
				k.value(below, other)
			}
		}
	case kind == '[':
		for i := range min(len(was.Value.Entries), len(is.Value.Entries)) {
			k.value(was.Entry(i), is.Entry(i))
		}
	}
}

func (k *carrier) text(s *schema.Shape, was, is string) {
	switch {
	case len(was) < shortest || is == "" || k.asked[was] || len(s.Enum.Or(nil)) > 0:
	case s.Type != schema.String && s.Type != schema.Unstated && s.Type != schema.Document:
	case was == is:
		delete(k.live, was)
	default:
		k.live[was] = is
	}
}

// carried returns a string of a request with every known string replaced by the emulator's. It
// records that the string was sent.
func (k *carrier) carried(text string) string {
	if is, ok := k.live[text]; ok {
		return is
	}
	k.asked[text] = true
	if len(k.live) == 0 || len(text) < shortest {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		end := strings.IndexFunc(text, func(r rune) bool { return !ofName(r) })
		switch {
		case end < 0:
			end = len(text)
		case end == 0:
			end = strings.IndexFunc(text, ofName)
			if end < 0 {
				end = len(text)
			}
		}
		piece := text[:end]
		if is, ok := k.live[piece]; ok {
			piece = is
		}
		b.WriteString(piece)
		text = text[end:]
	}
	return b.String()
}

// ofName reports a character that identifiers are made of.
func ofName(r rune) bool {
	return r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}

// into returns a recorded request with everything carried into it. Its body is decoded if it had to
// change.
func (k *carrier) into(r *traffic.Request, u *url.URL, body []byte) (*traffic.Request, *url.URL) {
	carried := &traffic.Request{Method: r.Method, Header: http.Header{}, Body: r.Body}
	for name, values := range r.Header {
		for _, value := range values {
			if is, ok := k.live[value]; ok {
				value = is
			}
			carried.Header[name] = append(carried.Header[name], value)
		}
	}
	if changed, ok := k.body(body); ok {
		carried.Body = traffic.BodyOf(changed)
		for name := range carried.Header {
			if strings.EqualFold(name, "Content-Encoding") {
				delete(carried.Header, name)
			}
		}
	}
	target := *u
	target.RawQuery = k.query(u.RawQuery)
	target.RawPath = k.path(u.EscapedPath())
	if path, err := url.PathUnescape(target.RawPath); err == nil {
		target.Path = path
	} else {
		target.RawPath = u.RawPath
	}
	carried.URL = target.String()
	return carried, &target
}

// path carries into the segments of an escaped path.
func (k *carrier) path(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if text, err := url.PathUnescape(segment); err == nil {
			if is := k.carried(text); is != text {
				segments[i] = awshttp.Escape(is, "")
			}
		}
	}
	return strings.Join(segments, "/")
}

// query carries into the values of an encoded query.
func (k *carrier) query(query string) string {
	pieces := strings.Split(query, "&")
	for i, piece := range pieces {
		name, value, ok := strings.Cut(piece, "=")
		if text, err := url.QueryUnescape(value); ok && err == nil {
			if is := k.carried(text); is != text {
				pieces[i] = name + "=" + awshttp.Escape(is, "")
			}
		}
	}
	return strings.Join(pieces, "&")
}

// body carries into the strings of a JSON text. ok is false if nothing changed, or the body is not
// JSON.
func (k *carrier) body(body []byte) (_ []byte, ok bool) {
	if len(body) == 0 {
		return nil, false
	}
	d := jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true))
	var out bytes.Buffer
	e := jsontext.NewEncoder(&out, jsontext.AllowDuplicateNames(true), jsontext.PreserveRawStrings(true))
	changed := false
	for {
		kind, count := d.StackIndex(d.StackDepth())
		named := kind == '{' && count%2 == 0 // a name comes next
		token, err := d.ReadToken()
		switch {
		case err == io.EOF:
			return bytes.TrimSuffix(out.Bytes(), []byte("\n")), changed
		case err != nil:
			return nil, false
		}
		if token.Kind() == '"' && !named {
			text := token.String()
			if is := k.carried(text); is != text {
				token, changed = jsontext.String(is), true
			}
		}
		if err := e.WriteToken(token); err != nil {
			return nil, false
		}
	}
}
