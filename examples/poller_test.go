package examples

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/crcheck/crcheck/internal/installed"
	"github.com/stretchr/testify/require"
)

// TestPollerPython runs the poller in Python, which passes, and each of its bugs, which fails for the
// responses that show it.
func TestPollerPython(t *testing.T) {
	folder := installed.Folder(t, installed.Python("poller-python"))
	packages := installed.PythonPackage(t, "..")
	failed := regexp.MustCompile(`(?m)^FAILED test_poller\.py::test_wait\[(.*?)\](?: - .*)?$`)
	for _, poller := range []struct {
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
	} {
		t.Run(poller.name, func(t *testing.T) {
			run := exec.CommandContext(t.Context(), filepath.Join(folder, "bin", "python"), "-m", "pytest", "-p", "no:cacheprovider",
				"-p", "crcheck.pytest_plugin", "-p", "crcheck.pytest_responses", "-n", "2", "-q", "-rf")
			run.Dir = "poller-python"
			run.Env = append(os.Environ(), "PYTHONPATH="+packages, "PYTHONDONTWRITEBYTECODE=1", "COLUMNS=300", "POLLER="+poller.name)
			out, err := run.CombinedOutput()
			var got []string
			for _, m := range failed.FindAllStringSubmatch(string(out), -1) {
				got = append(got, m[1])
			}
			if len(poller.want) == 0 {
				require.NoError(t, err, "%s", out)
			}
			if poller.more {
				require.Subset(t, got, poller.want, "%s", out)
				return
			}
			require.ElementsMatch(t, poller.want, got, "%s", out)
		})
	}
}
