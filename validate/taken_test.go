package validate

import (
	"net/http"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

// shelf is a contract whose input has maps of all of the query and of all headers.
func shelf() *schema.Contract {
	text := schema.Inline(schema.Shape{Type: schema.String})
	short := schema.Inline(schema.Shape{Type: schema.String, Length: schema.Is(schema.Bounds{Max: "2"})})
	words := schema.Inline(schema.Shape{Type: schema.String, Pattern: schema.Is("^[a-z]+$")})
	all := schema.Inline(schema.Shape{Type: schema.Map, Key: &words, Value: &short})
	member := func(name string, location schema.Location, wire string, shape schema.Ref) schema.Member {
		return schema.Member{Name: name, Location: schema.Is(location), WireName: schema.Is(wire), Shape: shape}
	}
	maps := []schema.Member{member("entries", "headers", "", all), member("tag", "header", "X-Tag", text)}
	return &schema.Contract{Format: schema.Format, Service: "shelves", Operation: "Ask", Protocol: schema.Is("restJson1"), Method: schema.Is("HEAD"),
		URI: schema.Is("/shelf?list&kind-of=books"), Input: "In", Output: "Out", Errors: []schema.Error{{Name: "Gone", Status: schema.Is(404), Shape: "Gone"}},
		Shapes: map[string]*schema.Shape{
			"In":   {Type: schema.Structure, Members: append([]schema.Member{member("parameters", "query", "", all), member("one", "query", "q q", text)}, maps...)},
			"Out":  {Type: schema.Structure, Members: append([]schema.Member{{Name: "must", Shape: text, Required: schema.Is(true)}}, maps...)},
			"Gone": {Type: schema.Structure, Members: []schema.Member{{Name: "message", Shape: text, Required: schema.Is(true)}}}}}
}

func asked(query string, header ...string) *traffic.Interaction {
	x := &traffic.Interaction{Live: true, Source: "parcel.yaml", Kind: traffic.Cassette,
		Request:  &traffic.Request{Method: "HEAD", URL: "https://shelves.us-east-1.amazonaws.com/shelf?list&kind-of=books" + query, Header: http.Header{"Host": {"shelves"}}},
		Response: traffic.Response{Status: 200, Header: http.Header{"Content-Type": {"application/json"}, "Date": {"Mon, 16 Dec 2019 23:48:18 GMT"}}}}
	for i := 0; i < len(header); i += 2 {
		x.Request.Header[header[i]], x.Response.Header[header[i]] = []string{header[i+1]}, []string{header[i+1]}
	}
	return x
}

// TestMapsOfTheRest checks that a map of the whole query, or of all headers, has the names that no
// other member takes.
func TestMapsOfTheRest(t *testing.T) {
	for _, v := range []struct {
		name string
		x    *traffic.Interaction
		want string
	}{
		{"nothing", asked(""), ""},
		{"an entry", asked("&k=v"), ""},
		{"a name that is no entry's", asked("&K=v"), "constraint.pattern input#/parameters/K"},
		{"a value that is no entry's", asked("&k=long"), "constraint.length input#/parameters/k"},
		{"a member's own parameter", asked("&q+q=long"), ""},
		{"a header", asked("", "k", "v"), ""},
		{"a header that is no entry", asked("", "k", "long"), "constraint.length /entries/k\nconstraint.length input#/entries/k"},
		{"a member's own header", asked("", "x-TAG", "long"), ""},
		{"a signature", asked("", "X-Amz-Date", "20191216T234818Z", "authorization", "AWS4-HMAC-SHA256 no"), ""},
		{"a proxy", asked("", "X-Forwarded-For", "127.0.0.1", "Connection", "close"), ""},
	} {
		require.Equal(t, v.want, strings.Join(said(t, shelf(), v.x), "\n"), v.name)
	}
}

// TestResponseToHead checks that a response to HEAD has no body, whatever the contract requires.
func TestResponseToHead(t *testing.T) {
	gone := func(body string) *traffic.Interaction {
		x := asked("")
		x.Response = traffic.Response{Status: 404, Header: http.Header{"X-Amzn-Errortype": {"Gone"}, "Content-Type": {"application/json"}}, Body: traffic.BodyOf([]byte(body))}
		return x
	}
	require.Empty(t, said(t, shelf(), asked("")))
	require.Empty(t, said(t, shelf(), gone("")))
	require.Equal(t, []string{"member.missing error:Gone#/message"}, said(t, shelf(), gone("{}")), "a body that is there is validated against the error")

	get := shelf()
	get.Method = schema.Is("GET")
	x := gone("")
	x.Request.Method = "GET"
	require.Equal(t, []string{"syntax.invalid error:Gone"}, said(t, get, x))
	raw := shelf()
	raw.Shapes["Out"].Members[0].Location = schema.Is(schema.LocationPayload)
	raw.Shapes["Out"].Members[0].Shape = schema.Inline(schema.Shape{Type: schema.String, Length: schema.Is(schema.Bounds{Min: "1"})})
	require.Empty(t, said(t, raw, asked("")))
}
