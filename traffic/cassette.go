package traffic

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"go.yaml.in/yaml/v3"
)

// cassette is a cassette's YAML, decoded down to the leaves, which stay nodes: they know where they stand. What vcrpy wrote is put into
// the records of go-vcr.
type cassette struct {
	name    string
	kind    Kind
	source  *source
	entries yaml.Node // the node of the interactions
	records []*record
	meta    Meta

	aliased int // bytes of bodies that came through an alias
}

// topLevel, record, recordedRequest and recordedResponse have the keys and types of go-vcr's own structs, so that
// the YAML library treats merge keys, null and duplicates in the same way. Version 2 has more keys, which repeat what these say.
type topLevel struct {
	Version          yaml.Node `yaml:"version"`
	Interactions     yaml.Node `yaml:"interactions"`
	Crcheck          yaml.Node `yaml:"crcheck"`
	HTTPInteractions yaml.Node `yaml:"http_interactions"` // Ruby's VCR
}

type record struct {
	Request  *recordedRequest  `yaml:"request"`
	Response *recordedResponse `yaml:"response"`

	names map[string]string // what the keys are called in the file, where that is not as in go-vcr
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
	c, err := in.loadCassette(kind)
	if err != nil {
		yield(nil, err)
		return
	}
	for i := range c.records {
		interaction, err := c.interaction(i)
		if err != nil {
			yield(nil, err)
			return
		}
		if !yield(interaction, nil) {
			return
		}
	}
}

// interaction decodes the leaves of one record.
func (c *cassette) interaction(index int) (*Interaction, error) {
	r := c.records[index]
	at := c.entry(index)
	switch {
	case r == nil:
		return nil, c.malformed(at, fmt.Sprintf("interaction %d is empty", index), "remove it")
	case r.Request == nil:
		return nil, c.malformed(at, fmt.Sprintf("interaction %d has no request", index), "record it again, or remove it")
	case r.Response == nil:
		return nil, c.malformed(at, fmt.Sprintf("interaction %d has no response", index), "record it again, or remove it")
	case c.kind == VCRPy && r.missing() != "":
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
		{"request.body", &r.Request.Body, &request.Body},
		{"response.status", &r.Response.Status, &response.StatusText},
		{"response.code", &r.Response.Code, &response.Status},
		{"response.duration", &r.Response.Duration, &response.Duration},
		{"response.body", &r.Response.Body, &response.Body},
	} {
		if err := c.leaf(r.name(leaf.name), leaf.node, at, leaf.to); err != nil {
			return nil, err
		}
	}
	return &Interaction{Source: c.name, Kind: c.kind, Index: index, Meta: c.meta, Request: &request, Response: response}, nil
}

// name is what a key is called in the file.
func (r *record) name(key string) string { return cmp.Or(r.names[key], key) }

// leaf decodes one scalar; one that is missing leaves its zero value, as in go-vcr.
func (c *cassette) leaf(name string, n, parent *yaml.Node, to any) error {
	body, isBody := to.(*Body)
	var text string
	if isBody {
		to = &text
	}
	if n.IsZero() {
		n = parent
	} else if err := n.Decode(to); err != nil {
		return c.malformed(n, fmt.Sprintf("%s is not %s", name, wanted(to)), "record it again, or write it as the recorder does")
	}
	if !isBody {
		return nil
	}
	if n.Kind == yaml.AliasNode {
		n = n.Alias
		if c.aliased += len(text); c.aliased > MaxCassette {
			return c.malformed(n, "aliases of this body expand to more than a cassette may hold", "write the bodies out")
		}
	}
	*body = Body{Bytes: []byte(text), place: &place{
		source:  c.source,
		written: &scalar{line: n.Line, column: n.Column, style: n.Style},
	}}
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

// entry is the node of one interaction.
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
	return &MalformedError{Source: c.name, Line: at.Line, Column: at.Column, Problem: problem, Remedy: remedy}
}
