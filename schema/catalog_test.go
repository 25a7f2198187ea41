package schema

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// routed returns a contract named after its route, "METHOD URI".
func routed(route string) *Contract {
	method, uri, _ := strings.Cut(route, " ")
	return &Contract{Service: "s", Operation: route, Method: Is(method), URI: Is(uri), Protocol: Is("restJson1")}
}

func TestRoute(t *testing.T) {
	for _, v := range []struct {
		name    string
		catalog string // routes, a line each
		request string
		want    string // the route, or empty
		labels  map[string]string
	}{
		{"literal", "GET /a", "GET /a", "GET /a", nil},
		{"root", "GET /", "GET /", "GET /", nil},
		{"empty path", "GET /", "GET http://host", "GET /", nil},
		{"absolute URL", "GET /a", "GET https://user@host:8080/a?x=1#y", "GET /a", nil},
		{"method", "GET /a", "POST /a", "", nil},
		{"method in lower case", "GET /a", "get /a", "", nil},
		{"label", "GET /a/{id}", "GET /a/7", "GET /a/{id}", map[string]string{"id": "7"}},
		{"labels", "GET /a/{id}/b/{name}", "GET /a/7/b/x", "GET /a/{id}/b/{name}", map[string]string{"id": "7", "name": "x"}},
		{"another literal", "GET /a/{id}/b", "GET /a/7/c", "", nil},
		{"too short", "GET /a/{id}", "GET /a", "", nil},
		{"too long", "GET /a/{id}", "GET /a/7/8", "", nil},
		{"empty label", "GET /a/{id}", "GET /a/", "", nil},
		{"empty label inside", "GET /a/{id}/b", "GET /a//b", "", nil},
		{"trailing slash of the request", "GET /a/{id}", "GET /a/7/", "GET /a/{id}", map[string]string{"id": "7"}},
		{"trailing slash of the template", "GET /a/{id}/", "GET /a/7", "GET /a/{id}/", map[string]string{"id": "7"}},
		{"trailing slash after a literal", "PUT /backup/plans/", "PUT /backup/plans", "PUT /backup/plans/", nil},
		{"trailing slash of a request after a literal", "PUT /backup/plans", "PUT /backup/plans/", "PUT /backup/plans", nil},
		{"trailing slash before a query", "GET /a/{id}/?list", "GET /a/7?list", "GET /a/{id}/?list", map[string]string{"id": "7"}},
		{"trailing slash after what follows a greedy label", "GET /b/{key+}/end", "GET /b/x/y/end/", "GET /b/{key+}/end", map[string]string{"key": "x/y"}},
		{"a literal before a label, whatever their slashes", "GET /a/{id}/\nGET /a/list", "GET /a/list/", "GET /a/list", nil},
		{"two slashes at the end", "GET /a/{id}", "GET /a/7//", "", nil},
		{"two slashes after a literal", "GET /a", "GET /a//", "", nil},
		{"the root with two slashes", "GET /", "GET http://host//", "", nil},
		{"both trailing slashes", "GET /a/{id}/", "GET /a/7/", "GET /a/{id}/", map[string]string{"id": "7"}},
		{"escaped slash in a label", "GET /a/{id}", "GET /a/x%2Fy", "GET /a/{id}", map[string]string{"id": "x/y"}},
		{"escaped percent", "GET /a/{id}", "GET /a/%2541", "GET /a/{id}", map[string]string{"id": "%41"}},
		{"escaped letters", "GET /a/{id}", "GET /a/%C3%BC%20+", "GET /a/{id}", map[string]string{"id": "ü +"}},
		{"escaped literal", "GET /a:b/{id}", "GET /a%3Ab/7", "GET /a:b/{id}", map[string]string{"id": "7"}},
		{"an ARN", "GET /tags/{arn}", "GET /tags/arn%3Aaws%3As%3Ax%2Fy", "GET /tags/{arn}", map[string]string{"arn": "arn:aws:s:x/y"}},
		{"greedy", "GET /b/{key+}", "GET /b/x/y/z", "GET /b/{key+}", map[string]string{"key": "x/y/z"}},
		{"greedy with one segment", "GET /b/{key+}", "GET /b/x", "GET /b/{key+}", map[string]string{"key": "x"}},
		{"greedy with nothing", "GET /b/{key+}", "GET /b/", "", nil},
		{"greedy keeps slashes", "GET /b/{key+}", "GET /b//x/", "GET /b/{key+}", map[string]string{"key": "/x/"}},
		{"greedy before a literal", "GET /b/{key+}/end", "GET /b/x/end/end", "GET /b/{key+}/end", map[string]string{"key": "x/end"}},
		{"greedy, too short", "GET /b/{key+}/end", "GET /b/end", "", nil},
		{"query literal", "GET /a?list", "GET /a?list", "GET /a?list", nil},
		{"query literal with an empty value", "GET /a?list", "GET /a?x=1&list=", "GET /a?list", nil},
		{"query literal with another value", "GET /a?list", "GET /a?list=1", "", nil},
		{"no query literal", "GET /a?list", "GET /a", "", nil},
		{"query value", "GET /a?op=get", "GET /a?op=get&x=1", "GET /a?op=get", nil},
		{"another query value", "GET /a?op=get", "GET /a?op=put", "", nil},
		{"query value among several", "GET /a?op=get", "GET /a?op=put&op=get", "GET /a?op=get", nil},
		{"escaped query value", "GET /a?op=get", "GET /a?op=%67et", "GET /a?op=get", nil},
		{"literal before label", "GET /a/{id}\nGET /a/list", "GET /a/list", "GET /a/list", nil},
		{"label beside literal", "GET /a/{id}\nGET /a/list", "GET /a/lists", "GET /a/{id}", map[string]string{"id": "lists"}},
		{"literal of another method", "GET /a/{id}\nPUT /a/list", "GET /a/list", "GET /a/{id}", map[string]string{"id": "list"}},
		{"the leftmost decides", "GET /{x}/b\nGET /a/{y}", "GET /a/b", "GET /a/{y}", map[string]string{"y": "b"}},
		{"label before greedy", "GET /{b}/{key+}\nGET /{b}/{one}", "GET /x/y", "GET /{b}/{one}", map[string]string{"b": "x", "one": "y"}},
		{"literal before greedy", "GET /{key+}\nGET /{key+}/end", "GET /x/end", "GET /{key+}/end", map[string]string{"key": "x"}},
		{"more literals of the query", "GET /a\nGET /a?x\nGET /a?x&y=1", "GET /a?y=1&x", "GET /a?x&y=1", nil},
		{"fewer literals of the query", "GET /a\nGET /a?x\nGET /a?x&y=1", "GET /a?x", "GET /a?x", nil},
		{"path before query", "GET /{id}?x\nGET /a", "GET /a?x", "GET /a", nil},
		{"no template", "GET /a{id}", "GET /a7", "", nil},
		{"nothing", "", "GET /", "", nil},
	} {
		t.Run(v.name, func(t *testing.T) {
			u, err := url.Parse(strings.Fields(v.request)[1])
			require.NoError(t, err)
			var contracts []*Contract
			for _, route := range strings.Split(v.catalog, "\n") {
				contracts = append(contracts, routed(route))
			}
			for range 2 { // in either order of the contracts
				k := NewCatalog(contracts...)
				got, why := k.Route(Request{Method: strings.Fields(v.request)[0], URL: u})
				require.Equal(t, v.want != "", why == nil, v.name)
				if why == nil {
					require.Equal(t, v.want, got.Contract.Operation, v.name)
					require.Equal(t, len(v.labels), len(got.Labels), v.name)
					for label, value := range v.labels {
						require.Equal(t, value, got.Labels[label], v.name)
					}
				}
				for i, j := 0, len(contracts)-1; i < j; i, j = i+1, j-1 {
					contracts[i], contracts[j] = contracts[j], contracts[i]
				}
			}
		})
	}
}

func TestCatalog(t *testing.T) {
	first, second := routed("GET /a/{x}"), routed("GET /a/{y}")
	given := []*Contract{first, second}
	k := NewCatalog(given...)
	given[0] = nil
	k.Contracts()[0] = nil
	require.Equal(t, []*Contract{first, second}, k.Contracts(), "nobody changes a catalog from outside")
	got, why := k.Route(Request{Method: "GET", URL: &url.URL{Path: "/a/7"}})
	require.Nil(t, why)
	require.Same(t, first, got.Contract, "of two that route alike the first by name counts")

	for _, protocol := range []string{"awsJson1_0", "awsJson1_1", "awsQuery", "ec2Query", "rpcv2Cbor"} {
		c := routed("POST /")
		c.Protocol = Is(protocol)
		_, why := NewCatalog(c).Route(Request{Method: "POST", URL: &url.URL{Path: "/"}})
		require.NotNil(t, why, "of %s requests the URI says nothing", protocol)
	}
	silent := routed("POST /")
	silent.Protocol = Known[string]{}
	_, why = NewCatalog(silent).Route(Request{Method: "POST", URL: &url.URL{Path: "/"}})
	require.Nil(t, why)
	silent.Method = Known[string]{}
	_, why = NewCatalog(silent).Route(Request{Method: "POST", URL: &url.URL{Path: "/"}})
	require.NotNil(t, why)
}

func BenchmarkRoute(b *testing.B) {
	var contracts []*Contract
	for i := range 100 {
		contracts = append(contracts, routed("GET /x/{id}/"+strings.Repeat("y", i+1)+"/{name}"))
	}
	k := NewCatalog(contracts...)
	u := &url.URL{Path: "/x/7/" + strings.Repeat("y", 50) + "/z"}
	b.ReportAllocs()
	for b.Loop() {
		if _, why := k.Route(Request{Method: "GET", URL: u}); why != nil {
			b.Fatal("not found")
		}
	}
}
