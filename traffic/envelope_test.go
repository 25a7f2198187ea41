package traffic_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

// httpPointers are those of a log of requests and responses.
const httpPointers = "request.method=/m,request.path=/p,request.query=/q,request.host=/h,request.headers=/rh,request.body=/rb," +
	"response.status=/s,response.headers=/sh,response.body=/sb,response.isBase64Encoded=/b64,operation=/op"

// readEnvelopes reads a file whose JSON has the parts of interactions where pointers say.
func readEnvelopes(t *testing.T, file traffic.File, pointers, text string) (all []*traffic.Interaction, odd []*traffic.Error, err error) {
	t.Helper()
	file.Pointers, err = traffic.ParsePointers(pointers)
	require.NoError(t, err)
	for x, err := range file.Read(strings.NewReader(text)) {
		switch broken := err.(type) {
		case nil:
			all = append(all, x)
		case *traffic.Error:
			if !broken.Is(traffic.ErrOddEntry) {
				return all, odd, err
			}
			odd = append(odd, broken)
		default:
			return all, odd, err
		}
	}
	return all, odd, nil
}

// described is an interaction in a line, with the place of the last byte of its body.
func described(x *traffic.Interaction) string {
	var b strings.Builder
	if r := x.Request; r != nil {
		fmt.Fprintf(&b, "%s %s %v %q", r.Method, r.URL, map[string][]string(r.Header), r.Body.Bytes)
		if r.Body.Missing {
			b.WriteString(" missing")
		}
		b.WriteString(" → ")
	}
	fmt.Fprintf(&b, "%d %v %q at %s", x.Response.Status, map[string][]string(x.Response.Header), x.Response.Body.Bytes, place(x.Response.Body.Position(max(len(x.Response.Body.Bytes)-1, 0))))
	if x.Response.Body.Missing {
		b.WriteString(" missing")
	}
	if x.Operation != "" {
		b.WriteString(" " + x.Operation)
	}
	return b.String()
}

// TestEnvelopes checks what is read from the lines of logs, and what is reported about them.
func TestEnvelopes(t *testing.T) {
	for _, tc := range []struct {
		name, pointers, text string
		want, odd            []string
	}{
		{"all parts", httpPointers, `{"m":"post","p":"/a","q":"x=1","h":"h","rh":{"A":"1"},"rb":"in","s":200,"sh":{"b":["2","3"]},"sb":"out","op":"kms.ListKeys"}`,
			[]string{`POST https://h/a?x=1 map[A:[1]] "in" → 200 map[B:[2 3]] "out" at 1:102 kms.ListKeys`}, nil},
		{"JSON text in a string", httpPointers, `{"m":"GET","p":"/","s":"200","rh":null,"sh":{},"sb":"{\"a\":\"\u00e9\"}"}`,
			[]string{`GET / map[] "" → 200 map[] "{\"a\":\"é\"}" at 1:71`}, nil},
		{"a JSON value", "response.body=/r", "{\"r\": {\"a\": 1}}", []string{`0 map[] "{\"a\": 1}" at 1:14`}, nil},
		{"a whole line, with its operation", "response.body=,operation=/op", `{"op":"kms.ListKeys"}`, []string{`0 map[] "{\"op\":\"kms.ListKeys\"}" at 1:21 kms.ListKeys`}, nil},
		{"base64 by a flag", "response.body=/r,response.isBase64Encoded=/f", `{"r":"e30=","f":true}` + "\n" + `{"r":"e30=","f":false}`,
			[]string{`0 map[] "{}" at 1:6`, `0 map[] "e30=" at 2:10`}, nil},
		{"base64", "response.bodyBase64=/r", `{"r":"e30="}`, []string{`0 map[] "{}" at 1:6`}, nil},
		{"broken base64", "response.bodyBase64=/r", `{"r":"e30"}`, []string{`0 map[] "" at 1:6 missing`}, []string{"the body cannot be decoded"}},
		{"names in a list", "response.body=/r,response.headers=/h", `{"r":"","h":[{"name":"a","value":"1"},{"name":"A","value":2}]}`, []string{`0 map[A:[1 2]] "" at 1:7`}, nil},
		{"names and values in turn", "response.body=/r,response.headers=/h", `{"r":"","h":["a","1","A","2","b"]}`, []string{`0 map[A:[1 2]] "" at 1:7`}, nil},
		{"headers of their own", "response.body=/r,response.headers.Content-Type=/t,response.headers.x-b=/l/1", `{"r":"","t":"a/b","l":[0,7]}`, []string{`0 map[Content-Type:[a/b] X-B:[7]] "" at 1:7`}, nil},
		{"a pointer within another's value", "response.body=/r,response.headers=/r/h,response.status=/r/h/s", `{"r":{"h":{"s":"404"}}}`, []string{`404 map[S:[404]] "{\"h\":{\"s\":\"404\"}}" at 1:22`}, nil},
		{"names with / and ~", "response.body=/a~1b/c~01d", `{"a/b":{"c~1d":"x"}}`, []string{`0 map[] "x" at 1:17`}, nil},
		{"a comma in a name", "response.body=/a,b/c", `{"a,b":{"c":"x"}}`, []string{`0 map[] "x" at 1:14`}, nil},
		{"an absolute URL", "request.method=/m,request.url=/u,response.body=/r", `{"m":"GET","u":"http://h/a?b","r":""}`, []string{`GET http://h/a?b map[] "" → 0 map[] "" at 1:36`}, nil},
		{"the host in a header", "request.method=/m,request.url=/u,request.headers=/h,response.body=/r", `{"m":"GET","u":"a","h":{"HOST":"h"},"r":""}`, []string{`GET https://h/a map[Host:[h]] "" → 0 map[] "" at 1:42`}, nil},
		{"the host is an origin", httpPointers, `{"m":"GET","p":"/a?x","q":"x","h":"http://h:1","s":1,"op":"o","sb":"","rh":{},"sh":{}}`, []string{`GET http://h:1/a?x map[] "" → 1 map[] "" at 1:69 o`}, nil},
		{"a query of values", httpPointers, `{"m":"GET","p":"/","q":{"b":["1","2"],"a":"&"},"s":1,"op":"o","sb":"","rh":{},"sh":{}}`, []string{`GET /?a=%26&b=1&b=2 map[] "" → 1 map[] "" at 1:69 o`}, nil},
		{"no body where there is none", httpPointers, `{"m":"GET","p":"/","s":204,"op":"o","rh":{},"sh":{}}`, []string{`GET / map[] "" → 204 map[] "" at 1:1 o`}, nil},
		{"bodies were left out", httpPointers, `{"m":"PUT","p":"/","s":200,"op":"o","rh":{},"sh":{}}`, []string{`PUT / map[] "" missing → 200 map[] "" at 1:1 missing o`},
			[]string{"no request.body at /rb (the envelope has m, p, s, op, rh, sh)", "no response.body at /sb"}},
		{"no headers", "response.body=/r,response.headers=/h,operation=/o", `{"r":"a"}`, []string{`0 map[] "a" at 1:7`}, []string{"no response.headers at /h", "no operation at /o"}},
		{"no status", httpPointers, `{"m":"PUT","p":"/","sb":"","op":"o"}`, nil, []string{"no response.status at /s"}},
		{"an odd status", httpPointers, `{"m":"PUT","p":"/","sb":"","op":"o","s":"ok"}`, nil, []string{`response.status is "ok", not a whole number`}},
		{"no method", httpPointers, `{"p":"/","s":1,"sb":""}`, nil, []string{"no request.method at /m"}},
		{"other lines, and broken ones", "response.body=/r", "{\"msg\":\"started\"}\n\n7\nstarted\n{\"r\":\"a\"}\n{\"r\":\"b\"} x\n{\"r\":\n",
			[]string{`0 map[] "a" at 5:7`}, []string{"no pointer finds anything here (the envelope has msg)", "no pointer finds anything here", "the envelope is not JSON", "unexpected text after the envelope", "the envelope is not JSON"}},
		{"a list in one line", "response.body=/r", ` [{"r":"a"},{"r":"b"}]`, []string{`0 map[] "a" at 1:9`, `0 map[] "b" at 1:19`}, nil},
		{"a document of several lines", "response.body=/r", "{\n \"r\": \"a\"\n}\n", []string{`0 map[] "a" at 2:8`}, nil},
		{"an interaction of ours among them", "response.body=/r", `{"r":"a"}` + "\n" + `{"crcheckInteraction":1,"request":{"method":"GET","url":"/"},"response":{"status":200,"body":"b"}}`,
			[]string{`0 map[] "a" at 1:7`, `GET / map[] "" → 200 map[] "b" at 2:95`}, nil},
		{"a request and a response", "response.body=/response/x", `{"request":{"method":"GET","url":"/"},"response":{"status":200,"x":"b"}}`, []string{`0 map[] "b" at 1:69`}, nil},
		{"a request and a response in several lines", "response.body=/response/x", "{\n\"request\":{\"method\":\"GET\",\"url\":\"/\"},\n\"response\":{\"status\":200,\"x\":\"b\"}}", []string{`0 map[] "b" at 3:31`}, nil},
		{"a byte order mark", "response.body=/r", "\ufeff{\"r\":\"a\"}\n{\"r\":\"b\"}", []string{`0 map[] "a" at 1:8`, `0 map[] "b" at 2:7`}, nil},
		{"empty", "response.body=/r", " \n", nil, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			all, odd, err := readEnvelopes(t, traffic.File{Path: "in.log", Named: true}, tc.pointers, tc.text)
			require.NoError(t, err)
			var got []string
			for _, x := range all {
				got = append(got, described(x))
			}
			require.Equal(t, tc.want, got)
			require.Len(t, odd, len(tc.odd), "%v", odd)
			for i, want := range tc.odd {
				require.Contains(t, odd[i].Problem, want)
			}
		})
	}
}

// TestEnvelopeFiles checks that pointers do not concern files of other formats.
func TestEnvelopeFiles(t *testing.T) {
	const line = `{"r":"a"}` + "\n"
	for _, tc := range []struct {
		name   string
		file   traffic.File
		text   string
		count  int
		format string // of a file that is not read
	}{
		{"a log in a folder", traffic.File{Path: "a.log"}, line + line, 2, ""},
		{"other JSON in a folder", traffic.File{Path: "package.json"}, `{"name":"a"}`, 0, "JSON that the pointers do not fit"},
		{"prose in a folder", traffic.File{Path: "README.md"}, "# a\n", 0, "Markdown"},
		{"a cassette", traffic.File{Path: "a.yaml"}, "version: 1\ninteractions: []\n", 0, ""},
		{"a recording of Betamax", traffic.File{Path: "a.json"}, `{"http_interactions":[{"request":{"method":"GET","uri":"/"},"response":{"url":"/","status":{"code":200},"body":"x"}}]}` + "\n", 0, "JSON that the pointers do not fit"},
		{"a foreign format that the pointers fit", traffic.File{Path: "a.json"}, `[{"scope":"http://h","method":"GET","path":"/","status":200,"response":{},"r":"a"}]`, 1, ""},
		{"compressed", traffic.File{Path: "a.log.gz"}, string(encode(t, "gzip", line)), 1, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			all, odd, err := readEnvelopes(t, tc.file, "response.body=/r", tc.text)
			require.Len(t, all, tc.count)
			require.Empty(t, odd)
			if tc.format == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, traffic.ErrUnknownFormat)
			require.Equal(t, tc.format, err.(*traffic.Error).Format)
		})
	}
}

// TestEnvelopeParts checks that lines are the same in parts, and that none is skipped as a bare body.
func TestEnvelopeParts(t *testing.T) {
	pointers, err := traffic.ParsePointers("response.body=/r")
	require.NoError(t, err)
	f := traffic.File{Path: "a.log", Named: true, Pointers: pointers}
	text := strings.Repeat("{\"r\":\"a\"}\n{\"s\":1}\n", 50)
	var got []string
	for part := range f.Parts(strings.NewReader(text), 100) {
		for x, err := range part(func(*traffic.Interaction) bool { return true }) {
			if err != nil {
				require.ErrorIs(t, err, traffic.ErrUnreadEntry)
				continue
			}
			got = append(got, described(x))
		}
	}
	require.Len(t, got, 50)
	require.Equal(t, `0 map[] "a" at 99:7`, got[49])
}

// TestPointers checks which pointers are refused.
func TestPointers(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"no part", "/a", "is not PART=POINTER"},
		{"nothing", "", "is not PART=POINTER"},
		{"a comma at the end", "response.body=/a,", "is not PART=POINTER"},
		{"an unknown part", "response.boddy=/a", `"response.boddy" is not a part`},
		{"an unknown part after another", "response.body=/a,boddy=/b", `"boddy" is not a part`},
		{"a header without a name", "response.body=/a,response.headers.=/b", "is not a part"},
		{"no pointer", "response.body=a/b", `"a/b" is not a JSON pointer; begin it with /`},
		{"an escape", "response.body=/a~2", "write ~ as ~0"},
		{"an escape at the end", "response.body=/a~", "write ~ as ~0"},
		{"twice", "response.body=/a,response.body=/b", "has two pointers"},
		{"no body", "response.status=/a", "response.body is missing"},
		{"no method", "response.body=/a,request.path=/b", "request.method is missing"},
		{"a path and a URL", "response.body=/a,request.method=/m,request.path=/b,request.url=/c", "exclude each other"},
		{"a method alone", "response.body=/a,request.method=/m", "needs request.path or request.url"},
		{"a header alone", "response.body=/a,request.headers.Host=/m", "needs request.path or request.url"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := traffic.ParsePointers(tc.text)
			require.ErrorContains(t, err, tc.want)
		})
	}
	t.Run("of several lists", func(t *testing.T) {
		got, err := traffic.ParsePointers("response.body=/a,response.status=/b,c/d", "operation=/d")
		require.NoError(t, err)
		require.Equal(t, map[string]string{"response.body": "/a", "response.status": "/b,c/d", "operation": "/d"}, got)
	})
}

// FuzzEnvelopes checks that no envelope and no pointer causes a panic or a hang, that places are within
// the source, and that NDJSON holds what was read.
func FuzzEnvelopes(f *testing.F) {
	f.Add("/p", `{"m":"POST","p":"/a","q":{"x":"1"},"h":"h","rh":{"A":"1"},"rb":"in","s":200,"sh":["b","2"],"sb":{"a":[1]},"op":"kms.ListKeys"}`)
	f.Add("", "{\"sb\":\"e30=\",\"b64\":true}\n{\"m\":1}\n[")
	f.Add("/a/0/~1", `[{"a":[{"/":"x"}]}]`)
	f.Fuzz(func(t *testing.T, pointer, text string) {
		pointers, err := traffic.ParsePointers(strings.Replace(httpPointers, "=/p,", "="+pointer+",", 1))
		if err != nil {
			return
		}
		lines := strings.Count(text, "\n") + 1
		for x, err := range (traffic.File{Path: "in.json", Named: true, Pointers: pointers}).Read(strings.NewReader(text)) {
			if err != nil {
				requireOneOf(t, err)
				continue
			}
			for _, offset := range []int{0, len(x.Response.Body.Bytes) / 2, len(x.Response.Body.Bytes)} {
				at := x.Response.Body.Position(offset)
				require.True(t, 1 <= at.Line && at.Line <= lines || strings.HasPrefix(text, "\x1f\x8b") || strings.HasPrefix(text, "\x28\xb5"), "%+v", at)
			}
			var written bytes.Buffer
			if x.Request == nil || traffic.WriteNDJSON(&written, []*traffic.Interaction{x}) != nil {
				continue
			}
			again, err := readAll("in", &written)
			require.NoError(t, err)
			require.Equal(t, string(x.Response.Body.Bytes), string(again[0].Response.Body.Bytes))
			if header := (http.Header{}); len(x.Request.Header) > 0 {
				require.NotEqual(t, header, again[0].Request.Header)
			}
		}
	})
}
