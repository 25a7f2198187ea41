package conformance

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/stretchr/testify/require"
)

const oneCase = `crcheckSuite: 1
operation: cleanrooms.GetProtectedJob
cases:
  - name: status/failed
    about: The job failed.
    level: must
    layer: schema
    ref: somewhere
    cassette: good/status-failed.yaml
    expect: [{output: canonical}]
`

func TestParseSuite(t *testing.T) {
	suite, err := ParseSuite("s.yaml", []byte(oneCase))
	require.NoError(t, err)
	require.Len(t, suite.cases, 1)
	require.Equal(t, "status", suite.cases[0].Group())
	require.Equal(t, 4, suite.cases[0].Line)
}

func TestParseSuiteRefuses(t *testing.T) {
	for _, v := range []struct{ name, old, new string }{
		{"no version", "crcheckSuite: 1", "crcheckSuite: 2"},
		{"no operation", "operation: cleanrooms.GetProtectedJob\n", ""},
		{"unknown key of the suite", "cases:", "extra: 1\ncases:"},
		{"unknown key of a case", "    level", "    extra: 1\n    level"},
		{"no group", "status/failed", "failed"},
		{"no about", "The job failed.", `""`},
		{"no level", "must", "may"},
		{"no layer", "layer: schema", "layer: cake"},
		{"no ref", "somewhere", `""`},
		{"no cassette", "good/status-failed.yaml", `""`},
		{"nothing expected", "[{output: canonical}]", "[]"},
		{"two alternatives in one", "[{output: canonical}]", "[{output: canonical, broken: true}]"},
		{"no alternative", "[{output: canonical}]", "[{}]"},
		{"unknown fault", "    expect", "    fault: {kind: explode}\n    expect"},
		{"a fault before the body", "    expect", "    fault: {kind: truncate, after: -1}\n    expect"},
		{"no such kind of transport failure", "[{output: canonical}]", "[{transport: {kinds: [slow]}}]"},
		{"fewer than no attempts", "    expect", "    attempts: {min: -1}\n    expect"},
		{"more attempts at least than at most", "    expect", "    attempts: {min: 5, max: 2}\n    expect"},
		{"an output that is a text", "output: canonical", "output: canonicl"},
		{"an output that is a list", "output: canonical", "output: [canonical]"},
		{"fields that are a text", "output: canonical", "error: {fields: canonicl}"},
		{"an input that is a text", "    expect", "    call: {input: canonical}\n    expect"},
		{"a second document", oneCase, oneCase + "---\n" + oneCase},
		{"invalid YAML after it", oneCase, oneCase + "---\n["},
		{"no JSON", "[{output: canonical}]", "[{output: '{'}]"},
		{"no YAML", "cases:", "cases: ["},
		{"twice", "  - name", "  - {name: status/failed, about: a, level: observe, layer: schema, cassette: c, expect: [{broken: true}]}\n  - name"},
	} {
		t.Run(v.name, func(t *testing.T) {
			require.Contains(t, oneCase, v.old)
			_, err := ParseSuite("s.yaml", []byte(strings.Replace(oneCase, v.old, v.new, 1)))
			var broken *finding.RowError
			require.ErrorAs(t, err, &broken)
			require.Equal(t, "s.yaml", broken.Name)
		})
	}
}

// TestSecondDocument: it is refused with its line, for nothing of it would be read.
func TestSecondDocument(t *testing.T) {
	_, err := ParseSuite("s.yaml", []byte(oneCase+"---\n"+oneCase))
	require.EqualError(t, err, "s.yaml: line 11: second YAML document: write one per file")
}

func FuzzParseSuite(f *testing.F) {
	f.Add([]byte(oneCase))
	text, err := fs.ReadFile(suites, "suites/get_protected_job/document.yaml")
	require.NoError(f, err)
	f.Add(text[:2000])
	f.Fuzz(func(t *testing.T, text []byte) {
		if suite, err := ParseSuite("s.yaml", text); err == nil {
			require.NotEmpty(t, suite.cases)
		}
	})
}

func TestReadSuiteOfAFolder(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	other := strings.Replace(oneCase, "status/failed", "status/other", 1)
	suite, err := ReadSuite(fstest.MapFS{"s/a.yaml": file(other), "s/b.yaml": file(oneCase), "s/c.txt": file("no suite")}, "s")
	require.NoError(t, err)
	require.Equal(t, "cleanrooms.GetProtectedJob", suite.Operation)
	require.Equal(t, []string{"status/other", "status/failed"}, []string{suite.cases[0].Name, suite.cases[1].Name})

	for name, files := range map[string]fstest.MapFS{
		"a duplicate name": {"s/a.yaml": file(oneCase), "s/b.yaml": file(oneCase)},
		"two operations":   {"s/a.yaml": file(oneCase), "s/b.yaml": file(strings.Replace(other, "GetProtectedJob", "GetMembership", 1))},
		"no suite":         {"s/a.yaml": file("a: b")},
		"no files":         {"s/a.txt": file(oneCase)},
	} {
		_, err := ReadSuite(files, "s")
		var broken *finding.RowError
		require.ErrorAs(t, err, &broken, name)
	}
}

func TestSelect(t *testing.T) {
	suite := Builtin()
	for pattern, want := range map[string]int{"": len(suite.cases), "status": 6, "status/*": 6, "status/failed": 1, "*/unknown": 1, "none": 0} {
		require.Len(t, suite.Select(pattern).cases, want, pattern)
	}
}

func TestLoadRefuses(t *testing.T) {
	contract := contracts.MustLoad("cleanrooms.GetProtectedJob")
	suite, err := ParseSuite("s.yaml", []byte(strings.Replace(oneCase, "status-failed", "not-there", 1)))
	require.NoError(t, err)
	_, err = Load(suite, cassettes.Embedded(), contract)
	var broken *finding.RowError
	require.ErrorAs(t, err, &broken)
}

// TestLoadAsks: what is not stated to be called with follows from all of the first request.
func TestLoadAsks(t *testing.T) {
	contract, err := schema.Parse([]byte(`{"crcheckContract":1,"service":"cleanrooms","operation":"GetProtectedJob","protocol":"restJson1","method":"POST","uri":"/jobs/{id}","input":"In","shapes":{
		"In":{"type":"structure","members":[{"name":"id","shape":{"type":"integer"},"required":true,"location":"label"},{"name":"most","shape":{"type":"integer"},"location":"query"},{"name":"about","shape":{"type":"string"}}]}}}`))
	require.NoError(t, err)
	suite, err := ParseSuite("s.yaml", []byte(oneCase))
	require.NoError(t, err)
	load := func(url string) (*Plan, error) {
		return Load(suite, fstest.MapFS{"good/status-failed.yaml": {Data: []byte("version: 1\ninteractions: [{request: {method: POST, url: 'https://h" + url + "', body: '{\"about\":\"text\"}'}, response: {code: 200}}]")}}, contract)
	}
	plan, err := load("/jobs/7?most=2")
	require.NoError(t, err)
	require.JSONEq(t, `{"id":7,"most":2,"about":"text"}`, string(plan.cases[0].Call.Input.JSON))
	_, err = load("/queries/7")
	var broken *finding.RowError
	require.ErrorAs(t, err, &broken)
	require.Equal(t, suite.cases[0].Line, broken.Line)
}

func TestCanonical(t *testing.T) {
	c := contracts.MustLoad("cleanrooms.GetProtectedJob")
	for _, v := range []struct{ name, body, want string }{
		{"empty", `{}`, `{}`},
		{"null and unknown members", `{"protectedJob":{"id":null,"extra":1,"status":"NEW"}}`, `{"protectedJob":{"status":"NEW"}}`},
		{"timestamps", `{"protectedJob":{"createTime":1700000000.1239}}`, `{"protectedJob":{"createTime":"2023-11-14T22:13:20.123Z"}}`},
		{"before the epoch", `{"protectedJob":{"createTime":-1.5}}`, `{"protectedJob":{"createTime":"1969-12-31T23:59:58.500Z"}}`},
		{"exponent", `{"protectedJob":{"createTime":1.7e9}}`, `{"protectedJob":{"createTime":"2023-11-14T22:13:20.000Z"}}`},
		{"text", `{"protectedJob":{"createTime":"2023-11-14T23:13:20.5+01:00"}}`, `{"protectedJob":{"createTime":"2023-11-14T22:13:20.500Z"}}`},
		{"exact integers", `{"protectedJob":{"statistics":{"totalDurationInMillis":9007199254740993}}}`, `{"protectedJob":{"statistics":{"totalDurationInMillis":9007199254740993}}}`},
		{"known member", `{"protectedJob":{"result":{"output":{"memberList":[{"accountId":"1"}],"s3":null,"__type":"x"}}}}`, `{"protectedJob":{"result":{"output":{"memberList":[{"accountId":"1"}]}}}}`},
		{"unknown member", `{"protectedJob":{"result":{"output":{"new":{"a":1}}}}}`, `{"protectedJob":{"result":{"output":{"$unknown":"new"}}}}`},
		{"map", `{"protectedJob":{"jobParameters":{"parameters":{"a":"b"}}}}`, `{"protectedJob":{"jobParameters":{"parameters":{"a":"b"}}}}`},
	} {
		t.Run(v.name, func(t *testing.T) {
			got, err := canonical(c, schema.OutputPart, []byte(v.body))
			require.NoError(t, err)
			require.Empty(t, difference("output", got, []byte(v.want), asReported))
		})
	}
	for _, body := range []string{`{"protectedJob":{"result":{"output":{}}}}`, `{"protectedJob":{"result":{"output":{"s3":{},"memberList":[]}}}}`} {
		_, err := canonical(c, schema.OutputPart, []byte(body))
		var union *unionError
		require.ErrorAs(t, err, &union)
		require.Equal(t, "/protectedJob/result/output", union.Pointer)
	}
	for _, body := range []string{``, `[]`, `{"protectedJob":[]}`, `{"protectedJob":{"createTime":1e1000001}}`, `{"protectedJob":{"createTime":1700000000000}}`, `{"protectedJob":{"createTime":true}}`, `{"protectedJob":{"result":{"output":{"memberList":{}}}}}`} {
		_, err := canonical(c, schema.OutputPart, []byte(body))
		require.Error(t, err, body)
	}
}

func asReported(_, got any) any { return got }

// Required members that the response lacks may be made up, others not.
func TestClientErrorCorrection(t *testing.T) {
	c := contracts.MustLoad("cleanrooms.GetProtectedJob")
	about, err := newOperation(c)
	require.NoError(t, err)
	for _, v := range []struct {
		body, got string
		same      bool
	}{
		{`{}`, `{}`, true},
		{`{}`, `{"protectedJob":{"id":""}}`, true},
		{`{"protectedJob":{"id":"a"}}`, `{"protectedJob":{"id":"a","status":"","createTime":"1970-01-01T00:00:00.000Z"}}`, true},
		{`{"protectedJob":{"id":"a"}}`, `{"protectedJob":{"id":""}}`, false},
		{`{"protectedJob":{"id":"a"}}`, `{"protectedJob":{}}`, false},
		{`{"protectedJob":{"id":"a"}}`, `{"protectedJob":{"id":"a","jobComputePayerAccountId":""}}`, false},
		{`{"protectedJob":{"result":{}}}`, `{"protectedJob":{"result":{"output":{"$unknown":true}}}}`, true},
		{`{"protectedJob":{"result":{"output":{"memberList":[{},{"accountId":"1"}]}}}}`, `{"protectedJob":{"result":{"output":{"memberList":[{"accountId":""},{"accountId":"1"}]}}}}`, true},
		{`{"protectedJob":{"result":{"output":{"memberList":[]}}}}`, `{"protectedJob":{"result":{"output":{"memberList":[{"accountId":""}]}}}}`, false},
		{`{"protectedJob":{"result":{"output":{"memberList":[]}}}}`, `{"protectedJob":{"result":{"output":{"memberList":[],"s3":{}}}}}`, false},
	} {
		want, err := canonical(c, schema.OutputPart, []byte(v.body))
		require.NoError(t, err)
		require.Equal(t, v.same, difference("output", want, []byte(v.got), about.corrected(schema.OutputPart)) == "", "%s %s", v.body, v.got)
	}
}

func TestDifference(t *testing.T) {
	for _, v := range []struct {
		want, got string
		same      bool
	}{
		{`{"a":1}`, `{"a":1.0}`, true},
		{`{"a":1e2}`, `{"a":100}`, true},
		{`{"n":9007199254740993}`, `{"n":"9007199254740993"}`, true},
		{`{"n":9007199254740993}`, `{"n":9007199254740992}`, false},
		{`{"n":1}`, `{"n":"1"}`, false},
		{`{"a":1}`, `{}`, false},
		{`{"u":{"$unknown":"x"}}`, `{"u":{"$unknown":"x"}}`, true},
		{`{"u":{"$unknown":"x"}}`, `{"u":{"$unknown":true}}`, true},
		{`{"l":[1,{"$unknown":"x"}]}`, `{"l":[1,{"$unknown":true}]}`, true},
		{`{"u":{"$unknown":"x"}}`, `{"u":{"$unknown":"y"}}`, false},
		{`{"u":{"s3":{}}}`, `{"u":{"$unknown":true}}`, false},
		{`{}`, `{"a":null}`, false},
		{`{}`, `no JSON`, false},
	} {
		want, err := decode([]byte(v.want))
		require.NoError(t, err)
		require.Equal(t, v.same, difference("output", want, []byte(v.got), asReported) == "", "%s %s", v.want, v.got)
	}
}

func TestIdentifiers(t *testing.T) {
	suite := Builtin()
	plan, err := Load(suite, cassettes.Embedded(), contracts.MustLoad(suite.Operation))
	require.NoError(t, err)
	c := &plan.cases[0]
	first := newIdentifiers(1, &c.scenario, c.interactions)
	require.Equal(t, first, newIdentifiers(1, &c.scenario, c.interactions))
	require.NotEqual(t, first, newIdentifiers(2, &c.scenario, c.interactions))
	for known, other := range first {
		require.NotEqual(t, known, other)
		require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, other)
	}
	require.Len(t, first, 2)
}

func TestLayersAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/cases.md")
	require.NoError(t, err)
	for _, layer := range layers {
		require.Contains(t, string(page), "`"+string(layer)+"`")
	}
}
