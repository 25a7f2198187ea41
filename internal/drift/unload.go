package drift

import (
	"encoding/base64"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
)

// load is a document of the sdk projection, put where its members travel.
type load struct {
	contract *schema.Contract
	labels   map[string]string
	query    url.Values
	header   http.Header
	status   int    // 0: no member is bound to it
	body     []byte // nil: none
}

// BindingError says that the value of a member has no form beside the body here.
type BindingError struct {
	Member   string
	Location schema.Location
}

func (e *BindingError) Error() string {
	return fmt.Sprintf("the value of %s has no plain form in the %s", e.Member, e.Location)
}

// unload puts the members of a document where they travel, in the form that they
// have there.
func unload(c *schema.Contract, part schema.Part, document []byte) (*load, error) {
	root, err := parseNode(document)
	if err != nil {
		return nil, err
	}
	ref, _ := c.Root(part)
	shape := c.Resolve(ref)
	l := &load{contract: c, labels: map[string]string{}, query: url.Values{}, header: http.Header{}}
	body := &node{scalar: "{"}
	_, whole := c.Payload(part)
	for i, name := range root.names {
		m, ok := shape.Member(name)
		value := root.below[i]
		switch {
		case !ok || value.scalar == "null":
		case c.Location(m) == schema.LocationBody:
			body.names, body.below = append(body.names, m.Wire()), append(body.below, wire(c, m.Shape, value))
		case c.Location(m) == schema.LocationPayload:
			l.payload(part, wire(c, m.Shape, value))
		default:
			if err := l.bind(m, value); err != nil {
				return nil, err
			}
		}
	}
	if !whole {
		l.body = body.bytes()
	}
	return l, nil
}

// payload makes a value the body: JSON, or the text or the bytes that it is.
func (l *load) payload(part schema.Part, value *node) {
	l.body = value.bytes()
	m, raw := l.contract.RawBody(part)
	if !raw {
		return
	}
	text := plain(value.scalar)
	l.body = []byte(text)
	if l.contract.Resolve(m.Shape).Type == schema.Blob {
		if decoded, err := base64.StdEncoding.DecodeString(text); err == nil {
			l.body = decoded
		}
	}
}

// bind puts a member beside the body: a list is several parameters, or one header.
func (l *load) bind(m *schema.Member, value *node) error {
	location, name := l.contract.Location(m), m.Wire()
	if location == schema.LocationHeaders || location == schema.LocationQuery && value.scalar == "{" {
		element := l.contract.Resolve(m.Shape).Value
		if value.scalar != "{" || element == nil {
			return &BindingError{m.Name, location}
		}
		for i, key := range value.names {
			texts, ok := l.texts(*element, location, value.below[i])
			if !ok {
				return &BindingError{m.Name, location}
			}
			if location == schema.LocationQuery {
				l.query[key] = texts
			} else {
				l.header[name+key] = texts
			}
		}
		return nil
	}
	texts, ok := l.texts(m.Shape, location, value)
	if !ok {
		return &BindingError{m.Name, location}
	}
	switch location {
	case schema.LocationLabel:
		l.labels[name] = strings.Join(texts, "")
	case schema.LocationQuery:
		l.query[name] = texts
	case schema.LocationHeader:
		l.header.Set(name, strings.Join(texts, ", "))
	case schema.LocationStatus:
		l.status, _ = strconv.Atoi(strings.Join(texts, ""))
	default:
		return &BindingError{m.Name, location}
	}
	return nil
}

// texts is a scalar, or a list of them, as a location writes them; ok is false
// where it cannot.
func (l *load) texts(ref schema.Ref, location schema.Location, n *node) (all []string, ok bool) {
	shape := l.contract.Resolve(ref)
	if n.scalar == "[" && shape.Type == schema.List {
		for _, below := range n.below {
			one, ok := l.texts(*shape.Element, location, below)
			if !ok || len(one) != 1 {
				return nil, false
			}
			if location.InHeaders() && strings.ContainsAny(one[0], `",`) && l.contract.Resolve(*shape.Element).Type == schema.String {
				one[0] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(one[0]) + `"`
			}
			all = append(all, one...)
		}
		return all, true
	}
	var text string
	switch shape.Type {
	case schema.Structure, schema.List, schema.Map:
		return nil, false
	case schema.Document: // Smithy, http-bindings.html: base64 of its JSON text
		text = base64.StdEncoding.EncodeToString(n.bytes())
	case schema.Timestamp:
		format, _ := location.TimestampFormat()
		text = plain(timestamp(n.scalar, shape.Format.Or(format)))
	default:
		text = plain(wire(l.contract, ref, n).scalar)
	}
	unsendable := location.InHeaders() && strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
	return []string{text}, !unsendable
}

// wire writes a value of the sdk projection as a body has it: members by their
// names there, timestamps in their format, blobs in base64.
func wire(c *schema.Contract, ref schema.Ref, n *node) *node {
	shape := c.Resolve(ref)
	w := &node{scalar: n.scalar}
	_, isText := unquote(n.scalar)
	switch {
	case shape.Type == schema.Timestamp:
		w.scalar = timestamp(n.scalar, shape.Format.Or("epoch-seconds"))
	case shape.Type == schema.Blob && isText:
		content := []byte(plain(n.scalar))
		least, _ := strconv.Atoi(string(shape.Length.Or(schema.Bounds{}).Min)) // of which the sdk projection says nothing
		for len(content) < least {
			content = append(content, ' ')
		}
		w.scalar = quote(base64.StdEncoding.EncodeToString(content))
	}
	for i, below := range n.below {
		to := schema.Inline(schema.Shape{})
		switch {
		case n.scalar == "{" && shape.Type == schema.Structure:
			name := n.names[i]
			if m, ok := shape.Member(name); ok {
				name, to = m.Wire(), m.Shape
			}
			w.names = append(w.names, name)
		case n.scalar == "{":
			w.names = append(w.names, n.names[i])
			if shape.Type == schema.Map {
				to = *shape.Value
			}
		case shape.Type == schema.List:
			to = *shape.Element
		}
		w.below = append(w.below, wire(c, to, below))
	}
	return w
}

// timestamp writes a moment, which is a text or a number in the sdk projection, in
// a format. What is no moment stays as it is.
func timestamp(scalar, format string) string {
	moment, ok := momentOf(scalar)
	if !ok {
		return scalar
	}
	switch format {
	case "date-time":
		return quote(moment.Format(time.RFC3339Nano))
	case "http-date":
		return quote(moment.Format("Mon, 02 Jan 2006 15:04:05.999999999 GMT"))
	}
	seconds := new(big.Rat).SetInt64(moment.Unix())
	seconds.Add(seconds, big.NewRat(int64(moment.Nanosecond()), 1e9))
	text := seconds.FloatString(9)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

func momentOf(scalar string) (time.Time, bool) {
	if text, ok := unquote(scalar); ok {
		for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05Z07:00"} {
			if moment, err := time.Parse(layout, text); err == nil {
				return moment.UTC(), true
			}
		}
		return time.Time{}, false
	}
	seconds, ok := new(big.Rat).SetString(scalar)
	if !ok {
		return time.Time{}, false
	}
	nanoseconds := new(big.Rat).Mul(seconds, big.NewRat(1e9, 1))
	whole, rest := new(big.Int).DivMod(new(big.Int).Div(nanoseconds.Num(), nanoseconds.Denom()), big.NewInt(1e9), new(big.Int))
	return time.Unix(whole.Int64(), rest.Int64()).UTC(), whole.IsInt64()
}

// ask makes a request say what the load says.
func (l *load) ask(r *synth.Request) {
	relabel(r, l.contract, l.labels)
	if len(l.query) > 0 || r.Query != "" {
		_, literal, _ := strings.Cut(l.contract.URI.Or(""), "?")
		r.Query = strings.Trim(literal+"&"+l.query.Encode(), "&")
	}
	l.into(r.Header)
	if r.Body != nil {
		r.Body = l.body
	}
}

// relabel gives a request other labels. Such as cannot stand in a path stay as they
// were.
func relabel(r *synth.Request, c *schema.Contract, labels map[string]string) {
	u, err := url.Parse(r.Target())
	if err != nil || len(labels) == 0 {
		return
	}
	route, _ := schema.NewCatalog(c).Route(schema.Request{Method: r.Method, URL: u, Header: r.Header, Body: r.Body})
	path, _, _ := strings.Cut(c.URI.Or(""), "?")
	for label, text := range route.Labels {
		if said := labels[label]; said != "" && said != "." && said != ".." {
			text = said
		}
		path = strings.ReplaceAll(path, "{"+label+"}", url.PathEscape(text))
		path = strings.ReplaceAll(path, "{"+label+"+}", strings.ReplaceAll(url.PathEscape(text), "%2F", "/"))
	}
	r.Path = path
}

func (l *load) into(h http.Header) {
	for name, texts := range l.header {
		h[name] = texts
	}
}
