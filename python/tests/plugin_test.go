// Package tests runs the tests of the plug-in for pytest, which are in Python.
package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/crcheck/crcheck/internal/installed"
	"github.com/stretchr/testify/require"
)

// TestPlugin runs test_plugin.py with the plug-in and the program of this clone.
func TestPlugin(t *testing.T) {
	folder := installed.Folder(t, installed.Python("."))
	packages := t.TempDir()
	into := filepath.Join(packages, "crcheck")
	require.NoError(t, os.MkdirAll(filepath.Join(into, "bin"), 0o755))
	files, err := filepath.Glob("../src/crcheck/*.py")
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(into, filepath.Base(file)), text, 0o644))
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(into, "bin", "crcheck"), "../../cmd/crcheck")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)

	run := exec.CommandContext(t.Context(), filepath.Join(folder, "bin", "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider", "--basetemp", t.TempDir(), "test_plugin.py")
	run.Env = append(os.Environ(), "PYTHONPATH="+packages, "PYTHONDONTWRITEBYTECODE=1")
	out, err = run.CombinedOutput()
	require.NoError(t, err, "%s", out)
	t.Logf("%s", out)
}
