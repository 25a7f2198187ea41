package traffic_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

// TestFormats checks unsupported formats, also compressed and in a folder.
func TestFormats(t *testing.T) {
	for _, tc := range []struct {
		name, text, format string
		recorded           bool
	}{
		{"a.yaml", "- request: {method: GET, host: h, path: /, protocol: https}\n  response: {}\n", "vcrpy 0 cassette", true},
		{"test_x.validation.json", `{"tests/test_x.py::test": {"last_validated_date": "2026-01-01"}}`, "LocalStack validation file", false},
		{"a.json", `[{"scope":"https://example.com:443","method":"GET","path":"/","body":"","status":200,"response":{"a":1},"rawHeaders":[]}]`, "nock recording", true},
		{"a.json", `{"request":{"method":"GET","urlPath":"/a"},"response":{"status":200,"jsonBody":{}}}`, "WireMock mapping", true},
		{"a.json", `{"id":"x","request":{"method":"POST","url":"/","bodyPatterns":[]},"response":{"status":200}}`, "WireMock mapping", true},
		{"a.json", `{"mappings":[{"request":{"method":"GET","url":"/"},"response":{"status":200}}]}`, "WireMock mappings", true},
		{"a.json", `{"data":{"pairs":[{"request":{},"response":{}}]},"meta":{"schemaVersion":"v5"}}`, "Hoverfly simulation", true},
		{"a.json", `[{"httpRequest":{"path":"/"},"httpResponse":{"statusCode":200}}]`, "MockServer recording", true},
		{"a.json", `{"imposters":[{"protocol":"http","port":1,"stubs":[]}]}`, "Mountebank recording", true},
		{"a.json", `{"consumer":{"name":"a"},"provider":{"name":"b"},"interactions":[{"request":{"method":"GET"},"response":{"status":200}}]}`, "Pact contract", true},
		{"a.json", `[{"status":"COMPLETE","method":"GET","protocolVersion":"HTTP/1.1","host":"h","request":{"sizes":{}},"response":{"status":200}}]`, "Charles session", true},
		{"moto.json", "{\"url\":\"/\",\"method\":\"POST\",\"headers\":{},\"body\":\"\",\"body_encoded\":false}\n{\"url\":\"/\"}\n", "moto recording", true},
		{"trail.json", `{"Records":[{"eventVersion":"1.08","userIdentity":{},"eventTime":"2026-01-01T00:00:00Z","eventSource":"kms.amazonaws.com","eventName":"Decrypt","awsRegion":"us-east-1"}]}`, "CloudTrail log", true},
		{"trail.ndjson", strings.Repeat(`{"eventVersion":"1.08","userIdentity":{},"eventTime":"2026-01-01T00:00:00Z","eventSource":"kms.amazonaws.com","eventName":"Decrypt","awsRegion":"us-east-1"}`+"\n", 2), "CloudTrail log", true},
		{"bedrock.jsonl", `{"schemaType":"ModelInvocationLog","operation":"Converse","input":{}}` + "\n", "Bedrock invocation log", true},
		{"a.json", `{"info":{"_postman_id":"x","name":"n"},"item":[]}`, "Postman collection", false},
		{"a.json", `{"info":{"name":"n","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[]}`, "Postman collection", false},
		{"a.json", `{"_type":"export","resources":[]}`, "Insomnia export", false},
		{"a.json", `{"openapi":"3.0.0","info":{},"paths":{}}`, "OpenAPI document", false},
		{"a.json", `{"swagger":"2.0","info":{},"paths":{}}`, "OpenAPI document", false},
		{"a.json", `{"smithy":"2.0","shapes":{}}`, "Smithy model", false},
		{"service-2.json", `{"version":"2.0","metadata":{},"operations":{},"shapes":{}}`, "botocore model", false},
		{"a.schema.json", `{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object"}`, "JSON Schema", false},
		{"a.har", `{"log":{"version":"1.2","creator":{}}}`, "HAR without entries", false},

		// Not text, or text of another kind.
		{"a.pcap", "\xd4\xc3\xb2\xa1\x02\x00", "packet capture", true},
		{"a.pcapng", "\x0a\x0d\x0d\x0a\x00\x00", "packet capture", true},
		{"a.warc", "WARC/1.0\r\nWARC-Type: warcinfo\r\n", "WARC archive", true},
		{"a.B_1.pickle", "\x80\x04\x95\x1f\x00\x00\x00\x00\x00\x00\x00}\x94.", "pickle", false},
		{"a.bz2", "BZh91AY", "bzip2 data", false},
		{"out", "HTTP/1.1 200 OK\r\n\r\n{}", "raw HTTP message", true},
		{"in", "POST / HTTP/1.1\r\nHost: x\r\n\r\n{}", "raw HTTP message", true},
		{"debug", "2024-01-01 10:00:00,123 - MainThread - botocore.endpoint - DEBUG - Making request\n", "SDK debug log", true},
		{"debug", "2024-01-01 10:00:00,123 botocore.hooks [DEBUG] Event x: calling\n", "SDK debug log", true},
		{"debug.log", "DEBUG:botocore.parsers:Response body:\nb'{}'\n", "SDK debug log", true},
		{"debug.log", "SDK 2024/01/01 10:00:00 DEBUG Request\nPOST / HTTP/1.1\n", "SDK debug log", true},
		{"debug.txt", "[AWS dynamodb 200 0.2s 0 retries] listTables({})\n", "SDK debug log", true},
	} {
		for _, named := range []bool{true, false} {
			t.Run(tc.name+" "+tc.format, func(t *testing.T) {
				for _, text := range [][]byte{[]byte(tc.text), encode(t, "gzip", tc.text)} {
					var unknown *traffic.Error
					count := 0
					for x, err := range (traffic.File{Path: tc.name, Named: named}).Read(bytes.NewReader(text)) {
						require.Nil(t, x)
						require.True(t, errors.As(err, &unknown) && unknown.Is(traffic.ErrUnknownFormat), "%v", err)
						count++
					}
					require.Equal(t, 1, count)
					require.Equal(t, tc.format, unknown.Format)
					require.Equal(t, tc.recorded, unknown.Recorded)
					require.Equal(t, tc.name, unknown.Source)
					require.NotEmpty(t, unknown.Remedy)
				}
			})
		}
	}
}

// TestFormatsLeaveBodiesAlone checks that bodies of AWS with members of such formats are bare
// bodies.
func TestFormatsLeaveBodiesAlone(t *testing.T) {
	for _, text := range []string{
		`{"status_code":200}`,
		`{"data":{"a":1}}`,
		`{"status_code":200,"data":"text"}`,
		`{"status_code":200,"data":{},"more":1}`,
		`{"Records":[{"eventID":"1","eventVersion":"1.1","eventName":"INSERT","eventSource":"aws:dynamodb","awsRegion":"us-east-1","dynamodb":{}}],"NextShardIterator":"x"}`,
		`{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-east-1","eventTime":"2026-01-01T00:00:00Z","eventName":"ObjectCreated:Put","userIdentity":{}}]}`,
		`{"Records":[{"SequenceNumber":"1","Data":"eA=="}],"MillisBehindLatest":0}`,
		`{"Events":[{"EventId":"1","EventName":"Decrypt","CloudTrailEvent":"{}"}]}`,
		`{"requests":[],"responses":[]}`,
		`{"interactions":[{"id":"x"}]}`,
		`{"mappings":[{"source":"a","target":"b"}]}`,
		`{"data":{"pairs":[]}}`,
		`{"info":{"title":"x"},"item":{}}`,
		`{"info":{"title":"x"},"paths":{}}`,
		`{"metadata":{},"operations":[],"shapes":[]}`,
		`{"request":{"id":"r-1"},"response":{"status":"DONE"}}`,
		`{"request":{"method":"FETCH","body":"x"},"response":{"text":"y"}}`,
		`{"request":{"Method":"GET","URI":"/","Headers":[]},"response":{"ResponseCodeSent":200}}`,
		`{"request":null,"response":null}`,
		`{"request":"GET /","response":"200"}`,
		`{"log":{"message":"x"}}`,
		`{"schemaType":"x","operation":"y"}`,
		`[{"scope":"a","method":"b"}]`,
		`[{"request":{},"response":{}}]`,
		`[1]`, `["tool"]`, `[]`, `{}`, `"x"`, `7`, `null`,
		`[1 2]`, `{a: 1}`, `{'a': 1}`, "[\n  {\"a\": 1}\n  {\"b\": 2}\n]", `{"a":1}} and more`, `[1,2`, `["a`,
	} {
		t.Run(text, func(t *testing.T) {
			all, err := readAll("body", strings.NewReader(text))
			require.NoError(t, err)
			for _, x := range all {
				require.Nil(t, x.Request)
			}
			require.Equal(t, text, string(all[0].Response.Body.Bytes))
		})
	}
}

// TestSharedCasesAreNamed checks that unsupported inputs of the issue are named, if they are
// available.
func TestSharedCasesAreNamed(t *testing.T) {
	folder := "../../../shared/cases/validate"
	if _, err := os.Stat(folder); err != nil {
		t.Skip("skipped: the shared cases are not here")
	}
	for name, format := range map[string]string{
		"placebo.json": "a body", "betamax.json": "interactions", "langchain-requests-responses.yaml": "interactions",
		"folder-walk/ruby-vcr.yml": "interactions", "folder-walk/README.md": "Markdown", "folder-walk/tox.ini": "INI", "folder-walk/pyproject.toml": "TOML",
		"folder-walk/ok.yaml": "interactions",
	} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(folder, name))
			require.NoError(t, err)
			require.Equal(t, format, describeFile(t, traffic.File{Path: name}, bytes.NewReader(text)))
		})
	}
}

// TestRecipes checks that the pointers that an error recommends read the format. docs/traffic.md has the
// recipes that need another program, and TestPages runs them.
func TestRecipes(t *testing.T) {
	for _, tc := range []struct{ format, text, want string }{
		{"nock recording", `[{"scope":"https://dynamodb.us-east-1.amazonaws.com:443","method":"POST","path":"/","body":{},"status":200,"response":{"TableNames":[]},"rawHeaders":["Content-Type","application/json"],"reqheaders":{"x-amz-target":"DynamoDB_20120810.ListTables"}}]`,
			`POST https://dynamodb.us-east-1.amazonaws.com:443/ map[X-Amz-Target:[DynamoDB_20120810.ListTables]] "{}" → 200 map[Content-Type:[application/json]] "{\"TableNames\":[]}" at 1:135`},
		{"WireMock mapping", `{"id":"1","request":{"url":"/","method":"POST","headers":{"X-Amz-Target":{"equalTo":"A.B"}},"bodyPatterns":[{"equalToJson":"{}"}]},"response":{"status":200,"body":"{}","headers":{"A":"b"}}}`,
			`POST / map[X-Amz-Target:[A.B]] "" missing → 200 map[A:[b]] "{}" at 1:166`},
		{"MockServer recording", `[{"httpRequest":{"method":"GET","path":"/a","headers":{"A":["b"]}},"httpResponse":{"statusCode":200,"headers":{"C":["d"]},"body":"{}"}}]`,
			`GET /a map[A:[b]] "" → 200 map[C:[d]] "{}" at 1:132`},
	} {
		t.Run(tc.format, func(t *testing.T) {
			_, err := readAll("in.json", strings.NewReader(tc.text))
			var unknown *traffic.Error
			require.ErrorAs(t, err, &unknown)
			require.Equal(t, tc.format, unknown.Format)
			_, pointers, ok := strings.Cut(unknown.Remedy, "--map ")
			require.True(t, ok)
			all, odd, err := readEnvelopes(t, traffic.File{Path: "in.json", Named: true}, pointers, tc.text)
			require.NoError(t, err)
			require.Empty(t, odd)
			require.Len(t, all, 1)
			require.Equal(t, tc.want, described(all[0]))
		})
	}
}
