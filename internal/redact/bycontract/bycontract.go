// Package bycontract tells redaction what contracts state about the strings of an interaction.
//
// A request is routed to its contract, whose shapes are compiled once to a graph of [redact.Node].
// The class of a string follows from the contract:
//
//	enum, timestamp, number as text   Keep: it identifies nobody, and clients depend on it
//	literal in the URI                Keep: requests are routed by it
//	sensitive, or below such a shape  Whole, including the keys of a map
//	the value of a map                Whole
//	a member named like a bucket      Whole
//	anything else                     ByFormat
//
// Length and pattern become Accepts. The errors of an operation are merged into one structure with
// the members of all, so that redaction need not know the error of a response. The members that
// name it, code and __type, are kept.
package bycontract

import (
	"net/url"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// New returns a function for what the contracts of a catalog state about an interaction. If the
// catalog does not route the interaction, that is nothing.
func New(catalog *schema.Catalog) redact.Classify {
	var mu sync.Mutex
	compiled := map[*schema.Contract]*operation{}
	return func(x *traffic.Interaction) redact.Places {
		if x.Request == nil {
			return redact.Places{}
		}
		u, err := url.Parse(x.Request.URL)
		if err != nil {
			return redact.Places{}
		}
		route, ok := catalog.Route(schema.Request{Method: x.Request.Method, URL: u, Header: x.Request.Header, Body: x.Request.Body.Bytes})
		if !ok {
			return redact.Places{}
		}
		mu.Lock()
		o, ok := compiled[route.Contract]
		if !ok {
			o = compile(route.Contract)
			compiled[route.Contract] = o
		}
		mu.Unlock()
		return o.places(x, u)
	}
}

// operation is a compiled contract.
type operation struct {
	uri           []string // segments of the template
	input, output bound
	errors        bound
}

// bound is the places of a part.
type bound struct {
	labels, query, headers map[string]redact.Place
	prefixes               map[string]redact.Place // by the prefix of headers that a map is bound to
	rest                   redact.Place            // of the parameters that a map is bound to
	restBound              bool
	body                   *redact.Node
}

func compile(c *schema.Contract) *operation {
	k := &compiler{contract: c, nodes: map[nodeKey]*redact.Node{}}
	path, query, _ := strings.Cut(c.URI.Or(""), "?")
	o := &operation{uri: strings.Split(path, "/"), input: k.part(schema.InputPart), output: k.part(schema.OutputPart)}
	if literal, _ := url.ParseQuery(query); len(literal) > 0 { // requests are routed by them
		if o.input.query == nil {
			o.input.query = map[string]redact.Place{}
		}
		for name := range literal {
			o.input.query[name] = redact.Place{Class: redact.Keep}
		}
	}
	o.errors = bound{headers: map[string]redact.Place{}, prefixes: map[string]redact.Place{}, body: &redact.Node{Members: map[string]*redact.Node{}}}
	for _, e := range c.Errors {
		b := k.part(schema.ErrorPart(e.Name))
		for name, place := range b.headers {
			o.errors.headers[name] = place
		}
		for name, place := range b.prefixes {
			o.errors.prefixes[name] = place
		}
		if b.body == nil {
			continue
		}
		for name, node := range b.body.Members {
			o.errors.body.Members[name] = either(o.errors.body.Members[name], node)
		}
	}
	for _, name := range []string{"__type", "code", "Code"} {
		o.errors.body.Members[name] = &redact.Node{Place: redact.Place{Class: redact.Keep}}
	}
	return o
}

// either merges the nodes of a member that two errors share.
func either(a, b *redact.Node) *redact.Node {
	switch {
	case a == nil || b != nil && b.Class == redact.Whole:
		return b
	case b == nil || a.Class == redact.Whole || a.Members != nil || a.Element != nil:
		return a
	case a.Class == redact.ByFormat && b.Class == redact.ByFormat:
		return &redact.Node{} // a string may conform to only one of them
	case a.Class == redact.Keep:
		return a
	}
	return b
}

func (o *operation) places(x *traffic.Interaction, u *url.URL) redact.Places {
	response := o.output
	if x.Response.Status >= 300 {
		response = o.errors
	}
	p := redact.Places{
		Path: o.path(u), Query: o.input.query,
		RequestHeader: o.input.header(x.Request.Header), ResponseHeader: response.header(x.Response.Header),
		Request: o.input.body, Response: response.body,
	}
	if o.input.restBound {
		p.Query = map[string]redact.Place{}
		for name := range u.Query() {
			p.Query[name] = o.input.rest
		}
		for name, place := range o.input.query {
			p.Query[name] = place
		}
	}
	return p
}

// path returns the place of each segment of a path: that of its label, or Keep for a literal. A
// greedy label takes all remaining segments.
func (o *operation) path(u *url.URL) (places []redact.Place) {
	n := strings.Count(u.EscapedPath(), "/") + 1
	extra := n - len(o.uri)
	for _, segment := range o.uri[1:] {
		name, label := strings.CutPrefix(segment, "{")
		name = strings.TrimSuffix(name, "}")
		name, greedy := strings.CutSuffix(name, "+")
		place := redact.Place{Class: redact.Keep}
		if label {
			place = o.input.labels[name]
		}
		if greedy && extra > 0 {
			place.Accepts = nil // it applies to all segments together
			for range extra {
				places = append(places, place)
			}
		}
		places = append(places, place)
	}
	return places
}

func (b bound) header(h map[string][]string) map[string]redact.Place {
	if len(b.prefixes) == 0 {
		return b.headers
	}
	all := map[string]redact.Place{}
	for name := range h {
		for prefix, place := range b.prefixes {
			if name = strings.ToLower(name); strings.HasPrefix(name, prefix) && prefix != "" {
				all[name] = place
			}
		}
	}
	for name, place := range b.headers {
		all[name] = place
	}
	return all
}
