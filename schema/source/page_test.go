package source_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// outcome is all that reading a page gives but prose, as a golden file holds it.
type outcome struct {
	Contract *schema.Contract  `json:"contract,omitempty"`
	Findings []finding.Finding `json:"findings,omitempty"`
	Error    string            `json:"error,omitempty"`
	Fields   any               `json:"fields,omitempty"` // of the error
}

func outcomeOf(page []byte) outcome {
	contract, findings, err := source.Page(page, "0.0.1")
	o := outcome{Contract: contract}
	for _, f := range findings {
		f.Message, f.Cause = "", ""
		o.Findings = append(o.Findings, f)
	}
	if err != nil {
		o.Error, o.Fields = reflect.TypeOf(err).String(), withoutProse(err)
	}
	return o
}

func withoutProse(err error) error {
	if syntax, ok := err.(*source.SyntaxError); ok {
		return &source.SyntaxError{Line: syntax.Line, Column: syntax.Column}
	}
	return err
}

// golden compares with a golden file, or rewrites it.
func golden(t *testing.T, path string, got any) {
	t.Helper()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	require.NoError(t, encoder.Encode(got))
	if *update {
		require.NoError(t, os.WriteFile(path, text.Bytes(), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), text.String())
}

// vectors returns the pages of testdata, by name.
func vectors(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/page/*.rst")
	require.NoError(t, err)
	pages := map[string][]byte{}
	for _, path := range paths {
		page, err := os.ReadFile(path)
		require.NoError(t, err)
		pages[strings.TrimSuffix(filepath.Base(path), ".rst")] = page
	}
	require.NotEmpty(t, pages)
	return pages
}

// TestPage reads every page of testdata. The prefix of its name says what must
// come of it.
func TestPage(t *testing.T) {
	for name, page := range vectors(t) {
		t.Run(name, func(t *testing.T) {
			got := outcomeOf(page)
			golden(t, filepath.Join("testdata/page", name+".json"), got)
			switch prefix, _, _ := strings.Cut(name, "-"); prefix {
			case "error":
				require.NotEmpty(t, got.Error)
			case "conflict", "omitted":
				require.NotEmpty(t, got.Findings)
			default:
				require.Empty(t, got.Error)
				require.Empty(t, got.Findings)
			}
			if got.Contract != nil {
				require.NoError(t, got.Contract.Check())
			}
		})
	}
}

// TestPageLineEnds reads pages as editors on other systems save them.
func TestPageLineEnds(t *testing.T) {
	for name, page := range vectors(t) {
		saved := append([]byte("\ufeff"), bytes.ReplaceAll(page, []byte("\n"), []byte("\r\n"))...)
		want, got := outcomeOf(page), outcomeOf(saved)
		require.Equal(t, want.Error, got.Error, name)
		require.Equal(t, want.Findings, got.Findings, name)
		if want.Contract != nil {
			require.Equal(t, want.Contract.Digest(), got.Contract.Digest(), name)
		}
	}
}

// TestPageSyntaxWins holds the conflicting pages against the sound one.
func TestPageSyntaxWins(t *testing.T) {
	pages := vectors(t)
	sound := outcomeOf(pages["page"]).Contract
	for name, want := range map[string]schema.Type{"conflict-type": schema.Integer, "conflict-type-dict": schema.Structure} {
		c, findings, err := source.Page(pages[name], "")
		require.NoError(t, err)
		require.Equal(t, sound.Digest(), c.Digest(), name)
		shape, _, ok := c.At(schema.Place{Part: schema.OutputPart, Pointer: findings[0].Pointer})
		require.True(t, ok, name)
		require.Equal(t, want, shape.Type, name)
		require.Equal(t, []finding.RuleID{finding.SourceConflict}, findings.Rules())
	}
}

// TestPageVersion takes version and origin from the caller.
func TestPageVersion(t *testing.T) {
	page := vectors(t)["page"]
	c, _, err := source.Page(page, "1.2.3")
	require.NoError(t, err)
	require.Equal(t, "garden.GetBed@1.2.3", c.String())
	require.Equal(t, []schema.Origin{schema.NewOrigin("boto3-page", "1.2.3", page)}, c.Origins)
	other, _, err := source.Page(page, "")
	require.NoError(t, err)
	require.Equal(t, c.Digest(), other.Digest())
}
