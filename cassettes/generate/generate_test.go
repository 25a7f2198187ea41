package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// The folder holds what the table says; run `go generate ./cassettes`.
func TestFresh(t *testing.T) {
	files, err := render(scenarios())
	require.NoError(t, err)
	outdated := stale(t, os.DirFS(".."), files)
	if len(outdated) > 0 {
		t.Fatalf("%d of %d files are not as the table and the built-in contracts say, %s among them: run go generate ./cassettes", len(outdated), len(files), outdated[0])
	}
}

// A file that is missing, changed or left over is stale, and writing corrects all three.
func TestStale(t *testing.T) {
	files, err := render(scenarios()[:3])
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, write(dir, files))
	require.Empty(t, stale(t, os.DirFS(dir), files))

	require.NoError(t, os.WriteFile(filepath.Join(dir, "good", "status-failed.yaml"), nil, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "index.yaml"), nil, 0o644))
	require.NoError(t, os.Remove(filepath.Join(dir, "good", "status-started.yaml")))
	require.Equal(t, []string{"good/status-failed.yaml", "good/status-started.yaml", "index.yaml"}, stale(t, os.DirFS(dir), files))

	require.NoError(t, write(dir, files))
	require.Empty(t, stale(t, os.DirFS(dir), files))
}

// Every scenario asks for a job of its own, so that the whole folder can be
// replayed at once, and says what it is about in one line.
func TestTable(t *testing.T) {
	jobs := map[int]string{}
	for _, s := range scenarios() {
		require.Empty(t, jobs[s.job], "%s asks for the same job", s.file)
		jobs[s.job] = s.file
		require.NotEmpty(t, s.about, s.file)
		require.NotContains(t, s.about, "\n", s.file)
	}
	_, err := render([]scenario{scenarios()[0], scenarios()[0]})
	require.ErrorContains(t, err, "twice")
}

// stale returns the files of a folder that differ from those that it should hold.
func stale(t *testing.T, folder fs.FS, want map[string][]byte) []string {
	t.Helper()
	present, err := yamlFiles(folder)
	require.NoError(t, err)
	got := map[string]string{}
	for _, name := range present {
		text, err := fs.ReadFile(folder, name)
		require.NoError(t, err)
		got[name] = string(text)
	}
	var names []string
	for name := range got {
		if _, ok := want[name]; !ok {
			names = append(names, name)
		}
	}
	for name := range maps.Keys(want) {
		if text, ok := got[name]; !ok || text != string(want[name]) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
