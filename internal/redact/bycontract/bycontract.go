// Package bycontract tells redaction what contracts state about the strings of an interaction.
//
// A request is routed to its contract, whose shapes are compiled once to a graph of [redact.Node].
// The class of a string follows from the contract:
//
//	value of an enum, timestamp, number, boolean  Keep: it identifies nobody, and clients depend on it
//	literal in the URI                            Keep: requests are routed by it
//	sensitive, or below such a shape              Whole, including the keys of a map
//	the value of a map, or below it               Whole
//	a member named like a bucket, key or ARN      Whole
//	anything else                                 ByFormat
//
// A pattern becomes Accepts. Type, length and pattern determine Mask. The errors of an operation are merged into one structure with
// the members of all, so that redaction need not know the error of a response. The members that
// name it, code and __type, are kept.
package bycontract

import (
	"maps"
	"net/url"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/pattern"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// New returns a function for what the contracts of a catalog state about an interaction. If the
// catalog does not route the interaction, that is nothing.
func New(catalog *schema.Catalog) redact.Classify {
	var mu sync.Mutex
	budget := &pattern.Budget{}
	compiled := map[*schema.Contract]*operation{}
	return func(x *traffic.Interaction) redact.Places {
		if x.Request == nil {
			return redact.Places{}
		}
		u, err := url.Parse(x.Request.URL)
		if err != nil {
			return redact.Places{}
		}
		route, unrouted := catalog.Route(schema.Request{Method: x.Request.Method, URL: u, Header: x.Request.Header, Body: x.Request.Body.Bytes})
		if unrouted != nil {
			return redact.Places{}
		}
		mu.Lock()
		o, ok := compiled[route.Contract]
		if !ok {
			o = compile(route.Contract, budget)
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
	errors        []bound
	named         map[string]*redact.Node // the bodies of errors, by the names that a header gives them
	anyError      *redact.Node            // the bodies of all
}

// bound is the places of a part.
type bound struct {
	table  *binding.Table
	places map[string]redact.Place // beside the body, by the names of members
	body   *redact.Node
}

func compile(c *schema.Contract, budget *pattern.Budget) *operation {
	k := &compiler{contract: c, nodes: map[nodeKey]*redact.Node{}, budget: budget}
	path, _, _ := strings.Cut(c.URI.Or(""), "?")
	o := &operation{uri: strings.Split(path, "/"), input: k.part(schema.InputPart), output: k.part(schema.OutputPart)}
	o.anyError, o.named = &redact.Node{Members: map[string]*redact.Node{}}, map[string]*redact.Node{}
	for _, e := range c.Errors {
		b := k.part(schema.ErrorPart(e.Name))
		o.errors = append(o.errors, b)
		if b.body == nil {
			continue
		}
		for name, node := range b.body.Members {
			o.anyError.Members[name] = either(o.anyError.Members[name], node)
		}
		if b.body.Members != nil {
			body := *b.body
			body.Members = named(maps.Clone(body.Members))
			o.named[e.Name], o.named[e.Code.Or(e.Name)] = &body, &body
		}
	}
	named(o.anyError.Members)
	return o
}

// named adds the members that name an error.
func named(members map[string]*redact.Node) map[string]*redact.Node {
	for _, name := range []string{"__type", "code", "Code"} {
		members[name] = &redact.Node{Place: redact.Place{Class: redact.Keep}}
	}
	return members
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
	p := redact.Places{
		Path: o.path(u), Query: map[string]redact.Place{}, RequestHeader: o.input.header(x.Request.Header), Request: o.input.body,
		ResponseHeader: o.output.header(x.Response.Header), Response: o.output.body,
	}
	if x.Response.Status >= 300 {
		p.ResponseHeader, p.Response = map[string]redact.Place{}, o.anyError
		name, _, _ := strings.Cut(awshttp.Value(x.Response.Header, "X-Amzn-Errortype"), ":")
		if body, ok := o.named[name[strings.IndexByte(name, '#')+1:]]; ok {
			p.Response = body
		}
		for _, e := range o.errors {
			maps.Copy(p.ResponseHeader, e.header(x.Response.Header))
		}
	}
	for name := range u.Query() {
		if o.input.table.Literal(name) { // requests route by it
			p.Query[name] = redact.Place{Class: redact.Keep}
		} else if m, ok := o.input.table.Find(schema.LocationQuery, name); ok {
			p.Query[name] = o.input.places[m.Name]
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
			place = redact.Place{}
			if m, ok := o.input.table.Find(schema.LocationLabel, name); ok {
				place = o.input.places[m.Name]
			}
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
	all := map[string]redact.Place{}
	for name := range h {
		if m, ok := b.table.Find(schema.LocationHeader, name); ok {
			all[strings.ToLower(name)] = b.places[m.Name]
		}
	}
	return all
}
