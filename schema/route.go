package schema

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// Request is the part of an HTTP request that routing uses. Header names may have any case, because
// recorders differ.
type Request struct {
	Method string
	URL    *url.URL
	Header http.Header
	Body   []byte // shows the protocol of a request without a route; may be missing
}

// Route is the operation that a request calls.
type Route struct {
	Contract *Contract
	Labels   map[string]string // values of the URI's labels, decoded
}

// NotJSON returns why the messages of a route cannot be read, if the bodies of its contract are not
// JSON. The form is that of [Unrouted.String], such as "iam (query)".
func (r Route) NotJSON() (why string, ok bool) {
	protocol, ok := r.Contract.NotJSON()
	if !ok {
		return "", false
	}
	return r.Contract.Signing.Or(r.Contract.Service) + " (" + protocol + ")", true
}

// Route returns the first of the [Catalog.Candidates] for a request. If there is none, it returns
// why; otherwise why is nil.
func (k *Catalog) Route(r Request) (found Route, why *Unrouted) {
	all, why := k.Candidates(r)
	if why != nil {
		return Route{}, why
	}
	return all[0], nil
}

// Candidates returns the best routes for a request, sorted by the names and versions of their
// contracts, whatever the order in which these were given. Usually there is one. If there is none,
// why is not nil. There are several if services share a signing name and a route, or if several
// versions of a contract are in force. What is sent and received can then select one: see
// validate.Catalog.
//
// If the request is signed, contracts that state another signing service are excluded. The host
// name excludes no contract, since it may differ from the signing service. Contracts that state the
// signing service precede all others; next come those that match the host name.
//
// A request with X-Amz-Target is matched by that header alone: by the operation and the last dotted
// part of the prefix, because models differ in what precedes it. Contracts with exactly that target
// come first. Other requests are matched by method and URI template (Smithy,
// http-bindings.html#uri). If several templates match, the leftmost segment in which they differ
// decides: a literal precedes a label, and a label precedes a greedy label. Then the template with
// more query literals comes first. Names of labels are ignored, and so is a slash at the end of a
// path or template, because models differ in both. Labels are never empty.
func (k *Catalog) Candidates(r Request) (found []Route, why *Unrouted) {
	if a := k.asked(r); a != nil {
		found = k.best(a)
	}
	if len(found) == 0 {
		return nil, k.unrouted(r)
	}
	return found, nil
}

// best returns the routes of a request that no other route precedes.
func (k *Catalog) best(a *asked) []Route {
	best := &a.best
	k.routes.collect(a, best, -1)
	for affinity := 3; affinity >= 0; affinity-- {
		if len(best.routes) > 0 && best.affinity > affinity {
			break
		}
		for s := range k.at(affinity, a) {
			s.load().collect(a, best, affinity)
		}
	}
	return best.found(a)
}

// asked is a request that is being routed.
type asked struct {
	Request
	service      string // signing service; empty: not known
	host         string // endpoint name of the host; empty: not of AWS
	target       string // X-Amz-Target
	targetKey    string
	targetPrefix string     // the last dotted part of its prefix
	endpoint     []*service // services with the endpoint of the host
	segments     []string   // of the path, decoded
	room         [12]string // for the segments
	best         matches

	query url.Values // parsed on first use
}

// asked prepares a request for routing. It returns nil if the path is malformed.
func (k *Catalog) asked(r Request) *asked {
	host := r.URL.Hostname()
	a := &asked{Request: r, service: awshttp.Scope(r.Header, r.URL.RawQuery), host: awshttp.EndpointName(host), target: awshttp.Value(r.Header, awshttp.Target)}
	if len(k.services) > 0 {
		for name := awshttp.Endpoint(host); name != "" && a.endpoint == nil; _, name, _ = strings.Cut(name, ".") {
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
	a.segments = a.room[:0]
	for s := range strings.SplitSeq(path, "/") {
		a.segments = append(a.segments, s)
	}
	if !strings.Contains(path, "%") {
		return a
	}
	for i, s := range a.segments {
		var err error
		if a.segments[i], err = url.PathUnescape(s); err != nil {
			return nil
		}
	}
	return a
}

// targetKey returns what the targets of one operation have in common: the last dotted part of the
// prefix, and the operation.
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
	if r.greedy { // the tree does not compare what follows the label
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

// affinity returns how well a contract matches what is known of the service, from 0 to 3.
func (a *asked) affinity(c *Contract) (n int) {
	if a.service != "" && !c.Signing.Silent() {
		n += 2 // takes has compared them
	}
	if a.host != "" && (a.host == c.Service || a.host == c.endpoint()) {
		n++
	}
	return n
}

// matches is the best routes so far.
type matches struct {
	affinity int
	routes   []*route
	room     [2]*route // for the routes
}

// add adds a route, unless it is worse than those so far, and drops worse ones.
func (m *matches) add(a *asked, r *route, affinity int) {
	better := 1
	if len(m.routes) > 0 {
		better = cmp.Or(cmp.Compare(affinity, m.affinity), r.before(m.routes[0], a))
	}
	switch {
	case better > 0:
		if m.affinity = affinity; m.routes == nil {
			m.routes = m.room[:0]
		}
		m.routes = append(m.routes[:0], r)
	case better == 0:
		m.routes = append(m.routes, r)
	}
}

// before returns a positive number if the route precedes another of the same affinity.
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
