package validate

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

// payloadOf is a contract of restJson1 with one member as its payload.
func payloadOf(t testing.TB, member string) *schema.Contract {
	t.Helper()
	c, err := schema.Parse(fmt.Appendf(nil, `{"crcheckContract": 1, "service": "s", "operation": "O", "protocol": "restJson1", "method": "PUT", "uri": "/o",
		"input": "In", "output": "Out", "shapes": {
		"In": {"type": "structure", "members": [%[1]s]},
		"Out": {"type": "structure", "members": [%[1]s, {"name": "etag", "shape": {"type": "string"}, "location": "header", "wireName": "ETag"}]},
		"Choice": {"type": "structure", "union": true, "members": [{"name": "a", "shape": {"type": "string"}}, {"name": "b", "shape": {"type": "string"}}]},
		"Events": {"type": "structure", "union": true, "eventStream": true, "members": [{"name": "chunk", "shape": "Choice"}]}}}`, member))
	require.NoError(t, err)
	return c
}

// TestPayloads checks payloads of JSON, text and bytes.
func TestPayloads(t *testing.T) {
	const (
		text     = `{"name": "p", "shape": {"type": "string", "length": {"min": 1, "max": 4}, "pattern": "^[^x]*$"}, "location": "payload"}`
		enum     = `{"name": "p", "shape": {"type": "string", "enum": ["A", "B"]}, "location": "payload", "required": true}`
		blob     = `{"name": "p", "shape": {"type": "blob", "length": {"min": 2, "max": 3}}, "location": "payload"}`
		stream   = `{"name": "p", "shape": {"type": "blob", "streaming": true}, "location": "payload", "required": true}`
		secret   = `{"name": "p", "shape": {"type": "string", "enum": ["A"], "sensitive": true}, "location": "payload"}`
		union    = `{"name": "p", "shape": "Choice", "location": "payload"}`
		must     = `{"name": "p", "shape": "Choice", "location": "payload", "required": true}`
		document = `{"name": "p", "shape": {"type": "document"}, "location": "payload"}`
		list     = `{"name": "p", "shape": {"type": "list", "element": {"type": "integer"}}, "location": "payload"}`
		events   = `{"name": "p", "shape": "Events", "location": "payload"}`
	)
	for _, v := range []struct{ name, member, media, body, want string }{
		{"text", text, "text/plain", "four", ""},
		{"text that looks like JSON", text, "text/plain; charset=utf-8", `"ü"`, ""},
		{"text of another type", text, "application/json", "four", "http.content-type "},
		{"text without a type", text, "", "four", "http.content-type "},
		{"no text", text, "", "", ""},
		{"text too long", text, "text/plain", "fünfe", "constraint.length /p"},
		{"text against its pattern", text, "text/plain", "xyz", "constraint.pattern /p"},
		{"text that is no UTF-8", text, "text/plain", "a\xff", "syntax.utf8 /p"},
		{"enum", enum, "text/plain", "A", ""},
		{"enum in quotes", enum, "text/plain", `"A"`, "enum.unknown-value /p"},
		{"empty enum", enum, "", "", "enum.unknown-value /p"},
		{"sensitive text", secret, "text/plain", "hidden", "enum.unknown-value /p"},
		{"bytes", blob, "image/png", "\xff\x00", ""},
		{"bytes without a type", blob, "", "abc", ""},
		{"bytes too long", blob, "", "abcd", "constraint.length /p"},
		{"no bytes", blob, "", "", ""},
		{"a stream", stream, "", "anything", ""},
		{"an empty stream", stream, "", "", ""},
		{"a union", union, "application/json", `{"a":"x"}`, ""},
		{"no union", union, "", "", ""},
		{"no required union", must, "", "", "member.missing /p"},
		{"a union with two members", union, "application/json", `{"a":"x","b":"y"}`, "union.multiple-members the top"},
		{"a union of another type", union, "text/plain", `{"a":"x"}`, "http.content-type "},
		{"a document", document, "application/json", `[1,"x",null]`, ""},
		{"no document", document, "application/json", `{`, "syntax.invalid the top"},
		{"a list", list, "application/json", `[1,2]`, ""},
		{"a list of others", list, "application/json", `[1,"2"]`, "type.mismatch /1"},
		{"events", events, "application/vnd.amazon.eventstream", "\x00\x00\x00\x10\x00\x00\x00\x00\x05\xc2\x48\xeb\x7d\x98\xc8\xff", "stream.framing /p/0"},
		{"events without a type", events, "", "", ""},
		{"events of another type", events, "application/json", "{}", "http.content-type \nstream.framing /p/0"},
		{"no events", events, "", "", ""},
	} {
		t.Run(v.name, func(t *testing.T) {
			x := &traffic.Interaction{Live: true, Source: "parcel.yaml", Request: &traffic.Request{Method: "PUT", URL: "http://localhost/o"},
				Response: traffic.Response{Status: 200, Header: http.Header{}, Body: traffic.BodyOf([]byte(v.body))}}
			if v.media != "" {
				x.Response.Header["content-type"] = []string{v.media}
			}
			x.Request.Body = x.Response.Body
			// The request has no Content-Type, which is no finding. All else is said of both.
			var want []string
			for _, line := range strings.Split(v.want, "\n") {
				rule, place, _ := strings.Cut(line, " ")
				switch {
				case rule == "":
				case rule == "http.content-type":
					want = append(want, rule+" the top")
				case place == "the top":
					want = append(want, line, rule+" input")
				default:
					want = append(want, line, rule+" input#"+place)
				}
			}
			require.Equal(t, want, said(t, payloadOf(t, v.member), x))
			k, err := CompileCatalog(schema.NewCatalog(payloadOf(t, v.member)), Options{})
			require.NoError(t, err)
			outcome, err := k.Check(x, Bare{})
			require.NoError(t, err)
			for _, f := range outcome.Findings {
				require.NotContains(t, f.Got+f.Message, "hidden")
			}
		})
	}
}

// TestBarePayload checks that a bare body of a part that is not JSON is validated as it is.
func TestBarePayload(t *testing.T) {
	v, err := Compile(payloadOf(t, `{"name": "p", "shape": {"type": "string", "length": {"max": 4}}, "location": "payload"}`), Options{})
	require.NoError(t, err)
	require.Empty(t, v.Output([]byte("text")))
	require.True(t, v.Accepts(schema.OutputPart, []byte("text")))
	require.Len(t, v.Output([]byte("longer")), 1)
	require.False(t, v.Accepts(schema.OutputPart, []byte("longer")))
}

// TestContentTypeMember checks that the shape of a member that is the Content-Type decides about
// its value.
func TestContentTypeMember(t *testing.T) {
	c := payloadOf(t, `{"name": "p", "shape": {"type": "string"}, "location": "payload"}, {"name": "type", "shape": {"type": "string", "enum": ["a/b"]}, "location": "header", "wireName": "Content-Type"}`)
	for media, want := range map[string][]string{"a/b": nil, "c/d": {"enum.unknown-value /type"}} {
		x := &traffic.Interaction{Live: true, Source: "parcel.yaml", Request: &traffic.Request{Method: "PUT", URL: "/o"},
			Response: traffic.Response{Status: 200, Header: http.Header{"Content-Type": {media}}, Body: traffic.BodyOf([]byte("x"))}}
		require.Equal(t, want, said(t, c, x), media)
	}
}

// TestDynamicStatus checks that any status is a success if a member is the status.
func TestDynamicStatus(t *testing.T) {
	x := parcelSent()
	x.Response.Status = 201
	require.Empty(t, said(t, parcel(t), x))
	x.Response.Status = 203
	require.Equal(t, []string{"constraint.range /code"}, said(t, parcel(t), x))
	x.Response.Status = 0 // not recorded
	require.Empty(t, said(t, parcel(t), x))
}
