package awshttp

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMasked(t *testing.T) {
	for value, want := range map[string]bool{
		"REDACTED": true, "redacted": true, "**REDACTED**": true, "<REDACTED>": true, "[REDACTED]": true, "[Filtered]": true, "MASKED-BY-CRCHECK": true,
		"***": true, "XXXXXXXX": true, "xxx": true, "####": true, "<AWS_REQUEST_ID>": true, "<request id>": true, "{{requestId}}": true, "${TOKEN}": true,
		"REMOVED": true, "SECRET": true, "DUMMY_TOKEN": true, "<removed>": true, "sanitized": true, "REDACTED_HEADER": true,

		"X-AMZ-SECURITY-TOKEN-XXX": true, "x-amzn-requestid-xxxx": true, "REQUEST_ID_XXX": true,

		"Error-XX": false, "application/xxx": false, "fooXXX": false,
		"": false, "hidden": false, "removed": false, "secret": false, "application/json": false, "text/plain": false, "x": false, "xx": false, "**": false,
		"00000000-0000-4000-8000-000000000001": false, "ThrottlingException": false, "AWS.SimpleQueueService.NonExistentQueue;Sender": false,
		"Tue, 03 Mar 2026 10:00:00 GMT": false, `["a","b"]`: false, "[1]": false, "<https://x>; rel=next": false, "redactedly": false, "unmasked": false,
		"REDACTED " + strings.Repeat("x", 200): false,
	} {
		t.Run(value, func(t *testing.T) { require.Equal(t, want, Masked(value)) })
	}
}

func TestOfServiceAndClient(t *testing.T) {
	for name, test := range map[string]struct {
		header          http.Header
		service, client bool
	}{
		"no headers":                {http.Header{}, false, false},
		"headers that filters keep": {http.Header{"Content-Type": {"application/json"}, "Content-Length": {"3"}, "Connection": {"close"}, "Vary": {"Origin"}}, false, false},
		"a request ID":              {http.Header{"x-amzn-requestid": {"1"}}, true, false},
		"a masked request ID":       {http.Header{"X-Amzn-Requestid": {"REDACTED"}}, true, false},
		"a date":                    {http.Header{"Date": {"Tue, 03 Mar 2026 10:00:00 GMT"}}, true, false},
		"AWS's media type":          {http.Header{"content-type": {"application/x-amz-json-1.1"}}, true, false},
		"a name without values":     {http.Header{"X-Amzn-Requestid": {}}, false, false},
		"a signature":               {http.Header{"Authorization": {"**REDACTED**"}}, false, true},
		"an SDK":                    {http.Header{"amz-sdk-invocation-id": {"1"}}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.service, OfService(test.header))
			require.Equal(t, test.client, OfClient(test.header))
		})
	}
}

// TestUnmasked checks that the quick test refuses no mask.
func TestUnmasked(t *testing.T) {
	for _, word := range []string{
		"redacted", "Masked", "ma\u017fked", "FILTERED", "scrubbed", "sanitised", "sanitized", "obfuscated", "censored", "xxx", "REMOVED", "OMITTED",
		"HIDDEN", "STRIPPED", "DUMMY", "PLACEHOLDER", "FAKE", "SECRET", "a-XXX", "9_xxxx", "mas\u212aed",
	} {
		for _, text := range []string{word, word + "-a b", word + " 1*", "a" + word, word + "/json", word + "x", "<" + word + ">", "*" + word + "*"} {
			t.Run(text, func(t *testing.T) {
				require.False(t, unmasked(text) && masks().MatchString(text))
			})
		}
	}
	require.True(t, unmasked("application/json"))
	require.True(t, unmasked("00000000-0000-4000-8000-000000000001"))
}

func FuzzUnmasked(f *testing.F) {
	f.Add("REDACTED_a")
	f.Fuzz(func(t *testing.T, text string) {
		require.False(t, text != "" && unmasked(text) && masks().MatchString(text))
	})
}
