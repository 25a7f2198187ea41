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

// TestPlugin runs the tests with the plug-ins and the program of this clone.
func TestPlugin(t *testing.T) {
	folder := installed.Folder(t, installed.Python("."))
	packages := installed.PythonPackage(t, filepath.Join("..", ".."))
	run := exec.CommandContext(t.Context(), filepath.Join(folder, "bin", "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider", "--basetemp", t.TempDir(), "test_plugin.py", "test_responses.py", "test_spark_plan.py")
	run.Env = append(os.Environ(), "PYTHONPATH="+packages, "PYTHONDONTWRITEBYTECODE=1")
	out, err := run.CombinedOutput()
	require.NoError(t, err, "%s", out)
	t.Logf("%s", out)
}
