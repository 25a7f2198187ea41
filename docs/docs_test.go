package docs

import (
	"os"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/stretchr/testify/require"
)

func TestRulesPageIsFresh(t *testing.T) {
	page, err := os.ReadFile("rules.md")
	require.NoError(t, err)
	require.Equal(t, finding.RulesPage(), string(page), "run `go generate ./docs`")
}

func TestDriftPageIsFresh(t *testing.T) {
	page, err := os.ReadFile("drift.md")
	require.NoError(t, err)
	require.Equal(t, drift.Page(), string(page), "run `go generate ./docs`")
}
