package source_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/schema/source/internal/sourcetest"
	"github.com/crcheck/crcheck/schema/source/page"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema/source"
)

func TestReadPage(t *testing.T) {
	document := pageOf(t, "conflict-type")
	want, findings, err := page.Read(document, "1.2.3")
	require.NoError(t, err)
	got, err := source.Read(document, "1.2.3")
	require.NoError(t, err)
	require.Len(t, got.Contracts, 1)
	require.Equal(t, want, got.Contracts[0])
	require.Equal(t, findings, got.Findings)

	_, err = source.Read(pageOf(t, "error-close"), "")
	require.ErrorIs(t, err, page.ErrNoOperation)
}

// TestReadContract reads a contract back as it was written.
func TestReadContract(t *testing.T) {
	want, _, err := page.Read(pageOf(t, "page"), "1.2.3")
	require.NoError(t, err)
	text, err := want.Encode()
	require.NoError(t, err)
	got, err := source.Read(text, "9.9.9")
	require.NoError(t, err)
	require.Empty(t, got.Findings)
	again, err := got.Contracts[0].Encode()
	require.NoError(t, err)
	require.Equal(t, string(text), string(again))

	want.Version = ""
	text, err = want.Encode()
	require.NoError(t, err)
	got, err = source.Read(text, "9.9.9")
	require.NoError(t, err)
	require.Equal(t, "9.9.9", got.Contracts[0].Version)
}

func TestReadErrors(t *testing.T) {
	paths, err := filepath.Glob("testdata/read/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		document, err := os.ReadFile(path)
		require.NoError(t, err)
		got, err := source.Read(document, "")
		require.Empty(t, got)
		sourcetest.RequireDocumentError(t, err)
		sourcetest.Golden(t, strings.TrimSuffix(path, "txt")+"json", sourcetest.WithoutProse(err))
	}
}

// pageOf is a page of the page reader's testdata.
func pageOf(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("page/testdata/" + name + ".rst")
	require.NoError(t, err)
	return text
}
