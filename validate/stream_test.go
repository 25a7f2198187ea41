package validate

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/schema/source/botocore"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/eventstream"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// talk is a model with streams both ways and events of every kind.
const talk = `{"metadata": {"serviceId": %q, "protocol": %q, "jsonVersion": "1.1", "endpointPrefix": "talk", "targetPrefix": "Talk", "signatureVersion": "v4"},
"operations": {"Talk": {"http": {"method": "POST", "requestUri": "/talk"}, "input": {"shape": "In"}, "output": {"shape": "Out"}, "errors": [{"shape": "Gone"}]}},
"shapes": {
"In": {"type": "structure", "members": {"words": {"shape": "Words"}}, "payload": "words"},
"Words": {"type": "structure", "eventstream": true, "members": {"say": {"shape": "Plain"}, "audio": {"shape": "Bytes"}}},
"Out": {"type": "structure", "required": [%s], "members": {"stream": {"shape": "Stream"}, "mood": {"shape": "Mood", "location": "header"}}, "payload": "stream"},
"Stream": {"type": "structure", "eventstream": true, "members": {"plain": {"shape": "Plain"}, "empty": {"shape": "Empty"}, "object": {"shape": "Object"}, "must": {"shape": "Must"},
	"bytes": {"shape": "Bytes"}, "text": {"shape": "Text"}, "note": {"shape": "Note"}, "headers": {"shape": "Headers"}, "secret": {"shape": "Secret"}, "gone": {"shape": "Gone"}}},
"Plain": {"type": "structure", "event": true, "required": ["n"], "members": {"n": {"shape": "Number"}, "mood": {"shape": "Mood"}, "list": {"shape": "List"}}},
"Empty": {"type": "structure", "event": true, "members": {}},
"Object": {"type": "structure", "event": true, "members": {"inner": {"shape": "Plain", "eventpayload": true}, "mood": {"shape": "Mood", "eventheader": true}}},
"Must": {"type": "structure", "event": true, "required": ["inner", "seq"], "members": {"inner": {"shape": "Plain", "eventpayload": true}, "seq": {"shape": "Long", "eventheader": true}}},
"Bytes": {"type": "structure", "event": true, "members": {"data": {"shape": "Blob", "eventpayload": true}}},
"Text": {"type": "structure", "event": true, "members": {"line": {"shape": "Line", "eventpayload": true}}},
"Note": {"type": "structure", "event": true, "required": ["note"], "members": {"note": {"shape": "String", "eventpayload": true}}},
"Headers": {"type": "structure", "event": true, "members": {"yes": {"shape": "Boolean", "eventheader": true}, "int": {"shape": "Number", "eventheader": true}, "long": {"shape": "Long", "eventheader": true},
	"blob": {"shape": "Blob", "eventheader": true}, "mood": {"shape": "Mood", "eventheader": true}, "when": {"shape": "Time", "eventheader": true}}},
"Secret": {"type": "structure", "event": true, "sensitive": true, "members": {"mood": {"shape": "Mood"}, "tag": {"shape": "Mood", "eventheader": true}}},
"Gone": {"type": "structure", "exception": true, "members": {"message": {"shape": "String"}, "code": {"shape": "Number"}}},
"Number": {"type": "integer", "max": 99}, "Long": {"type": "long"}, "Boolean": {"type": "boolean"}, "String": {"type": "string"},
"Mood": {"type": "string", "enum": ["GOOD", "BAD"]}, "Line": {"type": "string", "max": 5, "pattern": "[a-zé]*"}, "Blob": {"type": "blob", "max": 4}, "Time": {"type": "timestamp"},
"List": {"type": "list", "member": {"shape": "Number"}}}}`

func talkOf(t testing.TB, service, protocol string, required ...string) *schema.Contract {
	t.Helper()
	quoted := ""
	if len(required) > 0 {
		quoted = `"` + strings.Join(required, `", "`) + `"`
	}
	contracts, err := botocore.Read(fmt.Appendf(nil, talk, service, protocol, quoted), "")
	require.NoError(t, err)
	return contracts[0]
}

// sentMessage encodes a message: its payload, then names and values of headers; a string
// is a string header.
func sentMessage(t testing.TB, payload string, headers ...any) []byte {
	t.Helper()
	var encoded []eventstream.Header
	for i := 0; i < len(headers); i += 2 {
		value, ok := headers[i+1].(eventstream.Value)
		if !ok {
			value = eventstream.String(headers[i+1].(string))
		}
		encoded = append(encoded, eventstream.Named(headers[i].(string), value))
	}
	m, err := eventstream.Append(nil, encoded, []byte(payload))
	require.NoError(t, err)
	return m
}

func plainEvent(t testing.TB, name, payload string, headers ...any) []byte {
	t.Helper()
	return sentMessage(t, payload, append([]any{":message-type", "event", ":event-type", name}, headers...)...)
}

// told is what findings say: rule, place, event and its type.
func told(found finding.Set) []string {
	var told []string
	for _, f := range found {
		told = append(told, fmt.Sprintf("%s %s %d %s", f.Rule, finding.PlaceText(f.Part, f.Pointer), f.Event, f.EventType))
	}
	return told
}

// TestStreamEvents checks one message of a restJson1 stream in each row.
func TestStreamEvents(t *testing.T) {
	v, err := Compile(talkOf(t, "Talk", "rest-json"), Options{})
	require.NoError(t, err)
	event := func(name, payload string, headers ...any) []byte { return plainEvent(t, name, payload, headers...) }
	for _, row := range []struct {
		name  string
		bytes []byte
		want  string // rule and place below /stream/0; empty: nothing
		kind  string // the event's type
	}{
		{"a plain event", event("plain", `{"n":1,"mood":"GOOD"}`, ":content-type", "application/json"), "", ""},
		{"unknown headers", event("plain", `{"n":1}`, "trace", eventstream.UUID([16]byte{}), ":other", "x"), "", ""},
		{"an event without members", event("empty", ``), "", ""},
		{"an event without members, as JSON", event("empty", `{}`), "", ""},
		{"an unknown enum value", event("plain", `{"n":1,"mood":"ODD"}`), "enum.unknown-value /plain/mood", "plain"},
		{"a missing member", event("plain", `{}`), "member.missing /plain/n", "plain"},
		{"no payload", event("plain", ``), "member.missing /plain/n", "plain"},
		{"an unknown member", event("plain", `{"n":1,"x":1}`), "member.unknown /plain/x", "plain"},
		{"padding where no service pads", event("plain", `{"n":1,"p":"abc"}`), "member.unknown /plain/p", "plain"},
		{"a type below", event("plain", `{"n":1,"list":[1,"2"]}`), "type.mismatch /plain/list/1", "plain"},
		{"no JSON", event("plain", `{"n":`), "syntax.invalid /plain/n", "plain"},
		{"blanks", event("plain", ` `), "syntax.invalid /plain", "plain"},
		{"JSON twice", event("plain", `{"n":1}{}`), "syntax.trailing /plain", "plain"},
		{"too deep", event("plain", `{"__type":`+strings.Repeat("[", 10_000)), "syntax.too-deep /plain", "plain"},
		{"another content type", event("plain", `{"n":1}`, ":content-type", "text/plain"), "http.content-type /plain", "plain"},
		{"the content type with a parameter", event("plain", `{"n":1}`, ":content-type", "application/json; charset=utf-8"), "", ""},
		{"a content type of another protocol", event("plain", `{"n":1}`, ":content-type", "application/x-amz-json-1.1"), "http.content-type /plain", "plain"},
		{"a content type that is not text", event("plain", `{"n":1}`, ":content-type", eventstream.Bool(true)), "http.content-type /plain", "plain"},
		{"a content type of nothing", event("empty", ``, ":content-type", "text/plain"), "", ""},

		{"an unknown event", event("other", `{"n":1}`), "union.unknown-member", "other"},
		{"an event in another case", event("Plain", `{"n":1}`), "union.unknown-member", "Plain"},
		{"an exception as an event", event("gone", `{}`), "union.unknown-member", "gone"},
		{"initial-response outside of RPC", event("initial-response", `{}`), "union.unknown-member", "initial-response"},
		{"no message type", sentMessage(t, `{"n":1}`, ":event-type", "plain"), "stream.framing", "plain"},
		{"a message type that is not text", sentMessage(t, `{"n":1}`, ":message-type", eventstream.Bytes([]byte("event")), ":event-type", "plain"), "stream.framing", "plain"},
		{"another message type", sentMessage(t, `{"n":1}`, ":message-type", "Event", ":event-type", "plain"), "stream.framing", "plain"},
		{"no event type", sentMessage(t, `{"n":1}`, ":message-type", "event"), "stream.framing", ""},
		{"no headers", sentMessage(t, `{"n":1}`), "stream.framing", ""},

		{"an exception", sentMessage(t, `{"message":"x","code":1}`, ":message-type", "exception", ":exception-type", "gone"), "", ""},
		{"an exception's usual names", sentMessage(t, `{"Message":"x","__type":"Gone"}`, ":message-type", "exception", ":exception-type", "gone"), "", ""},
		{"an exception that breaks its shape", sentMessage(t, `{"code":"x"}`, ":message-type", "exception", ":exception-type", "gone"), "type.mismatch /gone/code", "gone"},
		{"an unmodelled exception", sentMessage(t, `{"code":"x"}`, ":message-type", "exception", ":exception-type", "lost"), "error.unmodeled", "lost"},
		{"an event as an exception", sentMessage(t, `{"n":1}`, ":message-type", "exception", ":exception-type", "plain"), "error.unmodeled", "plain"},
		{"an exception without a type", sentMessage(t, `{}`, ":message-type", "exception"), "stream.framing", ""},
		{"an error", sentMessage(t, ``, ":message-type", "error", ":error-code", "Internal", ":error-message", "x"), "error.unmodeled", ""},
		{"an error without a code", sentMessage(t, ``, ":message-type", "error", ":error-message", "x"), "error.unidentified", ""},
		{"an error without a message", sentMessage(t, ``, ":message-type", "error", ":error-code", "Internal"), "stream.framing|error.unmodeled", ""},

		{"a payload that is a structure", event("object", `{"n":1}`, "mood", "BAD"), "", ""},
		{"a structure that breaks its shape", event("object", `{"n":"x"}`), "type.mismatch /object/inner/n", "object"},
		{"a structure of another content type", event("object", `{"n":1}`, ":content-type", "text/xml"), "http.content-type /object/inner", "object"},
		{"no structure", event("object", ``), "", ""},
		{"no required structure", event("must", ``, "seq", eventstream.Long(1)), "member.missing /must/inner", "must"},
		{"a required structure", event("must", `{"n":1}`, "seq", eventstream.Long(1)), "", ""},
		{"no required header", event("must", `{"n":1}`), "member.missing /must/seq", "must"},
		{"a required header in the payload", event("must", `{"n":1,"seq":1}`, "seq", eventstream.Long(1)), "member.unknown /must/inner/seq", "must"},
		{"bytes", event("bytes", "\xff\x00{", ":content-type", "application/octet-stream"), "", ""},
		{"no bytes", event("bytes", ""), "", ""},
		{"too many bytes", event("bytes", "12345"), "constraint.length /bytes/data", "bytes"},
		{"text", event("text", "é", ":content-type", "text/plain"), "", ""},
		{"too much text", event("text", "abcdef"), "constraint.length /text/line", "text"},
		{"text against its pattern", event("text", "A"), "constraint.pattern /text/line", "text"},
		{"any text", event("note", "any\n"), "", ""},
		{"required text of nothing", event("note", ""), "", ""},
		{"any text that is not UTF-8", event("note", "a\xff"), "syntax.utf8 /note/note", "note"},
		{"text that is not UTF-8", event("text", "a\xff"), "syntax.utf8 /text/line|constraint.pattern /text/line", "text"},

		{"no headers of an event", event("headers", ``), "", ""},
		{"a boolean", event("headers", ``, "yes", eventstream.Bool(false)), "", ""},
		{"a boolean as text", event("headers", ``, "yes", "true"), "type.mismatch /headers/yes", "headers"},
		{"an integer", event("headers", ``, "int", eventstream.Integer(99)), "", ""},
		{"an integer out of range", event("headers", ``, "int", eventstream.Integer(100)), "constraint.range /headers/int", "headers"},
		{"an integer as a short", event("headers", ``, "int", eventstream.Short(-1)), "", ""},
		{"an integer as a byte", event("headers", ``, "int", eventstream.Byte(-1)), "", ""},
		{"an integer as a long", event("headers", ``, "int", eventstream.Long(1)), "type.mismatch /headers/int", "headers"},
		{"an integer as text", event("headers", ``, "int", "1"), "type.mismatch /headers/int", "headers"},
		{"an integer as a boolean", event("headers", ``, "int", eventstream.Bool(true)), "type.mismatch /headers/int", "headers"},
		{"a long", event("headers", ``, "long", eventstream.Long(-1<<53)), "", ""},
		{"a long beyond doubles", event("headers", ``, "long", eventstream.Long(-1<<63)), "number.precision /headers/long", "headers"},
		{"a long as a timestamp", event("headers", ``, "long", eventstream.Timestamp(1)), "type.mismatch /headers/long", "headers"},
		{"bytes in a header", event("headers", ``, "blob", eventstream.Bytes([]byte("\xff123"))), "", ""},
		{"too many bytes in a header", event("headers", ``, "blob", eventstream.Bytes([]byte("12345"))), "constraint.length /headers/blob", "headers"},
		{"bytes as text", event("headers", ``, "blob", "MTIz"), "type.mismatch /headers/blob", "headers"},
		{"text in a header", event("headers", ``, "mood", "GOOD"), "", ""},
		{"an unknown value in a header", event("headers", ``, "mood", "O\"DD\n"), "enum.unknown-value /headers/mood", "headers"},
		{"text as bytes", event("headers", ``, "mood", eventstream.Bytes([]byte("GOOD"))), "type.mismatch /headers/mood", "headers"},
		{"text as a UUID", event("headers", ``, "mood", eventstream.UUID([16]byte{})), "type.mismatch /headers/mood", "headers"},
		{"a timestamp", event("headers", ``, "when", eventstream.Timestamp(1_700_000_000_123)), "", ""},
		{"a timestamp before 1970", event("headers", ``, "when", eventstream.Timestamp(-1)), "", ""},
		{"a timestamp in microseconds", event("headers", ``, "when", eventstream.Timestamp(1_700_000_000_123_000)), "type.mismatch /headers/when", "headers"},
		{"a timestamp as a long of seconds", event("headers", ``, "when", eventstream.Long(1)), "type.mismatch /headers/when", "headers"},
		{"a timestamp as a long", event("headers", ``, "when", eventstream.Long(1_700_000_000_123)), "type.mismatch /headers/when", "headers"},
		{"a timestamp as text", event("headers", ``, "when", "2023-11-14T22:13:20Z"), "type.mismatch /headers/when", "headers"},
		{"something sensitive", event("secret", `{"mood":"hush"}`, "tag", "hush"), "enum.unknown-value /secret/tag|enum.unknown-value /secret/mood", "secret"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var want []string
			for _, line := range strings.Split(row.want, "|") {
				if rule, place, _ := strings.Cut(line, " "); rule != "" {
					want = append(want, fmt.Sprintf("%s /stream/0%s 1 %s", rule, place, row.kind))
				}
			}
			found := v.Output(row.bytes)
			require.ElementsMatch(t, want, told(found), "%v", found)
			require.Equal(t, row.want == "", v.Accepts(schema.OutputPart, row.bytes))
			for _, f := range found {
				require.Less(t, f.Offset, int64(len(row.bytes)))
				require.NotContains(t, f.Got+f.Message, "hush")
			}
			// Its neighbours are read as well, and the place counts them.
			good := plainEvent(t, "plain", `{"n":1}`)
			after := v.Output(append(append(append([]byte{}, good...), row.bytes...), good...))
			require.Len(t, after, len(found))
			for i := range after {
				require.Equal(t, 2, after[i].Event)
				require.Equal(t, found[i].Offset+int64(len(good)), after[i].Offset)
				require.Equal(t, found[i].Fingerprint(), after[i].Fingerprint())
			}
		})
	}
}

// TestStreamOfAThousand checks that one fault among 1,000 events is found at its place.
func TestStreamOfAThousand(t *testing.T) {
	v, err := Compile(talkOf(t, "Talk", "rest-json"), Options{})
	require.NoError(t, err)
	var stream []byte
	var offset int
	for i := 1; i <= 1000; i++ {
		payload := fmt.Sprintf(`{"n":%d,"mood":"GOOD"}`, i%100)
		if i == 417 {
			payload = `{"n":7,"list":[1,2,"three"]}`
			offset = len(stream) + strings.Index(string(plainEvent(t, "plain", payload)), `"three"`)
		}
		stream = append(stream, plainEvent(t, "plain", payload)...)
	}
	x := &traffic.Interaction{Kind: traffic.Cassette, Source: "talk.yaml", Request: &traffic.Request{Method: "POST", URL: "http://localhost/talk"},
		Response: traffic.Response{Status: 200, Header: http.Header{"Content-Type": {eventstream.MediaType}}, Body: traffic.BodyOf(stream)}}
	k, err := CompileCatalog(schema.NewCatalog(v.Contract()), Options{})
	require.NoError(t, err)
	outcome, err := k.Check(x, Bare{})
	require.NoError(t, err)
	require.Len(t, outcome.Findings, 1)
	f := outcome.Findings[0]
	require.Equal(t, finding.TypeMismatch, f.Rule)
	require.Equal(t, 417, f.Event)
	require.Equal(t, "plain", f.EventType)
	require.Equal(t, "/stream/416/plain/list/2", f.Pointer)
	require.Equal(t, "/stream/*/plain/list/*", f.Place())
	require.Equal(t, int64(offset), f.Offset)
	require.Equal(t, [2]int{1, 1}, [2]int{f.Line, f.Column})
	require.Equal(t, `"three"`, f.Got)
	require.Contains(t, f.String(), fmt.Sprintf("at /stream/416/plain/list/2, event 417 (plain), byte %d: ", offset))
	require.Equal(t, outcome.Findings, v.Exchange(x, map[string]string{}))
}

// TestSensitiveStream checks that findings show nothing of a stream that is sensitive as a whole.
func TestSensitiveStream(t *testing.T) {
	c := talkOf(t, "Talk", "rest-json").Clone()
	c.Shapes["Stream"].Sensitive = schema.Is(true)
	v, err := Compile(c, Options{})
	require.NoError(t, err)
	found := v.Output(slices.Concat(plainEvent(t, "plain", `{"n":1,"mood":"hush"}`), plainEvent(t, "headers", ``, "mood", "hush"), plainEvent(t, "text", "HUSH")))
	require.Len(t, found, 3)
	for _, f := range found {
		require.True(t, f.Sensitive)
		require.NotContains(t, strings.ToLower(f.Got+f.Message), "hush")
	}
}
