package conformance_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/conformance/sdkgo"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/installed"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema/contracts"
)

// adapter is a client in another language, in the folder clients.
type adapter struct {
	recipe  installed.Recipe
	command func(from, into string) []string
}

func (a adapter) name() string { return filepath.Base(a.recipe.From) }

var adapters = []adapter{
	{installed.Python("../clients/python"), func(from, into string) []string {
		return []string{filepath.Join(into, "bin", "python"), filepath.Join(from, "adapter.py")}
	}},
	{installed.NPM("../clients/javascript", "adapter.mjs"), func(_, into string) []string {
		return []string{"node", filepath.Join(into, "adapter.mjs")}
	}},
	{installed.Recipe{From: "../clients/java", Needs: "mvn", Locks: []string{"pom.xml", "src/main/java/Adapter.java"},
		Commands: func(from, into string) [][]string {
			return [][]string{{"cp", "-r", filepath.Join(from, "pom.xml"), filepath.Join(from, "src"), into},
				{"mvn", "-q", "-B", "-f", filepath.Join(into, "pom.xml"), "package"}}
		}},
		func(_, into string) []string {
			return []string{"java", "-jar", filepath.Join(into, "target", "adapter.jar")}
		}},
	{installed.Recipe{From: "../clients/rust", Needs: "cargo", Locks: []string{"Cargo.toml", "Cargo.lock", "src/main.rs"},
		Commands: func(from, into string) [][]string {
			compiled := filepath.Join(into, "target") // hundreds of megabytes, of which one program is kept
			return [][]string{{"cargo", "install", "--quiet", "--locked", "--debug", "--jobs", "1", "--path", from, "--root", into, "--target-dir", compiled},
				{"rm", "-rf", compiled}}
		}},
		func(_, into string) []string { return []string{filepath.Join(into, "bin", "adapter")} }},
}

// known returns what the adapter's SDK is known to get wrong.
func (a adapter) known(t *testing.T) []finding.Expected {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(a.recipe.From, "expected-failures.yaml"))
	require.NoError(t, err)
	known, err := finding.ReadRows("expected-failures.yaml", text)
	require.NoError(t, err)
	return known
}

// TestAdapters runs the suite against official SDKs through their adapters, with
// what each is known to get wrong. They are installed from their registries,
// once for each set of versions; where that cannot be done the test says so,
// except in CI, which must run them.
func TestAdapters(t *testing.T) {
	for _, a := range adapters {
		t.Run(a.name(), func(t *testing.T) {
			from, err := filepath.Abs(a.recipe.From)
			require.NoError(t, err)
			command := a.command(from, installed.Folder(t, a.recipe))
			client := func() conformance.Client { return &conformance.Process{Command: command} }
			results, err := builtin(t).Run(t.Context(), client(), conformance.Options{Expected: a.known(t)})
			require.NoError(t, err)
			for _, o := range results.Outcomes {
				require.NotContains(t, []conformance.Verdict{conformance.Failed, conformance.NotRun}, o.Verdict, "%s: %v", o.Case, o.Problems)
			}
			require.Empty(t, results.Unmet)
			require.True(t, results.Passes(), results.Ended)
			everyLineCounts(t, client, a.known(t))
		})
	}
}

// TestKnownOfGo: likewise for the SDK that needs no adapter.
func TestKnownOfGo(t *testing.T) {
	everyLineCounts(t, func() conformance.Client { return sdkgo.New() }, sdkgo.ExpectedFailures())
}

// everyLineCounts takes the expected failures away one by one: without any of them
// the verdict is that the client fails. Only the cases that a line is about are
// run again. A flaky case may pass, but not for ever.
func everyLineCounts(t *testing.T, client func() conformance.Client, known []finding.Expected) {
	t.Helper()
	for i, line := range known {
		suite := conformance.Builtin().Select(line.Case)
		plan, err := conformance.Load(suite, cassettes.Embedded(), contracts.MustLoad(suite.Operation))
		require.NoError(t, err)
		tries := 1
		if line.Rule == finding.ConformFlaky {
			tries = 50
		}
		fails := false
		for try := 0; try < tries && !fails; try++ {
			results, err := plan.Run(t.Context(), client(), conformance.Options{Seed: uint64(try), Expected: slices.Delete(slices.Clone(known), i, i+1)})
			require.NoError(t, err)
			require.Empty(t, results.Ended, line.Case)
			fails = !results.Passes()
		}
		require.True(t, fails, "%s is known to fail, and passes", line.Case)
	}
}

// TestGoProcess: the AWS SDK for Go as a process does what it does in process.
func TestGoProcess(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it builds a program")
	}
	program := filepath.Join(t.TempDir(), "sdkgo")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./sdkgo/cmd/sdkgo").CombinedOutput()
	require.NoError(t, err, string(out))
	report := func(client conformance.Client) string {
		results := run(t, builtin(t), client, conformance.Options{Expected: sdkgo.ExpectedFailures()})
		require.True(t, results.Passes(), results.Ended)
		var text bytes.Buffer
		require.NoError(t, report.Conformance(&text, results))
		return text.String()
	}
	require.Equal(t, report(sdkgo.New()), report(&conformance.Process{Command: []string{program}}))
}

// TestAdapterLength: an adapter is short enough to be read before it is trusted.
func TestAdapterLength(t *testing.T) {
	for _, path := range []string{"python/adapter.py", "javascript/adapter.mjs", "java/src/main/java/Adapter.java", "rust/src/main.rs"} {
		text, err := os.ReadFile(filepath.Join("../clients", path))
		require.NoError(t, err)
		require.Less(t, bytes.Count(text, []byte("\n")), 200, path)
	}
}
