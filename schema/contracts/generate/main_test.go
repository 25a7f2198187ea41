package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/schema/source/page"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

func TestContractsAreFresh(t *testing.T) {
	pages, err := filepath.Glob("../*.rst")
	require.NoError(t, err)
	require.Len(t, pages, len(contracts.Names()))
	for _, path := range pages {
		base := strings.TrimSuffix(filepath.Base(path), ".rst")
		t.Run(base, func(t *testing.T) {
			want, err := derive(os.DirFS(".."), base)
			require.NoError(t, err)
			got, err := os.ReadFile(filepath.Join("..", base+".json"))
			require.NoError(t, err)
			require.Equal(t, string(want), string(got), "run `go generate ./schema/contracts`")
		})
	}
}

// TestRealPages: the pages of this folder derive the same contracts as the real
// ones do, under the same overlay.
func TestRealPages(t *testing.T) {
	shared := filepath.Join("..", "..", "..", "..", "shared")
	for version, glob := range map[string]string{
		"1.42.90": "seed/*",
		"1.43.67": "data/history/get_protected_job-1.43.67.rst",
	} {
		t.Run(version, func(t *testing.T) {
			pages, err := filepath.Glob(filepath.Join(shared, glob))
			require.NoError(t, err)
			if len(pages) == 0 {
				t.Skip("skipped: the real pages are not beside this checkout, in ../shared")
			}
			require.Len(t, pages, 1)
			document, err := os.ReadFile(pages[0])
			require.NoError(t, err)
			real, conflicts, err := page.Read(document, version)
			require.NoError(t, err)
			require.Nil(t, conflicts)
			text, err := os.ReadFile(filepath.Join("..", "get_protected_job-"+version+".overlay.yaml"))
			require.NoError(t, err)
			overlay, err := schema.ParseOverlay("overlay", text)
			require.NoError(t, err)
			real, stale := overlay.Apply(real)
			require.Nil(t, stale)
			built := contracts.MustLoad("cleanrooms.GetProtectedJob@" + version)
			require.Empty(t, schema.Diff(real, built))
			require.Equal(t, built.Digest(), real.Digest())
		})
	}
}
