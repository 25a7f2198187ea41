package schema

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// Encode returns the JSON form of a contract: indented, with a fixed order of keys and a newline at
// the end.
func (c *Contract) Encode() ([]byte, error) { return encoder{}.contract(c) }

// EncodeAll calls each with the JSON form of each contract, as [Contract.Encode] returns it, until an
// error. A shape that contracts share, as those of a model do, is encoded once.
func EncodeAll(contracts []*Contract, each func(c *Contract, text []byte) error) error {
	e := encoder{}
	for _, c := range contracts {
		text, err := e.contract(c)
		if err != nil {
			return err
		}
		if err := each(c, text); err != nil {
			return err
		}
	}
	return nil
}

const indent = "  "

// encoder has the indented text of shapes that were encoded before, as it is in the object "shapes".
type encoder map[*Shape][]byte

// gap is the text of the only shape of [encoder.contract]'s frame. No other key of that depth is
// empty, and no text in JSON has a newline.
const gap = "\n" + indent + indent + `"": null`

func (e encoder) contract(c *Contract) ([]byte, error) {
	frame := *c
	if len(c.Shapes) > 0 {
		frame.Shapes = map[string]*Shape{"": nil}
	}
	text, err := marshal(&frame, jsontext.WithIndent(indent))
	if err != nil {
		return nil, err
	}
	text = append(text, '\n')
	before, after, found := bytes.Cut(text, []byte(gap))
	if !found {
		return text, nil
	}
	names, size := c.ShapeNames(), len(text)
	keys := make([][]byte, len(names))
	for i, name := range names {
		if keys[i], err = marshal(name); err != nil {
			return nil, err
		}
		if err := e.add(c.Shapes[name]); err != nil {
			return nil, err
		}
		size += len(",\n"+indent+indent+": ") + len(keys[i]) + len(e[c.Shapes[name]])
	}
	text = append(make([]byte, 0, size), before...)
	for i, name := range names {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(text, "\n"+indent+indent...), keys[i]...)
		text = append(append(text, ": "...), e[c.Shapes[name]]...)
	}
	return append(text, after...), nil
}

// add encodes a shape unless it has been.
func (e encoder) add(s *Shape) error {
	if e[s] != nil {
		return nil
	}
	text, err := marshal(s, jsontext.WithIndent(indent), jsontext.WithIndentPrefix(indent+indent))
	e[s] = text
	return err
}
