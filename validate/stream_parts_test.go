package validate

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/eventstream"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

// TestInitialMessages checks the first message of a stream on RPC protocols, which has the members
// of the input or output.
func TestInitialMessages(t *testing.T) {
	event := func(name, payload string, headers ...any) []byte { return plainEvent(t, name, payload, headers...) }
	plain := event("plain", `{"n":1}`)
	initial := event("initial-response", `{"mood":"GOOD"}`, ":content-type", "application/x-amz-json-1.1")
	for _, row := range []struct {
		name     string
		required bool // the member mood
		messages [][]byte
		want     []string
	}{
		{"with its member", true, [][]byte{initial, plain}, nil},
		{"alone", true, [][]byte{initial}, nil},
		{"of the protocol's older media type", true, [][]byte{event("initial-response", `{"mood":"BAD"}`, ":content-type", "application/json"), plain}, nil},
		{"without the member", false, [][]byte{event("initial-response", `{}`), plain}, nil},
		{"without anything", false, [][]byte{event("initial-response", ``), plain}, nil},
		{"without the required member", true, [][]byte{event("initial-response", `{}`), plain}, []string{"member.missing /mood 1 initial-response"}},
		{"with another value", true, [][]byte{event("initial-response", `{"mood":"ODD"}`), plain}, []string{"enum.unknown-value /mood 1 initial-response"}},
		{"with an unknown member", false, [][]byte{event("initial-response", `{"stream":[]}`), plain}, []string{"member.unknown /stream 1 initial-response"}},
		{"of another media type", false, [][]byte{event("initial-response", `{}`, ":content-type", "text/plain"), plain}, []string{"http.content-type the top 1 initial-response"}},
		{"missing", false, [][]byte{plain, plain}, []string{"stream.framing /stream/0 1 plain"}},
		{"missing, with its required member", true, [][]byte{plain}, []string{"stream.framing /stream/0 1 plain"}},
		{"missing before what breaks its shape", false, [][]byte{event("plain", `{"n":"x"}`)}, []string{"stream.framing /stream/0 1 plain", "type.mismatch /stream/0/plain/n 1 plain"}},
		{"missing before an exception", true, [][]byte{sentMessage(t, `{}`, ":message-type", "exception", ":exception-type", "gone")}, nil},
		{"too late", false, [][]byte{plain, initial}, []string{"stream.framing /stream/0 1 plain", "union.unknown-member /stream/1 2 initial-response"}},
		{"of a request", false, [][]byte{event("initial-request", `{}`)}, []string{"stream.framing /stream/0 1 initial-request", "union.unknown-member /stream/0 1 initial-request"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			required := []string{"stream"}
			if row.required {
				required = append(required, "mood")
			}
			v, err := Compile(talkOf(t, "Talk", "json", required...), Options{})
			require.NoError(t, err)
			found := v.Output(slices.Concat(row.messages...))
			require.Equal(t, row.want, told(found), "%v", found)
			require.Equal(t, len(row.want) == 0, v.Accepts(schema.OutputPart, slices.Concat(row.messages...)))
		})
	}
	v, err := Compile(talkOf(t, "Talk", "json"), Options{})
	require.NoError(t, err)
	found, err := v.Part(schema.InputPart, append(event("initial-request", `{"x":1}`), event("say", `{"n":1}`)...))
	require.NoError(t, err)
	require.Equal(t, []string{"member.unknown input#/x 1 initial-request"}, told(found))
}

// signedMessage wraps a message as clients do.
func signedMessage(t testing.TB, inner string, headers ...any) []byte {
	t.Helper()
	if len(headers) == 0 {
		headers = []any{":date", eventstream.Timestamp(1_700_000_000_000), ":chunk-signature", eventstream.Bytes(make([]byte, 32))}
	}
	return sentMessage(t, inner, headers...)
}

// TestSignedMessages checks the events of a request, signed and unsigned.
func TestSignedMessages(t *testing.T) {
	v, err := Compile(talkOf(t, "Talk", "rest-json"), Options{})
	require.NoError(t, err)
	say := string(plainEvent(t, "say", `{"n":1}`))
	wrong := string(plainEvent(t, "say", `{"n":"x"}`))
	audio := string(plainEvent(t, "audio", "\xff"))
	signature, date := eventstream.Bytes(make([]byte, 32)), eventstream.Timestamp(1)
	for _, row := range []struct {
		name     string
		messages [][]byte
		want     []string
	}{
		{"signed", [][]byte{signedMessage(t, say), signedMessage(t, audio), signedMessage(t, "")}, nil},
		{"without an end", [][]byte{signedMessage(t, say)}, nil},
		{"the end alone", [][]byte{signedMessage(t, "")}, nil},
		{"as they are", [][]byte{[]byte(say), []byte(audio)}, nil},
		{"an event that breaks its shape", [][]byte{signedMessage(t, say), signedMessage(t, wrong)}, []string{"type.mismatch input#/words/1/say/n 2 say"}},
		{"an event of the response", [][]byte{signedMessage(t, string(plainEvent(t, "plain", `{"n":1}`)))}, []string{"union.unknown-member input#/words/0 1 plain"}},
		{"more after the end", [][]byte{signedMessage(t, ""), signedMessage(t, say)}, []string{"stream.framing input#/words/1 2 "}},
		{"a cut event", [][]byte{signedMessage(t, say[:len(say)-1]), signedMessage(t, wrong)}, []string{"stream.framing input#/words/0 1 ", "type.mismatch input#/words/1/say/n 2 say"}},
		{"a broken event", [][]byte{signedMessage(t, say[:len(say)-1]+"x")}, []string{"stream.framing input#/words/0 1 "}},
		{"garbage", [][]byte{signedMessage(t, "not an event stream")}, []string{"stream.framing input#/words/0 1 "}},
		{"two events in one", [][]byte{signedMessage(t, say+say)}, []string{"stream.framing input#/words/0 1 say"}},
		{"signed twice", [][]byte{signedMessage(t, string(signedMessage(t, say)))}, []string{"stream.framing input#/words/0 1 "}},
		{"without a date", [][]byte{signedMessage(t, say, ":chunk-signature", signature)}, []string{"stream.framing input#/words/0 1 "}},
		{"a date as text", [][]byte{signedMessage(t, say, ":date", "now", ":chunk-signature", signature)}, []string{"stream.framing input#/words/0 1 "}},
		{"a signature as text", [][]byte{signedMessage(t, say, ":date", date, ":chunk-signature", "abc")}, []string{"stream.framing input#/words/0 1 "}},
		{"without a signature", [][]byte{signedMessage(t, say, ":date", date)}, []string{"stream.framing input#/words/0 1 "}},
	} {
		t.Run(row.name, func(t *testing.T) {
			stream := slices.Concat(row.messages...)
			found, err := v.Part(schema.InputPart, stream)
			require.NoError(t, err)
			require.Equal(t, row.want, told(found), "%v", found)
			require.Equal(t, len(row.want) == 0, v.Accepts(schema.InputPart, stream))
		})
	}
	t.Run("offset", func(t *testing.T) {
		stream := append(signedMessage(t, say), signedMessage(t, wrong)...)
		found, err := v.Part(schema.InputPart, stream)
		require.NoError(t, err)
		require.Equal(t, int64(bytes.LastIndex(stream, []byte(`"x"`))), found[0].Offset)
		found, err = v.Part(schema.InputPart, append(signedMessage(t, say), signedMessage(t, say[:len(say)-1]+"x")...))
		require.NoError(t, err)
		require.Equal(t, "message CRC", found[0].Got)
		require.Equal(t, int64(len(stream)-2-8), found[0].Offset, "%v", found) // wrong is two bytes longer
	})
	t.Run("response", func(t *testing.T) {
		require.Equal(t, []string{"stream.framing /stream/0 1 "}, told(v.Output(signedMessage(t, string(plainEvent(t, "plain", `{"n":1}`))))))
	})
}

// TestPadding checks that only events of bedrock-runtime may be padded, and only with padding.
func TestPadding(t *testing.T) {
	for _, row := range []struct{ name, service, event, payload, want string }{
		{"padding", "Bedrock Runtime", "plain", `{"n":1,"p":"abcdefgh"}`, ""},
		{"all of it", "Bedrock Runtime", "plain", `{"p":"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789","n":1}`, ""},
		{"an escape in it", "Bedrock Runtime", "plain", `{"n":1,"p":"a\u0062c"}`, ""},
		{"no letters", "Bedrock Runtime", "plain", `{"n":1,"p":""}`, ""},
		{"another service", "Bedrock Agent Runtime", "plain", `{"n":1,"p":"abcdefgh"}`, "member.unknown /stream/0/plain/p"},
		{"another name", "Bedrock Runtime", "plain", `{"n":1,"P":"abcdefgh"}`, "member.unknown /stream/0/plain/P"},
		{"other letters", "Bedrock Runtime", "plain", `{"n":1,"p":"abd"}`, "member.unknown /stream/0/plain/p"},
		{"a number", "Bedrock Runtime", "plain", `{"n":1,"p":1}`, "member.unknown /stream/0/plain/p"},
		{"an object", "Bedrock Runtime", "plain", `{"n":1,"p":{"a":[]}}`, "member.unknown /stream/0/plain/p"},
		{"of an exception", "Bedrock Runtime", "gone", `{"p":"abc"}`, "member.unknown /stream/0/gone/p"},
		{"twice", "Bedrock Runtime", "plain", `{"n":1,"p":"abc","p":"ab"}`, "syntax.duplicate-member /stream/0/plain/p"},
		{"not UTF-8", "Bedrock Runtime", "plain", "{\"n\":1,\"p\":\"a\xff\"}", "member.unknown /stream/0/plain/p|syntax.utf8 /stream/0/plain/p"},
	} {
		t.Run(row.name, func(t *testing.T) {
			v, err := Compile(talkOf(t, row.service, "rest-json"), Options{})
			require.NoError(t, err)
			message := plainEvent(t, row.event, row.payload)
			if row.event == "gone" {
				message = sentMessage(t, row.payload, ":message-type", "exception", ":exception-type", "gone")
			}
			var got []string
			for _, f := range v.Output(message) {
				got = append(got, string(f.Rule)+" "+f.Pointer)
			}
			slices.Sort(got)
			require.Equal(t, row.want, strings.Join(got, "|"))
			require.Equal(t, row.want == "", v.Accepts(schema.OutputPart, message))
		})
	}
	v, err := Compile(talkOf(t, "Bedrock Runtime", "rest-json"), Options{})
	require.NoError(t, err)
	deep := plainEvent(t, "object", `{"n":1,"p":"abc"}`)
	require.Equal(t, []string{"member.unknown /stream/0/object/inner/p 1 object"}, told(v.Output(deep)), "padding is a member of the event")
}

// TestCollectedEvents checks the output of boto3 for a stream, whose events may be a list.
func TestCollectedEvents(t *testing.T) {
	c := talkOf(t, "Talk", "rest-json")
	o := newVerdictsOf(t, c, schema.OutputPart, schema.SDK)
	for _, row := range []struct{ name, document, want string }{
		{"a list", `{"stream":[{"plain":{"n":1}},{"text":{"line":"abc"}},{"headers":{"yes":true,"when":"2023-11-14T22:13:20Z"}}]}`, ""},
		{"an empty list", `{"stream":[]}`, ""},
		{"one event", `{"stream":{"plain":{"n":1}}}`, ""},
		{"no stream", `{"mood":"GOOD"}`, ""},
		{"an event of another type", `{"stream":[{"plain":{"n":1}},{"plain":{"n":"1"}}]}`, "type.mismatch /stream/1/plain/n"},
		{"an unknown event", `{"stream":[{"other":{}}]}`, "union.unknown-member /stream/0"},
		{"two events in one", `{"stream":[{"plain":{"n":1},"empty":{}}]}`, "union.multiple-members /stream/0"},
		{"null", `{"stream":[null]}`, "type.null /stream/0"},
		{"a list of lists", `{"stream":[[{"plain":{"n":1}}]]}`, "type.mismatch /stream/0"},
		{"an object that was printed", `{"stream":"<botocore.eventstream.EventStream object at 0x7f>"}`, "type.mismatch /stream"},
	} {
		t.Run(row.name, func(t *testing.T) {
			o.agree(t, []byte(row.document))
			var got []string
			for _, f := range o.validator.Output([]byte(row.document)) {
				got = append(got, string(f.Rule)+" "+f.Pointer)
			}
			require.Equal(t, row.want, strings.Join(got, "|"))
		})
	}
}

// TestStreamContentType checks the media type of event streams, in requests and responses.
func TestStreamContentType(t *testing.T) {
	c := talkOf(t, "Talk", "rest-json")
	for _, row := range []struct {
		name              string
		request, response http.Header
		want              []string
	}{
		{"both", http.Header{"Content-Type": {eventstream.MediaType}}, http.Header{"content-type": {eventstream.MediaType}}, nil},
		{"a JSON response", nil, http.Header{"Content-Type": {"application/json"}}, []string{"http.content-type the top"}},
		{"a JSON request", http.Header{"Content-Type": {"application/json"}}, http.Header{"Content-Type": {eventstream.MediaType}}, []string{"http.content-type input"}},
		{"a response without one", nil, http.Header{"Date": {"x"}}, []string{"http.content-type the top"}},
		{"no headers recorded", nil, nil, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			x := &traffic.Interaction{Source: "parcel.yaml", Request: &traffic.Request{Method: "POST", URL: "http://localhost/talk", Header: row.request, Body: traffic.BodyOf(plainEvent(t, "say", `{"n":1}`))},
				Response: traffic.Response{Status: 200, Header: row.response, Body: traffic.BodyOf(plainEvent(t, "plain", `{"n":1}`))}}
			require.Equal(t, row.want, said(t, c, x))
		})
	}
}

// TestStreamTransport checks that live traffic is validated in the same way.
func TestStreamTransport(t *testing.T) {
	stream := append(plainEvent(t, "plain", `{"n":1}`), plainEvent(t, "plain", `{"n":"x"}`)...)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", eventstream.MediaType)
		_, err := w.Write(stream)
		require.NoError(t, err)
	}))
	defer server.Close()
	k, err := CompileCatalog(schema.NewCatalog(talkOf(t, "Talk", "rest-json")), Options{})
	require.NoError(t, err)
	var found finding.Set
	client := http.Client{Transport: &Transport{Catalog: k, Report: func(_ *http.Request, s finding.Set, err error) {
		require.NoError(t, err)
		found = s
	}}}
	response, err := client.Post(server.URL+"/talk", eventstream.MediaType, bytes.NewReader(signedMessage(t, string(plainEvent(t, "say", `{"n":null}`)))))
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, stream, body)
	require.Equal(t, []string{"type.mismatch /stream/1/plain/n 2 plain", "member.missing input#/words/0/say/n 1 say"}, told(found))
}

// TestUnspecifiedStream checks that members may arrive as events or exceptions if the source does
// not say which.
func TestUnspecifiedStream(t *testing.T) {
	c := payloadOf(t, `{"name": "p", "shape": "Events"}`)
	c.Protocol = schema.Known[string]{}
	v, err := Compile(c, Options{})
	require.NoError(t, err)
	require.Nil(t, v.Output(plainEvent(t, "chunk", `{"a":"x"}`, ":content-type", "text/x")))
	require.Nil(t, v.Output(sentMessage(t, `{"a":"x"}`, ":message-type", "exception", ":exception-type", "chunk")))
	require.Equal(t, []string{"union.no-member /p/0/chunk 1 chunk"}, told(v.Output(plainEvent(t, "chunk", `{}`))))
}
