package live

import (
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/crcheck/crcheck/schema"
)

// bound writes a member that travels beside the body (Smithy, http-bindings.html).
func (w *writer) bound(m *schema.Member, location schema.Location) (err error) {
	s := w.contract.Resolve(m.Shape)
	switch location {
	case schema.LocationLabel:
		w.labels[m.Wire()], err = w.label(s)
	case schema.LocationQuery:
		err = w.parameters(m.Wire(), s)
	case schema.LocationHeader:
		var value string
		if value, err = w.headerValue(s); value != "" { // RestJsonNullAndEmptyHeadersClient of Smithy's protocol tests
			w.header.Set(m.Wire(), value)
		}
	case schema.LocationHeaders:
		err = w.prefixed(m.Wire(), s)
	default:
		return &ContractError{w.contract.String(), "it says that " + m.Name + " travels as " + string(location), byOverlay}
	}
	return err
}

// label reads a label, which must lead to this operation.
func (w *writer) label(s *schema.Shape) (string, error) {
	one, err := w.scalar(s, "date-time")
	if err != nil {
		return "", err
	}
	for segment := range strings.SplitSeq(one.text, "/") {
		if segment == "." || segment == ".." {
			return "", w.fail("it is a path of dots, which would lead to another operation")
		}
	}
	if one.text == "" {
		return "", w.fail("it is empty, and the request's path needs it")
	}
	return one.text, nil
}

// parameters reads what stands in the query.
func (w *writer) parameters(name string, s *schema.Shape) error {
	if s.Type != schema.Map {
		return w.values(w.query, name, s)
	}
	if w.d.PeekKind() != '{' {
		return w.wrong("an object")
	}
	return w.object(func(name string) error { return w.values(w.extra, name, w.contract.Resolve(*s.Value)) })
}

// values reads the values of one parameter.
func (w *writer) values(to url.Values, name string, s *schema.Shape) error {
	add := func(s *schema.Shape) error {
		one, err := w.scalar(s, "date-time")
		if err == nil {
			to.Add(name, one.text)
		}
		return err
	}
	if s.Type != schema.List {
		return add(s)
	}
	return w.elements(func() error { return add(w.contract.Resolve(*s.Element)) })
}

// headerValue reads the value of a header.
func (w *writer) headerValue(s *schema.Shape) (string, error) {
	switch s.Type {
	case schema.Document:
		raw, err := w.d.ReadValue()
		return base64.StdEncoding.EncodeToString(raw), w.syntax(err)
	case schema.List:
		var all []string
		element := w.contract.Resolve(*s.Element)
		err := w.elements(func() error {
			text, err := w.headerText(element)
			if element.Type == schema.String && (text == "" || strings.ContainsAny(text, `",`)) {
				text = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
			}
			all = append(all, text)
			return err
		})
		return strings.Join(all, ", "), err
	}
	return w.headerText(s)
}

// headerText reads a scalar that a header can hold (RFC 9110 section 5.5).
func (w *writer) headerText(s *schema.Shape) (string, error) {
	one, err := w.scalar(s, "http-date")
	if err == nil && strings.ContainsFunc(one.text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		err = w.fail("it holds control characters, which no header can")
	}
	return one.text, err
}

// prefixed reads a map of headers that share a prefix.
func (w *writer) prefixed(prefix string, s *schema.Shape) error {
	if w.d.PeekKind() != '{' {
		return w.wrong("an object")
	}
	return w.object(func(name string) error {
		if !token(prefix + name) {
			return w.fail("it is no name of a header")
		}
		text, err := w.headerText(w.contract.Resolve(*s.Value))
		w.header.Set(prefix+name, text)
		return err
	})
}

// token reports a text that can be a header's name (RFC 9110 section 5.6.2).
func token(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}
