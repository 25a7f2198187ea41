package synth_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/stretchr/testify/require"
)

// TestEscaping checks that all but unreserved characters are escaped, except for the slashes of a
// greedy label.
func TestEscaping(t *testing.T) {
	enum := func(location schema.Location, wire string, required bool) schema.Member {
		return schema.Member{Name: string(location) + wire, Location: schema.Is(location), WireName: schema.Is(wire), Required: schema.Is(required),
			Shape: schema.Inline(schema.Shape{Type: schema.String, Enum: schema.Is([]string{"a/b c&ü%~+"})})}
	}
	c := &schema.Contract{Format: schema.Format, Service: "test", Operation: "Test", Protocol: schema.Is("restJson1"),
		Method: schema.Is("GET"), URI: schema.Is("/x/{one}/{all+}?fixed&a=b"), Input: "In",
		Shapes: map[string]*schema.Shape{"In": {Type: schema.Structure, Members: []schema.Member{
			enum("label", "one", true), enum("label", "all", true), enum("query", "q=", true), enum("header", "X-Text", false),
		}}}}
	s := newSynth(t, c, schema.HTTP)
	r, err := s.Request([]byte("{}"))
	require.NoError(t, err)
	require.Equal(t, synth.Request{Method: "GET", Path: "/x/a%2Fb%20c%26%C3%BC%25~%2B/a/b%20c%26%C3%BC%25~%2B",
		Query: "fixed&a=b&q%3D=a%2Fb%20c%26%C3%BC%25~%2B", Header: http.Header{}, Echoes: r.Echoes}, r)
	for r := range s.Requests() {
		require.Empty(t, r.Header, "a header cannot carry the text")
	}
}

// TestBindingErrors checks the contracts that no exchange can be made of.
func TestBindingErrors(t *testing.T) {
	everything, rpc := construct(t, "Everything"), construct(t, "Rpc")
	for name, change := range map[string]func() *schema.Contract{
		"another protocol": func() *schema.Contract { c := everything.Clone(); c.Protocol = schema.Is("restXml"); return c },
		"no method":        func() *schema.Contract { c := everything.Clone(); c.Method = schema.Known[string]{}; return c },
		"a loose label":    func() *schema.Contract { c := everything.Clone(); c.URI = schema.Is("/{lost}"); return c },
		"no target":        func() *schema.Contract { c := rpc.Clone(); c.Target = schema.Known[string]{}; return c },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSynth(t, change(), schema.HTTP)
			_, err := s.Request([]byte("{}"))
			var unbound *synth.BindingError
			require.ErrorAs(t, err, &unbound, name)
			for range s.Requests() {
				t.Fatal(name)
			}
		})
	}
	_, err := newSynth(t, everything, schema.SDK).Request([]byte("{}"))
	var unbound *synth.BindingError
	require.ErrorAs(t, err, &unbound)
	s := newSynth(t, everything, schema.HTTP)
	for _, part := range []schema.Part{schema.InputPart, "error:Unheard"} {
		_, err = s.Response(part, []byte("{}"), synth.Request{})
		var problem *synth.Problem
		require.ErrorAs(t, err, &problem)
	}
}

// TestExchangeForm checks the form of what the validator accepts in several forms.
func TestExchangeForm(t *testing.T) {
	everything := newSynth(t, construct(t, "Everything"), schema.HTTP)
	rpc := newSynth(t, construct(t, "Rpc"), schema.HTTP)
	r, err := rpc.Request([]byte(`{"id":"i"}`))
	require.NoError(t, err)
	require.Equal(t, "POST / map[Content-Type:[application/x-amz-json-1.1] X-Amz-Target:[Test_1.Rpc]]", fmt.Sprint(r.Method, " ", r.Target(), " ", r.Header))
	a, err := rpc.Response(schema.OutputPart, []byte(`{"id":"other"}`), r)
	require.NoError(t, err)
	require.Equal(t, `{"id":"i"}`, string(a.Body))
	a, err = rpc.Response(schema.OutputPart, []byte(`{"id":"other"}`), synth.Request{})
	require.NoError(t, err)
	require.Equal(t, `{"id":"other"}`, string(a.Body))
	for _, v := range []struct {
		s      *synth.Synth
		part   schema.Part
		body   string
		status int
		named  string
		want   string
	}{
		{rpc, "error:Failure", `{}`, 400, "", `{"__type":"Failure"}`},
		{rpc, "error:Failure", `{"message":"m"}`, 400, "", `{"__type":"Failure","message":"m"}`},
		{rpc, "error:Failure", `"text"`, 400, "", `"text"`},
		{everything, "error:Failure", `{}`, 409, "Failure", `{}`},
		{everything, "error:Bare", `{}`, 500, "Bare", `{}`},
		{everything, "error:Coded", `{}`, 400, "Code.d", `{}`},
	} {
		t.Run(string(v.part)+" "+v.body, func(t *testing.T) {
			a, err := v.s.Response(v.part, []byte(v.body), synth.Request{})
			require.NoError(t, err)
			require.Equal(t, v.status, a.Status)
			require.Equal(t, v.named, a.Header.Get("X-Amzn-Errortype"))
			require.Equal(t, v.want, string(a.Body))
		})
	}
}

// TestEchoes checks that the response repeats the echoed members of the request, wherever both
// travel.
func TestEchoes(t *testing.T) {
	n := "77"
	made := func(output, members string) synth.Response {
		c, err := schema.Parse([]byte(`{"crcheckContract":1,"service":"s","operation":"O","protocol":"restJson1","method":"POST","uri":"/a/{id}",
			"input":"In","output":"Out","echoes":[{"output":"` + output + `","input":"id"},{"output":"` + output + `","input":"n"}],"shapes":{
			"In":{"type":"structure","members":[{"name":"id","required":true,"location":"label","shape":{"type":"string","pattern":"^[a-f]{8}$"}},
				{"name":"n","shape":{"type":"float","bits":64}}]},
			"Out":{"type":"structure","members":[` + members + `]}}}`))
		require.NoError(t, err)
		s, err := synth.New(c, schema.HTTP)
		require.NoError(t, err)
		request, err := s.Request([]byte(`{"n":` + n + `}`))
		require.NoError(t, err)
		body, err := s.Minimal(schema.OutputPart)
		require.NoError(t, err)
		response, err := s.Response(schema.OutputPart, body, request)
		require.NoError(t, err)
		return response
	}
	require.JSONEq(t, `{"m":77}`, string(made("/m", `{"name":"m","required":true,"shape":{"type":"integer"}}`).Body))
	require.JSONEq(t, `{"m":"77"}`, string(made("/m", `{"name":"m","required":true,"shape":{"type":"string"}}`).Body))
	require.Equal(t, "77", made("/m", `{"name":"m","required":true,"location":"header","wireName":"X-M","shape":{"type":"integer"}}`).Header.Get("X-M"))
	require.Equal(t, "77", string(made("/m", `{"name":"m","required":true,"location":"payload","shape":{"type":"string"}}`).Body))
	require.JSONEq(t, `{}`, string(made("/m", `{"name":"m","shape":{"type":"string"}}`).Body), "what is absent is not repeated")
	n = `"Infinity"`
	require.JSONEq(t, `{"m":"Infinity"}`, string(made("/m", `{"name":"m","required":true,"shape":{"type":"float"}}`).Body))
}
