package live

import (
	"encoding/base64"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/schema"
)

// bound reads a member beside the body, and writes it there.
func (w *writer) bound(b *binding.Member) error {
	if b.Location == schema.LocationStatus {
		return &ContractError{w.contract.String(), "it binds " + b.Name + " to the " + string(b.Location), byOverlay}
	}
	var v binding.Value
	var err error
	switch b.Type {
	case schema.List:
		v.List, err = w.boundTexts(b)
	case schema.Map:
		v.Entries, err = w.boundEntries(b)
	default:
		v.Text, err = w.boundText(b)
	}
	if b.Location == schema.LocationHeader && v.Text == "" && len(v.List) == 0 { // RestJsonNullAndEmptyHeadersClient of Smithy's protocol tests
		return err
	}
	w.message.Write(b, v)
	return err
}

// boundText reads a scalar, or a document, as text.
func (w *writer) boundText(b *binding.Member) (string, error) {
	if b.Scalar.Type == schema.Document {
		raw, err := w.d.ReadValue()
		return base64.StdEncoding.EncodeToString(raw), w.syntax(err)
	}
	one, err := w.scalar(b.Scalar)
	if err != nil {
		return "", err
	}
	if problem := binding.Problem(b.Location, one.text); problem != "" {
		return "", w.fail(problem)
	}
	return one.text, nil
}

func (w *writer) boundTexts(b *binding.Member) (all []string, err error) {
	err = w.elements(func() error {
		text, err := w.boundText(b)
		all = append(all, text)
		return err
	})
	return all, err
}

// boundEntries reads a map of parameters or headers.
func (w *writer) boundEntries(b *binding.Member) (all []binding.Entry, err error) {
	if w.d.PeekKind() != '{' {
		return nil, w.wrong("an object")
	}
	err = w.object(func(name string) (err error) {
		e := binding.Entry{Name: name}
		switch {
		case b.Location == schema.LocationHeaders && !binding.HeaderName(b.Wire+name):
			return w.fail("not a valid header name")
		case b.Lists:
			e.Texts, err = w.boundTexts(b)
		default:
			e.Texts = make([]string, 1)
			e.Texts[0], err = w.boundText(b)
		}
		all = append(all, e)
		return err
	})
	return all, err
}
