package schema

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// branch is a node of the tree of URI templates, a level for each segment, so
// that what a route costs depends on the request and not on the catalog.
type branch struct {
	literals map[string]*branch
	label    *branch
	greedy   []*route // whose next label is greedy
	ends     []*route // that end here
}

// add puts a route into the tree.
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

// sort puts the routes of each list in the order in which they go.
func (b *branch) sort() {
	slices.SortStableFunc(b.greedy, (*route).compare)
	slices.SortStableFunc(b.ends, (*route).compare)
	for _, child := range b.literals {
		child.sort()
	}
	if b.label != nil {
		b.label.sort()
	}
}

// find returns the route to take for what is left of a path; nil: none.
func (b *branch) find(segments []string, a *asked) *route {
	if len(segments) == 0 {
		return a.best(b.ends)
	}
	if child := b.literals[segments[0]]; child != nil {
		if found := child.find(segments[1:], a); found != nil {
			return found
		}
	}
	if b.label != nil && segments[0] != "" {
		if found := b.label.find(segments[1:], a); found != nil {
			return found
		}
	}
	return a.best(b.greedy)
}

// route is a URI template that leads to a contract.
type route struct {
	contract *Contract
	segments []segment
	greedy   bool       // it has a greedy label
	query    url.Values // literals that the query must hold
}

// segment is what stands between two slashes of a URI template.
type segment struct {
	text string // the literal, or the name of the label
	kind segmentKind
}

type segmentKind int

const (
	literal segmentKind = iota
	label
	greedy // takes as many segments as it can
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
	r.query, _ = url.ParseQuery(query) // what is malformed is no literal
	return r
}

// compare is negative where a route goes before another.
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

// match returns the labels of a decoded path that the template fits.
func (r *route) match(segments []string) (labels map[string]string, ok bool) {
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
