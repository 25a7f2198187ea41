package conformance_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
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

// process installs the adapter, and returns it as a client that is not started yet.
func (a adapter) process(t *testing.T) *conformance.Process {
	t.Helper()
	from, err := filepath.Abs(a.recipe.From)
	require.NoError(t, err)
	return &conformance.Process{Command: a.command(from, installed.Folder(t, a.recipe))}
}

// known returns what the adapter's SDK is known to get wrong, of one of its files.
func (a adapter) known(t *testing.T, file string) []finding.Expected {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(a.recipe.From, file))
	require.NoError(t, err)
	known, err := finding.ReadRows(file, text)
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
			client := func() conformance.Client { return a.process(t) }
			results, err := builtin(t).Run(t.Context(), client(), conformance.Options{Expected: a.known(t, "expected-failures.yaml")})
			require.NoError(t, err)
			for _, o := range results.Outcomes {
				require.NotContains(t, []conformance.Verdict{conformance.Failed, conformance.NotRun}, o.Verdict, "%s: %v", o.Case, o.Problems)
			}
			require.Empty(t, results.Unmet)
			require.True(t, results.Passes(), results.Ended)
			everyLineCounts(t, client, a.known(t, "expected-failures.yaml"))
		})
	}
}

// TestAdapterAlwaysReports: an adapter reports a result of any call at once, also of one that it or
// the SDK cannot make. Nothing listens at the endpoint.
func TestAdapterAlwaysReports(t *testing.T) {
	identifiers := `"membershipIdentifier":"3f1d0c64-9a52-4b7e-8c11-5d2e7a90b6f4","protectedJobIdentifier":"7b2a9e10-4c3d-4f5e-a6b7-c8d9e0f1a2b3"`
	calls := []struct {
		name, operation, input string
		kinds                  []string
	}{
		{"operation unknown", "cleanrooms.GetOtherJob", `{}`, []string{"skipped"}},
		{"service unknown", "nosuchservice.GetProtectedJob", `{}`, []string{"skipped"}},
		{"member unknown, its name longer than parsers allow by default", "cleanrooms.GetProtectedJob", `{` + identifiers + `,"` + strings.Repeat("x", 100_000) + `":"x"}`, []string{"rejected", "transport"}},
		{"value longer than buffers are", "cleanrooms.GetProtectedJob", `{` + identifiers + `,"more":"` + strings.Repeat("x", 900_000) + `"}`, []string{"rejected", "transport"}},
		{"value of a wrong type", "cleanrooms.GetProtectedJob", `{"membershipIdentifier":[{}],"protectedJobIdentifier":{"a":[1]}}`, []string{"rejected", "broken", "transport"}},
		{"text for a number", "cleanrooms.ListProtectedJobs", `{"membershipIdentifier":"m","maxResults":"many"}`, []string{"rejected", "broken", "transport"}},
		{"after these, a call as usual", "cleanrooms.GetProtectedJob", `{` + identifiers + `}`, []string{"transport"}},
	}
	for _, a := range adapters {
		t.Run(a.name(), func(t *testing.T) {
			client := a.process(t)
			hello, err := client.Hello(t.Context(), conformance.Hello{Type: "hello", Protocol: conformance.Protocol, Operation: "cleanrooms.GetProtectedJob"})
			require.NoError(t, err)
			for i, c := range calls {
				t.Run(c.name, func(t *testing.T) {
					if hello.Operations == "" && c.operation != "cleanrooms.GetProtectedJob" {
						t.Skip("skipped: it calls one operation")
					}
					call := conformance.Call{Type: "call", Seq: i + 1, Endpoint: "http://127.0.0.1:9", Region: "us-east-1", TimeoutMs: 5000, MaxAttempts: 1,
						Credentials: conformance.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "fake-secret-of-no-account"}, Input: json.RawMessage(c.input)}
					if hello.Operations != "" {
						call.Operation = c.operation
					}
					result, err := client.Call(t.Context(), call)
					require.NoError(t, err)
					text, err := json.Marshal(result)
					require.NoError(t, err)
					var members map[string]json.RawMessage
					require.NoError(t, json.Unmarshal(text, &members))
					require.True(t, slices.ContainsFunc(c.kinds, func(kind string) bool { return members[kind] != nil }), string(text))
				})
			}
			require.NoError(t, client.Close(t.Context()))
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
