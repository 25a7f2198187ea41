package probe

import (
	"bytes"
	"net/http"
	"net/url"
	"testing"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
)

func TestCarried(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"job-1", "run-7"},
		{"arn:aws:x:us-east-1:111122223333:job/job-1", "arn:aws:x:us-east-1:000000000000:job/run-7"},
		{"job-1/job-1", "run-7/run-7"},
		{"job-12", "job-12"},
		{"my-job-1", "my-job-1"},
		{"/job-1/", "/run-7/"},
		{"::", "::"},
		{"", ""},
		{"a b", "x%y z"},
	} {
		t.Run(c.text, func(t *testing.T) {
			k := newCarrier()
			k.live = map[string]string{"job-1": "run-7", "111122223333": "000000000000", "a b": "x%y z"}
			require.Equal(t, c.want, k.carried(c.text), c.text)
		})
	}
}

// TestInto checks that strings are carried into the path, the query, headers and the strings of the
// body, each in its encoding, and that nothing else changes.
func TestInto(t *testing.T) {
	k := newCarrier()
	k.live = map[string]string{"job-1": "run/7 &", "name": "eman"}
	r := &traffic.Request{Method: "POST", URL: "https://x/jobs/job-1/a%2Fb?job=job-1&x=%20&y", Header: http.Header{"X-Job": {"job-1", "job-2"}, "content-encoding": {"identity"}}}
	u, err := url.Parse(r.URL)
	require.NoError(t, err)
	body := []byte(`{"name":"job-1", "n":1.50, "list":["job-1","x\u0041",null,true], "name":{"job-1":"ARN:job-1:"}}`)
	got, at := k.into(r, u, body)
	require.Equal(t, "https://x/jobs/run%2F7%20%26/a%2Fb?job=run%2F7%20%26&x=%20&y", got.URL)
	require.Equal(t, got.URL, at.String())
	require.Equal(t, http.Header{"X-Job": {"run/7 &", "job-2"}}, got.Header)
	require.Equal(t, `{"name":"run/7 &","n":1.50,"list":["run/7 &","x\u0041",null,true],"name":{"job-1":"ARN:run/7 &:"}}`, string(got.Body.Bytes))
	require.Equal(t, "job-1", r.Header["X-Job"][0], "the recording is not changed")

	for _, body := range []string{"", "no JSON job-1", `{"a":"job-1"`, `{"a":"job-1"0`, `{"a":"job-2"}`} {
		r.Body = traffic.BodyOf([]byte(body))
		got, _ := k.into(r, u, []byte(body))
		require.Equal(t, body, string(got.Body.Bytes), "byte for byte")
	}
}

// TestLearn checks which strings are carried.
func TestLearn(t *testing.T) {
	text := schema.Ref{Inline: &schema.Shape{Type: schema.String}}
	c := &schema.Contract{Service: "s", Operation: "o", Output: "Out", Shapes: map[string]*schema.Shape{"Out": {Type: schema.Structure, Members: []schema.Member{
		{Name: "id", Shape: text},
		{Name: "state", Shape: schema.Ref{Inline: &schema.Shape{Type: schema.String, Enum: schema.Is([]string{"GOOD", "POOR"})}}},
		{Name: "time", Shape: schema.Ref{Inline: &schema.Shape{Type: schema.Timestamp, Format: schema.Is("date-time")}}},
		{Name: "ids", Shape: schema.Ref{Inline: &schema.Shape{Type: schema.List, Element: &text}}},
		{Name: "tags", Shape: schema.Ref{Inline: &schema.Shape{Type: schema.Map, Key: &text, Value: &text}}},
		{Name: "place", Shape: text, Location: schema.Is(schema.LocationHeader), WireName: schema.Is("Location")},
	}}}}
	for _, c2 := range []struct {
		name, was, is string
		want          map[string]string
	}{
		{"a string", `{"id":"job-1"}`, `{"id":"run-7"}`, map[string]string{"job-1": "run-7"}},
		{"a short one", `{"id":"job"}`, `{"id":"run"}`, map[string]string{}},
		{"one that was asked", `{"id":"asked"}`, `{"id":"run-7"}`, map[string]string{}},
		{"nothing in its place", `{"id":"job-1"}`, `{"id":""}`, map[string]string{}},
		{"absent", `{"id":"job-1"}`, `{}`, map[string]string{}},
		{"an enum", `{"state":"GOOD"}`, `{"state":"POOR"}`, map[string]string{}},
		{"a timestamp", `{"time":"2026-01-01T00:00:00Z"}`, `{"time":"2027-01-01T00:00:00Z"}`, map[string]string{}},
		{"a list", `{"ids":["job-1","job-2","job-3"]}`, `{"ids":["run-1","run-2"]}`, map[string]string{"job-1": "run-1", "job-2": "run-2"}},
		{"a map", `{"tags":{"a":"job-1","b":"job-2"}}`, `{"tags":{"b":"run-2"}}`, map[string]string{"job-2": "run-2"}},
		{"an unknown member", `{"new":{"id":"job-1"}}`, `{"new":{"id":"run-1"}}`, map[string]string{"job-1": "run-1"}},
		{"another type", `{"id":"job-1","ids":["job-2"],"tags":{"a":"job-3"}}`, `{"id":7,"ids":"x","tags":[]}`, map[string]string{}},
		{"not JSON", `{"id":"job-1"}`, `{"id":"run-7"`, map[string]string{}},
		{"the same", `{"id":"same1"}`, `{"id":"same1"}`, map[string]string{}},
	} {
		t.Run(c2.name, func(t *testing.T) {
			k := newCarrier()
			k.asked["asked"] = true
			k.learn(c, &traffic.Response{Body: traffic.BodyOf([]byte(c2.was))}, &traffic.Response{Body: traffic.BodyOf([]byte(c2.is))})
			require.Equal(t, c2.want, k.live)
		})
	}
	k := newCarrier()
	c.Method, c.URI, c.Protocol = schema.Is("GET"), schema.Is("/"), schema.Is("restJson1")
	k.learn(c, &traffic.Response{Header: http.Header{"Location": {"/jobs/1"}}}, &traffic.Response{Header: http.Header{"Location": {"/jobs/7"}}})
	require.Equal(t, map[string]string{"/jobs/1": "/jobs/7"}, k.live)
}

// FuzzBody checks that carrying into a JSON text changes nothing but strings, and nothing at all if
// no string is known.
func FuzzBody(f *testing.F) {
	for _, body := range []string{`{"a":"job-1","b":[1.0,"x job-1"],"a":null}`, `"job-1"`, `[]`, `{"a":"job-1"} trailing`, "\xff", `{"job-1":"\ud800job-1"}`, `"\u006aob-1"`, `{"":"job-1"0`} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		none := newCarrier()
		_, changed := none.body(body)
		require.False(t, changed)
		k := newCarrier()
		k.live["job-1"] = "run\n7"
		out, changed := k.body(body)
		if !changed {
			return
		}
		// A body may be several JSON texts in sequence; the number of texts stays the same.
		require.Equal(t, kinds(t, body), kinds(t, out))
	})
}

func kinds(t *testing.T, text []byte) (kinds []byte) {
	t.Helper()
	d := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true))
	for d.PeekKind() != 0 {
		token, err := d.ReadToken()
		require.NoError(t, err)
		kinds = append(kinds, byte(token.Kind()))
	}
	return kinds
}
