package traffic

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

const (
	outlineBytes   = 1 << 20 // of a JSON document
	outlineDepth   = 4
	outlineMembers = 64
	outlineText    = 256  // bytes; longer texts are not kept
	outlineValues  = 4096 // in all
)

// outline is the part of a document that reveals its format: names of members, kinds of values and
// short texts, a few levels deep, near the beginning. A list has only its first element.
type outline struct {
	kind   jsontext.Kind // YAML integers and floats are numbers, and booleans are KindTrue
	text   string        // of a short string, number or other scalar
	names  []string      // of an object's members
	values []*outline    // of an object's members; of a list at most one
}

// at returns the value at a path of member names; lists are replaced by their first element. It is
// empty if there is none.
func (o *outline) at(path ...string) *outline {
	for _, name := range path {
		o = o.element()
		i := slices.Index(o.names, name)
		if i < 0 {
			return &outline{}
		}
		o = o.values[i]
	}
	return o
}

// element returns the first element of a list, or the value itself.
func (o *outline) element() *outline {
	if o.kind == jsontext.KindBeginArray && len(o.values) > 0 {
		return o.values[0]
	}
	return o
}

// has reports whether an object has all of these members.
func (o *outline) has(names ...string) bool {
	for _, name := range names {
		if !slices.Contains(o.names, name) {
			return false
		}
	}
	return true
}

// hasAny reports whether an object has one of these members.
func (o *outline) hasAny(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return o.has(name) })
}

func (o *outline) isObject() bool { return o.kind == jsontext.KindBeginObject }
func (o *outline) isList() bool   { return o.kind == jsontext.KindBeginArray }
func (o *outline) isText() bool   { return o.kind == jsontext.KindString }
func (o *outline) isNumber() bool { return o.kind == jsontext.KindNumber }

// outlineOf returns the outline of a JSON text, up to the place where it is broken or cut off.
func outlineOf(text []byte) *outline {
	d := jsontext.NewDecoder(bytes.NewBuffer(bytes.TrimPrefix(text, byteOrderMark)), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	o, left := &outline{}, outlineValues
	_ = o.read(d, outlineDepth, &left)
	return o
}

func (o *outline) read(d *jsontext.Decoder, depth int, left *int) error {
	kind := d.PeekKind()
	if kind != jsontext.KindBeginObject && kind != jsontext.KindBeginArray {
		value, err := d.ReadValue()
		if err != nil {
			return err
		}
		o.kind = kind
		switch {
		case len(value) > outlineText:
		case kind == jsontext.KindString:
			text, _ := jsontext.AppendUnquote(nil, value)
			o.text = string(text)
		default:
			o.text = string(value)
		}
		return nil
	}
	o.kind = kind
	if *left--; depth == 0 || *left <= 0 {
		return d.SkipValue()
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for {
		switch next := d.PeekKind(); {
		case next == jsontext.KindEndObject || next == jsontext.KindEndArray:
			_, err := d.ReadToken()
			return err
		case kind == jsontext.KindBeginObject && len(o.names) < outlineMembers:
			name, err := d.ReadToken()
			if err != nil {
				return err
			}
			o.names = append(o.names, name.String())
		case kind == jsontext.KindBeginArray && len(o.values) == 0:
		default:
			if err := d.SkipValue(); err != nil {
				return err
			}
			continue
		}
		value := &outline{}
		o.values = append(o.values, value)
		if err := value.read(d, depth-1, left); err != nil {
			return err
		}
	}
}

// outlineOfYAML returns the outline of a YAML document. It limits the expansion of aliases.
func outlineOfYAML(n *yaml.Node) *outline {
	left := outlineValues
	return outlineOfNode(n, outlineDepth, &left)
}

func outlineOfNode(n *yaml.Node, depth int, left *int) *outline {
	*left--
	n, o := target(n), &outline{}
	switch {
	case n.Kind == yaml.MappingNode:
		o.kind = jsontext.KindBeginObject
		for i := 0; depth > 0 && *left > 0 && i+1 < len(n.Content) && len(o.names) < outlineMembers; i += 2 {
			o.names = append(o.names, n.Content[i].Value)
			o.values = append(o.values, outlineOfNode(n.Content[i+1], depth-1, left))
		}
	case n.Kind == yaml.SequenceNode:
		o.kind = jsontext.KindBeginArray
		if depth > 0 && *left > 0 && len(n.Content) > 0 {
			o.values = append(o.values, outlineOfNode(n.Content[0], depth-1, left))
		}
	case n.Kind == yaml.ScalarNode:
		switch n.ShortTag() {
		case "!!null":
			o.kind = jsontext.KindNull
		case "!!int", "!!float":
			o.kind = jsontext.KindNumber
		case "!!bool":
			o.kind = jsontext.KindTrue
		default:
			o.kind = jsontext.KindString
		}
		if len(n.Value) <= outlineText {
			o.text = n.Value
		}
	}
	return o
}
