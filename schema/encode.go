package schema

import (
	"bytes"
	"encoding/json"
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
	compact, err := marshal(&frame)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, compact, "", indent); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	before, after, found := bytes.Cut(b.Bytes(), []byte(gap))
	if !found {
		return b.Bytes(), nil
	}
	names, size := c.ShapeNames(), b.Len()
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
	text := append(make([]byte, 0, size), before...)
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
	compact, err := marshal(s)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	err = json.Indent(&b, compact, indent+indent, indent)
	e[s] = b.Bytes()
	return err
}
