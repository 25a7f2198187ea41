package drift

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
)

// load is a document of the sdk encoding, with its members at their locations in HTTP.
type load struct {
	contract *schema.Contract
	table    *binding.Table
	message  binding.Message
	body     []byte // nil: none
}

// BindingError says that the value of a member cannot travel beside the body.
type BindingError struct {
	Member   string
	Location schema.Location
}

func (e *BindingError) Error() string {
	return fmt.Sprintf("the value of %s cannot be written in the %s", e.Member, e.Location)
}

// unload puts the members of a document at their locations, in their form there.
func unload(c *schema.Contract, part schema.Part, document []byte) (*load, error) {
	root, err := jsontree.Parse(document)
	if err != nil {
		return nil, err
	}
	ref, _ := c.Root(part)
	shape := c.Resolve(ref)
	l := &load{contract: c, table: binding.Of(c, part)}
	body := jsontree.Node{Kind: '{'}
	_, whole := c.Payload(part)
	for i := range root.Entries {
		e := &root.Entries[i]
		m, ok := shape.Member(e.Name)
		if !ok || e.Value.Null() {
			continue
		}
		if b, beside := l.table.Member(e.Name); beside {
			v, ok := l.value(b, &e.Value)
			if !ok {
				return nil, &BindingError{b.Name, b.Location}
			}
			l.message.Write(b, v)
			continue
		}
		if c.Location(m) == schema.LocationPayload {
			l.payload(part, wire(c, m.Shape, &e.Value))
			continue
		}
		body.Entries = append(body.Entries, jsontree.Entry{Name: m.Wire(), Value: wire(c, m.Shape, &e.Value)})
	}
	if !whole {
		l.body = body.Append(nil)
	}
	return l, nil
}

// payload makes a value the body: JSON, or the string or bytes themselves.
func (l *load) payload(part schema.Part, value jsontree.Node) {
	l.body = value.Append(nil)
	m, raw := l.contract.RawBody(part)
	if !raw {
		return
	}
	l.body = []byte(value.Text)
	if l.contract.Resolve(m.Shape).Type == schema.Blob {
		if decoded, err := base64.StdEncoding.DecodeString(value.Text); err == nil {
			l.body = decoded
		}
	}
}

// value returns a member beside the body as text; ok is false if it cannot be written so.
func (l *load) value(b *binding.Member, n *jsontree.Node) (v binding.Value, ok bool) {
	shape := l.contract.Resolve(b.Shape)
	switch b.Type {
	case schema.List:
		v.List, ok = l.texts(b, shape, n)
		return v, ok
	case schema.Map:
		if n.Kind != '{' {
			return v, false
		}
		for i := range n.Entries {
			e := binding.Entry{Name: n.Entries[i].Name}
			if entry := l.contract.Resolve(*shape.Value); b.Lists {
				e.Texts, ok = l.texts(b, entry, &n.Entries[i].Value)
			} else {
				e.Texts = make([]string, 1)
				e.Texts[0], ok = l.text(b, *shape.Value, &n.Entries[i].Value)
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

func (l *load) texts(b *binding.Member, list *schema.Shape, n *jsontree.Node) (all []string, ok bool) {
	if n.Kind != '[' {
		return nil, false
	}
	for i := range n.Entries {
		text, ok := l.text(b, *list.Element, &n.Entries[i].Value)
		if !ok {
			return nil, false
		}
		all = append(all, text)
	}
	return all, true
}

func (l *load) text(b *binding.Member, ref schema.Ref, n *jsontree.Node) (text string, ok bool) {
	if b.Scalar.Type == schema.Blob {
		encoded := wire(l.contract, ref, n)
		n = &encoded
	}
	text, ok = b.Scalar.Text(n.Append(nil))
	return text, ok && (!b.Location.InHeaders() || binding.Visible(text))
}

// wire converts a value of the sdk encoding to that of a body: wire names of members, the format of
// timestamps, blobs in base64.
func wire(c *schema.Contract, ref schema.Ref, n *jsontree.Node) jsontree.Node {
	shape := c.Resolve(ref)
	w := jsontree.Node{Kind: n.Kind, Text: n.Text}
	switch {
	case shape.Type == schema.Timestamp:
		w = timestamp(w, shape.Format.Or("epoch-seconds"))
	case shape.Type == schema.Blob && n.Kind == '"':
		content := []byte(n.Text)
		minimum, _ := strconv.Atoi(string(shape.Length.Or(schema.Bounds{}).Min)) // the sdk encoding has no length of blobs
		for len(content) < minimum {
			content = append(content, ' ')
		}
		w.Text = base64.StdEncoding.EncodeToString(content)
	}
	for i := range n.Entries {
		name, to := n.Entries[i].Name, schema.Inline(schema.Shape{})
		switch {
		case n.Kind == '{' && shape.Type == schema.Structure:
			if m, ok := shape.Member(name); ok {
				name, to = m.Wire(), m.Shape
			}
		case n.Kind == '{' && shape.Type == schema.Map:
			to = *shape.Value
		case n.Kind == '[' && shape.Type == schema.List:
			to = *shape.Element
		}
		w.Entries = append(w.Entries, jsontree.Entry{Name: name, Value: wire(c, to, &n.Entries[i].Value)})
	}
	return w
}

// timestamp writes a moment, which is a string or a number in the sdk encoding, in a format. Any
// other value stays as it is.
func timestamp(n jsontree.Node, format string) jsontree.Node {
	moment, ok := binding.ParseTimestamp(n.Text, n.Kind != '"')
	if !ok {
		return n
	}
	text, number := binding.FormatTimestamp(moment, format)
	if number {
		return jsontree.Node{Kind: '0', Text: text}
	}
	return jsontree.Node{Kind: '"', Text: text}
}

// ask writes the load into a request.
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

// relabel replaces labels of a request. A label that cannot be in a path stays as it is.
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
