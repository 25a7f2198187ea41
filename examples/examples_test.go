// Package examples runs the examples as described in their README.
package examples

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/crcheck/crcheck/internal/installed"
	"github.com/stretchr/testify/require"
)

// TestExamples checks that each example passes against its cassette, and fails against one that does
// not have its requests.
func TestExamples(t *testing.T) {
	for _, example := range []struct {
		name    string
		recipe  installed.Recipe
		command func(into string) []string
		passed  string // in the output of the test runner
	}{
		{"pytest", installed.Python("pytest"), func(into string) []string {
			return []string{filepath.Join(into, "bin", "python"), "-m", "pytest", "-p", "no:cacheprovider", "pytest"}
		}, "1 passed"},
		{"jest", installed.NPM("jest", "job.test.js"), func(into string) []string {
			return []string{"node", filepath.Join(into, "node_modules", "jest", "bin", "jest.js"), "--config", filepath.Join(into, "package.json")}
		}, "1 passed, 1 total"},
	} {
		t.Run(example.name, func(t *testing.T) {
			command := example.command(installed.Folder(t, example.recipe))
			out, status := replay(t, "polled-to-success.yaml", command)
			require.Zero(t, status, out)
			require.Contains(t, out, example.passed)
			require.Contains(t, out, "played 3 of 3 interactions, 0 misses")

			out, status = replay(t, "result-s3.yaml", command)
			require.NotZero(t, status, out)
			require.Contains(t, out, "played 0 of 1 interaction, 1 miss")
		})
	}
}

// TestJestResponses checks that the example of responses passes with its snapshot, and fails without.
func TestJestResponses(t *testing.T) {
	installation := installed.Folder(t, installed.NPM("jest", "job.test.js"))
	folder := installed.NPMPackage(t, "..", installation, "jest/package.json", "jest/responses.test.js")
	snapshots := filepath.Join(folder, "__snapshots__")
	require.NoError(t, os.CopyFS(snapshots, os.DirFS("jest/__snapshots__")))
	jest := func() (string, error) {
		run := exec.CommandContext(t.Context(), "node", filepath.Join(installation, "node_modules", "jest", "bin", "jest.js"), "--ci")
		run.Dir = folder
		out, err := run.CombinedOutput()
		return string(out), err
	}
	out, err := jest()
	require.NoError(t, err, out)
	require.Contains(t, out, "84 passed, 84 total")
	require.NotContains(t, out, "obsolete")
	requireObsolete(t, snapshots, func() ([]byte, error) {
		out, err := jest()
		return []byte(out), err
	})

	require.NoError(t, os.RemoveAll(snapshots))
	out, err = jest()
	require.Error(t, err, out)
	require.Contains(t, out, "84 failed, 84 total")
}

// replay runs a command against one of the cassettes.
func replay(t *testing.T, cassette string, command []string) (out string, status int) {
	t.Helper()
	run := exec.CommandContext(t.Context(), "go", append([]string{"run", "../cmd/crcheck", "replay", "../cassettes/good/" + cassette, "--"}, command...)...)
	run.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	var text bytes.Buffer
	run.Stdout, run.Stderr = &text, &text
	var exited *exec.ExitError
	if err := run.Run(); !errors.As(err, &exited) {
		require.NoError(t, err)
		return text.String(), 0
	}
	return text.String(), exited.ExitCode()
}
