package schema

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// Catalog is the contracts in force. It routes an HTTP request to the operation
// that it calls. It is immutable and safe for concurrent use.
type Catalog struct {
	contracts []*Contract
	routes    []route // the most specific first
}

// NewCatalog returns a catalog. Contracts whose method or URI is not known are
// not routed to, nor are those of RPC protocols: their requests are all POST /.
func NewCatalog(contracts ...*Contract) *Catalog {
	k := &Catalog{contracts: slices.Clone(contracts)}
	for _, c := range contracts {
		method, ok := c.Method.Get()
		uri, ok2 := c.URI.Get()
		if ok && ok2 && !c.rpc() {
			k.routes = append(k.routes, newRoute(c, method, uri))
		}
	}
	slices.SortStableFunc(k.routes, route.compare)
	return k
}

func (c *Contract) rpc() bool {
	return slices.Contains([]string{"awsJson1_0", "awsJson1_1", "awsQuery", "ec2Query", "rpcv2Cbor"}, c.Protocol.Or(""))
}

// Contracts returns the contracts in the order in which they were given.
func (k *Catalog) Contracts() []*Contract { return slices.Clone(k.contracts) }

// Route is where a request leads.
type Route struct {
	Contract *Contract
	Labels   map[string]string // values of the URI's labels, decoded
}

// Route finds the operation of a REST request by its method and URI template
// (Smithy, http-bindings.html#uri). Where several templates match, the leftmost
// segment in which they differ decides: a literal goes before a label, a label
// before a greedy one; then the template with more query literals, then the
// contract given first. ok is false where no contract of the catalog has the
// route. Labels never are empty, and a trailing slash counts.
func (k *Catalog) Route(method string, u *url.URL) (found Route, ok bool) {
	path := u.EscapedPath()
	if path == "" {
		path = "/" // RFC 9110 section 4.2.3
	}
	segments, query := strings.Split(path, "/"), u.Query()
	for _, r := range k.routes {
		if r.method != method || !r.queried(query) {
			continue
		}
		if labels, ok := r.match(segments); ok {
			return Route{r.contract, labels}, true
		}
	}
	return Route{}, false
}

type route struct {
	contract *Contract
	method   string
	segments []segment
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

func newRoute(c *Contract, method, uri string) route {
	path, query, _ := strings.Cut(uri, "?")
	r := route{contract: c, method: method}
	for text := range strings.SplitSeq(path, "/") {
		name, opened := strings.CutPrefix(text, "{")
		name, closed := strings.CutSuffix(name, "}")
		s := segment{text, literal}
		if opened && closed {
			s = segment{name, label}
			if name, plus := strings.CutSuffix(name, "+"); plus {
				s = segment{name, greedy}
			}
		}
		r.segments = append(r.segments, s)
	}
	r.query, _ = url.ParseQuery(query) // what is malformed is no literal
	return r
}

func (r route) compare(other route) int {
	at := func(r route, i int) segmentKind {
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

func (r route) queried(query url.Values) bool {
	for name, values := range r.query {
		for _, value := range values {
			if !slices.Contains(query[name], value) {
				return false
			}
		}
	}
	return true
}

func (r route) match(segments []string) (labels map[string]string, ok bool) {
	labels = map[string]string{}
	for i, s := range r.segments {
		take := 1
		if s.kind == greedy {
			take = len(segments) - (len(r.segments) - i - 1)
		}
		if take < 1 || take > len(segments) {
			return nil, false
		}
		value, err := url.PathUnescape(strings.Join(segments[:take], "/"))
		if err != nil {
			return nil, false
		}
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
