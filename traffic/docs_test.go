package traffic_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

// TestDocsShowAnInteraction checks that the example in docs/ndjson.md is an interaction.
func TestDocsShowAnInteraction(t *testing.T) {
	all, err := readAll("ndjson.md", strings.NewReader(block(t, "../docs/ndjson.md", "json")))
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, traffic.NDJSON, all[0].Kind)
	require.NotNil(t, all[0].Request)
	require.True(t, requireConversion(t, traffic.NDJSON, all))
}

// TestDocsRecipeForHAR checks that the recipe of docs/traffic.md extracts what Read finds in the
// HAR itself, except for durations and the case of header names.
func TestDocsRecipeForHAR(t *testing.T) {
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("skipped: jq is not installed")
	}
	recipe := block(t, "../docs/traffic.md", "sh")
	har, err := filepath.Abs("testdata/read/har-chrome.input")
	require.NoError(t, err)
	recipe = strings.ReplaceAll(recipe, "/memberships/", "example.com")
	recipe = strings.ReplaceAll(recipe, "recording.har > interactions.ndjson", har)
	lines, err := exec.Command("sh", "-c", recipe).Output()
	require.NoError(t, err)
	made, err := readAll("jq", bytes.NewReader(lines))
	require.NoError(t, err, "%s", lines)
	text, err := os.ReadFile(har)
	require.NoError(t, err)
	read, err := readAll("har", bytes.NewReader(text))
	require.NoError(t, err)
	require.Len(t, made, len(read))
	for i, want := range read {
		require.Equal(t, want.Request.URL, made[i].Request.URL)
		require.Equal(t, string(want.Request.Body.Bytes), string(made[i].Request.Body.Bytes))
		require.Equal(t, string(want.Response.Body.Bytes), string(made[i].Response.Body.Bytes))
		require.Equal(t, want.Response.Body.Missing, made[i].Response.Body.Missing)
		require.Equal(t, want.Response.Status, made[i].Response.Status)
		require.Len(t, made[i].Response.Header, len(want.Response.Header))
	}
}

// block returns the last code block in a language on a page.
func block(t *testing.T, page, language string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?s)```"+language+"[^\n]*\n(.*?)```").FindAllSubmatch(text, -1)
	require.NotEmpty(t, blocks)
	return string(blocks[len(blocks)-1][1])
}
