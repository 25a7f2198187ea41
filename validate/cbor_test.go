package validate

import (
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// metrics is an operation whose clients may speak CBOR.
func metrics(t *testing.T, protocol string) *schema.Catalog {
	t.Helper()
	c, err := schema.Parse([]byte(`{"crcheckContract":1,"service":"test","operation":"Put","protocol":"` + protocol + `","method":"POST","uri":"/","target":"Granite.Put","input":"In","output":"Out","shapes":{
		"In":{"type":"structure","members":[{"name":"Namespace","required":true,"shape":{"type":"string"}},{"name":"MetricData","shape":{"type":"list","element":"Datum"}}]},
		"Datum":{"type":"structure","members":[{"name":"MetricName","shape":{"type":"string"}},{"name":"Timestamp","shape":{"type":"timestamp"}},{"name":"Value","shape":{"type":"float"}},
			{"name":"Counts","shape":{"type":"list","element":{"type":"float"}}},{"name":"StorageResolution","shape":{"type":"integer"}}]},
		"Out":{"type":"structure","members":[{"name":"s","shape":{"type":"string"}},{"name":"b","shape":{"type":"blob"}},{"name":"t","shape":{"type":"timestamp"}},{"name":"e","shape":{"type":"string","enum":["A","B"]}}]}}}`))
	require.NoError(t, err)
	return schema.NewCatalog(c)
}

// putMetricData is a request that botocore 1.43 wrote: a time of 2026, the numbers 1.5, infinity and 0.1.
const putMetricData = "a2694e616d65737061636562c3a96a4d65747269634461746181a56a4d65747269634e616d6561616954696d657374616d70c11a6955b9006556616c7565fb3ff800000000000066436f756e747382f97c00fb3fb999999999999a7153746f726167655265736f6c7574696f6e183c"

// TestCBOR checks bodies of CBOR: what is found in them, and at which byte.
func TestCBOR(t *testing.T) {
	const rpc, other = "https://test.us-east-1.amazonaws.com/service/Granite/operation/Put", "https://test.us-east-1.amazonaws.com/"
	smithy := http.Header{"Smithy-Protocol": {"rpc-v2-cbor"}, "Content-Type": {"application/cbor"}}
	kinesis := http.Header{"X-Amz-Target": {"Granite.Put"}, "Content-Type": {"application/x-amz-cbor-1.1"}}
	for _, tc := range []struct {
		name, url         string
		header            http.Header
		request, response string // in hexadecimal digits
		want              []string
		notRead           string
	}{
		{"valid", rpc, smithy, putMetricData, "a4617361786162420001617 4c11a6955b90061656141", nil, ""},
		{"in a prefix", "https://h/v1/service/Granite/operation/Put", smithy, putMetricData, "a0", nil, ""},
		{"of Kinesis", other, kinesis, putMetricData, "a16174c11b0000019b770f5400", nil, ""},
		{"a wrong value", rpc, smithy, putMetricData, "a261736178616561 43", []string{`in:1:1: error enum.unknown-value at /e, byte 7: "C" is not a value of the enum`}, ""},
		{"a wrong type", rpc, smithy, putMetricData, "a1617307", []string{"in:1:1: error type.mismatch at /s, byte 3: got number 7, want string"}, ""},
		{"text for bytes", rpc, smithy, putMetricData, "a161626441514944", []string{"in:1:1: error type.mismatch at /b, byte 3: got text, want bytes"}, ""},
		{"bytes for text", rpc, smithy, putMetricData, "a161734101", []string{"in:1:1: error type.mismatch at /s, byte 3: got bytes, want string"}, ""},
		{"milliseconds for seconds", rpc, smithy, putMetricData, "a16174c11b0000019b770f5400", []string{"epoch seconds are outside the years 1 to 9999"}, ""},
		{"a duplicate name", rpc, smithy, putMetricData, "a2617361786173 6179", []string{"byte 5"}, ""},
		{"broken", rpc, smithy, putMetricData, "a16173", []string{"byte 3: unexpected end of the document"}, ""},
		{"trailing bytes", rpc, smithy, putMetricData, "a000", []string{"byte 1: unexpected bytes after the document"}, ""},
		{"an invalid request", rpc, smithy, "a16a4d65747269634461746181a16556616c75656161", "a0", []string{"member.missing at input#", "byte 20"}, ""},
		{"a request that is broken", rpc, smithy, "a1", "a0", nil, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			k, err := CompileCatalog(metrics(t, "awsJson1_1"), Options{})
			require.NoError(t, err)
			body := func(digits string) traffic.Body {
				text, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
				require.NoError(t, err)
				return traffic.BodyOf(text)
			}
			response := http.Header{"Content-Type": tc.header["Content-Type"], "X-Amzn-Requestid": {"1"}}
			x := &traffic.Interaction{Source: "in", Kind: traffic.JSON, Request: &traffic.Request{Method: "POST", URL: tc.url, Header: tc.header, Body: body(tc.request)},
				Response: traffic.Response{Status: 200, Header: response, Body: body(tc.response)}}
			outcome, err := k.Check(x, Bare{})
			require.NoError(t, err)
			require.NotNil(t, outcome.Contract, outcome.NotChecked)
			require.Equal(t, tc.notRead, outcome.NotRead)
			var got []string
			for _, f := range outcome.Findings {
				if f.Severity.String() != "info" {
					got = append(got, f.String())
				}
			}
			if len(tc.want) == 0 {
				require.Empty(t, got)
			}
			for _, want := range tc.want {
				require.Contains(t, strings.Join(got, "\n"), want)
			}
		})
	}
}

// TestCBORAlone checks a service that has no other protocol: its requests are not routed.
func TestCBORAlone(t *testing.T) {
	k, err := CompileCatalog(metrics(t, "rpcv2Cbor"), Options{})
	require.NoError(t, err)
	outcome, err := k.Check(&traffic.Interaction{Operation: "test.Put", Request: &traffic.Request{Method: "POST", URL: "https://test/service/Granite/operation/Put",
		Header: http.Header{"Smithy-Protocol": {"rpc-v2-cbor"}, "Content-Type": {"application/cbor"}}},
		Response: traffic.Response{Status: 200, Header: http.Header{"Content-Type": {"application/cbor"}}, Body: traffic.BodyOf([]byte("\xa1\x61s\x07"))}}, Bare{})
	require.NoError(t, err)
	require.NotNil(t, outcome.Contract, outcome.NotChecked)
	require.Contains(t, outcome.Findings.Rules(), finding.TypeMismatch)
}

// FuzzCBOR checks that no body of CBOR causes a panic, and that places are within it.
func FuzzCBOR(f *testing.F) {
	for _, seed := range []string{putMetricData, "a4617361786162420001", "a16174c11b0000019b770f5400", "bf6161ff"} {
		text, _ := hex.DecodeString(seed)
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		k, err := CompileCatalog(metrics(t, "awsJson1_1"), Options{})
		require.NoError(t, err)
		header := http.Header{"Smithy-Protocol": {"rpc-v2-cbor"}, "Content-Type": {"application/cbor"}}
		for _, side := range []string{"request", "response"} {
			x := &traffic.Interaction{Request: &traffic.Request{Method: "POST", URL: "https://h/service/Granite/operation/Put", Header: header, Body: traffic.BodyOf([]byte("\xa0"))},
				Response: traffic.Response{Status: 200, Header: header, Body: traffic.BodyOf([]byte("\xa0"))}}
			if side == "request" {
				x.Request.Body = traffic.BodyOf(body)
			} else {
				x.Response.Body = traffic.BodyOf(body)
			}
			outcome, err := k.Check(x, Bare{})
			require.NoError(t, err)
			for _, found := range outcome.Findings {
				require.True(t, 0 <= found.Offset && found.Offset <= int64(len(body)))
			}
		}
	})
}
