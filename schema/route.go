package schema

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// Request is what routing looks at of an HTTP request. Names of headers may be
// spelled in any case, as recorders do.
type Request struct {
	Method string
	URL    *url.URL
	Header http.Header
	Body   []byte // tells the protocol of what does not route; may be missing
}

// Route is where a request leads.
type Route struct {
	Contract *Contract
	Labels   map[string]string // values of the URI's labels, decoded
}

// NotJSON says of a route to a contract whose bodies are not JSON why it cannot be read, as
// [Unrouted] says it, such as "iam (query)".
func (r Route) NotJSON() (why string, ok bool) {
	protocol, ok := r.Contract.NotJSON()
	if !ok {
		return "", false
	}
	return r.Contract.Signing.Or(r.Contract.Service) + " (" + protocol + ")", true
}

// Route finds the operation of a request: the first of its [Catalog.Candidates]. Where no contract
// of the catalog has the route it says why; else why is nil.
func (k *Catalog) Route(r Request) (found Route, why *Unrouted) {
	all, why := k.Candidates(r)
	if why != nil {
		return Route{}, why
	}
	return all[0], nil
}

// Candidates returns the routes of a request that are equally good, in the order of their
// contracts' names and versions; the order in which contracts were given means nothing. Mostly
// there is one. Where there is none, why is not nil. Where several services share a signing name
// and a route, or several versions of a contract are in force, what is sent and received can tell
// which it is (validate.Catalog does that).
//
// The signing service that the request's signature names leaves only contracts of
// that service and such as do not state theirs; a host's name leaves out nothing,
// since it need not be the signing service's. Contracts that state the signing
// service go before all others, then those that the host's name fits.
//
// A request with X-Amz-Target goes by that alone: by the operation and the last
// dotted part of the prefix, for models do not agree on what comes before it.
// Contracts with exactly that target go first. Every other request goes by its
// method and URI template (Smithy, http-bindings.html#uri): where several
// templates match, the leftmost segment in which they differ decides: a literal
// goes before a label, a label before a greedy one; then the template with more
// query literals. The names of labels decide nothing, nor does a slash at the end
// of a path or template, which models do not agree on either. Labels are never empty.
func (k *Catalog) Candidates(r Request) (found []Route, why *Unrouted) {
	if a := k.asked(r); a != nil {
		found = k.best(a)
	}
	if len(found) == 0 {
		return nil, k.unrouted(r)
	}
	return found, nil
}

// best are the routes of a request that no other goes before.
func (k *Catalog) best(a *asked) []Route {
	var best matches
	k.routes.collect(a, &best, -1)
	for affinity := 3; affinity >= 0; affinity-- {
		if len(best.routes) > 0 && best.affinity > affinity {
			break
		}
		for s := range k.at(affinity, a) {
			s.load().collect(a, &best, affinity)
		}
	}
	return best.found(a)
}

// asked is a request on its way through the routes.
type asked struct {
	Request
	service      string // that it is signed for; empty: not known
	host         string // what its host is known for; empty: nothing
	target       string // X-Amz-Target
	targetKey    string
	targetPrefix string     // the last dotted part of its prefix
	endpoint     []*service // whose endpoint the host is
	segments     []string   // of the path, decoded

	query url.Values // read when a template asks for it
}

// asked looks at a request; nil: its path is malformed.
func (k *Catalog) asked(r Request) *asked {
	a := &asked{Request: r, service: awshttp.Scope(r.Header, r.URL.RawQuery), host: awshttp.EndpointName(r.URL.Hostname()), target: awshttp.Value(r.Header, awshttp.Target)}
	if len(k.services) > 0 {
		for name := awshttp.Endpoint(r.URL.Hostname()); name != "" && a.endpoint == nil; _, name, _ = strings.Cut(name, ".") {
			a.endpoint = k.endpoints[name]
		}
	}
	if a.target != "" {
		a.targetKey = targetKey(a.target)
		a.targetPrefix, _, _ = strings.Cut(a.targetKey, ".")
		return a
	}
	path := r.URL.EscapedPath()
	if path == "" {
		path = "/" // RFC 9110 section 4.2.3
	}
	a.segments = strings.Split(path, "/")
	for i, s := range a.segments {
		var err error
		if a.segments[i], err = url.PathUnescape(s); err != nil {
			return nil
		}
	}
	return a
}

// targetKey is what targets that name one operation have in common: the last
// dotted part of the prefix, and the operation.
func targetKey(target string) string {
	end := strings.LastIndexByte(target, '.')
	if end < 0 {
		return target
	}
	return lastPart(target[:end]) + target[end:]
}

func (a *asked) takes(r *route) bool {
	if signing, ok := r.contract.Signing.Get(); ok && a.service != "" && signing != a.service {
		return false
	}
	if r.greedy { // the tree did not compare what follows its label
		if _, ok := r.match(a.segments); !ok {
			return false
		}
	}
	if len(r.query) == 0 {
		return true
	}
	if a.query == nil {
		a.query = a.URL.Query()
	}
	for name, values := range r.query {
		for _, value := range values {
			if !slices.Contains(a.query[name], value) {
				return false
			}
		}
	}
	return true
}

// affinity says how well a contract fits what is known of the service.
func (a *asked) affinity(c *Contract) (n int) {
	if a.service != "" && !c.Signing.Silent() {
		n += 2 // takes has compared them
	}
	if a.host != "" && (a.host == c.Service || a.host == c.endpoint()) {
		n++
	}
	return n
}

// matches are the best routes so far.
type matches struct {
	affinity int
	routes   []*route
}

// add takes a route that is not worse than those before it.
func (m *matches) add(a *asked, r *route, affinity int) {
	better := 1
	if len(m.routes) > 0 {
		better = cmp.Or(cmp.Compare(affinity, m.affinity), r.before(m.routes[0], a))
	}
	switch {
	case better > 0:
		m.affinity, m.routes = affinity, append(m.routes[:0], r)
	case better == 0:
		m.routes = append(m.routes, r)
	}
}

// before is positive where a route goes before another of the same affinity.
func (r *route) before(other *route, a *asked) int {
	if a.target == "" {
		return other.compare(r)
	}
	exact := func(r *route) int {
		if r.contract.Target.Or("") == a.target {
			return 1
		}
		return 0
	}
	return cmp.Compare(exact(r), exact(other))
}

func (m *matches) found(a *asked) []Route {
	if len(m.routes) == 0 {
		return nil
	}
	slices.SortStableFunc(m.routes, func(r, s *route) int {
		return cmp.Or(cmp.Compare(r.contract.Service, s.contract.Service), cmp.Compare(r.contract.Operation, s.contract.Operation), cmp.Compare(r.contract.Version, s.contract.Version))
	})
	all := make([]Route, len(m.routes))
	for i, r := range m.routes {
		all[i].Contract = r.contract
		if a.target == "" {
			all[i].Labels, _ = r.match(a.segments)
		}
	}
	return all
}
