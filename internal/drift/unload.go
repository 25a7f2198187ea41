package drift

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/internal/binding"
)

// load is a document of the sdk projection, put where its members travel.
type load struct {
	contract *schema.Contract
	table    *binding.Table
	message  binding.Message
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
	l := &load{contract: c, table: binding.Of(c, part)}
	body := &node{scalar: "{"}
	_, whole := c.Payload(part)
	for i, name := range root.names {
		m, ok := shape.Member(name)
		value := root.below[i]
		if !ok || value.scalar == "null" {
			continue
		}
		if b, beside := l.table.Member(name); beside {
			v, ok := l.value(b, value)
			if !ok {
				return nil, &BindingError{b.Name, b.Location}
			}
			l.message.Write(b, v)
			continue
		}
		if c.Location(m) == schema.LocationPayload {
			l.payload(part, wire(c, m.Shape, value))
			continue
		}
		body.names, body.below = append(body.names, m.Wire()), append(body.below, wire(c, m.Shape, value))
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

// value is the texts of a member beside the body; ok is false where it has none.
func (l *load) value(b *binding.Member, n *node) (v binding.Value, ok bool) {
	shape := l.contract.Resolve(b.Shape)
	switch b.Type {
	case schema.List:
		v.List, ok = l.texts(b, shape, n)
		return v, ok
	case schema.Map:
		if n.scalar != "{" {
			return v, false
		}
		for i, key := range n.names {
			e := binding.Entry{Name: key}
			if entry := l.contract.Resolve(*shape.Value); b.Lists {
				e.Texts, ok = l.texts(b, entry, n.below[i])
			} else {
				e.Texts = make([]string, 1)
				e.Texts[0], ok = l.text(b, *shape.Value, n.below[i])
			}
			if !ok {
				return v, false
			}
			v.Entries = append(v.Entries, e)
		}
		return v, true
	}
	v.Text, ok = l.text(b, b.Shape, n)
	return v, ok
}

func (l *load) texts(b *binding.Member, list *schema.Shape, n *node) (all []string, ok bool) {
	if n.scalar != "[" {
		return nil, false
	}
	for _, below := range n.below {
		text, ok := l.text(b, *list.Element, below)
		if !ok {
			return nil, false
		}
		all = append(all, text)
	}
	return all, true
}

func (l *load) text(b *binding.Member, ref schema.Ref, n *node) (text string, ok bool) {
	if b.Scalar.Type == schema.Blob {
		n = wire(l.contract, ref, n)
	}
	text, ok = b.Scalar.Text(n.bytes())
	return text, ok && (!b.Location.InHeaders() || binding.Visible(text))
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
	text, isText := unquote(scalar)
	if !isText {
		text = scalar
	}
	moment, ok := binding.ParseTimestamp(text, !isText)
	if !ok {
		return scalar
	}
	text, number := binding.FormatTimestamp(moment, format)
	if number {
		return text
	}
	return quote(text)
}

// ask makes a request say what the load says.
func (l *load) ask(r *synth.Request) {
	relabel(r, l.contract, l.message.Labels)
	if len(l.message.Query) > 0 || r.Query != "" {
		r.Query = l.table.RawQuery(l.message.Query)
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
	all := maps.Clone(route.Labels)
	for label, text := range labels {
		if _, known := all[label]; known && binding.Problem(schema.LocationLabel, text) == "" {
			all[label] = text
		}
	}
	if path, ok := binding.Of(c, schema.InputPart).Path(all); ok {
		r.Path = path
	}
}

func (l *load) into(h http.Header) { maps.Copy(h, l.message.Header) }
