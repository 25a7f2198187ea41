package examples

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/crcheck/crcheck/internal/installed"
	"github.com/stretchr/testify/require"
)

// pollers are the pollers in Python and TypeScript: the right one, which passes, and those with a bug,
// which fail for the responses that show it.
var pollers = []struct {
	name string
	want []string // IDs of responses; with more: some of them
	more bool
}{
	{name: "Poller"},
	{name: "UnknownStatusIsSuccess", want: []string{"status=<unknown value>"}},
	{name: "UnknownOutputIsSuccess", want: []string{"result.output=<unknown member>"}},
	{name: "StatisticsAreAlwaysThere", want: []string{"statistics absent", "statistics null", "statistics.totalDurationInMillis absent", "statistics.totalDurationInMillis null"}},
	{name: "ResultIsNeverNull", want: []string{"minimal", "result absent", "result null"}},
	{name: "ErrorsHaveMessages", want: []string{"error=ThrottlingException without message"}},
	{name: "ThrottlingIsFailure", want: []string{"error=ThrottlingException", "error=ThrottlingException without message"}},
	{name: "MillisecondsFit32Bits", want: []string{"statistics.totalDurationInMillis=-9007199254740992", "statistics.totalDurationInMillis=2147483648", "statistics.totalDurationInMillis=9007199254740992"}},
	{name: "DaysAreLocal", want: []string{"full"}, more: true},
}

func TestPollerPython(t *testing.T) {
	folder := installed.Folder(t, installed.Python("poller-python"))
	packages := installed.PythonPackage(t, "..")
	failed := regexp.MustCompile(`(?m)^FAILED test_poller\.py::test_wait\[(.*?)\](?: - .*)?$`)
	testPollers(t, func(t *testing.T, poller string) (ids []string, out []byte) {
		run := exec.CommandContext(t.Context(), filepath.Join(folder, "bin", "python"), "-m", "pytest", "-p", "no:cacheprovider",
			"-p", "crcheck.pytest_plugin", "-p", "crcheck.pytest_responses", "-n", "2", "-q", "-rf")
		run.Dir = "poller-python"
		run.Env = append(os.Environ(), "PYTHONPATH="+packages, "PYTHONDONTWRITEBYTECODE=1", "COLUMNS=300", "POLLER="+poller)
		out, err := run.CombinedOutput()
		for _, m := range failed.FindAllStringSubmatch(string(out), -1) {
			ids = append(ids, m[1])
		}
		requireFailed(t, ids, err, out)
		return ids, out
	})
}

func TestPollerTypeScript(t *testing.T) {
	installation := installed.Folder(t, installed.NPM("poller-typescript"))
	folder := installed.NPMPackage(t, "..", installation)
	require.NoError(t, os.CopyFS(folder, os.DirFS("poller-typescript")))
	node := func(env string, arguments ...string) ([]byte, error) {
		run := exec.CommandContext(t.Context(), "node", arguments...)
		run.Dir = folder
		run.Env = append(os.Environ(), "CI=true", env) // without a snapshot, a test fails
		return run.CombinedOutput()
	}
	out, err := node("", filepath.Join(installation, "node_modules", "typescript", "bin", "tsc"))
	require.NoError(t, err, "%s", out)
	testPollers(t, func(t *testing.T, poller string) (ids []string, out []byte) {
		report := filepath.Join(t.TempDir(), "report.json")
		out, err := node("POLLER="+poller, filepath.Join(installation, "node_modules", "vitest", "vitest.mjs"), "run", "--reporter=default", "--reporter=json", "--outputFile="+report)
		text, problem := os.ReadFile(report)
		require.NoError(t, problem, "%s", out)
		var got struct {
			NumTotalTests int
			TestResults   []struct {
				AssertionResults []struct{ Status, Title string }
			}
		}
		require.NoError(t, json.Unmarshal(text, &got))
		require.Greater(t, got.NumTotalTests, 80, "%s", out)
		for _, file := range got.TestResults {
			for _, test := range file.AssertionResults {
				if test.Status != "passed" {
					ids = append(ids, test.Title)
				}
			}
		}
		requireFailed(t, ids, err, out)
		return ids, out
	})
}

// requireObsolete checks that a snapshot of a response that does not exist fails a run in CI.
func requireObsolete(t *testing.T, snapshots string, run func() ([]byte, error)) {
	files, err := filepath.Glob(filepath.Join(snapshots, "*.snap"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	text, err := os.ReadFile(files[0])
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(files[0], append(text, "\nexports[`results > status=GONE 1`] = `1`;\n"...), 0o600))
	out, err := run()
	require.Error(t, err, "%s", out)
	require.Regexp(t, "(?i)1 (snapshot )?obsolete", string(out))
}

// testPollers runs the test of each poller, which returns the IDs of the responses for which it fails,
// and its output.
func testPollers(t *testing.T, run func(t *testing.T, poller string) (ids []string, out []byte)) {
	for _, poller := range pollers {
		t.Run(poller.name, func(t *testing.T) {
			got, out := run(t, poller.name)
			if poller.more {
				require.Subset(t, got, poller.want, "%s", out)
				return
			}
			require.ElementsMatch(t, poller.want, got, "%s", out)
		})
	}
}

// requireFailed checks that a test runner failed if a test did.
func requireFailed(t *testing.T, ids []string, err error, out []byte) {
	t.Helper()
	if len(ids) == 0 {
		require.NoError(t, err, "%s", out)
	} else {
		require.Error(t, err, "%s", out)
	}
}
