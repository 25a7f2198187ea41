package validate

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

// parcel is a contract with a member at every place of an exchange.
func parcel(t testing.TB) *schema.Contract {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "parcel.json"))
	require.NoError(t, err)
	c, err := schema.Parse(text)
	require.NoError(t, err)
	return c
}

const (
	depotPath  = "/depots/ab/parcels/MON/7/2026-01-02T03:04:05Z/x/y"
	depotQuery = "?send&c=red"
)

// parcelSent is a right request and its answer.
func parcelSent() *traffic.Interaction {
	return &traffic.Interaction{Live: true, Source: "parcel.yaml", Kind: traffic.Cassette,
		Request: &traffic.Request{Method: "PUT", URL: "https://parcels.us-east-1.amazonaws.com" + depotPath + depotQuery,
			Header: http.Header{"X-Token": {"t"}, "Content-Type": {"application/json"}}, Body: traffic.BodyOf([]byte(`{}`))},
		Response: traffic.Response{Status: 200, Header: http.Header{"X-Must": {"true"}, "Content-Type": {"application/json"}}, Body: traffic.BodyOf([]byte(`{}`))}}
}

// said checks an interaction by one contract and returns its findings, each as
// "RULE PLACE".
func said(t testing.TB, c *schema.Contract, x *traffic.Interaction) []string {
	t.Helper()
	k, err := CompileCatalog(schema.NewCatalog(c), Options{})
	require.NoError(t, err)
	outcome, err := k.Check(x, Bare{})
	require.NoError(t, err)
	require.NotNil(t, outcome.Contract, outcome.NotChecked)
	var said []string
	for _, f := range outcome.Findings {
		require.Equal(t, "parcel.yaml", f.Source)
		require.Positive(t, f.Line)
		said = append(said, string(f.Rule)+" "+finding.PlaceText(f.Part, f.Pointer))
	}
	return said
}

// TestResponseHeaders validates the members of a response outside its body.
func TestResponseHeaders(t *testing.T) {
	for _, v := range []struct {
		header string // NAME: VALUE, several in lines
		want   string // findings, in lines
	}{
		{"", ""},
		{"X-Must: ", "type.mismatch /must"},
		{"X-Must: True", "type.mismatch /must"},
		{"X-Must: -", "member.missing /must"},
		{"X-Must: false", ""},
		{"X-Text: plain text", "constraint.length /text"},
		{"X-Text: a, \"b\"", ""},
		{"x-text: UPPER", "constraint.pattern /text"},
		{"X-Text: \xff", "constraint.pattern /text\nsyntax.utf8 /text"},
		{"X-Text: a\tb", "constraint.pattern /text"},
		{"X-Count: 127", "constraint.range /count"},
		{"X-Count: 128", "constraint.range /count\ntype.mismatch /count"},
		{"X-Count: -5", ""},
		{"X-Count: +5", "type.mismatch /count"},
		{"X-Count: 1.0", "number.form /count"},
		{"X-Count: 1.5", "type.mismatch /count"},
		{"X-Count: ten", "type.mismatch /count"},
		{"X-Count: \"1\"", "type.mismatch /count"},
		{"X-Count: 007", "type.mismatch /count"},
		{"X-Ratio: 1e3", ""},
		{"X-Ratio: -Infinity", ""},
		{"X-Ratio: NaN", ""},
		{"X-Ratio: Inf", "type.mismatch /ratio"},
		{"X-Ratio: ", "type.mismatch /ratio"},
		{"X-Kind: B", ""},
		{"X-Kind: b", "enum.unknown-value /kind"},
		{"X-Time: Mon, 16 Dec 2019 23:48:18 GMT", ""},
		{"X-Time: 2019-12-16T23:48:18Z", "type.mismatch /time"},
		{"X-Time: 1576540098", "type.mismatch /time"},
		{"X-Day: 2019-12-16T23:48:18Z", ""},
		{"X-Day: Mon, 16 Dec 2019 23:48:18 GMT", "type.mismatch /day"},
		{"X-Epoch: 1576540098.5", ""},
		{"X-Epoch: 1576540098000", "type.mismatch /epoch"},
		{"X-Epoch: now", "type.mismatch /epoch"},
		{"X-Texts: ", ""},
		{"X-Texts: a, b,c", ""},
		{"X-Texts: a,b,c,d", "constraint.length /texts"},
		{"X-Texts: \"a,b\", \"\\\"c\\\"\"", ""},
		{"X-Texts: a\nX-Texts: b, c", ""},
		{"X-Texts: a, long enough", "constraint.length /texts/1"},
		{"X-Texts: \"open, b", ""},
		{"X-Times: Mon, 16 Dec 2019 23:48:18 GMT, Tue, 17 Dec 2019 23:48:18 GMT", ""},
		{"X-Times: Mon, 16 Dec 2019 23:48:18 GMT, 2019-12-16T23:48:18Z", "type.mismatch /times/1"},
		{"X-Numbers: 1, 2 ,3", ""},
		{"X-Numbers: 1, two", "type.mismatch /numbers/1"},
		{"X-Numbers: 1,,2", "type.mismatch /numbers/1"},
		{"X-Json: eyJhIjpbMV19", ""}, // {"a":[1]}
		{"X-Json: bnVsbA==", ""},     // null
		{"X-Json: e30", "type.mismatch /json"},
		{"X-Json: eyJhIjpb", "type.mismatch /json"}, // {"a":[
		{"X-Json: {}", "type.mismatch /json"},
		{"X-Tag-One: a\nx-tag-two: b", ""},
		{"X-Tag-One: a\nx-tag-one: b", ""}, // one header in two spellings
		{"X-Tag-One: a\nx-tag-two: b\nX-TAG-three: c", "constraint.length /tags"},
		{"X-Tag-One: value", "constraint.length /tags/One"},
		{"X-Tag-1: a", "constraint.pattern /tags/1"},
		{"X-Ta: a\nX-Tag: value", ""},
	} {
		x := parcelSent()
		for line := range strings.Lines(v.header) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			if name == "X-Must" {
				delete(x.Response.Header, name)
			}
			if value != "-" {
				x.Response.Header[name] = append(x.Response.Header[name], value)
			}
		}
		require.Equal(t, v.want, strings.Join(said(t, parcel(t), x), "\n"), "%q", v.header)
	}
}

// TestBoundMessages checks that a finding outside the body says where the member travels.
func TestBoundMessages(t *testing.T) {
	x := parcelSent()
	x.Request.URL = "https://h/depots/ab/parcels/MON/7/2026-01-02T03:04:05Z/x?send&c=red&l=x&z=" + strings.Repeat("z", 31)
	x.Request.Header["X-Size"], x.Request.Header["X-Secret"] = []string{"M"}, []string{"hidden"}
	x.Response.Header["X-Tag-One"] = []string{"value"}
	x.Response.Header["X-Time"], x.Response.Header["X-Day"] = []string{"2020-01-01T00:00:00Z"}, []string{"today"}
	x.Response.Status = 203
	k, err := CompileCatalog(schema.NewCatalog(parcel(t)), Options{})
	require.NoError(t, err)
	outcome, err := k.Check(x, Bare{})
	require.NoError(t, err)
	got := map[string]string{}
	for _, f := range outcome.Findings {
		got[finding.PlaceText(f.Part, f.Pointer)] = f.Message
		require.NotContains(t, f.Got+f.Message, "hidden")
	}
	require.Equal(t, map[string]string{
		"/code":             "the status: 203 is out of range, want 200 to 202",
		"/day":              `header X-Day: got "today", want RFC 3339 date-time such as 1994-11-06T08:49:37Z`,
		"/time":             `header X-Time: got "2020-01-01T00:00:00Z", want HTTP date such as Sun, 06 Nov 1994 08:49:37 GMT`,
		"/tags/One":         "headers X-Tag-*: got 5 code points, want at most 4",
		"input#/limits/0":   `query parameter l: got string "x", want integer`,
		"input#/others/z/0": "the query: got 31 code points, want at most 30",
		"input#/secret":     "header X-Secret: got 6 code points, want at most 3",
		"input#/size":       `header X-Size: "M" is not a value of the enum`,
	}, got)
}

// TestRequests validates requests against the input.
func TestRequests(t *testing.T) {
	for _, v := range []struct {
		name   string
		change func(*traffic.Request)
		want   string
	}{
		{"right", func(*traffic.Request) {}, ""},
		{"decoded label", at("/depots/a%2Fb%20/parcels/MON/7/2026-01-02T03:04:05Z/x?send&c=red"), ""},
		{"length of a label", at("/depots/abcdef/parcels/MON/7/2026-01-02T03:04:05Z/x?send&c=red"), "constraint.length input#/depot"},
		{"pattern of a label", at("/depots/AB/parcels/MON/7/2026-01-02T03:04:05Z/x?send&c=red"), "constraint.pattern input#/depot"},
		{"enum of a label", at("/depots/ab/parcels/SUN/7/2026-01-02T03:04:05Z/x?send&c=red"), "enum.unknown-value input#/day"},
		{"type of a label", at("/depots/ab/parcels/MON/seven/2026-01-02T03:04:05Z/x?send&c=red"), "type.mismatch input#/number"},
		{"range of a label", at("/depots/ab/parcels/MON/0/2026-01-02T03:04:05Z/x?send&c=red"), "constraint.range input#/number"},
		{"timestamp of a label", at("/depots/ab/parcels/MON/7/1767323045/x?send&c=red"), "type.mismatch input#/when"},
		{"no query", at(depotPath + "?send"), "member.missing input#/colour"},
		{"empty query value", at(depotPath + "?send&c="), ""},
		{"unknown query", at(depotPath + "?send&c=red&x-id=SendParcel"), ""},
		{"repeated query", at(depotPath + depotQuery + "&l=1&l=2"), ""},
		{"too often", at(depotPath + depotQuery + "&l=1&l=2&l=3"), "constraint.length input#/limits"},
		{"type in a query list", at(depotPath + depotQuery + "&l=1&l=x"), "type.mismatch input#/limits/1"},
		{"any query", at(depotPath + depotQuery + "&z=" + strings.Repeat("z", 31)), "constraint.length input#/others/z/0"},
		{"a presigned query", at(depotPath + depotQuery + "&X-Amz-Signature=" + strings.Repeat("0", 64)), ""},
		{"no token", withoutHeader("X-Token"), "member.missing input#/token"},
		{"headers that were not recorded", func(r *traffic.Request) { r.Header = nil }, ""},
		{"enum of a header", withHeader("x-size", "M"), "enum.unknown-value input#/size"},
		{"Content-Type", withHeader("Content-Type", "text/plain"), "http.content-type input"},
		{"no Content-Type", withoutHeader("Content-Type"), ""},
		{"no body", body(""), ""},
		{"body", body(`{"Note":"n","boxes":[{"weight":1}]}`), ""},
		{"a name of the API", body(`{"note":"n"}`), "member.unknown input#/note"},
		{"a member that is bound", body(`{"depot":"ab"}`), "member.unknown input#/depot"},
		{"length in the body", body(`{"Note":"too long"}`), "constraint.length input#/Note"},
		{"missing in the body", body(`{"boxes":[{}]}`), "member.missing input#/boxes/0/weight"},
		{"null in the body", body(`{"boxes":[null]}`), "type.null input#/boxes/0"},
		{"twice", body(`{"Note":"a","Note":"b"}`), "syntax.duplicate-member input#/Note"},
		{"no JSON", body(`Note=n`), "syntax.invalid input"},
		{"no object", body(`[]`), "type.mismatch input"},
	} {
		t.Run(v.name, func(t *testing.T) {
			x := parcelSent()
			v.change(x.Request)
			x.Live = x.Request.Header != nil
			require.Equal(t, v.want, strings.Join(said(t, parcel(t), x), "\n"))

			x.Response = traffic.Response{Status: 404, Header: http.Header{"X-Amzn-Errortype": {"ParcelLost"}, "Content-Type": {"application/json"}}, Body: traffic.BodyOf([]byte(`{}`))}
			require.Empty(t, said(t, parcel(t), x), "the service refused it")
			x.Response = traffic.Response{Status: 503, Header: http.Header{"X-Amzn-Errortype": {"Busy"}, "Content-Type": {"application/json"}, "Retry-After": {"1"}}, Body: traffic.BodyOf([]byte(`{}`))}
			require.Equal(t, v.want, strings.Join(said(t, parcel(t), x), "\n"), "it was not the request that the service refused")
		})
	}
}

func at(url string) func(*traffic.Request) {
	return func(r *traffic.Request) { r.URL = "http://127.0.0.1:8080" + url }
}

func body(text string) func(*traffic.Request) {
	return func(r *traffic.Request) { r.Body = traffic.BodyOf([]byte(text)) }
}

func withHeader(name, value string) func(*traffic.Request) {
	return func(r *traffic.Request) {
		delete(r.Header, name)
		r.Header[name] = []string{value}
	}
}

func withoutHeader(name string) func(*traffic.Request) {
	return func(r *traffic.Request) { delete(r.Header, name) }
}

// TestRequestOfUnstatedBindings checks that a request is not validated if the contract does not say
// where members travel.
func TestRequestOfUnstatedBindings(t *testing.T) {
	x := parcelSent()
	body(`[]`)(x.Request)
	require.Equal(t, []string{"type.mismatch input"}, said(t, parcel(t), x))
	silent := parcel(t)
	silent.Protocol = schema.Known[string]{}
	require.Empty(t, said(t, silent, x))
	unlabelled := parcel(t)
	unlabelled.Shapes["In"].Members[0].Location = schema.Known[schema.Location]{}
	require.Empty(t, said(t, unlabelled, x))
}

// TestErrorHeaders checks that members of an error in headers are validated.
func TestErrorHeaders(t *testing.T) {
	for _, v := range []struct{ retry, want string }{
		{"3", ""}, {"soon", "type.mismatch error:Busy#/retryAfter"}, {"", "member.missing error:Busy#/retryAfter"},
	} {
		x := parcelSent()
		x.Response.Status, x.Response.Header["X-Amzn-Errortype"] = 503, []string{"Busy"}
		if v.retry != "" {
			x.Response.Header["retry-after"] = []string{v.retry}
		}
		require.Equal(t, v.want, strings.Join(said(t, parcel(t), x), "\n"))
	}
	x := parcelSent()
	x.Response.Status, x.Response.Header["X-Amzn-Errortype"] = 404, []string{"ParcelLost"}
	x.Response.Body = traffic.BodyOf([]byte(`{"message":1}`))
	require.Equal(t, []string{"type.mismatch error:Lost#/message"}, said(t, parcel(t), x), "known by its code on the wire")
}

// FuzzBound: headers, query and labels of any text are validated as one well-formed
// object, and acceptor and explainer agree.
func FuzzBound(f *testing.F) {
	c := parcel(f)
	v, err := Compile(c, Options{})
	require.NoError(f, err)
	for _, seed := range []string{"true", "Mon, 16 Dec 2019 23:48:18 GMT", `"a,\"b", c`, "1, 2", "-", "", "\"", "\x00\xff\\", "e30=", "NaN", "1e400", " 1"} {
		f.Add("X-Text", seed)
		f.Add("X-Tag-"+seed, seed)
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		h := http.Header{name: {value, value}}
		for _, m := range binding.Of(c, schema.OutputPart).Members {
			h[m.Wire] = []string{value}
		}
		for _, m := range []message{
			{part: schema.OutputPart, Message: binding.Message{Header: h, Status: len(value)}},
			{part: schema.InputPart, Message: binding.Message{Header: h, Labels: map[string]string{"depot": value, "day": value, "number": value, "when": value, "path": value},
				Query: map[string][]string{name: {value}, "c": {value}, "l": {value, value}}}},
		} {
			d := v.parts[m.part]
			text := d.bound.table.AppendDocument(nil, &m.Message)
			found := (&document{node: d.bound.node}).explain(text)
			require.Equal(t, len(found) == 0, accepts(d.bound.node, text), "%q", text)
			for _, f := range found {
				require.NotEqual(t, finding.SyntaxInvalid, f.Rule, "%q: %s", text, f.Message)
				require.NotEqual(t, finding.SyntaxDuplicateMember, f.Rule, "%q: %s", text, f.Message)
			}
			for _, f := range d.boundTo(&m) {
				require.NotEmpty(t, f.Pointer)
			}
		}
	})
}

// TestEchoes checks responses that repeat labels, query parameters, headers and body members of the
// request.
func TestEchoes(t *testing.T) {
	for _, v := range []struct{ answer, want string }{
		{`{"Depot":"ab","label":{"Colour":"red","size":"S","note":"n"}}`, ""},
		{`{"Depot":"cd"}`, "echo.mismatch /Depot"},
		{`{"label":{"Colour":"blue"}}`, "echo.mismatch /label/Colour"},
		{`{"label":{"size":"L"}}`, "echo.mismatch /label/size"},
		{`{"label":{"note":"m"}}`, "echo.mismatch /label/note"},
	} {
		x := parcelSent()
		body(`{"Note":"n"}`)(x.Request)
		withHeader("X-Size", "S")(x.Request)
		x.Response.Body = traffic.BodyOf([]byte(v.answer))
		require.Equal(t, v.want, strings.Join(said(t, parcel(t), x), "\n"), v.answer)
	}
	x := parcelSent()
	x.Response.Body = traffic.BodyOf([]byte(`{"label":{"size":"L","note":"m"}}`))
	require.Empty(t, said(t, parcel(t), x), "what was not asked is not repeated")
}
