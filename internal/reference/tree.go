package reference

import (
	"bytes"
	"errors"
	"io"
	"regexp"

	"github.com/go-json-experiment/json/jsontext"
)

// A tree is a JSON document: nil, bool, string, number, []any or object.
type (
	// number is the text of a number, so that no digit is lost.
	number string
	// object has its members in the order of the document, with unique names.
	object []member
	member struct {
		name  string
		value any
	}
)

func (o object) get(name string) any {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// set adds a member or replaces an earlier one of that name: the last one wins, as in every SDK.
func (c client) set(o object, name string, value any) object {
	for i := range o {
		if o[i].name == name {
			if !c.has(firstDuplicateWins) {
				o[i].value = value
			}
			return o
		}
	}
	return append(o, member{name, value})
}

// parse reads exactly one document.
func parse(c client, text []byte) (any, error) {
	d := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(!c.has(duplicateFails)))
	tree, err := parseValue(c, d)
	if err != nil {
		return nil, err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) && !c.has(trailingIgnored) {
		return nil, errors.New("the body continues after its JSON value")
	}
	return tree, nil
}

// parseText reads a string.
func parseText(c client, d *jsontext.Decoder) (string, error) {
	written, err := d.ReadValue()
	if err != nil {
		return "", err
	}
	if c.has(escapesKept) {
		return string(written[1 : len(written)-1]), nil
	}
	text, err := jsontext.AppendUnquote(nil, written)
	if c.has(surrogatesSeparately) && bytes.Contains(written, []byte(`\ud`)) {
		return astral.ReplaceAllString(string(text), "\uFFFD\uFFFD"), err
	}
	return string(text), err
}

// astral matches the characters that need two code units in UTF-16.
var astral = regexp.MustCompile(`[\x{10000}-\x{10FFFF}]`)

func parseValue(c client, d *jsontext.Decoder) (any, error) {
	if c.has(nestingOf100) && d.StackDepth() > 100 {
		return nil, errors.New("the document nests too deep")
	}
	if d.PeekKind() == '"' {
		return parseText(c, d)
	}
	token, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	switch token.Kind() {
	case '{':
		o := object{}
		for d.PeekKind() != '}' {
			name, err := parseText(c, d)
			if err != nil {
				return nil, err
			}
			value, err := parseValue(c, d)
			if err != nil {
				return nil, err
			}
			o = c.set(o, name, value)
		}
		_, err := d.ReadToken()
		return o, err
	case '[':
		list := []any{}
		for d.PeekKind() != ']' {
			value, err := parseValue(c, d)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		_, err := d.ReadToken()
		return list, err
	case '0':
		return number(token.String()), nil
	case 't', 'f':
		return token.Bool(), nil
	}
	return nil, nil
}
