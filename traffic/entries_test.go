package traffic_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

const (
	goodEntry  = `{"request":{"method":"GET","url":"/"},"response":{"status":200,"content":{"size":2,"text":"ok"}}}`
	goodRecord = "- request: {body: '', headers: {}, method: GET, url: /}\n  response: {body: ok, headers: {}, status: 200 OK, code: 200, duration: 1ms}\n"
	goodPy     = "- request: {body: null, headers: {}, method: GET, uri: /}\n  response: {body: {string: ok}, headers: {}, status: {code: 200, message: OK}}\n"
)

// TestOddEntries checks an odd interaction between two good ones: both are read, and the odd one is
// reported with its position. Its readable parts are read.
func TestOddEntries(t *testing.T) {
	har := func(entry string) string {
		return `{"log":{"version":"1.2","entries":[` + "\n" + goodEntry + ",\n" + entry + ",\n" + goodEntry + "\n]}}"
	}
	lines := func(line string) string { return plainLine + "\n" + line + "\n" + plainLine + "\n" }
	vcr := func(record string) string { return "version: 1\ninteractions:\n" + goodRecord + record + goodRecord }
	py := func(record string) string { return "version: 1\ninteractions:\n" + goodPy + record + goodPy }
	const unread = "unread"
	for _, tc := range []struct {
		name, text string
		says       string // of the problem
		at         string
		odd        string // status and body of the response, or unread
	}{
		{"lines: no method and address", lines(`{"request":{"headers":{}},"response":{"status":200}}`), "the interaction has no request.method", "2:12", unread},
		{"lines: no address and status", lines(`{"request":{"method":"POST"},"response":{"body":"{}"}}`), "the interaction has no request.url", "2:12", unread},
		{"HAR: a number", har(`17`), "the entry is not an object", "3:1", unread},
		{"HAR: null", har(`null`), "the entry is not an object", "3:1", unread},
		{"HAR: no request", har(`{"response":{"status":200}}`), "the entry has no request", "3:1", unread},
		{"HAR: request null", har(`{"request":null,"response":{"status":200}}`), "request is not an object", "3:12", unread},
		{"HAR: response null", har(`{"request":{"method":"GET","url":"/"},"response":null}`), "the entry has no response", "3:50", `0 "" missing`},
		{"HAR: response a list", har(`{"request":{"method":"GET","url":"/"},"response":[]}`), "response is not an object", "3:50", `0 "" missing`},
		{"HAR: status with a fraction", har(`{"request":{"method":"GET","url":"/"},"response":{"status":200.0,"content":{"text":"a"}}}`), "not a whole number", "3:60", `200 "a"`},
		{"HAR: status with an exponent", har(`{"request":{"method":"GET","url":"/"},"response":{"status":2e2,"content":{"text":"a"}}}`), "not a whole number", "3:60", `200 "a"`},
		{"HAR: status a string", har(`{"request":{"method":"GET","url":"/"},"response":{"status":"404","content":{"text":"a"}}}`), "not a whole number", "3:60", `404 "a"`},
		{"HAR: status half", har(`{"request":{"method":"GET","url":"/"},"response":{"status":200.5,"content":{"text":"a"}}}`), "not a whole number", "3:60", `0 "a"`},
		{"HAR: status of letters", har(`{"request":{"method":"GET","url":"/"},"response":{"status":"ok","content":{"text":"a"}}}`), "not a whole number", "3:60", `0 "a"`},
		{"HAR: status true", har(`{"request":{"method":"GET","url":"/"},"response":{"status":true,"content":{"text":"a"}}}`), "not a whole number", "3:60", `0 "a"`},
		{"HAR: status hexadecimal", har(`{"request":{"method":"GET","url":"/"},"response":{"status":"0xC8","content":{"text":"a"}}}`), "not a whole number", "3:60", `0 "a"`},
		{"HAR: statusText a number", har(`{"request":{"method":"GET","url":"/"},"response":{"status":200,"statusText":200,"content":{"text":"a"}}}`), "response.statusText is not a string", "3:77", `200 "a"`},
		{"HAR: a header's value a number", har(`{"request":{"method":"GET","url":"/"},"response":{"status":200,"headers":[{"name":"a","value":1}],"content":{"text":"a"}}}`), "response.headers is not a string", "3:95", `200 "a"`},
		{"HAR: headers an object", har(`{"request":{"method":"GET","url":"/"},"response":{"status":200,"headers":{"a":"b"},"content":{"text":"a"}}}`), "response.headers is not a list", "3:74", `200 "a"`},
		{"HAR: content a string", har(`{"request":{"method":"GET","url":"/"},"response":{"status":200,"content":"a"}}`), "response.content is not an object", "3:74", `200 "" missing`},
		{"HAR: text an object", har(`{"request":{"method":"GET","url":"/"},"response":{"status":200,"content":{"text":{"a":1}}}}`), "response.content.text is not a string", "3:82", `200 "" missing`},
		{"HAR: text not base64", har(`{"request":{"method":"GET","url":"/"},"response":{"status":200,"content":{"text":"?","encoding":"base64"}}}`), "response.content.text is not base64", "3:82", `200 "" missing`},
		{"HAR: chunks not base64", har(`{"request":{"method":"GET","url":"/"},"response":{"status":200,"content":{"text":"[\"?\"]","encoding":"base64"}}}`), "response.content.text is not a list of chunks", "3:82", `200 "" missing`},
		{"HAR: chunks not hexadecimal", har(`{"request":{"method":"GET","url":"/"},"response":{"status":200,"content":{"text":"1g","_isBinary":true}}}`), "response.content.text is not a list of chunks", "3:82", `200 "" missing`},
		{"HAR: an encoding", har(`{"request":{"method":"GET","url":"/"},"response":{"status":200,"content":{"text":"a","encoding":"br"}}}`), `response.content.text has the unsupported encoding "br"`, "3:82", `200 "" missing`},
		{"HAR: url a number", har(`{"request":{"method":"GET","url":1},"response":{"status":200,"content":{"text":"a"}}}`), "request.url is not a string", "3:34", `200 "a"`},
		{"HAR: postData a string", har(`{"request":{"method":"POST","url":"/","postData":"a"},"response":{"status":200,"content":{"text":"a"}}}`), "request.postData is not an object", "3:50", `200 "a"`},

		{"NDJSON: no URL", lines(`{"request":{"method":"GET"},"response":{"status":200}}`), "no request.url", "2:12", unread},
		{"NDJSON: no method", lines(`{"request":{"url":"/"},"response":{"status":200}}`), "no request.method", "2:12", unread},
		{"NDJSON: no status", lines(`{"request":{"method":"GET","url":"/"},"response":{"body":"a"}}`), "no response.status", "2:50", unread},
		{"NDJSON: response null", lines(`{"request":{"method":"GET","url":"/"},"response":null}`), "response is not an object", "2:50", unread},
		{"NDJSON: status a string", lines(`{"request":{"method":"GET","url":"/"},"response":{"status":"200","body":"a"}}`), "not a whole number", "2:60", `200 "a"`},
		{"NDJSON: a header's value a number", lines(`{"request":{"method":"GET","url":"/","headers":{"a":1}},"response":{"status":200,"body":"a"}}`), "request.headers is not a string", "2:53", `200 "a"`},
		{"NDJSON: not base64", lines(`{"request":{"method":"GET","url":"/"},"response":{"status":200,"bodyBase64":"?"}}`), "the body cannot be decoded", "2:77", `200 "" missing`},
		{"NDJSON: marked, no URL", lines(`{"crcheckInteraction":1,"request":{"method":"GET"},"response":{"status":200}}`), `request has no member "url"`, "2:35", unread},
		{"NDJSON: marked, cut off", lines(`{"crcheckInteraction":1,"request":{"method":"GET"`), "is not JSON", "2:50", unread},
		{"NDJSON: marked, not first", lines(`{"request":{"method":"GET","url":"/"},"crcheckInteraction":1,"response":{"status":200,"odd":1}}`), `response has an unknown member "odd"`, "2:87", unread},

		{"go-vcr: null", vcr("- ~\n"), "interaction 1 is empty", "5:3", unread},
		{"go-vcr: a scalar", vcr("- text\n"), "broken YAML", "5:1", unread},
		{"go-vcr: no response", vcr("- request: {url: /}\n"), "interaction 1 has no response", "5:3", unread},
		{"go-vcr: no request", vcr("- response: {code: 200}\n"), "interaction 1 has no request", "5:3", unread},
		{"go-vcr: code a string", vcr("- request: {url: /}\n  response: {code: \"200\"}\n"), "response.code is not a whole number", "6:20", unread},
		{"go-vcr: headers a string", vcr("- request: {url: /, headers: text}\n  response: {code: 200}\n"), "broken YAML", "5:1", unread},
		{"go-vcr: a body that is a mapping", vcr("- request: {url: /}\n  response: {code: 200, body: {a: 1}}\n"), "response.body is not text", "6:31", unread},
		{"go-vcr: a duplicate key", vcr("- request: {url: /}\n  request: {url: /}\n  response: {code: 200}\n"), "broken YAML", "6:3", unread},
		{"vcrpy: no status", py("- request: {uri: /}\n  response: {body: {string: a}}\n"), "interaction 1 has no response.status.code", "5:3", unread},
		{"vcrpy: no uri", py("- request: {method: GET}\n  response: {body: {string: a}, status: {code: 200}}\n"), "interaction 1 has no request.uri", "5:3", unread},
		{"vcrpy: a scalar", py("- 7\n"), "broken YAML", "5:1", unread},
		{"vcrpy: headers of numbers", py("- request: {uri: /, headers: [1, 2, 3]}\n  response: {body: {string: a}, status: {code: 200}}\n"), "broken YAML", "5:1", unread},
		{"vcrpy: not base64", py("- request: {uri: /}\n  response: {body: {base64_string: '?'}, status: {code: 200}}\n"), "response.body.string is not base64", "6:36", unread},
	} {
		t.Run(tc.name, func(t *testing.T) {
			all, odd, err := readEvery("in", strings.NewReader(tc.text))
			require.NoError(t, err)
			require.Len(t, odd, 1)
			require.Contains(t, odd[0].Problem, tc.says)
			require.Equal(t, "in", odd[0].Source)
			require.Equal(t, tc.at, fmt.Sprintf("%d:%d", odd[0].Line, odd[0].Column))
			require.Equal(t, 1, odd[0].Index)
			require.NotEmpty(t, odd[0].Remedy)
			require.ErrorIs(t, error(odd[0]), traffic.ErrMalformed)
			require.Equal(t, tc.odd == unread, odd[0].Reason == traffic.ErrUnreadEntry)
			require.Equal(t, all[0].Kind, odd[0].Kind)
			if strings.HasPrefix(tc.name, "NDJSON") && tc.odd == unread {
				require.Contains(t, odd[0].Error(), `an interaction looks like {"request":{"method":"POST","url":`)
			}
			if tc.odd == unread {
				require.Len(t, all, 2)
			} else {
				require.Len(t, all, 3)
				require.Equal(t, 1, all[1].Index)
				require.Equal(t, tc.odd, summary(all[1]))
			}
			require.Equal(t, 0, all[0].Index)
			last := all[len(all)-1]
			require.Equal(t, 2, last.Index)
			require.Equal(t, 200, last.Response.Status)
			require.NotEmpty(t, last.Response.Body.Bytes)
		})
	}
}

func summary(x *traffic.Interaction) string {
	text := fmt.Sprintf("%d %q", x.Response.Status, x.Response.Body.Bytes)
	if x.Response.Body.Missing {
		text += " missing"
	}
	return text
}

// TestNoStatus checks that a status of -1, Playwright's for a failed request, is not odd.
func TestNoStatus(t *testing.T) {
	all, err := readAll("in", strings.NewReader(harHead+`{"request":{"method":"GET","url":"/"},"response":{"status":-1,"content":{"size":-1}}}]}}`))
	require.NoError(t, err)
	require.Equal(t, `0 "" missing`, summary(all[0]))
}

// TestOddEntriesAreBounded checks that the number of problems per entry is limited, and that every
// file is read to its end.
func TestOddEntriesAreBounded(t *testing.T) {
	entry := `{"request":{"method":"GET","url":"/","headers":[` + strings.TrimSuffix(strings.Repeat("1,", 5000), ",") + `]},"response":{"status":200,"content":{"text":"ok"}}}`
	all, odd, err := readEvery("in", strings.NewReader(harHead+entry+","+goodEntry+"]}}"))
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Len(t, odd, 10)
	for _, stop := range []int{1, 5} {
		t.Run(fmt.Sprint("stop after ", stop), func(t *testing.T) {
			count := 0
			for _, err := range traffic.Read("in", strings.NewReader(harHead+entry+","+goodEntry+"]}}")) {
				require.True(t, errors.Is(err, traffic.ErrOddEntry))
				if count++; count == stop {
					break
				}
			}
			require.Equal(t, stop, count)
		})
	}
}

// TestAliasesEndACassette checks that aliases that expand too far end the cassette, instead of
// being reported for each interaction.
func TestAliasesEndACassette(t *testing.T) {
	_, odd, err := readEvery("in", strings.NewReader(manyAliases("body")))
	require.ErrorIs(t, err, traffic.ErrMalformed)
	require.Empty(t, odd)
}

// TestBodyMissing checks in which messages a body counts as not recorded.
func TestBodyMissing(t *testing.T) {
	for _, tc := range []struct {
		name, request, response         string // the rest of each
		requestMissing, responseMissing bool   // missing
	}{
		{"a GET without further signs", `"method":"GET"`, `"status":200,"content":{"size":0}`, false, false},
		{"a POST without further signs", `"method":"POST"`, `"status":200,"content":{}`, true, true},
		{"a post without further signs", `"method":"post"`, `"status":200`, true, true},
		{"a POST of no bytes", `"method":"POST","bodySize":0`, `"status":200,"content":{"size":0}`, false, false},
		{"a POST of unknown size", `"method":"POST","bodySize":-1`, `"status":200,"content":{"size":-1}`, true, true},
		{"a GET of unknown size", `"method":"GET","bodySize":-1`, `"status":200,"content":{"size":2}`, false, true},
		{"a DELETE of unknown size", `"method":"DELETE","bodySize":-1`, `"status":204`, false, false},
		{"a DELETE with a size", `"method":"DELETE","bodySize":3`, `"status":304`, true, false},
		{"a POST with a length", `"method":"POST","bodySize":0,"headers":[{"name":"content-length","value":"25"}]`, `"status":200,"content":{"size":1,"text":""}`, true, true},
		{"a POST with the length 0", `"method":"POST","bodySize":-1,"headers":[{"name":"Content-Length","value":"0"}]`, `"status":200,"content":{"size":0,"text":""}`, false, false},
		{"postData without text", `"method":"DELETE","postData":{"mimeType":"application/json"}`, `"status":200,"content":{"text":null}`, true, true},
		{"postData with empty text, and a size", `"method":"POST","bodySize":9,"postData":{"text":""}`, `"status":0`, true, true},
		{"postData with empty text", `"method":"POST","bodySize":0,"postData":{"text":""}`, `"status":200,"content":{"text":""}`, false, false},
		{"postData with text", `"method":"POST","bodySize":-1,"postData":{"text":"{}"}`, `"status":200,"content":{"size":-1,"text":"{}"}`, false, false},
		{"postData that is not base64", `"method":"POST","postData":{"text":"?","encoding":"base64"}`, `"status":200,"content":{"text":"?","encoding":"base64"}`, true, true},
		{"a HEAD", `"method":"HEAD"`, `"status":200,"content":{"size":9}`, false, false},
		{"a form", `"method":"POST","postData":{"mimeType":"application/x-www-form-urlencoded","params":[{"name":"a","value":"b"}]}`, `"status":200,"content":{"size":0}`, false, false},
		{"a form of files", `"method":"POST","postData":{"mimeType":"multipart/form-data","params":[{"name":"a"}]}`, `"status":200,"content":{"size":0}`, true, false},
	} {
		t.Run("HAR: "+tc.name, func(t *testing.T) {
			all, _, err := readEvery("in", strings.NewReader(harHead+`{"request":{"url":"/",`+tc.request+`},"response":{`+tc.response+`}}]}}`))
			require.NoError(t, err)
			require.Equal(t, tc.requestMissing, all[0].Request.Body.Missing, "request")
			require.Equal(t, tc.responseMissing, all[0].Response.Body.Missing, "response")
		})
	}
	for _, tc := range []struct {
		name, text                      string
		requestMissing, responseMissing bool
	}{
		{"vcrpy: null", "version: 1\ninteractions:\n- request: {uri: /, method: POST, body: null}\n  response: {body: {string: ''}, status: {code: 200}}\n", false, false},
		{"vcrpy: no body", "version: 1\ninteractions:\n- request: {uri: /, method: POST}\n  response: {body: null, status: {code: 200}}\n", false, false},
		{"go-vcr: empty", "version: 1\ninteractions:\n- request: {url: /, method: POST, body: \"\"}\n  response: {body: \"\", code: 200}\n", false, false},
		{"NDJSON: unspecified", `{"request":{"method":"POST","url":"/"},"response":{"status":200}}`, true, true},
		{"NDJSON: unspecified, no body expected", `{"request":{"method":"GET","url":"/"},"response":{"status":204}}`, false, false},
		{"NDJSON: null", `{"request":{"method":"POST","url":"/","body":null},"response":{"status":200,"body":null}}`, false, false},
		{"NDJSON: empty", `{"request":{"method":"POST","url":"/","body":""},"response":{"status":200,"body":""}}`, false, false},
		{"NDJSON: marked, unspecified", `{"crcheckInteraction":1,"request":{"method":"POST","url":"/"},"response":{"status":200}}`, false, false},
		{"NDJSON: marked, missing", `{"crcheckInteraction":1,"request":{"method":"POST","url":"/","bodyMissing":true},"response":{"status":200,"bodyMissing":true}}`, true, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			all, err := readAll("in", strings.NewReader(tc.text))
			require.NoError(t, err)
			require.Len(t, all, 1)
			require.NotNil(t, all[0].Request)
			require.Equal(t, tc.requestMissing, all[0].Request.Body.Missing, "request")
			require.Equal(t, tc.responseMissing, all[0].Response.Body.Missing, "response")
		})
	}
}
