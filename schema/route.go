package schema

import (
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

// Route finds the operation of a request. The signing service that its signature
// names leaves only contracts of that service and such as do not state theirs;
// a host's name leaves out nothing, since it need not be the signing service's.
//
// A request with X-Amz-Target goes by that alone. Every other goes by its method
// and URI template (Smithy, http-bindings.html#uri): where several templates
// match, the leftmost segment in which they differ decides: a literal goes before
// a label, a label before a greedy one; then the template with more query
// literals. Labels never are empty, and a trailing slash counts.
//
// Of contracts that route alike the one goes first that states the signing
// service, then the one that the host's name fits, then the one given first. ok
// is false where no contract of the catalog has the route; [Catalog.NotRouted]
// then says why.
func (k *Catalog) Route(r Request) (found Route, ok bool) {
	a := asked{service: awshttp.Scope(r.Header, r.URL.RawQuery), host: awshttp.EndpointName(r.URL.Hostname()), url: r.URL}
	if target := awshttp.Value(r.Header, "X-Amz-Target"); target != "" {
		if best := a.best(k.targets[target]); best != nil {
			return Route{Contract: best.contract}, true
		}
		return Route{}, false
	}
	tree := k.methods[r.Method]
	if tree == nil {
		return Route{}, false
	}
	path := r.URL.EscapedPath()
	if path == "" {
		path = "/" // RFC 9110 section 4.2.3
	}
	a.segments = strings.Split(path, "/")
	for i, s := range a.segments {
		var err error
		if a.segments[i], err = url.PathUnescape(s); err != nil {
			return Route{}, false
		}
	}
	best := tree.find(a.segments, &a)
	if best == nil {
		return Route{}, false
	}
	labels, _ := best.match(a.segments)
	return Route{best.contract, labels}, true
}

// asked is a request on its way through the routes.
type asked struct {
	service  string // that it is signed for; empty: not known
	host     string // what its host is known for; empty: nothing
	url      *url.URL
	segments []string // of the path, decoded

	query url.Values // read when a template asks for it
}

// best returns the route to take of some that are sorted; nil: none.
func (a *asked) best(routes []*route) *route {
	var best *route
	for _, r := range routes {
		if best != nil && best.compare(r) != 0 {
			break
		}
		if (best == nil || a.affinity(r) > a.affinity(best)) && a.takes(r) {
			best = r
		}
	}
	return best
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
		a.query = a.url.Query()
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
func (a *asked) affinity(r *route) (n int) {
	if a.service != "" && !r.contract.Signing.Silent() {
		n += 2 // takes has compared them
	}
	if a.host != "" && (a.host == r.contract.Service || a.host == r.contract.endpoint()) {
		n++
	}
	return n
}
