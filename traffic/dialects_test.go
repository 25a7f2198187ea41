package traffic_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

// TestPlainInteractions checks interactions without crcheckInteraction in lines, documents and
// lists.
func TestPlainInteractions(t *testing.T) {
	for _, tc := range []struct {
		name, text     string
		method, url    string
		request        string // its body
		status         int
		response, at   string // its body, and where that begins
		header         http.Header
		secondResponse string // of a second interaction
	}{
		{name: "one line", text: plainLine, method: "GET", url: "https://example.com/a", status: 200, response: "{}", at: "1:92"},
		{name: "response first", text: `{"response":{"body":"{}","status":200},"request":{"url":"/","method":"GET"}}`, method: "GET", url: "/", status: 200, response: "{}", at: "1:22"},
		{name: "other names", text: `{"id":7,"request":{"uri":"/","method":"post","body":"a","x":1},"response":{"statusCode":404,"reason":"no","bodyBase64":"e30="}}`,
			method: "POST", url: "/", request: "a", status: 404, response: "{}", at: "1:120"},
		{name: "snake case", text: `{"request":{"url":"/","method":"GET"},"response":{"status_code":200,"isBase64Encoded":true,"body":"e30="}}`, method: "GET", url: "/", status: 200, response: "{}", at: "1:99"},
		{name: "a status with code and message", text: `{"request":{"uri":"/","method":"GET"},"response":{"status":{"code":200,"message":"OK"},"body":"x"}}`, method: "GET", url: "/", status: 200, response: "x", at: "1:96"},
		{name: "bodies of JSON", text: `{"request":{"url":"/","method":"POST","body":{"a":1}},"response":{"status":200,"body": {"b": [1, "é"]}}}`,
			method: "POST", url: "/", request: `{"a":1}`, status: 200, response: `{"b": [1, "é"]}`, at: "1:88"},
		{name: "headers of single values", text: `{"request":{"url":"/","method":"GET"},"response":{"status":200,"headers":{"content-type":"application/json","X-A":["1","2"]},"body":""}}`,
			method: "GET", url: "/", status: 200, at: "1:134", header: http.Header{"Content-Type": {"application/json"}, "X-A": {"1", "2"}}},
		{name: "headers of names and values", text: `{"request":{"url":"/","method":"GET"},"response":{"status":200,"headers":[{"name":"x-a","value":"1"}],"body":""}}`,
			method: "GET", url: "/", status: 200, at: "1:111", header: http.Header{"X-A": {"1"}}},
		{name: "recorded decoded", text: `{"request":{"url":"/","method":"GET"},"response":{"status":200,"headers":{"content-encoding":"gzip","content-length":"9"},"body":"{}"}}`,
			method: "GET", url: "/", status: 200, response: "{}", at: "1:131", header: http.Header{}},
		{name: "pretty-printed", text: "{\n  \"request\": {\"method\": \"GET\", \"url\": \"/\"},\n  \"response\": {\n    \"status\": 200,\n    \"body\": {\"a\":\n      1}\n  }\n}\n",
			method: "GET", url: "/", status: 200, response: "{\"a\":\n      1}", at: "5:13"},
		{name: "pretty-printed, marked", text: "{\n  \"crcheckInteraction\": 1,\n  \"request\": {\"method\": \"GET\", \"url\": \"/\"},\n  \"response\": {\"status\": 200, \"body\": \"a\"}\n}\n",
			method: "GET", url: "/", status: 200, response: "a", at: "4:40"},
		{name: "marked, but not first", text: `{"request":{"method":"GET","url":"/"},"crcheckInteraction":1,"response":{"status":200,"body":"a"}}`, method: "GET", url: "/", status: 200, response: "a", at: "1:95"},
		{name: "after a byte order mark", text: "\xef\xbb\xbf" + plainLine, method: "GET", url: "https://example.com/a", status: 200, response: "{}", at: "1:93"},
		{name: "a list", text: "[\n" + plainLine + ",\n {\"request\":{\"method\":\"GET\",\"url\":\"/\"},\"response\":{\"status\":500,\"body\":\"two\"}}\n]",
			method: "GET", url: "https://example.com/a", status: 200, response: "{}", at: "2:92", secondResponse: "two"},
		{name: "lines", text: plainLine + "\n\n{\"crcheckInteraction\":1,\"request\":{\"method\":\"GET\",\"url\":\"/\"},\"response\":{\"status\":200,\"body\":\"two\"}}",
			method: "GET", url: "https://example.com/a", status: 200, response: "{}", at: "1:92", secondResponse: "two"},
		{name: "lines, a bare body among them", text: plainLine + "\n{\"two\":2}\n", method: "GET", url: "https://example.com/a", status: 200, response: "{}", at: "1:92", secondResponse: `{"two":2}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			all, err := readAll("in", strings.NewReader(tc.text))
			require.NoError(t, err)
			x := all[0]
			require.NotNil(t, x.Request)
			require.Equal(t, tc.method, x.Request.Method)
			require.Equal(t, tc.url, x.Request.URL)
			require.Equal(t, tc.request, string(x.Request.Body.Bytes))
			require.Equal(t, tc.status, x.Response.Status)
			require.Equal(t, tc.response, string(x.Response.Body.Bytes))
			require.Equal(t, tc.at, place(x.Response.Body.Position(0)))
			if tc.header != nil {
				require.Equal(t, tc.header, x.Response.Header)
			}
			if tc.secondResponse == "" {
				require.Len(t, all, 1)
				return
			}
			require.Len(t, all, 2)
			require.Equal(t, 1, all[1].Index)
			require.Equal(t, tc.secondResponse, string(all[1].Response.Body.Bytes))
		})
	}
	t.Run("places within bodies of JSON", func(t *testing.T) {
		all, err := readAll("in", strings.NewReader("{\n\"request\":{\"method\":\"GET\",\"url\":\"/\"},\"response\":{\"status\":200,\"body\": {\"a\":\n  \"b\"}}}"))
		require.NoError(t, err)
		body := all[0].Response.Body
		require.Equal(t, "3:3", place(body.Position(strings.Index(string(body.Bytes), `"b"`))))
	})
	t.Run("a list with something else", func(t *testing.T) {
		all, odd, err := readEvery("in", strings.NewReader("["+plainLine+",7,{},"+plainLine+"]"))
		require.NoError(t, err)
		require.Len(t, all, 2)
		require.Len(t, odd, 2)
		require.True(t, odd[0].Reason == traffic.ErrUnreadEntry)
		require.Equal(t, 3, all[1].Index)
	})
}

// TestDialects checks the bytes and headers that are read from variants of cassettes and HARs as
// tools write them.
func TestDialects(t *testing.T) {
	const pyStatus = "status: {code: 200, message: OK}"
	py := func(request, response string) string {
		return "interactions:\n- request: {uri: /, method: POST" + request + "}\n  response: {" + pyStatus + response + "}\nversion: 1\n"
	}
	har := func(request, response string) string {
		return harHead + `{"request":{"method":"POST","url":"/"` + request + `},"response":{"status":200,"content":{` + response + `}}}]}}`
	}
	for _, tc := range []struct {
		name, text, request, response string
		requestHeader, responseHeader http.Header
	}{
		{name: "go-vcr: no duration", text: "version: 1\ninteractions:\n- request: {url: /, body: a}\n  response: {code: 200, body: b, duration: \"\"}\n", request: "a", response: "b"},
		{name: "go-vcr: bytes", text: "version: 1\ninteractions:\n- request: {url: /, body: !!binary gAE=}\n  response: {code: 200, body: \"\\x00\\x01\"}\n", request: "\x80\x01", response: "\x00\x01"},
		{name: "vcrpy: bytes", text: py(", body: !!binary gAE=", ", body: {string: !!binary gAE=}"), request: "\x80\x01", response: "\x80\x01"},
		{name: "vcrpy: base64_string", text: py(", body: {base64_string: gAE=}", ", body: {base64_string: gAE=}"), request: "\x80\x01", response: "\x80\x01"},
		{name: "vcrpy: encoding", text: py(", body: {encoding: base64, string: gAE=}", ", body: {encoding: base64, string: gAE=}"), request: "\x80\x01", response: "\x80\x01"},
		{name: "vcrpy: encoding of text", text: py(", body: a", ", body: {encoding: UTF-8, string: gAE=}"), request: "a", response: "gAE="},
		{name: "vcrpy: text of Python 2", text: py(", body: !!python/unicode '{}'", ", body: {string: !!python/unicode '{\"a\": 1}'}"), request: "{}", response: `{"a": 1}`},
		{name: "vcrpy: headers of Python 2", text: py(", headers: {!!python/unicode 'a': [!!python/unicode 'b']}", ", body: {string: x}"), response: "x", requestHeader: http.Header{"A": {"b"}}},
		{name: "parsed_body", text: py(", parsed_body: {a: [1, 2.50, true, null, 'text', \"é\\n\", 0x1F, '5'], b: {}, c: []}", ", parsed_body: [], headers: {content-encoding: [gzip], content-length: ['9'], x: [y]}"),
			request: `{"a":[1,2.50,true,null,"text","é\n",31,"5"],"b":{},"c":[]}`, response: `[]`, responseHeader: http.Header{"X": {"y"}}},
		{name: "parsed_body, a scalar", text: py(", parsed_body: 2024-01-01", ", parsed_body: .inf"), request: `"2024-01-01"`, response: `".inf"`},
		{name: "parsed_body, with aliases", text: py(", parsed_body: {a: &x {y: z}, b: *x}", ", parsed_body: null"), request: `{"a":{"y":"z"},"b":{"y":"z"}}`, response: `null`},
		{name: "parsed_body beside a body", text: py(", body: a, parsed_body: {}", ", body: {string: b}, parsed_body: {}"), request: "a", response: "b"},
		{name: "tuples: CaseInsensitiveDict", text: py(", headers: !!python/object:requests.structures.CaseInsensitiveDict {_store: !!python/object/apply:collections.OrderedDict [[[content-type, !!python/tuple [Content-Type, a/b]], [x, !!python/tuple [X, !!binary eQ==]]]]}", ", body: {string: x}"),
			response: "x", requestHeader: http.Header{"Content-Type": {"a/b"}, "X": {"y"}}},
		{name: "tuples: HTTPHeaders", text: py(", headers: !!python/object:botocore.compat.HTTPHeaders {_charset: null, _headers: [!!python/tuple [Content-Type, a/b], !!python/tuple [X, '1'], !!python/tuple [X, '2']], policy: !!python/object:email._policybase.Compat32 {}, defects: [], preamble: null}", ", body: {string: x}"),
			response: "x", requestHeader: http.Header{"Content-Type": {"a/b"}, "X": {"1", "2"}}},
		{name: "tuples: a list of pairs", text: py(", headers: [[Content-Type, a/b], !!python/tuple [x, y]]", ", body: {string: x}, headers: {a: !!python/tuple [b, c]}"),
			response: "x", requestHeader: http.Header{"Content-Type": {"a/b"}, "X": {"y"}}, responseHeader: http.Header{"A": {"b", "c"}}},
		{name: "tuples: a state", text: py(", headers: !!python/object/new:x.Headers {state: {_store: {a: [A, b]}}}", ", body: {string: x}"), response: "x", requestHeader: http.Header{"A": {"b"}}},
		{name: "tuples: an object of nothing", text: py(", headers: !!python/object:x.Headers {}", ", body: {string: x}"), response: "x", requestHeader: http.Header{}},
		{name: "Polly 5: hexadecimal", text: har(`,"postData":{"text":"8001","_isBinary":true}`, `"text":"8001","_isBinary":true`), request: "\x80\x01", response: "\x80\x01"},
		{name: "Polly 5: chunks", text: har(``, `"text":"[\"7b\",\"7D\"]","_isBinary":true`), response: "{}"},
		{name: "Polly 6: chunks", text: har(``, `"text":"[\"e30=\",\"gAE=\"]","encoding":"base64"`), response: "{}\x80\x01"},
		{name: "Polly 6: base64", text: har(``, `"text":"gAE=","encoding":"base64"`), response: "\x80\x01"},
		{name: "Polly: text", text: har(``, `"text":"[1]","_isBinary":false`), response: "[1]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			all, err := readAll("in", strings.NewReader(tc.text))
			require.NoError(t, err)
			require.Len(t, all, 1)
			require.Equal(t, tc.request, string(all[0].Request.Body.Bytes))
			require.Equal(t, tc.response, string(all[0].Response.Body.Bytes))
			if tc.requestHeader != nil {
				require.Equal(t, tc.requestHeader, all[0].Request.Header)
			}
			if tc.responseHeader != nil {
				require.Equal(t, tc.responseHeader, all[0].Response.Header)
			}
			at := all[0].Response.Body.Position(1)
			require.True(t, at.Line >= 1 && at.Column >= 1)
		})
	}
}

// TestRecordedDecoded checks a body that is not encoded as its header says, from a recorder that
// keeps the headers of decoded bodies.
func TestRecordedDecoded(t *testing.T) {
	gzipped := string(encode(t, "gzip", "{}"))
	for _, tc := range []struct {
		name, body string
		header     http.Header
		want       bool
	}{
		{"no header", "{}", nil, false},
		{"gzip, and it is", gzipped, http.Header{"Content-Encoding": {"gzip"}}, false},
		{"gzip, and it is not", "{}", http.Header{"Content-Encoding": {"gzip"}}, true},
		{"a name in lower case", "{}", http.Header{"content-encoding": {"gzip"}}, true},
		{"br, and it is text", "{}", http.Header{"Content-Encoding": {"br"}}, true},
		{"br, and it is not text", "\x8b\xff", http.Header{"Content-Encoding": {"br"}}, false},
		{"identity", "{}", http.Header{"Content-Encoding": {"identity"}}, false},
		{"aws-chunked", "{}", http.Header{"Content-Encoding": {"aws-chunked"}}, false},
		{"broken gzip", gzipped[:12], http.Header{"Content-Encoding": {"gzip"}}, false},
		{"no body", "", http.Header{"Content-Encoding": {"gzip"}}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := traffic.Response{Header: tc.header, Body: traffic.BodyOf([]byte(tc.body))}
			require.Equal(t, tc.want, r.RecordedDecoded())
			x := &traffic.Interaction{Request: &traffic.Request{Method: "GET", URL: "/"}, Response: r}
			var out strings.Builder
			require.NoError(t, traffic.Convert(&out, traffic.NDJSON, sequence([]*traffic.Interaction{x})))
			require.Equal(t, len(tc.header) > 0 && !tc.want, strings.Contains(strings.ToLower(out.String()), "content-encoding"))
			require.Equal(t, tc.header, x.Response.Header)
		})
	}
}

func place(at traffic.Position) string { return fmt.Sprintf("%d:%d", at.Line, at.Column) }
