package cassettes_test

import (
	"errors"
	"path"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/finding"
)

const head = "crcheckIndex: 1\nprovenance: synthesised\nentries:\n"

// What an index must not be, with the line that the error names and a word of its problem.
func TestParseIndexRefuses(t *testing.T) {
	const entry = "  - file: a.yaml\n    about: A.\n"
	const rule = "    expected:\n      - rule: type.null\n"
	for _, c := range []struct {
		name, text string
		line       int
		problem    string
	}{
		{"nothing", "", 0, "no key crcheckIndex"},
		{"a cassette", "version: 1\ninteractions: []\n", 0, "no key crcheckIndex"},
		{"a later format", "crcheckIndex: 2\nsomething: new\n", 0, "format 2"},
		{"a format in words", "crcheckIndex: one\n", 1, "one"},
		{"no YAML", "crcheckIndex: 1\n\tentries: []\n", 2, "character"},
		{"a list", "- crcheckIndex: 1\n", 1, "seq"},
		{"two documents", head + "---\n", 0, "second YAML document"},
		{"no provenance", "crcheckIndex: 1\nentries: []\n", 0, "where its traffic came from"},
		{"an unknown key", "crcheckIndex: 1\nproveniance: x\n", 2, "unknown key proveniance"},
		{"an unknown key of an entry", head + entry + "    expect: []\n", 6, "unknown key expect"},
		{"an unknown key of an expectation", head + entry + rule + "        reason: r\n        pointer: /a\n", 9, "unknown key pointer"},
		{"a key twice", head + entry + "    about: B.\n", 6, "about"},
		{"an empty entry", head + entry + "  -\n", 6, "entry is empty"},
		{"an empty expectation", head + entry + rule + "        reason: r\n      - ~\n", 9, "expectation is empty"},
		{"an empty entry through an alias", head + "  - file: a.yaml\n    about: A.\n    expected: &e\n  - *e\n", 6, "entry is empty"},
		{"no file", head + entry + "  - about: B.\n", 6, "has no file"},
		{"a file above", head + "  - file: ../a.yaml\n    about: A.\n", 4, "not a path"},
		{"the folder", head + "  - file: .\n    about: A.\n", 4, "not a path"},
		{"an absolute file", head + entry + "  - file: /b.yaml\n    about: B.\n", 6, "not a path"},
		{"no about", head + "  - file: a.yaml\n", 4, "no description"},
		{"a file twice", head + entry + "  - file: b.yaml\n    about: B.\n" + entry, 8, "in line 4"},
		{"an unknown rule", head + entry + "    expected:\n      - rule: type.nul\n        reason: r\n", 7, "type.nul"},
		{"no reason", head + entry + rule + "        reason: r\n      - rule: type.null\n", 9, "no reason"},
		{"a broken pattern", head + entry + rule + "        reason: r\n        place: '/[a'\n", 7, "/[a"},
		{"a source", head + entry + rule + "        reason: r\n        source: a.yaml\n", 7, "source"},
		{"a count in words", head + entry + rule + "        reason: r\n        count: two\n", 9, "two"},
		{"an expectation through an alias", head + "  - file: a.yaml\n    about: A.\n    expected: &e\n      - {rule: type.null, reason: r}\n" +
			"  - file: b.yaml\n    about: B.\n    expected: *e\n  - file: c.yaml\n    about: C.\n    expected: [{rule: no, reason: r}]\n", 13, "no"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, err := cassettes.ParseIndex("x.yaml", []byte(c.text))
			require.Nil(t, x)
			var broken *finding.RowError
			require.True(t, errors.As(err, &broken), "%v", err)
			require.Equal(t, "x.yaml", broken.Name)
			require.Equal(t, c.line, broken.Line, broken.Problem)
			require.Contains(t, broken.Problem, c.problem)
			require.Contains(t, broken.Problem, "; ", "what to do")
		})
	}
}

// An index reads back as what was written, and an empty one is one.
func TestEncodeRoundTrip(t *testing.T) {
	for _, x := range []*cassettes.Index{
		cassettes.EmbeddedIndex(),
		{Provenance: "p: q # r", Entries: []cassettes.Entry{{File: "a b.yaml", About: "'- {", Expected: []finding.Expected{
			{Rule: finding.TypeNull, Reason: "the top"}, {Rule: finding.TypeNull, Operation: "a.*", Place: "/*/a~1b", Count: 3, Reason: "two\nlines"}}}}},
		{Provenance: "p", Entries: []cassettes.Entry{}},
	} {
		text, err := x.Encode()
		require.NoError(t, err)
		again, err := cassettes.ParseIndex("x.yaml", text)
		require.NoError(t, err)
		require.Equal(t, x, again)
	}
}

// The source of an expectation matches its own file, wherever the folder is, and no other.
func TestExpectationsTakeTheFolderAsItIs(t *testing.T) {
	x := &cassettes.Index{Entries: []cassettes.Entry{
		{File: "sub/a*.yaml", Expected: []finding.Expected{{Rule: finding.TypeNull, Reason: "r"}}},
		{File: "b.yaml"},
	}}
	for _, dir := range []string{"", ".", "plain", "/abs", `w[1-9]?*\`, "[", "ü"} {
		all := x.Expectations(dir)
		require.Len(t, all, 1)
		require.NoError(t, all[0].Check(), dir)
		ok, err := path.Match(all[0].Source, filepath.Join(dir, "sub", "a*.yaml"))
		require.NoError(t, err, dir)
		require.True(t, ok, dir)
		ok, err = path.Match(all[0].Source, filepath.Join(dir, "sub", "ab.yaml"))
		require.NoError(t, err, dir)
		require.False(t, ok, dir)
	}
	require.Empty(t, x.Entries[0].Expected[0].Source, "the index itself stays as it is")
}
