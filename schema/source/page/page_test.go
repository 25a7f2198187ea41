package page_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/schema/source/internal/sourcetest"
	"github.com/crcheck/crcheck/schema/source/page"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
)

// outcome is all that reading a page gives but prose, as a golden file holds it.
type outcome struct {
	Contract *schema.Contract  `json:"contract,omitempty"`
	Findings []finding.Finding `json:"findings,omitempty"`
	Error    string            `json:"error,omitempty"`
	Fields   any               `json:"fields,omitempty"` // of the error
}

func outcomeOf(document []byte) outcome {
	contract, findings, err := page.Read(document, "0.0.1")
	o := outcome{Contract: contract}
	for _, f := range findings {
		f.Message, f.Cause = "", ""
		o.Findings = append(o.Findings, f)
	}
	if err != nil {
		o.Error, o.Fields = reflect.TypeOf(err).String(), sourcetest.WithoutProse(err)
	}
	return o
}

// vectors returns the pages of testdata, by name.
func vectors(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.rst")
	require.NoError(t, err)
	pages := map[string][]byte{}
	for _, path := range paths {
		document, err := os.ReadFile(path)
		require.NoError(t, err)
		pages[strings.TrimSuffix(filepath.Base(path), ".rst")] = document
	}
	require.NotEmpty(t, pages)
	return pages
}

// TestPage reads every page of testdata. The prefix of its name says what must
// come of it.
func TestPage(t *testing.T) {
	for name, document := range vectors(t) {
		t.Run(name, func(t *testing.T) {
			got := outcomeOf(document)
			sourcetest.Golden(t, filepath.Join("testdata", name+".json"), got)
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
	for name, document := range vectors(t) {
		t.Run(name, func(t *testing.T) {
			saved := append([]byte("\ufeff"), bytes.ReplaceAll(document, []byte("\n"), []byte("\r\n"))...)
			want, got := outcomeOf(document), outcomeOf(saved)
			require.Equal(t, want.Error, got.Error, name)
			require.Equal(t, want.Findings, got.Findings, name)
			if want.Contract != nil {
				require.Equal(t, want.Contract.Digest(), got.Contract.Digest(), name)
			}
		})
	}
}

// TestPageSyntaxWins compares the conflicting pages with the sound one.
func TestPageSyntaxWins(t *testing.T) {
	pages := vectors(t)
	sound := outcomeOf(pages["page"]).Contract
	for name, want := range map[string]schema.Type{"conflict-type": schema.Integer, "conflict-type-dict": schema.Structure} {
		t.Run(name, func(t *testing.T) {
			c, findings, err := page.Read(pages[name], "")
			require.NoError(t, err)
			require.Equal(t, sound.Digest(), c.Digest(), name)
			shape, _, ok := c.At(schema.Place{Part: schema.OutputPart, Pointer: findings[0].Pointer})
			require.True(t, ok, name)
			require.Equal(t, want, shape.Type, name)
			require.Equal(t, []finding.RuleID{finding.SourceConflict}, findings.Rules())
		})
	}
}

// TestPageVersion takes version and origin from the caller.
func TestPageVersion(t *testing.T) {
	document := vectors(t)["page"]
	c, _, err := page.Read(document, "1.2.3")
	require.NoError(t, err)
	require.Equal(t, "garden.GetBed@1.2.3", c.String())
	require.Equal(t, []schema.Origin{schema.NewOrigin("boto3-page", "1.2.3", document)}, c.Origins)
	other, _, err := page.Read(document, "")
	require.NoError(t, err)
	require.Equal(t, c.Digest(), other.Digest())
}
