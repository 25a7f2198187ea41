package schema

import (
	"net/url"
	"strings"
)

// Catalog is the contracts in force. It routes an HTTP request to the operation
// that it calls. It is immutable and safe for concurrent use.
type Catalog struct {
	contracts []*Contract
	routes    []route
}

// NewCatalog returns a catalog; of two contracts that route alike the first counts.
func NewCatalog(contracts ...*Contract) *Catalog {
	k := &Catalog{contracts: contracts}
	for _, c := range contracts {
		method, ok := c.Method.Get()
		uri, ok2 := c.URI.Get()
		if ok && ok2 {
			path, query, _ := strings.Cut(uri, "?")
			k.routes = append(k.routes, route{c, method, strings.Split(path, "/"), query})
		}
	}
	return k
}

// Contracts returns the contracts in the order in which they were given.
func (k *Catalog) Contracts() []*Contract { return k.contracts }

// Route is where a request leads.
type Route struct {
	Contract *Contract
	Labels   map[string]string // values of the URI's labels, decoded
}

type route struct {
	contract *Contract
	method   string
	segments []string // of the URI template
	query    string   // literal that the query must hold
}

// Route finds the operation of a REST request by its method and URI template
// (Smithy, http-bindings.html#uri). ok is false where no contract of the
// catalog has that route.
func (k *Catalog) Route(method string, u *url.URL) (Route, bool) {
	segments := strings.Split(u.EscapedPath(), "/")
	for _, r := range k.routes {
		if r.method != method || r.query != "" && !hasLiteral(u.Query(), r.query) {
			continue
		}
		if labels, ok := r.match(segments); ok {
			return Route{r.contract, labels}, true
		}
	}
	return Route{}, false
}

func hasLiteral(query url.Values, literal string) bool {
	wanted, err := url.ParseQuery(literal)
	if err != nil {
		return false
	}
	for name, values := range wanted {
		if !query.Has(name) || query.Get(name) != values[0] {
			return false
		}
	}
	return true
}

func (r route) match(segments []string) (labels map[string]string, ok bool) {
	labels = map[string]string{}
	for i, template := range r.segments {
		name, isLabel := strings.CutPrefix(template, "{")
		name = strings.TrimSuffix(name, "}")
		name, greedy := strings.CutSuffix(name, "+")
		tail := len(r.segments) - i - 1
		switch {
		case len(segments) <= tail:
			return nil, false
		case !isLabel:
			if segments[0] != template {
				return nil, false
			}
			segments = segments[1:]
			continue
		}
		take := 1
		if greedy {
			take = len(segments) - tail
		}
		value, err := url.PathUnescape(strings.Join(segments[:take], "/"))
		if err != nil || value == "" {
			return nil, false
		}
		labels[name] = value
		segments = segments[take:]
	}
	return labels, len(segments) == 0
}
