package traffic_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

const recordedBody = `{"Table":{"TableName":"Movies é","TableStatus":"RUNNING","CreationDateTime":1767225600.5,"ItemCount":0}}`

// TestRecorders checks recordings that the real tools made of one exchange: see
// testdata/recorders/record.sh. Each is read, its body is placed, and converting it loses nothing.
func TestRecorders(t *testing.T) {
	for _, tc := range []struct {
		file, at string // the place of RUNNING, or of the body in base64
		kind     traffic.Kind
	}{
		{"betamax.json", "1:538", traffic.Betamax},
		{"betamax-bytes.json", "1:495", traffic.Betamax},
		{"betamax-gzip.json", "1:487", traffic.Betamax},
		{"ruby-vcr.yml", "37:15", traffic.RubyVCR},
		{"ruby-vcr-base64.yml", "39:22", traffic.RubyVCR},
		{"ruby-vcr-gzip.yml", "39:15", traffic.RubyVCR},
		{"ruby-vcr-json.json", "1:701", traffic.RubyVCR},
		{"mitmproxy.flows", "1:224", traffic.Mitmproxy},
		{"polly2.har", "51:79", traffic.HAR},
		{"polly2-gzip.har", "51:21", traffic.HAR},
		{"polly5.har", "51:79", traffic.HAR},
		{"polly5-gzip.har", "52:21", traffic.HAR},
		{"polly6.har", "51:79", traffic.HAR},
		{"polly6-gzip.har", "52:21", traffic.HAR},
		{"go-vcr-1.yaml", "17:60", traffic.Cassette},
		{"go-vcr-2.yaml", "17:64", traffic.Cassette},
		{"go-vcr-3.yaml", "34:64", traffic.Cassette2},
		{"go-vcr-4.yaml", "26:64", traffic.Cassette2},
		{"ruby-vcr-json-base64.json", "1:665", traffic.RubyVCR},
		{"langchain.yaml.gz", "25:13", traffic.LangChain},
	} {
		t.Run(tc.file, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata/recorders", tc.file))
			require.NoError(t, err)
			all, err := readAll("in", bytes.NewReader(text))
			require.NoError(t, err)
			require.Len(t, all, 1)
			x := all[0]
			require.Equal(t, tc.kind, x.Kind)
			require.Equal(t, "POST", x.Request.Method)
			require.Equal(t, "http://127.0.0.1:18471/", x.Request.URL)
			require.Equal(t, []string{"DynamoDB_20120810.DescribeTable"}, x.Request.Header["X-Amz-Target"])
			require.Equal(t, `{"TableName":"Movies"}`, string(x.Request.Body.Bytes))
			require.Equal(t, 200, x.Response.Status)
			require.Equal(t, []string{"application/x-amz-json-1.0"}, x.Response.Header["Content-Type"])
			document, err := x.Response.Document()
			require.NoError(t, err)
			require.Equal(t, recordedBody, string(document.Bytes))
			require.Equal(t, tc.at, place(document.Position(strings.Index(recordedBody, "RUNNING"))))

			for _, to := range []traffic.Kind{traffic.NDJSON, traffic.Cassette} {
				t.Run(string(to), func(t *testing.T) {
					var written bytes.Buffer
					require.NoError(t, traffic.Convert(&written, to, traffic.Read("in", bytes.NewReader(text))))
					again, err := readAll("in", &written)
					require.NoError(t, err)
					require.Len(t, again, 1)
					require.Equal(t, x.Request.URL, again[0].Request.URL)
					require.Equal(t, asSent(all)[0].Response.Header, again[0].Response.Header)
					require.Equal(t, x.Response.StatusText, again[0].Response.StatusText)
					require.Equal(t, string(x.Response.Body.Bytes), string(again[0].Response.Body.Bytes))
				})
			}
		})
	}
}

// TestRelatives checks the notations of vcrpy's relatives that no recording of testdata has.
func TestRelatives(t *testing.T) {
	const ruby = "http_interactions:\n- request: {method: get, uri: /}\n  response: {status: {code: 200}, body: "
	for _, tc := range []struct {
		name, text, body string // the body of the last response
		kind             traffic.Kind
		count            int
		at, odd          string // the place of the body, and the problem of an entry
	}{
		{"Ruby's VCR, text", ruby + "{encoding: UTF-8, string: 'ab'}}\n", "ab", traffic.RubyVCR, 1, "3:68", ""},
		{"Ruby's VCR, ISO-8859-1", ruby + `{encoding: ISO-8859-1, string: "\xc3\xa9"}}` + "\n", "é", traffic.RubyVCR, 1, "3:72", ""},
		{"Ruby's VCR, not of its character set", ruby + `{encoding: ISO-8859-1, string: "€"}}` + "\n", "€", traffic.RubyVCR, 1, "3:73", ""},
		{"Ruby's VCR, an odd entry", "http_interactions:\n- 7\n- request: {method: get, uri: /}\n  response: {status: {code: 200}, body: {string: a}}\n", "a", traffic.RubyVCR, 1, "4:50", "broken YAML"},
		{"Betamax, no list of values", `{"http_interactions":[{"request":{"method":"GET","uri":"/","body":"","headers":{"A":"b"}},"response":{"url":"/","status":{"code":200,"message":"OK"},"body":"x"}}]}`, "x", traffic.Betamax, 1, "1:158", ""},
		{"Betamax, an odd entry", `{"http_interactions":[{"request":{"method":"GET","uri":"/"},"response":{"url":"/"}},{"request":{"method":"GET","uri":"/"},"response":{"status":{"code":200},"body":{"string":"\ud83d\ude00"}}}]}`, "😀", traffic.Betamax, 1, "1:175", "no response.status.code"},
		{"Betamax, empty", `{"http_interactions":[],"recorded_with":"betamax/0.9.0"}`, "", traffic.Betamax, 0, "", ""},
		{"LangChain", "requests:\n- {method: POST, uri: /a}\n- {method: POST, uri: /b}\nresponses:\n- {status: {code: 200}, body: {string: a}}\n- {status: {code: 200}, body: {string: b}}\n", "b", traffic.LangChain, 2, "6:40", ""},
		{"LangChain, gzip beside masked headers", "requests:\n- {method: POST, uri: /}\nresponses:\n- {status: {code: 200}, headers: {Content-Encoding: ['**REDACTED**']}, body: {string: !!binary H4sIAAAAAAAC/6uuBQBDv6ajAgAAAA==}}\n", "{}", traffic.LangChain, 1, "4:87", ""},
		{"LangChain, a response is missing", "requests:\n- {method: POST, uri: /a}\n- {method: POST, uri: /b}\nresponses:\n- {status: {code: 200}, body: {string: a}}\n", "a", traffic.LangChain, 1, "5:40", "interaction 1 has no response"},
		{"LangChain as JSON", `{"requests":[{"method":"POST","uri":"/"}],"responses":[{"status":{"code":200},"body":{"string":"a"}}]}`, "a", traffic.LangChain, 1, "1:97", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			all, odd, err := readEvery("in", strings.NewReader(tc.text))
			require.NoError(t, err)
			require.Len(t, all, tc.count)
			if tc.odd != "" {
				require.Len(t, odd, 1)
				require.Contains(t, odd[0].Problem, tc.odd)
				require.Equal(t, tc.kind, odd[0].Kind)
			} else {
				require.Empty(t, odd)
			}
			if tc.count == 0 {
				return
			}
			last := all[len(all)-1]
			require.Equal(t, tc.kind, last.Kind)
			document, err := last.Response.Document()
			require.NoError(t, err)
			require.Equal(t, tc.body, string(document.Bytes))
			require.Equal(t, tc.at, place(document.Position(0)))
		})
	}
	t.Run("cut off", func(t *testing.T) {
		_, err := readAll("in", strings.NewReader(`{"http_interactions":[{"request":{"method":"GET","uri":"/"},"response":{"url":"/"`))
		require.ErrorIs(t, err, traffic.ErrMalformed)
	})
}

// TestPlacebo checks a pill that placebo recorded, and notations that it does not have.
func TestPlacebo(t *testing.T) {
	text, err := os.ReadFile("testdata/recorders/placebo/dynamodb.DescribeTable_1.json")
	require.NoError(t, err)
	for _, tc := range []struct {
		name, file, text string
		operation, body  string // a part of the body; empty: all of it is {}
		status           int
		at               string // the place of the part
	}{
		{"recorded", "dynamodb.DescribeTable_1.json", string(text), "dynamodb.DescribeTable", "RUNNING", 200, "6:29"},
		{"a time", "dynamodb.DescribeTable_1.json", string(text), "dynamodb.DescribeTable", `"2026-01-01T00:00:00.5+00:00"`, 200, "7:33"},
		{"after a time", "dynamodb.DescribeTable_1.json", string(text), "dynamodb.DescribeTable", "ItemCount", 200, "17:14"},
		{"a prefix, compressed", "mine.runtime.sagemaker.InvokeEndpoint_12.json.gz", `{"status_code":200,"data":{}}`, "mine.runtime.sagemaker.InvokeEndpoint", "{}", 200, "1:27"},
		{"another name", "pill.json", `{"data":{},"status_code":404}`, "", "{}", 404, "1:9"},
		{"a stream", "s3.GetObject_1.json", `{"status_code":200,"data":{"Body":{"__class__":"StreamingBody","__module__":"botocore.response","body":"YQ=="}}}`, "s3.GetObject", `"YQ=="`, 200, "1:35"},
		{"members in another order", "a.B_1.json", `{"status_code":200,"data":{"a":{"day":2,"__class__":"datetime","year":2020,"month":1}}}`, "a.B", `"2020-01-02T00:00:00+00:00"`, 200, "1:32"},
		{"another class", "a.B_1.json", `{"status_code":200,"data":{"a":{"__class__":"X"},"b":"__class__"}}`, "a.B", `{"__class__":"X"}`, 200, "1:32"},
		{"a class of lists", "a.B_1.json", `{"status_code":200,"data":{"a":[{"__class__":"datetime","year":[1]}]}}`, "a.B", `[{"__class__":"datetime","year":[1]}]`, 200, "1:32"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			read := func() ([]*traffic.Interaction, error) { return readAll("folder/"+tc.file, strings.NewReader(tc.text)) }
			all, err := read()
			require.NoError(t, err)
			require.Len(t, all, 1)
			x := all[0]
			require.Nil(t, x.Request)
			require.Equal(t, traffic.Placebo, x.Kind)
			require.Equal(t, traffic.EncodingSDK, x.Encoding)
			require.Equal(t, tc.operation, x.Operation)
			require.Equal(t, tc.status, x.Response.Status)
			i := strings.Index(string(x.Response.Body.Bytes), tc.body)
			require.GreaterOrEqual(t, i, 0, "%s", x.Response.Body.Bytes)
			require.Equal(t, tc.at, place(x.Response.Body.Position(i)))

			var written bytes.Buffer
			require.NoError(t, traffic.WriteNDJSON(&written, all))
			again, err := readAll("in", &written)
			require.NoError(t, err)
			require.Len(t, again, 1)
			require.Nil(t, again[0].Request)
			require.Equal(t, x.Operation, again[0].Operation)
			require.Equal(t, x.Encoding, again[0].Encoding)
			require.Equal(t, string(x.Response.Body.Bytes), string(again[0].Response.Body.Bytes))
			require.ErrorIs(t, traffic.WriteCassette(&written, traffic.Meta{}, all), traffic.ErrMalformed)
		})
	}
	for _, tc := range []struct {
		name, text string
		reason     error
	}{
		{"cut off", `{"data":{"ResponseMetadata":{},"a":`, traffic.ErrMalformed},
		{"an odd status", `{"status_code":2.5,"data":{}}`, traffic.ErrUnreadEntry},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := readAll("a.B_1.json", strings.NewReader(tc.text))
			require.ErrorIs(t, err, tc.reason)
		})
	}
}

// TestFlows checks flows that mitmproxy may write, and broken ones.
func TestFlows(t *testing.T) {
	value := func(text string, kind string) string { return fmt.Sprintf("%d:%s%s", len(text), text, kind) }
	dict := func(pairs ...string) string { return value(strings.Join(pairs, ""), "}") }
	name := func(text string) string { return value(text, ";") }
	bytesOf := func(text string) string { return value(text, ",") }
	request := func(more ...string) string {
		return dict(append([]string{name("method"), bytesOf("GET"), name("scheme"), bytesOf("https"), name("host"), name("h"), name("port"), value("443", "#"), name("path"), bytesOf("/a"), name("content"), bytesOf("")}, more...)...)
	}
	response := func(status string) string {
		return dict(name("status_code"), status, name("reason"), bytesOf("OK"), name("content"), bytesOf("\xff\n{}"), name("headers"), value(value(bytesOf(":status")+bytesOf("200"), "]")+value(bytesOf("x-a")+bytesOf("b"), "]"), "]"))
	}
	flow := func(pairs ...string) string { return dict(append([]string{name("type"), name("http")}, pairs...)...) }
	ok := flow(name("request"), request(), name("response"), response(value("200", "#")))
	for _, tc := range []struct {
		name, text string
		count      int
		odd        string // the problem of an entry
		ends       error
	}{
		{"two", ok + ok, 2, "", nil},
		{"no response", flow(name("request"), request(), name("response"), value("", "~")), 1, "", nil},
		{"no request", ok + flow(name("response"), response(value("200", "#"))) + ok, 2, "has no request", nil},
		{"an odd status", ok + flow(name("request"), request(), name("response"), response(value("", "~"))) + ok, 2, "status of the flow", nil},
		{"a broken value", ok + flow("9:request;9:a;") + ok, 2, "the flow is broken", nil},
		{"of TCP", ok + dict(name("type"), name("tcp"), name("messages"), value("", "]")) + ok, 2, "", nil},
		{"cut off", ok + ok[:len(ok)-9], 1, "", traffic.ErrMalformed},
		{"text after it", ok + "text", 1, "", traffic.ErrMalformed},
		{"not a dictionary", ok + "1:a,", 1, "", traffic.ErrMalformed},
		{"too large", ok + "99999999:a", 1, "", traffic.ErrTooLarge},
	} {
		t.Run(tc.name, func(t *testing.T) {
			all, odd, err := readEvery("in", strings.NewReader(tc.text))
			require.ErrorIs(t, err, tc.ends)
			require.Len(t, all, tc.count)
			if tc.odd != "" {
				require.Len(t, odd, 1)
				require.Contains(t, odd[0].Problem, tc.odd)
				require.Equal(t, 1, odd[0].Index)
			} else {
				require.Empty(t, odd)
			}
			x := all[0]
			require.Equal(t, "https://h/a", x.Request.URL)
			require.Empty(t, x.Request.Body.Bytes)
			require.False(t, x.Request.Body.Missing)
			if tc.name == "no response" {
				require.True(t, x.Response.Body.Missing)
				return
			}
			require.Equal(t, 200, x.Response.Status)
			require.Equal(t, map[string][]string{"X-A": {"b"}}, map[string][]string(x.Response.Header))
			require.Equal(t, "\xff\n{}", string(x.Response.Body.Bytes))
			require.Equal(t, "2:1", place(x.Response.Body.Position(2)))
		})
	}
}
