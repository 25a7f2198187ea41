package binding_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/schema"
)

// contractOf has one member v beside the body of its input.
func contractOf(at schema.Location, wire string, shape schema.Shape) *schema.Contract {
	uri := "/things?fixed=1&bare"
	if at == schema.LocationLabel {
		uri = "/things/{v}?fixed=1&bare"
	}
	return &schema.Contract{
		Format: schema.Format, Service: "test", Operation: "Test", Protocol: schema.Is("restJson1"), Method: schema.Is("GET"), URI: schema.Is(uri), Input: "In",
		Shapes: map[string]*schema.Shape{"In": {Type: schema.Structure, Members: []schema.Member{
			{Name: "v", Shape: schema.Inline(shape), Location: schema.Is(at), WireName: schema.Is(wire)}}}},
	}
}

func listOf(s schema.Shape) schema.Shape {
	element := schema.Inline(s)
	return schema.Shape{Type: schema.List, Element: &element}
}

func mapOf(s schema.Shape) schema.Shape {
	key, value := schema.Inline(schema.Shape{Type: schema.String}), schema.Inline(s)
	return schema.Shape{Type: schema.Map, Key: &key, Value: &value}
}

func typed(t schema.Type) schema.Shape { return schema.Shape{Type: t} }

func moment(format string) schema.Shape {
	return schema.Shape{Type: schema.Timestamp, Format: schema.Is(format)}
}

// scalars are values of each type as the SDK has them, and what they are where they travel, as
// JSON.
var scalars = []struct {
	name  string
	shape schema.Shape
	sdk   string
	at    map[schema.Location]string // of a timestamp without a format; else sdk
	wire  string                     // "": sdk
}{
	{name: "string", shape: typed(schema.String), sdk: `"a, \"b\" /c+d?e&f=ü%20\\"`},
	{name: "blanks", shape: typed(schema.String), sdk: `" a "`},
	{name: "integer", shape: typed(schema.Integer), sdk: `-7`},
	{name: "float", shape: typed(schema.Float), sdk: `1.5e3`},
	{name: "NaN", shape: typed(schema.Float), sdk: `"NaN"`},
	{name: "true", shape: typed(schema.Boolean), sdk: `true`},
	{name: "false", shape: typed(schema.Boolean), sdk: `false`},
	{name: "blob", shape: typed(schema.Blob), sdk: `"YWJj/+8="`},
	{name: "document", shape: typed(schema.Document), sdk: `{"a":[1,"x",null]}`},
	{name: "document text", shape: typed(schema.Document), sdk: `"x"`},
	{name: "epoch", shape: moment("epoch-seconds"), sdk: `"2026-01-31T12:00:00.25Z"`, wire: `1769860800.25`},
	{name: "epoch before 1970", shape: moment("epoch-seconds"), sdk: `-0.5`, wire: `-0.5`},
	{name: "date-time", shape: moment("date-time"), sdk: `1769860800`, wire: `"2026-01-31T12:00:00Z"`},
	{name: "date-time with an offset", shape: moment("date-time"), sdk: `"2026-01-31 13:00:00+01:00"`, wire: `"2026-01-31T12:00:00Z"`},
	{name: "http-date", shape: moment("http-date"), sdk: `"2026-01-31T12:00:00Z"`, wire: `"Sat, 31 Jan 2026 12:00:00 GMT"`},
	{name: "timestamp", shape: typed(schema.Timestamp), sdk: `1769860800`, wire: `"2026-01-31T12:00:00Z"`, at: map[schema.Location]string{
		schema.LocationHeader: `"Sat, 31 Jan 2026 12:00:00 GMT"`, schema.LocationHeaders: `"Sat, 31 Jan 2026 12:00:00 GMT"`}},
	{name: "not a timestamp", shape: moment("date-time"), sdk: `"soon"`},
}

// travelled writes a value to a message, makes a request of it, and reads the request.
func travelled(t *testing.T, c *schema.Contract, v binding.Value) string {
	t.Helper()
	table := binding.Of(c, schema.InputPart)
	var m binding.Message
	m.Write(&table.Members[0], v)
	path, ok := table.Path(m.Labels)
	require.True(t, ok)
	r, err := http.NewRequest(http.MethodGet, "https://test.example"+path+"?"+table.RawQuery(m.Query), nil)
	require.NoError(t, err)
	read := binding.Message{Header: m.Header, Query: r.URL.Query(), Status: m.Status}
	if c.URI.Or("") != "" && m.Labels != nil {
		route, unrouted := schema.NewCatalog(c).Route(schema.Request{Method: r.Method, URL: r.URL})
		require.Nil(t, unrouted, r.URL)
		read.Labels = route.Labels
	}
	return string(table.AppendDocument(nil, &read))
}

// TestRoundTrip: a value that is written is read back, whatever its type and form, wherever it
// travels.
func TestRoundTrip(t *testing.T) {
	for _, v := range scalars {
		for _, at := range []schema.Location{schema.LocationLabel, schema.LocationQuery, schema.LocationHeader, schema.LocationHeaders} {
			wire := v.wire
			if wire == "" {
				wire = v.sdk
			}
			if other, ok := v.at[at]; ok {
				wire = other
			}
			name, prefix := "v", "v"
			if at.InHeaders() {
				name, prefix = "X-V", "X-V-"
			}
			text := func(t *testing.T, c *schema.Contract) string {
				text, ok := binding.Of(c, schema.InputPart).Members[0].Scalar.Text(jsontext.Value(v.sdk))
				require.True(t, ok)
				return text
			}
			if at != schema.LocationHeaders {
				t.Run(fmt.Sprintf("%s/%s", at, v.name), func(t *testing.T) {
					c := contractOf(at, name, v.shape)
					require.JSONEq(t, `{"v":`+wire+`}`, travelled(t, c, binding.Value{Text: text(t, c)}))
				})
			}
			if at == schema.LocationQuery || at == schema.LocationHeader {
				t.Run(fmt.Sprintf("%s/list of %s", at, v.name), func(t *testing.T) {
					c := contractOf(at, name, listOf(v.shape))
					require.JSONEq(t, `{"v":[`+wire+`,`+wire+`]}`, travelled(t, c, binding.Value{List: []string{text(t, c), text(t, c)}}))
				})
			}
			if at == schema.LocationQuery || at == schema.LocationHeaders {
				t.Run(fmt.Sprintf("%s/map of %s", at, v.name), func(t *testing.T) {
					c := contractOf(at, prefix, mapOf(v.shape))
					got := travelled(t, c, binding.Value{Entries: []binding.Entry{{"a", []string{text(t, c)}}, {"k-b", []string{text(t, c)}}}})
					require.JSONEq(t, `{"v":{"a":`+wire+`,"k-b":`+wire+`}}`, got)
				})
			}
			if at == schema.LocationQuery {
				t.Run(fmt.Sprintf("%s/map of lists of %s", at, v.name), func(t *testing.T) {
					c := contractOf(at, prefix, mapOf(listOf(v.shape)))
					got := travelled(t, c, binding.Value{Entries: []binding.Entry{{"a", []string{text(t, c), text(t, c)}}}})
					require.JSONEq(t, `{"v":{"a":[`+wire+`,`+wire+`]}}`, got)
				})
			}
		}
	}
	t.Run("status", func(t *testing.T) {
		require.JSONEq(t, `{"v":201}`, travelled(t, contractOf(schema.LocationStatus, "v", typed(schema.Integer)), binding.Value{Text: "201"}))
	})
	t.Run("empty texts of a list", func(t *testing.T) {
		c := contractOf(schema.LocationHeader, "X-V", listOf(typed(schema.String)))
		require.JSONEq(t, `{"v":["","a",""]}`, travelled(t, c, binding.Value{List: []string{"", "a", ""}}))
	})
}

// TestRead: what is read need not have been written here.
func TestRead(t *testing.T) {
	texts, strings := typed(schema.String), listOf(typed(schema.String))
	for _, v := range []struct {
		name    string
		at      schema.Location
		wire    string
		shape   schema.Shape
		message binding.Message
		want    string
	}{
		{"header in any case", schema.LocationHeader, "X-V", texts, binding.Message{Header: http.Header{"x-v": {"a", "b"}}}, `{"v":"a"}`},
		{"no header", schema.LocationHeader, "X-V", texts, binding.Message{}, `{}`},
		{"masked header", schema.LocationHeader, "X-V", texts, binding.Message{Header: http.Header{"X-V": {"REDACTED"}}}, `{}`},
		{"list over several headers", schema.LocationHeader, "X-V", strings, binding.Message{Header: http.Header{"X-V": {"a,b", `"c,\"d"`}}}, `{"v":["a","b","c,\"d"]}`},
		{"quotes that do not end", schema.LocationHeader, "X-V", strings, binding.Message{Header: http.Header{"X-V": {`"a, b`}}}, `{"v":["\"a","b"]}`},
		{"list of HTTP dates", schema.LocationHeader, "X-V", listOf(typed(schema.Timestamp)),
			binding.Message{Header: http.Header{"X-V": {"Sat, 31 Jan 2026 12:00:00 GMT,Sat, 31 Jan 2026 12:00:01 GMT"}}},
			`{"v":["Sat, 31 Jan 2026 12:00:00 GMT","Sat, 31 Jan 2026 12:00:01 GMT"]}`},
		{"number that is not one", schema.LocationQuery, "v", typed(schema.Integer), binding.Message{Query: url.Values{"v": {"0x1"}}}, `{"v":"0x1"}`},
		{"boolean that is not one", schema.LocationQuery, "v", typed(schema.Boolean), binding.Message{Query: url.Values{"v": {"True"}}}, `{"v":"True"}`},
		{"document that is not base64", schema.LocationHeader, "X-V", typed(schema.Document), binding.Message{Header: http.Header{"X-V": {"{}"}}}, `{"v":"{}"}`},
		{"map of the query without literals and signature", schema.LocationQuery, "", mapOf(texts),
			binding.Message{Query: url.Values{"a": {"1", "2"}, "fixed": {"1"}, "bare": {""}, "X-Amz-Date": {"x"}}}, `{"v":{"a":"1"}}`},
		{"map of all headers without those of HTTP", schema.LocationHeaders, "", mapOf(texts),
			binding.Message{Header: http.Header{"Host": {"h"}, "x-amz-date": {"d"}, "X-A": {"1", "2"}, "x-a": {"3"}}}, `{"v":{"X-A":"1, 2, 3"}}`},
		{"no status", schema.LocationStatus, "", typed(schema.Integer), binding.Message{}, `{}`},
	} {
		t.Run(v.name, func(t *testing.T) {
			table := binding.Of(contractOf(v.at, v.wire, v.shape), schema.InputPart)
			require.JSONEq(t, v.want, string(table.AppendDocument(nil, &v.message)))
		})
	}
}

// TestQueryOrder: members of their own go before the entries of a map, literals before all.
func TestQueryOrder(t *testing.T) {
	c := contractOf(schema.LocationQuery, "a", typed(schema.String))
	in := c.Shapes["In"]
	in.Members = append(in.Members, schema.Member{Name: "all", Location: schema.Is(schema.LocationQuery), Shape: schema.Inline(mapOf(typed(schema.String)))})
	table := binding.Of(c, schema.InputPart)
	entries := binding.Value{Entries: []binding.Entry{{"a", []string{"2"}}, {"b c", []string{"3"}}, {"fixed", []string{"4"}}}}
	for name, order := range map[string][]int{"member first": {0, 1}, "map first": {1, 0}} {
		t.Run(name, func(t *testing.T) {
			var m binding.Message
			for _, i := range order {
				m.Write(&table.Members[i], []binding.Value{{Text: "1"}, entries}[i])
			}
			require.Equal(t, "fixed=1&bare&a=1&b%20c=3", table.RawQuery(m.Query))
		})
	}
}

func TestPath(t *testing.T) {
	for _, v := range []struct {
		name, protocol, uri string
		labels              map[string]string
		want                string
		ok                  bool
	}{
		{"label", "restJson1", "/a/{b}/c?d", map[string]string{"b": "x/y z"}, "/a/x%2Fy%20z/c", true},
		{"greedy label", "restJson1", "/a/{b+}", map[string]string{"b": "x/y z"}, "/a/x/y%20z", true},
		{"label without a text", "restJson1", "/a/{b}", nil, "", false},
		{"RPC", "awsJson1_1", "", nil, "/", true},
	} {
		t.Run(v.name, func(t *testing.T) {
			c := &schema.Contract{Protocol: schema.Is(v.protocol), URI: schema.Is(v.uri)}
			path, ok := binding.Of(c, schema.InputPart).Path(v.labels)
			require.Equal(t, v.ok, ok)
			require.Equal(t, v.want, path)
		})
	}
}

func TestMediaType(t *testing.T) {
	text, bytes, events := typed(schema.String), typed(schema.Blob), schema.Shape{Type: schema.Structure, Union: schema.Is(true), EventStream: schema.Is(true)}
	for _, v := range []struct {
		protocol string
		payload  *schema.Shape
		want     string
	}{
		{"restJson1", nil, "application/json"},
		{"awsJson1_0", nil, "application/x-amz-json-1.0"},
		{"awsJson1_1", nil, "application/x-amz-json-1.1"},
		{"restXml", nil, ""},
		{"restJson1", &text, "text/plain"},
		{"restJson1", &bytes, "application/octet-stream"},
		{"restJson1", &events, "application/vnd.amazon.eventstream"},
	} {
		t.Run(v.protocol+"/"+v.want, func(t *testing.T) {
			c := contractOf(schema.LocationQuery, "v", typed(schema.String))
			if v.payload != nil {
				c = contractOf(schema.LocationPayload, "v", *v.payload)
			}
			c.Protocol = schema.Is(v.protocol)
			require.Equal(t, v.want, binding.Of(c, schema.InputPart).MediaType())
		})
	}
}

func TestOperation(t *testing.T) {
	for _, v := range []struct {
		name            string
		c               schema.Contract
		method, missing string
		header          http.Header
	}{
		{"REST", schema.Contract{Protocol: schema.Is("restJson1"), Method: schema.Is("PUT"), URI: schema.Is("/")}, "PUT", "", http.Header{}},
		{"REST without a URI", schema.Contract{Protocol: schema.Is("restJson1"), Method: schema.Is("PUT")}, "", "method and URI", http.Header{}},
		{"RPC", schema.Contract{Protocol: schema.Is("awsJson1_0"), Target: schema.Is("A.B")}, "POST", "", http.Header{"X-Amz-Target": {"A.B"}}},
		{"RPC without a target", schema.Contract{Protocol: schema.Is("awsJson1_0")}, "", "X-Amz-Target", http.Header{}},
	} {
		t.Run(v.name, func(t *testing.T) {
			h := http.Header{}
			method, err := binding.Of(&v.c, schema.InputPart).Operation(h)
			require.Equal(t, v.method, method)
			require.Equal(t, v.header, h)
			if v.missing == "" {
				require.NoError(t, err)
				return
			}
			var unstated *binding.UnstatedError
			require.ErrorAs(t, err, &unstated)
			require.Equal(t, v.missing, unstated.What)
		})
	}
}

// FuzzRead: whatever arrives, what is read is JSON where it is UTF-8, and reading what was read and
// written again gives the same.
func FuzzRead(f *testing.F) {
	for _, v := range scalars {
		f.Add(v.sdk)
	}
	f.Add(`a, "b\"`)
	f.Add(`"",,"`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range scalars {
			for _, shape := range []schema.Shape{s.shape, listOf(s.shape)} {
				table := binding.Of(contractOf(schema.LocationHeader, "X-V", shape), schema.InputPart)
				b := &table.Members[0]
				v, ok := table.Read(&binding.Message{Header: http.Header{"X-V": {text}}}, b)
				if !ok {
					continue
				}
				read := b.AppendJSON(nil, v)
				if valid := jsontext.Value(read); jsontext.Value(binding.AppendQuoted(nil, text)).IsValid() {
					require.True(t, valid.IsValid(), "%q", read)
				}
				if shape.Type == schema.List && s.shape.Type == schema.String {
					var again binding.Message
					again.Write(b, v)
					if w, ok := table.Read(&again, b); ok { // it may look masked now
						require.Equal(t, v, w)
					}
				}
			}
		}
	})
}

// TestNoMembers: a part that is not stated has a table without members.
func TestNoMembers(t *testing.T) {
	for _, part := range []schema.Part{schema.InputPart, "error:Open", "error:None", "nothing"} {
		t.Run(string(part), func(t *testing.T) {
			require.Empty(t, binding.Of(&schema.Contract{Errors: []schema.Error{{Name: "Open"}}}, part).Members)
		})
	}
}

// TestFind: what is in a message belongs to the member of its name, else to the map that takes it.
func TestFind(t *testing.T) {
	c := contractOf(schema.LocationQuery, "a", typed(schema.String))
	texts := schema.Inline(mapOf(typed(schema.String)))
	c.Shapes["In"].Members = append(c.Shapes["In"].Members,
		schema.Member{Name: "query", Location: schema.Is(schema.LocationQuery), Shape: texts},
		schema.Member{Name: "meta", Location: schema.Is(schema.LocationHeaders), WireName: schema.Is("X-Meta-"), Shape: texts},
		schema.Member{Name: "size", Location: schema.Is(schema.LocationHeader), WireName: schema.Is("X-Meta-Size"), Shape: schema.Inline(typed(schema.Integer))},
		schema.Member{Name: "label", Location: schema.Is(schema.LocationLabel), WireName: schema.Is("l"), Shape: schema.Inline(typed(schema.String))})
	for _, v := range []struct {
		at         schema.Location
		name, want string
	}{
		{schema.LocationQuery, "a", "v"},
		{schema.LocationQuery, "A", "query"},
		{schema.LocationQuery, "fixed", ""},
		{schema.LocationQuery, "X-Amz-Date", ""},
		{schema.LocationHeader, "x-meta-size", "size"},
		{schema.LocationHeader, "x-meta-other", "meta"},
		{schema.LocationHeader, "x-other", ""},
		{schema.LocationHeader, "a", ""},
		{schema.LocationLabel, "l", "label"},
		{schema.LocationLabel, "a", ""},
	} {
		t.Run(string(v.at)+"/"+v.name, func(t *testing.T) {
			m, ok := binding.Of(c, schema.InputPart).Find(v.at, v.name)
			require.Equal(t, v.want != "", ok)
			if ok {
				require.Equal(t, v.want, m.Name)
			}
		})
	}
}
