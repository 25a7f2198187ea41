package yamlfile_test

import (
	"encoding/json"
	"reflect"
	"testing"

	v5 "github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/yamlfile"
)

type file struct {
	Name  string `yaml:"name" key:"required" doc:"A name."`
	Items []item `yaml:"items" doc:"Items."`
}

type item struct {
	Line yamlfile.Line
	common
	Free map[string]any `yaml:"free" doc:"Any values."`
}

type common struct {
	Count int  `yaml:"count" doc:"A number."`
	On    bool `yaml:"on" doc:"Whether."`
}

func TestDecode(t *testing.T) {
	var f file
	require.NoError(t, yamlfile.Decode("f.yaml", []byte("name: n\nitems:\n  - {count: 2, on: true}\n  - free: {a: [1, 2.50, x, true, ~, {b: c}]}\n"), &f))
	require.Equal(t, file{Name: "n", Items: []item{
		{Line: 3, common: common{2, true}},
		{Line: 4, Free: map[string]any{"a": []any{json.Number("1"), json.Number("2.50"), "x", true, nil, map[string]any{"b": "c"}}}},
	}}, f)
}

func TestDecodeErrors(t *testing.T) {
	for _, row := range []struct {
		name, text string
		line       int
		problem    string
	}{
		{"an unknown key", "name: n\nnmae: m\n", 2, `unknown key "nmae"; did you mean name?`},
		{"an unknown key of an entry", "name: n\nitems:\n  - cuont: 1\n", 3, `items: unknown key "cuont"; did you mean count?`},
		{"a missing key", "items: []\n", 1, "an entry needs the key name"},
		{"a duplicate key", "name: n\nname: m\n", 2, "duplicate key name"},
		{"no number", "name: n\nitems: [{count: x}]\n", 2, "count: expected a number, got x"},
		{"no boolean", "name: n\nitems: [{on: 1}]\n", 2, "on: expected true or false, got 1"},
		{"no list", "name: n\nitems: {}\n", 2, "items: expected a list"},
		{"no number of JSON", "name: n\nitems: [{free: {a: 0x10}}]\n", 2, "free: a: 0x10 is not a number of JSON"},
		{"a duplicate free key", "name: n\nitems: [{free: {a: 1, a: 2}}]\n", 2, "free: duplicate key a"},
		{"a bomb", "name: n\na: &a [x, x, x, x, x, x, x, x]\n", 2, `unknown key "a"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := yamlfile.Decode("f.yaml", []byte(row.text), &file{})
			broken := (*finding.RowError)(nil)
			require.ErrorAs(t, err, &broken)
			require.Equal(t, "f.yaml", broken.Name)
			require.Equal(t, row.line, broken.Line)
			require.Contains(t, broken.Problem, row.problem)
		})
	}
}

func TestSchema(t *testing.T) {
	s, err := v5.CompileString("https://example.com/f", string(yamlfile.Schema(reflect.TypeFor[file](), "https://example.com/f", "A file")))
	require.NoError(t, err)
	for text, valid := range map[string]bool{
		`{"name": "n", "items": [{"count": 1, "free": {"a": [1]}}]}`: true,
		`{"items": []}`:                            false,
		`{"name": "n", "items": [{"Line": 1}]}`:    false,
		`{"name": "n", "items": [{"count": "x"}]}`: false,
	} {
		t.Run(text, func(t *testing.T) {
			var tree any
			require.NoError(t, json.Unmarshal([]byte(text), &tree))
			require.Equal(t, valid, s.Validate(tree) == nil)
		})
	}
}
