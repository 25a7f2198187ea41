package traffic

import (
	"bytes"
	"cmp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// relative is a recording whose interactions have the keys of vcrpy's, in a list of another name.
type relative struct {
	kind Kind
	is   func(*outline) bool
	list func(top *yaml.Node) *yaml.Node
}

// relatives are tried in this order. Betamax and Ruby's VCR differ in who they say recorded.
var relatives = []relative{
	{Betamax, func(o *outline) bool {
		return o.at("http_interactions").isList() && (strings.HasPrefix(o.at("recorded_with").text, "betamax") || o.at("http_interactions", "response", "url").isText())
	}, httpInteractions},
	{RubyVCR, func(o *outline) bool { return o.at("http_interactions").isList() }, httpInteractions},
	{LangChain, func(o *outline) bool {
		return o.at("requests").isList() && o.at("responses").isList() && (o.at("requests").element().hasAny("uri", "method") || o.at("responses").element().has("status"))
	}, zipped},
}

// relativeOf returns the format of a document; nil: none of them.
func relativeOf(o *outline) *relative {
	for i := range relatives {
		if relatives[i].is(o) {
			return &relatives[i]
		}
	}
	return nil
}

func httpInteractions(top *yaml.Node) *yaml.Node { return child(top, "http_interactions") }

// zipped returns the interactions of a cassette of LangChain, which lists all requests, and then the
// response to each.
func zipped(top *yaml.Node) *yaml.Node {
	requests, responses := target(child(top, "requests")), target(child(top, "responses"))
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: requests.Line, Column: requests.Column}
	for i := range max(len(requests.Content), len(responses.Content)) {
		entry := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		for _, side := range []struct {
			key string
			of  *yaml.Node
		}{{"request", requests}, {"response", responses}} {
			if i < len(side.of.Content) {
				message := side.of.Content[i]
				if len(entry.Content) == 0 {
					entry.Line, entry.Column = message.Line, message.Column
				}
				entry.Content = append(entry.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: side.key, Line: message.Line, Column: message.Column}, message)
			}
		}
		list.Content = append(list.Content, entry)
	}
	return list
}

// decodeRelative decodes a recording of a relative of vcrpy.
func (c *cassette) decodeRelative(r *relative, top *yaml.Node) error {
	c.kind, c.entries = r.kind, *r.list(top)
	return c.decodeEntries()
}

// readRelative yields the interactions of a JSON document in one of these formats, and reports whether
// it is one.
func (in *input) readRelative(text []byte, yield func(*Interaction, error) bool) bool {
	opening := bytes.TrimLeft(bytes.TrimPrefix(text, byteOrderMark), blankJSON)
	if !bytes.HasPrefix(opening, []byte("{")) {
		return false
	}
	r := relativeOf(outlineOf(text[:min(len(text), outlineBytes)]))
	if r == nil {
		return false
	}
	c := &cassette{name: in.name, kind: r.kind, source: newSource(text, 1)}
	top, err := jsonNodes(c.source)
	switch {
	case err != nil:
		err = c.brokenJSON(err)
	case oversizedMapping(top) != nil:
		err = c.oversized(top)
	default:
		err = c.decodeRelative(r, top)
	}
	if err != nil {
		yield(nil, err)
		return true
	}
	c.yieldFrom(0, yield)
	return true
}

// ruby replaces the tag of bytes that Ruby's YAML library writes.
func ruby(n yaml.Node) yaml.Node {
	if at := target(&n); at.Tag == "!binary" {
		binary := *at
		binary.Tag = "!!binary"
		return binary
	}
	return n
}

// charsets are the character sets that a recorder decodes a body from, other than UTF-8 and those that
// agree with it. Bytes that it takes for text of one of these are restored.
var charsets = map[string]bodyForm{"iso-8859-1": asLatin1, "latin-1": asLatin1, "latin1": asLatin1, "base64": asBase64}

// charset returns the notation of the text of a body.
func charset(body *yaml.Node) bodyForm {
	encoding := child(body, "encoding")
	if encoding == nil {
		return asText
	}
	return cmp.Or(charsets[strings.ToLower(target(encoding).Value)], asText)
}

// latin1 returns text as bytes, one for each character; the text itself if a character has none.
func latin1(text string) []byte {
	encoded := make([]byte, 0, len(text))
	for _, c := range text {
		if c > 0xff {
			return []byte(text)
		}
		encoded = append(encoded, byte(c))
	}
	return encoded
}
