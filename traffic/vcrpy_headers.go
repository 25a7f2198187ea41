package traffic

import (
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// pyHeader maps each name to a list of values or, as recorded from some HTTP libraries, to one
// value.
type pyHeader map[string]pyValues

type pyValues []string

func (v *pyValues) UnmarshalYAML(n *yaml.Node) error {
	if target(n).Kind == yaml.SequenceNode {
		return n.Decode((*[]string)(v))
	}
	var one string
	err := n.Decode(&one)
	*v = pyValues{one}
	return err
}

// plainHeaders rewrites headers that PyYAML wrote as a Python object, such as requests'
// CaseInsensitiveDict or http.client's HTTPMessage, into the mapping that they represent.
func plainHeaders(interactions *yaml.Node) {
	left := maxPairs
	for _, entry := range target(interactions).Content {
		for _, part := range []string{"request", "response"} {
			message := child(target(entry), part)
			if message == nil {
				continue
			}
			headers := child(target(message), "headers")
			if headers == nil {
				continue
			}
			if headers = target(headers); headers.Kind == yaml.SequenceNode || isPython(headers) {
				found := pyHeader{}
				left = found.pairs(headers, left, maxPickled)
				if len(found) > 0 || isPython(headers) {
					*headers = *found.node(headers)
				}
			}
		}
	}
}

func isPython(n *yaml.Node) bool { return strings.Contains(n.Tag, "python/") }

// Limits of the nodes per file that are searched for pairs, and of their depth. Aliases may be
// cyclic.
const (
	maxPairs   = 1 << 22
	maxPickled = 100
)

// node returns a mapping with these headers, at the place of another node.
func (h pyHeader) node(at *yaml.Node) *yaml.Node {
	scalar := func(text string) *yaml.Node {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Line: at.Line, Column: at.Column}
	}
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: at.Line, Column: at.Column, Anchor: at.Anchor}
	for _, name := range slices.Sorted(maps.Keys(h)) {
		list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: at.Line, Column: at.Column}
		for _, value := range h[name] {
			list.Content = append(list.Content, scalar(value))
		}
		n.Content = append(n.Content, scalar(name), list)
	}
	return n
}

// pairs adds the headers in a node: a mapping of names, or lists of a name and a value, of a name
// and several values, or of a name in lower case and a pair with the original name. It returns the
// number of nodes that may still be searched.
func (h pyHeader) pairs(n *yaml.Node, left, depth int) int {
	n = target(n)
	if left--; left <= 0 || depth == 0 {
		return left
	}
	switch {
	case n.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			name, value := target(n.Content[i]), target(n.Content[i+1])
			switch {
			case strings.HasPrefix(name.Value, "_"), slices.Contains(pickled, name.Value):
				left = h.pairs(value, left, depth-1)
			case !slices.Contains(attributes, name.Value):
				h.add(name, value)
			}
		}
	case n.Kind == yaml.SequenceNode && len(n.Content) == 2 && target(n.Content[0]).Kind == yaml.ScalarNode && target(n.Content[1]).Kind != yaml.MappingNode:
		h.add(target(n.Content[0]), target(n.Content[1]))
	case n.Kind == yaml.SequenceNode:
		for _, inner := range n.Content {
			left = h.pairs(inner, left, depth-1)
		}
	}
	return left
}

// Keys of a Python object that are not headers: the state that PyYAML writes, and attributes of
// http.client.HTTPMessage.
var (
	pickled    = []string{"state", "dictitems", "listitems", "args"}
	attributes = []string{"policy", "defects", "preamble", "epilogue", "kwds"}
)

func (h pyHeader) add(name, value *yaml.Node) {
	text := func(n *yaml.Node) (s string) {
		_ = n.Decode(&s)
		return s
	}
	switch {
	case value.Kind == yaml.ScalarNode:
		h[text(name)] = append(h[text(name)], text(value))
	case value.Kind != yaml.SequenceNode:
	case len(value.Content) == 2 && strings.EqualFold(text(target(value.Content[0])), text(name)):
		if written, value := target(value.Content[0]), target(value.Content[1]); value.Kind == yaml.ScalarNode {
			h.add(written, value)
		}
	default:
		for _, one := range value.Content {
			if one = target(one); one.Kind == yaml.ScalarNode {
				h[text(name)] = append(h[text(name)], text(one))
			}
		}
	}
}

// header canonicalises the names, which vcrpy leaves as they were on the wire.
func (h pyHeader) header() http.Header {
	header := make(http.Header, len(h))
	for _, name := range slices.Sorted(maps.Keys(h)) {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		header[canonical] = append(header[canonical], h[name]...)
	}
	return header
}
