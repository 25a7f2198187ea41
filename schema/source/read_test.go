package source_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema/source"
)

func TestReadPage(t *testing.T) {
	page := vectors(t)["conflict-type"]
	want, findings, err := source.Page(page, "1.2.3")
	require.NoError(t, err)
	got, err := source.Read(page, "1.2.3")
	require.NoError(t, err)
	require.Len(t, got.Contracts, 1)
	require.Equal(t, want, got.Contracts[0])
	require.Equal(t, findings, got.Findings)

	_, err = source.Read(vectors(t)["error-close"], "")
	require.IsType(t, &source.NoOperationError{}, err)
}

// TestReadContract reads a contract back as it was written.
func TestReadContract(t *testing.T) {
	want, _, err := source.Page(vectors(t)["page"], "1.2.3")
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
		requireKnownError(t, err)
		golden(t, strings.TrimSuffix(path, "txt")+"json", withoutProse(err))
	}
}
