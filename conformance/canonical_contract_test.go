package conformance

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// messages is a contract whose members travel in every place; the payload of its
// output is of the given shape, or there is none.
func messages(t *testing.T, payload *schema.Shape) *operation {
	t.Helper()
	scalar := func(kind schema.Type) schema.Shape { return schema.Shape{Type: kind} }
	list := func(of schema.Shape) schema.Shape {
		element := schema.Inline(of)
		return schema.Shape{Type: schema.List, Element: &element}
	}
	key, value := schema.Inline(scalar(schema.String)), schema.Inline(scalar(schema.String))
	at := func(name string, location schema.Location, wire string, shape schema.Shape) schema.Member {
		return schema.Member{Name: name, Shape: schema.Inline(shape), Location: schema.Is(location), WireName: schema.Is(wire)}
	}
	single := scalar(schema.Float)
	single.Bits = schema.Is(32)
	out := []schema.Member{at("when", "header", "X-When", scalar(schema.Timestamp)), at("codes", "header", "X-Codes", list(scalar(schema.Integer))),
		at("meta", "headers", "X-Meta-", schema.Shape{Type: schema.Map, Key: &key, Value: &value}), at("code", "status", "code", scalar(schema.Integer))}
	if payload != nil {
		content := at("content", "payload", "content", *payload)
		if payload.Type == schema.Structure {
			content.Shape = schema.Named("Content")
		}
		out = append(out, content)
	} else {
		out = append(out, at("single", "body", "s", single), at("at", "body", "at", scalar(schema.Timestamp)))
	}
	in := []schema.Member{at("id", "label", "id", scalar(schema.String)), at("tags", "query", "tag", list(scalar(schema.String))),
		at("on", "header", "X-On", scalar(schema.Boolean)), at("bytes", "body", "b", scalar(schema.Blob)), at("since", "query", "since", scalar(schema.Timestamp))}
	in[0].Required = schema.Is(true)
	shapes := map[string]*schema.Shape{"In": {Type: schema.Structure, Members: in}, "Out": {Type: schema.Structure, Members: out}}
	if payload != nil && payload.Type == schema.Structure {
		shapes["Content"] = payload
	}
	o, err := newOperation(&schema.Contract{Format: schema.Format, Service: "test", Operation: "Test", Protocol: schema.Is("restJson1"), Method: schema.Is("POST"), URI: schema.Is("/a/{id}"),
		Input: "In", Output: "Out", Shapes: shapes})
	require.NoError(t, err)
	return o
}

// TestCanonicalOfAnswers: what travels in headers, the status and bodies of every
// kind is in the output, by the API's names.
func TestCanonicalOfAnswers(t *testing.T) {
	header := http.Header{"X-When": {"Tue, 29 Apr 2014 18:30:38 GMT"}, "X-Codes": {"1, 2"}, "X-Meta-Color": {"red"}}
	beside := `"when":"2014-04-29T18:30:38.000Z","codes":[1,2],"meta":{"color":"red"},"code":201`
	element := schema.Inline(schema.Shape{Type: schema.Timestamp})
	for _, v := range []struct {
		payload    *schema.Shape
		body, want string
	}{
		{nil, `{"s":0.1,"at":1.5,"other":1}`, `{` + beside + `,"single":0.1,"at":"1970-01-01T00:00:01.500Z"}`},
		{nil, ``, `{` + beside + `}`},
		{&schema.Shape{Type: schema.Blob}, "\xff", `{` + beside + `,"content":"/w=="}`},
		{&schema.Shape{Type: schema.Blob, Streaming: schema.Is(true)}, "data", `{` + beside + `,"content":"ZGF0YQ=="}`},
		{&schema.Shape{Type: schema.String}, "data", `{` + beside + `,"content":"data"}`},
		{&schema.Shape{Type: schema.Document}, `[1,{"a":null}]`, `{` + beside + `,"content":[1,{"a":null}]}`},
		{&schema.Shape{Type: schema.List, Element: &element}, `[0]`, `{` + beside + `,"content":["1970-01-01T00:00:00.000Z"]}`},
		{&schema.Shape{Type: schema.Structure, Members: []schema.Member{{Name: "a", WireName: schema.Is("b"), Shape: schema.Inline(schema.Shape{Type: schema.String})}}}, `{"b":"x"}`, `{` + beside + `,"content":{"a":"x"}}`},
	} {
		got, err := messages(t, v.payload).output(schema.OutputPart, &traffic.Response{Status: 201, Header: header, Body: traffic.BodyOf([]byte(v.body))})
		require.NoError(t, err, v.body)
		text, err := json.Marshal(got)
		require.NoError(t, err)
		require.JSONEq(t, v.want, string(text), v.body)
	}
}

func TestCanonicalOfRequests(t *testing.T) {
	o := messages(t, nil)
	text, err := o.inputJSON(&traffic.Request{Method: "POST", URL: "http://h/a/b%2Fc?tag=x&tag=y&since=2014-04-29T18%3A30%3A38Z", Header: http.Header{"x-on": {"true"}}, Body: traffic.BodyOf([]byte(`{"b":"/w=="}`))})
	require.NoError(t, err)
	require.JSONEq(t, `{"id":"b/c","tags":["x","y"],"since":"2014-04-29T18:30:38.000Z","on":true,"bytes":"/w=="}`, string(text))
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err = w.Write([]byte(`{"b":"/w=="}`))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	text, err = o.inputJSON(&traffic.Request{Method: "POST", URL: "http://h/a/b", Header: http.Header{"content-encoding": {"gzip"}}, Body: traffic.BodyOf(packed.Bytes())})
	require.NoError(t, err)
	require.JSONEq(t, `{"id":"b","bytes":"/w=="}`, string(text))
	_, err = o.inputJSON(&traffic.Request{Method: "GET", URL: "http://h/a/b"})
	require.ErrorContains(t, err, "it is GET /a/b, not POST /a/{id}")
}

// TestFilledIn checks what a client may add to an input, or need not send of it.
func TestFilledIn(t *testing.T) {
	o := messages(t, nil)
	content := schema.Member{Name: "content", Shape: schema.Named("Content"), Location: schema.Is(schema.LocationPayload)}
	o.Shapes["Content"] = &schema.Shape{Type: schema.Structure}
	input := o.Shapes[o.Input]
	input.Members = append(input.Members, content)
	for _, v := range []struct{ name, want, got, asked, read string }{
		{"a list that is not sent", `{"id":"b","tags":[]}`, `{"id":"b"}`, `{"id":"b"}`, `{"id":"b"}`},
		{"a list with entries", `{"id":"b","tags":["x"]}`, `{"id":"b"}`, `{"id":"b","tags":["x"]}`, `{"id":"b"}`},
		{"no payload", `{"id":"b"}`, `{"id":"b","content":{}}`, `{"id":"b"}`, `{"id":"b"}`},
		{"an empty payload", `{"content":{}}`, `{"content":{}}`, `{"content":{}}`, `{"content":{}}`},
		{"an empty payload that is not sent", `{"content":{}}`, `{}`, `{"content":{}}`, `{}`},
	} {
		t.Run(v.name, func(t *testing.T) {
			var want, got map[string]any
			require.NoError(t, json.Unmarshal([]byte(v.want), &want))
			require.NoError(t, json.Unmarshal([]byte(v.got), &got))
			o.dropFilledIn(want, got)
			asked, err := json.Marshal(want)
			require.NoError(t, err)
			read, err := json.Marshal(got)
			require.NoError(t, err)
			require.JSONEq(t, v.asked, string(asked))
			require.JSONEq(t, v.read, string(read))
		})
	}
}

// TestFloatsOfTheirBits: digits that a float does not hold are no difference,
// whether a client has it in 32 bits or in 64.
func TestFloatsOfTheirBits(t *testing.T) {
	o := messages(t, nil)
	for got, same := range map[string]bool{`0.1`: true, `0.10000000149011612`: true, `1e-1`: true, `0.1001`: false, `"0.1"`: false} {
		want, err := o.output(schema.OutputPart, &traffic.Response{Status: 200, Body: traffic.BodyOf([]byte(`{"s":0.1}`))})
		require.NoError(t, err)
		require.Equal(t, same, difference("output", want, []byte(`{"code":200,"single":`+got+`}`), o.corrected(schema.OutputPart)) == "", got)
	}
	want := map[string]any{"meta": map[string]any{"color": "red"}}
	require.Empty(t, difference("output", want, []byte(`{"meta":{"Color":"red"}}`), o.corrected(schema.OutputPart)), "the case of a header's name")
}
