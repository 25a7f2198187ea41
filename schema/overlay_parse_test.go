package schema

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseOverlay(t *testing.T) {
	o, err := ParseOverlay("o.yaml", []byte(`# A comment.
overlay: 1
operation: s.O
reason: why
facets:
  - at: output#/a
    required: true
  - {at: contract, method: GET, reason: own}
  - {at: output#/a, range: {min: 3, max: 3.0}}
echoes:
  - {output: /a, input: b}
`))
	require.NoError(t, err)
	require.Equal(t, []string{"o.yaml", "s.O", "why"}, []string{o.Name, o.Operation, o.Reason})
	require.Equal(t, []Echo{{"/a", "b"}}, o.Echoes)
	require.Len(t, o.entries, 3)
	require.Equal(t, []any{Place{"output", "/a"}, "why", 6}, []any{o.entries[0].At, o.entries[0].Reason, o.entries[0].Line})
	require.Equal(t, Is(Bounds{Min: "3", Max: "3.0"}), o.entries[2].shape.Range)
	require.Equal(t, []any{ContractPlace, "own", 8}, []any{o.entries[1].At, o.entries[1].Reason, o.entries[1].Line})
}

// TestParseOverlayErrors: each text is refused, at its line.
func TestParseOverlayErrors(t *testing.T) {
	const head = "overlay: 1\noperation: s.O\nreason: r\n"
	entry := func(text string) string { return head + "facets:\n  - " + text + "\n" }
	for _, v := range []struct {
		name, text string
		line       int
	}{
		{"empty", "", 0},
		{"a comment", "# nothing", 0},
		{"null", "~", 1},
		{"a list", "- overlay: 1", 1},
		{"a word", "overlay", 1},
		{"no YAML", "overlay: 1\n\toperation: x", 2},
		{"binary", "\x00\xff", 0},
		{"no format", "operation: s.O", 0},
		{"another format", "operation: s.O\noverlay: 2", 2},
		{"a word for a format", "overlay: one", 1},
		{"no operation", "overlay: 1\nreason: r", 0},
		{"two documents", head + "---\n" + head, 0},
		{"two documents, one broken", head + "---\n{", 5},
		{"unknown key", head + "facet: []", 4},
		{"repeated key", head + "reason: again", 4},
		{"a list for a key", head + "[a]: b", 4},
		{"a list for the operation", "overlay: 1\noperation: [s.O]", 2},
		{"a mapping for the facets", head + "facets: {at: output}", 4},
		{"a mapping for the echoes", head + "echoes: {output: /a}", 4},
		{"entry is a word", entry("output"), 5},
		{"entry is null", entry("~"), 5},
		{"no place", entry("{required: true}"), 5},
		{"no such part", entry("{at: outputs, required: true}"), 5},
		{"no pointer", entry("{at: output#a, required: true}"), 5},
		{"place below the contract", entry("{at: contract#/a, method: GET}"), 5},
		{"a list for a place", entry("{at: [output], required: true}"), 5},
		{"repeated place", entry("{at: output#/a, required: true, at: output#/b}"), 5},
		{"misspelt facet", entry("at: output#/a\n    requird: true"), 6},
		{"repeated facet", entry("at: output#/a\n    required: true\n    required: false"), 7},
		{"facet of an entry before", entry("{at: output#/a, required: true}\n  - {at: output#/b, required: true}\n  - {at: output#/a, required: false}"), 7},
		{"facet of an entry before, alike", entry("{at: output#/a, required: true}\n  - {at: output#/a, pattern: a, required: true}"), 6},
		{"facet of an entry before, of the contract", entry("{at: contract, method: GET}\n  - {at: contract, method: PUT}"), 6},
		{"facet of an entry before, of an error", entry("{at: error:X, status: 400}\n  - {at: error:X, status: 404}"), 6},
		{"facet of an entry before, of a root", entry("{at: output, sensitive: true}\n  - {at: output#, sensitive: false}"), 6},
		{"type of an entry before", entry("{at: output#/a, type: string}\n  - {at: output#/a, type: integer}"), 6},
		{"contract's facet elsewhere", entry("at: output#/a\n    method: GET"), 6},
		{"error's facet elsewhere", entry("at: output\n    status: 200"), 6},
		{"member's facet at an error", entry("at: error:X\n    required: true"), 6},
		{"a merge key", entry("<<: {required: true}\n    at: output#/a"), 5},
		{"nothing stated", entry("{at: output#/a}"), 5},
		{"nothing but silence stated", entry("{at: output#/a, required: ~}"), 5},
		{"a word for a flag", entry("at: output#/a\n    required: maybe"), 6},
		{"a flag in quotes", entry("at: output#/a\n    required: 'true'"), 6},
		{"a list for a text", entry("at: output#/a\n    pattern: [a]"), 6},
		{"a word for a list", entry("at: output#/a\n    enum: A"), 6},
		{"a number for bounds", entry("at: output#/a\n    length: 36"), 6},
		{"misspelt end", entry("at: output#/a\n    length:\n      min: 1\n      maximum: 2"), 8},
		{"repeated end", entry("at: output#/a\n    length: {min: 1, min: 2}"), 6},
		{"a word for an end", entry("at: output#/a\n    length: {min: one}"), 6},
		{"a negative length", entry("at: output#/a\n    length: {min: -1}"), 6},
		{"a length of nothing", entry("at: output#/a\n    length: {min: 5, max: 3}"), 6},
		{"a range of nothing", entry("at: output#/a\n    range: {min: 1, max: -1e0}"), 6},
		{"a range of nothing, closely", entry("at: output#/a\n    range: {min: 0.30000000000000000001, max: 0.3}"), 6},
		{"a range in hexadecimal", entry("at: output#/a\n    range: {min: 0x10}"), 6},
		{"a range that is long to expand", entry("at: output#/a\n    range: {min: 1e99999}"), 6},
		{"odd bits", entry("at: output#/a\n    bits: 31"), 6},
		{"odd format", entry("at: output#/a\n    timestampFormat: iso8601"), 6},
		{"odd location", entry("at: output#/a\n    location: uri"), 6},
		{"odd status", entry("at: error:X\n    status: 4040"), 6},
		{"odd fault", entry("at: error:X\n    fault: mine"), 6},
		{"no such type", entry("at: output#/a\n    type: strnig"), 6},
		{"type of the contract", entry("at: contract\n    type: structure"), 6},
		{"type of an error", entry("at: error:X\n    type: string"), 6},
		{"a list for a type", entry("at: output#/a\n    type: [list]"), 6},
		{"no reason", "overlay: 1\noperation: s.O\nfacets:\n  - {at: contract, method: GET}", 4},
		{"reason taken away", entry("{at: contract, method: GET, reason: ''}"), 5},
		{"unknown key of an echo", head + "echoes:\n  - {output: /a, input: b, reason: c}", 5},
		{"an echo without input", head + "echoes:\n  - {output: /a}", 5},
		{"an echo without output", head + "echoes:\n  - {input: a}", 5},
		{"an echo of no pointer", head + "echoes:\n  - {output: a, input: b}", 5},
		{"an unknown anchor", entry("{at: output#/a, pattern: *p}"), 0},
		{"an anchor in itself", entry("{at: output#/a, enum: &e [*e]}"), 5},
	} {
		t.Run(v.name, func(t *testing.T) {
			_, err := ParseOverlay("o.yaml", []byte(v.text))
			var wrong *DocumentError
			require.ErrorAs(t, err, &wrong, v.name)
			require.Equal(t, "o.yaml", wrong.File, v.name)
			require.Equal(t, v.line, wrong.Line, "%s: %s", v.name, err)
			require.NotEmpty(t, wrong.Problem, v.name)
			require.NotContains(t, wrong.Problem, "\n", v.name)
			require.NotContains(t, wrong.Problem, "schema.", "%s: the problem names no Go type", v.name)
			require.NotContains(t, wrong.Problem, fmt.Sprintf("line %d", wrong.Line), "%s: the line is told apart", v.name)
			if strings.Contains(v.name, "of an entry before") {
				require.Contains(t, wrong.Problem, "line 5", "the line of the other one, too")
			}
		})
	}
}

// bomb is YAML of a few lines that names 9^depth values.
func bomb(depth int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 x\n")
	for i := range depth {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i), 9), ","))
	}
	return b.String()
}

// TestHostileOverlay: what would cost a careless reader its memory or stack is
// refused in time.
func TestHostileOverlay(t *testing.T) {
	const head = "overlay: 1\noperation: s.O\nreason: r\nfacets:\n"
	enums := head + "  - {at: output#/a, enum: &a0 [x]}\n"
	for i := range 12 {
		enums += fmt.Sprintf("  - {at: output#/a, enum: &a%d [%s]}\n", i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i), 9), ","))
	}
	for name, text := range map[string]string{
		"bomb of unknown keys": bomb(12),
		"bomb beside a head":   head + bomb(12),
		"bomb of enums":        enums,
		"flow lists":           strings.Repeat("[", 100_000),
		"flow lists, closed":   head + "- " + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000),
		"flow mappings":        head + strings.Repeat("{a: ", 100_000),
		"block lists":          head + strings.Repeat("- ", 100_000),
		"enum of lists":        head + "- {at: output#/a, enum: " + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + "}",
		"lines ever deeper":    head + deeper(3_000),
		"anchors":              head + strings.Repeat("&a ", 100_000),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := ParseOverlay("o.yaml", []byte(text))
			require.Error(t, err)
			require.Less(t, len(err.Error()), 1000)
			require.Less(t, time.Since(start), 30*time.Second)
		})
	}
}

func deeper(lines int) string {
	var b strings.Builder
	for i := range lines {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// FuzzParseOverlay: what is read can be applied, and leaves a contract that passes.
func FuzzParseOverlay(f *testing.F) {
	paths, err := filepath.Glob("testdata/overlay/*.yaml")
	require.NoError(f, err)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add(text)
	}
	c := garden(f)
	before := encode(f, c)
	f.Fuzz(func(t *testing.T, text []byte) {
		o, err := ParseOverlay("o", text)
		if err != nil {
			return
		}
		o.Operation = c.Name()
		d, _ := o.Apply(c)
		require.Equal(t, before, encode(t, c))
		if err := d.Check(); err != nil {
			require.ErrorContains(t, err, "another member has the name")
			return
		}
		_, err = Parse([]byte(encode(t, d)))
		require.NoError(t, err)
		e, _ := o.Apply(d)
		require.NoError(t, e.Check())
	})
}
