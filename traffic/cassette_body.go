package traffic

import (
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// bodyForm is the notation of a body in a cassette.
type bodyForm int

const (
	asText   bodyForm = iota // also !!binary, which the YAML library decodes
	asBase64                 // text in base64
	asLatin1                 // text that was decoded as ISO-8859-1
	asYAML                   // a YAML structure that was parsed from JSON, as pydantic's serializer of vcrpy writes it
)

// body returns the body in a node. If it is absent, the body is empty, as in go-vcr, and has the
// place of its interaction.
func (c *cassette) body(name string, n, parent *yaml.Node, form bodyForm) (Body, error) {
	if n.IsZero() {
		return c.bodyAt(parent, nil, parent.Style), nil
	}
	if form == asYAML {
		text, err := c.encode(nil, n, 0)
		if err != nil {
			return Body{}, err
		}
		return c.bodyAt(target(n), text, yaml.FoldedStyle), nil
	}
	var text string
	if err := n.Decode(&text); err != nil {
		return Body{}, c.malformed(n, fmt.Sprintf("%s is not text", name), "record it again, or write it as the recorder does")
	}
	at := target(n)
	if n.Kind == yaml.AliasNode {
		if err := c.expand(at, len(text)); err != nil {
			return Body{}, err
		}
	}
	if form == asText || at.ShortTag() == "!!binary" {
		return c.bodyAt(at, []byte(text), at.Style), nil
	}
	if form == asLatin1 {
		encoded := latin1(text)
		if string(encoded) == text {
			return c.bodyAt(at, encoded, at.Style), nil
		}
		return c.bodyAt(at, encoded, yaml.FoldedStyle), nil
	}
	decoded, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return Body{}, c.malformed(n, fmt.Sprintf("%s is not base64", name), "record it again, or write it in base64")
	}
	return c.bodyAt(at, decoded, yaml.FoldedStyle), nil
}

// bodyAt returns a body at the place of a node. In the folded style, only the beginning is known.
func (c *cassette) bodyAt(n *yaml.Node, text []byte, style yaml.Style) Body {
	return Body{Bytes: text, place: &place{source: c.source, written: &scalar{line: n.Line, column: n.Column, style: style}}}
}

// expand counts the bytes that an alias adds. Too many end the cassette, since later aliases may
// expand as far.
func (c *cassette) expand(n *yaml.Node, bytes int) error {
	if c.aliased += bytes; c.aliased <= MaxCassette {
		return nil
	}
	c.exhausted = true
	return c.malformed(n, "aliases of this body expand to more than a cassette may hold", "repeat the bodies instead of using aliases")
}

// maxNesting is the maximum depth of JSON in a body.
const maxNesting = 10_000

// encode appends a YAML structure as the JSON that it was parsed from. The order of members is
// kept.
func (c *cassette) encode(to []byte, n *yaml.Node, depth int) ([]byte, error) {
	if n.Kind == yaml.AliasNode {
		before := len(to)
		to, err := c.encode(to, n.Alias, depth+1)
		if err == nil {
			err = c.expand(n.Alias, len(to)-before)
		}
		return to, err
	}
	if depth > maxNesting {
		return nil, c.malformed(n, fmt.Sprintf("the body is nested more than %d levels deep", maxNesting), "record it again")
	}
	var err error
	switch n.Kind {
	case yaml.MappingNode:
		to = append(to, '{')
		for i := 0; i+1 < len(n.Content) && err == nil; i += 2 {
			if i > 0 {
				to = append(to, ',')
			}
			to = append(appendString(to, strings.ToValidUTF8(target(n.Content[i]).Value, "\ufffd")), ':')
			to, err = c.encode(to, n.Content[i+1], depth+1)
		}
		return append(to, '}'), err
	case yaml.SequenceNode:
		to = append(to, '[')
		for i := 0; i < len(n.Content) && err == nil; i++ {
			if i > 0 {
				to = append(to, ',')
			}
			to, err = c.encode(to, n.Content[i], depth+1)
		}
		return append(to, ']'), err
	}
	return appendScalar(to, n), nil
}

// appendScalar keeps the notation of a number if it is valid in JSON: 4.0 is not 4.
func appendScalar(to []byte, n *yaml.Node) []byte {
	switch n.ShortTag() {
	case "!!null":
		return append(to, "null"...)
	case "!!bool":
		var is bool
		if n.Decode(&is) == nil {
			return strconv.AppendBool(to, is)
		}
	case "!!int", "!!float":
		if number := jsontext.Value(n.Value); number.IsValid() && number.Kind() == jsontext.KindNumber {
			return append(to, number...)
		}
		var f float64
		var i int64
		if n.ShortTag() == "!!int" && n.Decode(&i) == nil {
			return strconv.AppendInt(to, i, 10)
		}
		if n.Decode(&f) == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
			return strconv.AppendFloat(to, f, 'g', -1, 64)
		}
	}
	return appendString(to, strings.ToValidUTF8(n.Value, "\ufffd"))
}
