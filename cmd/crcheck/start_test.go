package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// maxStartBytes is how much a package may allocate before main without a row in costlyStarts.
const maxStartBytes = 20_000

// costlyStarts are the packages that allocate more than that, each with its limit and the reason.
var costlyStarts = map[string]struct {
	bytes  int
	reason string
}{
	"github.com/santhosh-tekuri/jsonschema/v5":                           {1_200_000, "the oracle; it compiles the metaschemas of all drafts"},
	"github.com/aws/aws-sdk-go-v2/service/cleanrooms/internal/endpoints": {100_000, "the built-in client of the conformance suite"},
	"github.com/aws/aws-sdk-go-v2/service/signin/internal/endpoints":     {100_000, "the user's credentials, for record and live"},
	"github.com/aws/aws-sdk-go-v2/service/sso/internal/endpoints":        {100_000, "as above"},
	"github.com/aws/aws-sdk-go-v2/service/ssooidc/internal/endpoints":    {100_000, "as above"},
	"github.com/aws/aws-sdk-go-v2/service/sts/internal/endpoints":        {100_000, "as above"},
	"github.com/dlclark/regexp2/syntax":                                  {40_000, "tables of character classes, for patterns of contracts"},
	"go.yaml.in/yaml/v3":                                                 {40_000, "cassettes and project files"},
}

// buildStart builds the program as a release does. The process of the tests itself contains more
// packages.
func buildStart(t testing.TB, folder, from string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "program.exe")
	build := exec.Command("go", "build", "-o", binary, from)
	build.Dir, build.Env = folder, append(os.Environ(), "CGO_ENABLED=0")
	output, err := build.CombinedOutput()
	require.NoError(t, err, "%s", output)
	return binary
}

// TestStart checks that a process does no work at start-up for commands that it may not run. It reads
// from the runtime how much each package allocates before main, which unlike time is the same on every
// machine.
func TestStart(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	command := exec.Command(buildStart(t, ".", "."), "version")
	command.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	trace, err := command.CombinedOutput()
	require.NoError(t, err)
	found := regexp.MustCompile(`(?m)^init (\S+) .* (\d+) bytes, (\d+) allocs$`).FindAllSubmatch(trace, -1)
	require.NotEmpty(t, found, "no trace: %s", trace)
	linked := map[string]bool{}
	for _, m := range found {
		name := string(m[1])
		linked[name] = true
		size, err := strconv.Atoi(string(m[2]))
		require.NoError(t, err)
		limit := maxStartBytes
		if costly, ok := costlyStarts[name]; ok {
			limit = costly.bytes
		}
		require.LessOrEqual(t, size, limit, "%s allocates at start-up: compile on first use with sync.OnceValue, or name the reason in costlyStarts", name)
		allocations, err := strconv.Atoi(string(m[3]))
		require.NoError(t, err)
		if strings.HasPrefix(name, "github.com/crcheck/") {
			require.LessOrEqual(t, allocations, 200, "%s: compile expressions on first use with sync.OnceValue", name)
		}
	}
	for name := range costlyStarts {
		require.True(t, linked[name], "the command does not link %s: remove its row", name)
	}
}

// BenchmarkStart compares the processor time of a start with that of a program that only imports
// jsonschema/v5: the least of many starts of each, one after the other.
func BenchmarkStart(b *testing.B) {
	// The folder of the other program must be in this module, so that its import resolves.
	folder, err := os.MkdirTemp(".", "testdata-start-")
	require.NoError(b, err)
	b.Cleanup(func() { os.RemoveAll(folder) })
	source := "package main\n\nimport _ \"github.com/santhosh-tekuri/jsonschema/v5\"\n\nfunc main() {}\n"
	require.NoError(b, os.WriteFile(filepath.Join(folder, "main.go"), []byte(source), 0o600))
	document := filepath.Join(b.TempDir(), "small.json")
	require.NoError(b, os.WriteFile(document, []byte("{}"), 0o600))
	program, peer := buildStart(b, ".", "."), buildStart(b, folder, ".")
	for _, args := range []string{"version", "--help", "validate --contract cleanrooms.GetProtectedJob@1.42.90 " + document} {
		b.Run(strings.Fields(args)[0], func(b *testing.B) {
			ours, theirs := time.Hour, time.Hour
			for b.Loop() {
				ours = min(ours, processorTime(b, program, strings.Fields(args)...))
				theirs = min(theirs, processorTime(b, peer))
			}
			b.ReportMetric(float64(ours-theirs)/1e6, "ms-over-v5")
			b.ReportMetric(float64(ours)/float64(theirs), "x-v5")
		})
	}
}

func processorTime(b *testing.B, program string, args ...string) time.Duration {
	command := exec.Command(program, args...)
	if err := command.Run(); command.ProcessState == nil {
		b.Fatal(fmt.Errorf("%s: %w", program, err))
	}
	return command.ProcessState.UserTime() + command.ProcessState.SystemTime()
}
