package traffic

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// jsonNodes reads JSON as the YAML library would, if YAML were the superset of JSON that it is
// taken for.
func jsonNodes(from *source) (*yaml.Node, error) {
	document := bytes.TrimPrefix(from.data, byteOrderMark)
	d := jsontext.NewDecoder(bytes.NewBuffer(document), jsontext.AllowDuplicateNames(true)) // decoding refuses them
	return jsonNode(d, from, len(from.data)-len(document))
}

// jsonNode reads the next value. The decoder bounds how deep they nest.
func jsonNode(d *jsontext.Decoder, from *source, skip int) (*yaml.Node, error) {
	n := &yaml.Node{}
	var end jsontext.Kind
	switch d.PeekKind() {
	case jsontext.KindBeginObject:
		n.Kind, n.Tag, end = yaml.MappingNode, "!!map", jsontext.KindEndObject
	case jsontext.KindBeginArray:
		n.Kind, n.Tag, end = yaml.SequenceNode, "!!seq", jsontext.KindEndArray
	default:
		value, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		n.Kind, n.Value = yaml.ScalarNode, string(value)
		if value.Kind() == jsontext.KindString {
			text, err := jsontext.AppendUnquote(nil, value)
			if err != nil {
				return nil, err
			}
			n.Tag, n.Style, n.Value = "!!str", yaml.DoubleQuotedStyle, string(text)
		}
		n.Line, n.Column = from.yamlPlace(skip + int(d.InputOffset()) - len(value))
		return n, nil
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	n.Line, n.Column = from.yamlPlace(skip + int(d.InputOffset()) - 1)
	for d.PeekKind() != end {
		child, err := jsonNode(d, from, skip)
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, child)
	}
	_, err := d.ReadToken()
	return n, err
}
