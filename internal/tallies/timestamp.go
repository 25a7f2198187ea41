package tallies

import (
	"bytes"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/go-json-experiment/json/jsontext"
)

// timestamps notes which timestamps of a contract stand in bodies in the form
// that the contract says. Once all were seen, bodies are not looked at any more.
type timestamps struct {
	contract *schema.Contract
	first    map[*schema.Shape]schema.Place // of each timestamp
	lead     map[*schema.Shape]bool         // shapes with a timestamp at or below them
	seen     map[schema.Place]bool
}

func newTimestamps(c *schema.Contract) *timestamps {
	c = c.Clone() // readers have one shape stand inline at many places
	t := &timestamps{c, map[*schema.Shape]schema.Place{}, map[*schema.Shape]bool{}, map[schema.Place]bool{}}
	var all []*schema.Shape
	c.Walk(func(place schema.Place, s *schema.Shape, _ *schema.Member) {
		if _, again := t.first[s]; s.Type == schema.Timestamp && !again {
			t.first[s], t.lead[s] = place, true
		}
		all = append(all, s)
	})
	for more := len(t.first) > 0; more; {
		more = false
		for _, s := range all {
			if !t.lead[s] && t.leads(s) {
				t.lead[s], more = true, true
			}
		}
	}
	return t
}

// leads reports whether a timestamp is known to stand below a shape.
func (t *timestamps) leads(s *schema.Shape) bool {
	for i := range s.Members {
		if t.lead[t.contract.Resolve(s.Members[i].Shape)] {
			return true
		}
	}
	return s.Element != nil && t.lead[t.contract.Resolve(*s.Element)] || s.Value != nil && t.lead[t.contract.Resolve(*s.Value)]
}

// see looks at the bodies of an interaction. Nothing here says which part a
// response is, nor the projection: all that it may be is tried.
func (t *timestamps) see(x *traffic.Interaction) {
	if len(t.seen) == len(t.first) {
		return
	}
	for _, part := range t.contract.Parts() {
		if part == schema.InputPart || x.Request == nil || t.responds(x, part) {
			t.document(part, x)
		}
	}
}

// responds reports whether the response to a request may be of a part.
func (t *timestamps) responds(x *traffic.Interaction, part schema.Part) bool {
	return (x.Response.Status < 300) == (part == schema.OutputPart)
}

func (t *timestamps) document(part schema.Part, x *traffic.Interaction) {
	root, ok := t.contract.Root(part)
	if !ok || !t.lead[t.contract.Resolve(root)] {
		return
	}
	shapes := []*schema.Shape{t.contract.Resolve(root)}
	if m, ok := t.contract.Payload(part); ok {
		shapes = append(shapes, t.contract.Resolve(m.Shape))
	}
	body := bodyOf(x, string(part))
	for _, s := range shapes {
		d := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
		_ = t.value(d, s) // what is broken has a finding of its own
	}
}

// bodyOf is the document of a part.
func bodyOf(x *traffic.Interaction, part string) []byte {
	var body traffic.Body
	var err error
	if part == string(schema.InputPart) && x.Request != nil {
		body, err = x.Request.Document()
	} else {
		body, err = x.Response.Document()
	}
	if err != nil {
		return nil
	}
	return bytes.TrimPrefix(body.Bytes, []byte("\xEF\xBB\xBF")) // a byte order mark is a finding of its own
}

// value reads the value of a shape.
func (t *timestamps) value(d *jsontext.Decoder, s *schema.Shape) error {
	if !t.lead[s] {
		return d.SkipValue()
	}
	switch kind := d.PeekKind(); {
	case s.Type == schema.Timestamp:
		value, err := d.ReadValue()
		if err == nil && inForm(value, s.Format.Or("epoch-seconds")) {
			t.seen[t.first[s]] = true
		}
		return err
	case s.Type == schema.List && kind == '[':
		return t.values(d, ']', func() (*schema.Shape, error) { return t.contract.Resolve(*s.Element), nil })
	case (s.Type == schema.Map || s.Type == schema.Structure) && kind == '{':
		return t.values(d, '}', func() (*schema.Shape, error) {
			name, err := d.ReadToken()
			switch {
			case err != nil:
				return nil, err
			case s.Type == schema.Map:
				return t.contract.Resolve(*s.Value), nil
			}
			return t.member(s, name.String()), nil
		})
	}
	return d.SkipValue()
}

// values reads an array or object, of which next returns the shape of each value.
func (t *timestamps) values(d *jsontext.Decoder, end jsontext.Kind, next func() (*schema.Shape, error)) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for k := d.PeekKind(); k != end && k != 0; k = d.PeekKind() {
		s, err := next()
		if err == nil {
			err = t.value(d, s)
		}
		if err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// member is the shape of a member by its name on the wire or, in the sdk
// projection, in the API; nil: there is none.
func (t *timestamps) member(s *schema.Shape, name string) *schema.Shape {
	for i := range s.Members {
		if m := &s.Members[i]; m.Wire() == name || m.Name == name {
			return t.contract.Resolve(m.Shape)
		}
	}
	return nil
}

// inForm reports whether a value is a timestamp in a form.
func inForm(value jsontext.Value, format string) bool {
	if value.Kind() != '"' {
		return value.Kind() == '0' && format != "date-time" && format != "http-date"
	}
	text, _ := jsontext.AppendUnquote(nil, value) // invalid UTF-8 is replaced
	switch format {
	case "date-time":
		return schema.DateTime.Match(text)
	case "http-date":
		return schema.HTTPDate.Match(text)
	}
	return false
}
