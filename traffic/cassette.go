package traffic

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// cassette is the YAML of a cassette, decoded except for the leaves, which remain nodes because
// nodes have positions. Interactions of vcrpy are converted to the records of go-vcr.
type cassette struct {
	name    string
	kind    Kind
	source  *source
	entries yaml.Node // the node of the interactions
	first   int       // the index of the first of them
	records []*record
	meta    Meta
	odd     map[int]error // why a record could not be decoded

	aliased   int  // bytes of bodies that aliases expand to
	exhausted bool // aliased exceeds the limit
}

// topLevel, record, recordedRequest and recordedResponse have the keys and types of go-vcr's
// structs, so that the YAML library treats merge keys, null and duplicates in the same way. Version
// 2 has more keys, which repeat these.
type topLevel struct {
	Version      yaml.Node `yaml:"version"`
	Interactions yaml.Node `yaml:"interactions"`
	Crcheck      yaml.Node `yaml:"crcheck"`
}

type record struct {
	Request  *recordedRequest  `yaml:"request"`
	Response *recordedResponse `yaml:"response"`

	names                     map[string]string // the keys in the file that differ from go-vcr's
	requestForm, responseForm bodyForm          // the notation of the bodies
}

type recordedRequest struct {
	Body    yaml.Node   `yaml:"body"`
	Form    url.Values  `yaml:"form"`
	Headers http.Header `yaml:"headers"`
	URL     yaml.Node   `yaml:"url"`
	Method  yaml.Node   `yaml:"method"`
}

type recordedResponse struct {
	Body     yaml.Node   `yaml:"body"`
	Headers  http.Header `yaml:"headers"`
	Status   yaml.Node   `yaml:"status"`
	Code     yaml.Node   `yaml:"code"`
	Duration yaml.Node   `yaml:"duration"`
}

func (in *input) readCassette(kind family, yield func(*Interaction, error) bool) {
	data, err := in.rest(nil, "cassette", MaxCassette)
	if err != nil {
		yield(nil, err)
		return
	}
	read, more := in.readPieces(data, yield)
	if !more {
		return
	}
	c, err := in.loadCassette(kind, data)
	if err != nil {
		yield(nil, err)
		return
	}
	c.yieldFrom(read, yield)
}

// yieldFrom yields the interactions from an index on.
func (c *cassette) yieldFrom(index int, yield func(*Interaction, error) bool) {
	for i := index; i < len(c.records); i++ {
		if !c.yield(i, yield) {
			return
		}
	}
}

// ofVCRPy reports whether the interactions have the keys of vcrpy.
func (c *cassette) ofVCRPy() bool { return c.kind != Cassette && c.kind != Cassette2 }

// readPieces yields the interactions of a cassette that can be parsed item by item. It returns how
// many it has yielded, and whether the cassette must be read as a whole to go on.
func (in *input) readPieces(data []byte, yield func(*Interaction, error) bool) (read int, more bool) {
	p := cut(data)
	if p == nil {
		return 0, true
	}
	c := &cassette{name: in.name, source: newSource(data, 1)}
	if !p.framed(c) {
		return 0, true
	}
	for list := p.next(); list != nil; list = p.next() {
		c.entries, c.first = *list, read
		if c.decodeEntries() != nil {
			return read, true
		}
		if !c.yield(read, yield) {
			return read, false
		}
		read++
	}
	return read, p.at < p.end
}

// yield yields one interaction, and reports whether to go on.
func (c *cassette) yield(index int, yield func(*Interaction, error) bool) bool {
	interaction, err := c.interaction(index)
	if c.exhausted {
		yield(nil, err)
		return false
	}
	return yield(interaction, unreadEntry(err, c.kind, index))
}

// interaction decodes the leaves of one record.
func (c *cassette) interaction(index int) (*Interaction, error) {
	r := c.records[index-c.first]
	at := c.entry(index - c.first)
	switch {
	case c.odd[index-c.first] != nil:
		return nil, c.odd[index-c.first]
	case r == nil:
		return nil, c.malformed(at, fmt.Sprintf("interaction %d is empty", index), "remove it")
	case r.Request == nil:
		return nil, c.malformed(at, fmt.Sprintf("interaction %d has no request", index), "record it again, or remove it")
	case r.Response == nil:
		return nil, c.malformed(at, fmt.Sprintf("interaction %d has no response", index), "record it again, or remove it")
	case c.ofVCRPy() && r.Request.URL.IsZero():
		return nil, c.malformed(at, fmt.Sprintf("interaction %d has no request.uri, which recorders always write", index), "record it again, or remove it")
	case c.ofVCRPy() && r.missing() != "":
		return nil, c.malformed(at, fmt.Sprintf("interaction %d has no %s", index, r.missing()), "record it again, or add it")
	}
	request := Request{Header: r.Request.Headers}
	response := Response{Header: r.Response.Headers}
	for _, leaf := range []struct {
		name string
		node *yaml.Node
		to   any
	}{
		{"request.url", &r.Request.URL, &request.URL},
		{"request.method", &r.Request.Method, &request.Method},
		{"response.status", &r.Response.Status, &response.StatusText},
		{"response.code", &r.Response.Code, &response.Status},
		{"response.duration", &r.Response.Duration, &response.Duration},
	} {
		if err := c.leaf(r.name(leaf.name), leaf.node, at, leaf.to); err != nil {
			return nil, err
		}
	}
	if c.kind == RubyVCR {
		request.Method = strings.ToUpper(request.Method) // a symbol of Ruby
	}
	var err error
	if request.Body, err = c.body(r.name("request.body"), &r.Request.Body, at, r.requestForm); err != nil {
		return nil, err
	}
	if response.Body, err = c.body(r.name("response.body"), &r.Response.Body, at, r.responseForm); err != nil {
		return nil, err
	}
	return &Interaction{Source: c.name, Kind: c.kind, Index: index, Meta: c.meta, Request: &request, Response: response}, nil
}

// name returns the file's name for a key of go-vcr.
func (r *record) name(key string) string { return cmp.Or(r.names[key], key) }

// leaf decodes one scalar. If it is absent, the zero value remains, as in go-vcr.
func (c *cassette) leaf(name string, n, parent *yaml.Node, to any) error {
	if n.IsZero() {
		return nil
	}
	if _, ok := to.(*time.Duration); ok && target(n).Kind == yaml.ScalarNode && target(n).Value == "" {
		return nil // go-vcr v1 did not record it, and tools that write its cassettes leave it empty
	}
	if err := n.Decode(to); err != nil {
		return c.malformed(n, fmt.Sprintf("%s is not %s", name, wanted(to)), "record it again, or write it as the recorder does")
	}
	return nil
}

func wanted(to any) string {
	switch to.(type) {
	case *int:
		return "a whole number"
	case *time.Duration:
		return `a duration such as "12.5ms"`
	}
	return "text"
}

// entry returns the node of one record.
func (c *cassette) entry(index int) *yaml.Node {
	list := target(&c.entries)
	if index < len(list.Content) {
		return target(list.Content[index])
	}
	return list
}

func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func (c *cassette) malformed(n *yaml.Node, problem, remedy string) error {
	at := c.source.at(n.Line, n.Column)
	return malformed(c.name, at, problem, remedy)
}
