package schema

import (
	"cmp"
	"net/url"
	"strings"
)

// table holds the routes of contracts.
type table struct {
	targets map[string][]*route // of awsJson, by targetKey
	methods map[string]*branch  // of REST, by HTTP method
}

func newTable(contracts []*Contract) *table {
	t := &table{map[string][]*route{}, map[string]*branch{}}
	for _, c := range contracts {
		method, hasMethod := c.Method.Get()
		uri, hasURI := c.URI.Get()
		target, hasTarget := c.Target.Get()
		switch {
		case c.awsJSON() && hasTarget:
			t.targets[targetKey(target)] = append(t.targets[targetKey(target)], &route{contract: c})
		case !c.rpc() && hasMethod && hasURI:
			if t.methods[method] == nil {
				t.methods[method] = &branch{}
			}
			t.methods[method].add(newRoute(c, uri))
		}
	}
	return t
}

// collect adds the routes that match a request. Their affinity is the given one or, if that is
// negative, that of their contracts.
func (t *table) collect(a *asked, best *matches, affinity int) {
	take := func(routes []*route) {
		for _, r := range routes {
			if !a.takes(r) {
				continue
			}
			if affinity < 0 {
				best.add(a, r, a.affinity(r.contract))
			} else {
				best.add(a, r, affinity)
			}
		}
	}
	if a.target != "" {
		take(t.targets[a.targetKey])
	} else if tree := t.methods[a.Method]; tree != nil {
		tree.find(a.segments, take)
	}
}

// branch is a node of the tree of URI templates, which has a level for each segment. The cost of
// routing depends on the request and not on the size of the catalog.
type branch struct {
	literals map[string]*branch
	label    *branch
	greedy   []*route // routes whose next label is greedy
	ends     []*route // routes that end here
}

// add adds a route to the tree.
func (b *branch) add(r *route) {
	for _, s := range r.segments {
		switch s.kind {
		case greedy:
			b.greedy = append(b.greedy, r)
			return
		case label:
			if b.label == nil {
				b.label = &branch{}
			}
			b = b.label
		default:
			if b.literals == nil {
				b.literals = map[string]*branch{}
			}
			if b.literals[s.text] == nil {
				b.literals[s.text] = &branch{}
			}
			b = b.literals[s.text]
		}
	}
	b.ends = append(b.ends, r)
}

// find calls take with the routes whose templates match the rest of a path. It does not compare what
// follows a greedy label.
func (b *branch) find(segments []string, take func([]*route)) {
	if len(segments) == 0 || len(segments) == 1 && segments[0] == "" {
		take(b.ends)
	}
	if len(segments) == 0 {
		return
	}
	if child := b.literals[segments[0]]; child != nil {
		child.find(segments[1:], take)
	}
	if b.label != nil && segments[0] != "" {
		b.label.find(segments[1:], take)
	}
	take(b.greedy)
}

// route is a URI template that leads to a contract.
type route struct {
	contract *Contract
	segments []segment
	greedy   bool       // it has a greedy label
	query    url.Values // literals that the query must hold
}

// segment is the part of a URI template between two slashes.
type segment struct {
	text string // the literal, or the name of the label
	kind segmentKind
}

type segmentKind int

const (
	literal segmentKind = iota
	label
	greedy // matches as many segments as possible
	none   // past the end
)

func newRoute(c *Contract, uri string) *route {
	path, query, _ := strings.Cut(uri, "?")
	r := &route{contract: c}
	for text := range strings.SplitSeq(path, "/") {
		name, opened := strings.CutPrefix(text, "{")
		name, closed := strings.CutSuffix(name, "}")
		s := segment{text, literal}
		if opened && closed {
			s = segment{name, label}
			if name, plus := strings.CutSuffix(name, "+"); plus {
				s = segment{name, greedy}
				r.greedy = true
			}
		}
		r.segments = append(r.segments, s)
	}
	if last := len(r.segments) - 1; last > 0 && r.segments[last] == (segment{}) {
		r.segments = r.segments[:last] // ignore a slash at the end
	}
	r.query, _ = url.ParseQuery(query) // a malformed query has no literals
	return r
}

// compare returns a negative number if the route precedes another.
func (r *route) compare(other *route) int {
	at := func(r *route, i int) segmentKind {
		if i < len(r.segments) {
			return r.segments[i].kind
		}
		return none
	}
	for i := range max(len(r.segments), len(other.segments)) {
		if c := cmp.Compare(at(r, i), at(other, i)); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(other.query), len(r.query))
}

// match returns the labels of a decoded path that matches the template.
func (r *route) match(segments []string) (labels map[string]string, ok bool) {
	if labels, ok = r.matchAll(segments); ok {
		return labels, true
	}
	if last := len(segments) - 1; last >= 0 && segments[last] == "" {
		return r.matchAll(segments[:last])
	}
	return nil, false
}

func (r *route) matchAll(segments []string) (labels map[string]string, ok bool) {
	labels = map[string]string{}
	for i, s := range r.segments {
		take := 1
		if s.kind == greedy {
			take = len(segments) - (len(r.segments) - i - 1)
		}
		if take < 1 || take > len(segments) {
			return nil, false
		}
		value := strings.Join(segments[:take], "/")
		segments = segments[take:]
		switch {
		case s.kind != literal && value != "":
			labels[s.text] = value
		case s.kind != literal || value != s.text:
			return nil, false
		}
	}
	return labels, len(segments) == 0
}

// Labels returns the names of the labels in the contract's URI.
func (c *Contract) Labels() []string {
	var names []string
	for _, s := range newRoute(c, c.URI.Or("")).segments {
		if s.kind != literal {
			names = append(names, s.text)
		}
	}
	return names
}
