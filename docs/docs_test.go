package docs

import (
	"os"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/stretchr/testify/require"
)

// TestRulesPageIsFresh checks that rules.md was generated from the current rule table.
func TestRulesPageIsFresh(t *testing.T) {
	page, err := os.ReadFile("rules.md")
	require.NoError(t, err)
	require.Equal(t, finding.RulesPage(), string(page), "run `go generate ./docs`")
}

// TestDriftPageIsFresh checks that drift.md was generated from the current table of changes.
func TestDriftPageIsFresh(t *testing.T) {
	page, err := os.ReadFile("drift.md")
	require.NoError(t, err)
	require.Equal(t, drift.Page(), string(page), "run `go generate ./docs`")
}
