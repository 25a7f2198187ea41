package examples

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/crcheck/crcheck/internal/installed"
	"github.com/stretchr/testify/require"
)

// TestMoto runs the demonstration: the suite passes, and crcheck finds the bugs of moto that bugs.yaml
// lists, in the process and through a recording.
func TestMoto(t *testing.T) {
	if os.Getenv("CRCHECK_MOTO") == "" {
		t.Skip("skipped without CRCHECK_MOTO=1: takes a minute")
	}
	python := filepath.Join(installed.Folder(t, installed.Python("moto")), "bin", "python")
	packages := installed.PythonPackage(t, "..")
	command := func(t *testing.T, args ...string) (out string, err error) {
		run := exec.CommandContext(t.Context(), python, args...)
		run.Dir = "moto"
		run.Env = append(os.Environ(), "PYTHONPATH="+packages, "PYTHONDONTWRITEBYTECODE=1")
		var text bytes.Buffer
		run.Stdout, run.Stderr = &text, &text
		err = run.Run()
		return text.String(), err
	}
	pytest := []string{"-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "crcheck.pytest_plugin", "--crcheck"}
	t.Run("known bugs", func(t *testing.T) {
		out, err := command(t, append(pytest, "--crcheck-ignore", "bugs.yaml")...)
		require.NoError(t, err, out)
		require.Contains(t, out, "passed: 0 errors")
		require.Contains(t, out, "hidden: 25 by ignore rows")
		require.NotContains(t, out, "ignore row for", "each row matches")
	})
	t.Run("bugs", func(t *testing.T) {
		out, err := command(t, append(pytest, "-k", "codecommit or sqs")...)
		require.Error(t, err)
		require.Contains(t, out, "2 passed")
		require.Contains(t, out, "failed: 4 errors")
		require.Contains(t, out, "codecommit:RepositoryMetadata$creationDate, in 2 operations, 2 times")
	})
	t.Run("recorded", func(t *testing.T) {
		cassette := filepath.Join(t.TempDir(), "program.yaml")
		out, err := command(t, "record.py", cassette)
		require.Error(t, err)
		require.Contains(t, out, "failed: 5 errors")
		require.Contains(t, out, "recorded 7 interactions")
		text, err := os.ReadFile(cassette)
		require.NoError(t, err)
		require.Contains(t, string(text), "from: emulator\n    redacted: no\n")
	})
}
