package conformance_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/conformance/sdkgo"
	"github.com/stretchr/testify/require"
)

// adapter is a client in another language, in the folder clients.
type adapter struct {
	name    string
	needs   string   // the program that must be there
	locks   []string // files that say what is installed
	install func(from, into string) [][]string
	command func(from, into string) []string
}

var adapters = []adapter{
	{"python", "python3", []string{"requirements.txt"},
		func(from, into string) [][]string {
			return [][]string{{"python3", "-m", "venv", into},
				{filepath.Join(into, "bin", "pip"), "install", "--quiet", "--disable-pip-version-check", "-r", filepath.Join(from, "requirements.txt")}}
		},
		func(from, into string) []string {
			return []string{filepath.Join(into, "bin", "python"), filepath.Join(from, "adapter.py")}
		}},
	{"javascript", "npm", []string{"package.json", "package-lock.json", "adapter.mjs"},
		func(from, into string) [][]string {
			return [][]string{{"cp", filepath.Join(from, "package.json"), filepath.Join(from, "package-lock.json"), filepath.Join(from, "adapter.mjs"), into},
				{"npm", "ci", "--silent", "--no-audit", "--no-fund", "--prefix", into}}
		},
		func(_, into string) []string { return []string{"node", filepath.Join(into, "adapter.mjs")} }},
	{"java", "mvn", []string{"pom.xml", "src/main/java/Adapter.java"},
		func(from, into string) [][]string {
			return [][]string{{"cp", "-r", filepath.Join(from, "pom.xml"), filepath.Join(from, "src"), into},
				{"mvn", "-q", "-B", "-f", filepath.Join(into, "pom.xml"), "package"}}
		},
		func(_, into string) []string {
			return []string{"java", "-jar", filepath.Join(into, "target", "adapter.jar")}
		}},
}

// TestAdapters runs the suite against official SDKs through their adapters, with
// what each is known to get wrong. They are installed from their registries,
// once for each set of versions; where that cannot be done the test says so,
// except in CI, which must run them.
func TestAdapters(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it installs SDKs")
	}
	for _, a := range adapters {
		t.Run(a.name, func(t *testing.T) {
			from, err := filepath.Abs(filepath.Join("..", "clients", a.name))
			require.NoError(t, err)
			into := installed(t, a, from)
			text, err := os.ReadFile(filepath.Join(from, "known-failing.yaml"))
			require.NoError(t, err)
			known, err := conformance.ParseKnown("known-failing.yaml", text)
			require.NoError(t, err)
			results, err := builtin(t).Run(t.Context(), &conformance.Process{Command: a.command(from, into)}, conformance.Options{Known: known})
			require.NoError(t, err)
			for _, o := range results.Outcomes {
				require.NotContains(t, []conformance.Verdict{conformance.Failed, conformance.NotRun}, o.Verdict, "%s: %v", o.Case, o.Problems)
			}
			require.Empty(t, results.Known)
			require.True(t, results.Passes(), results.Ended)
		})
	}
}

// installing runs a command of an installation; a registry may be out of reach for a moment.
func installing(t *testing.T, command []string) (out []byte, err error) {
	for range 3 {
		if out, err = exec.CommandContext(t.Context(), command[0], command[1:]...).CombinedOutput(); err == nil {
			break
		}
	}
	return out, err
}

// installed returns the folder that the adapter's SDK is installed in.
func installed(t *testing.T, a adapter, from string) string {
	t.Helper()
	if _, err := exec.LookPath(a.needs); err != nil {
		t.Skipf("skipped: there is no %s here", a.needs)
	}
	sum := sha256.New()
	for _, name := range a.locks {
		text, err := os.ReadFile(filepath.Join(from, name))
		require.NoError(t, err)
		sum.Write(text)
	}
	caches, err := os.UserCacheDir()
	if err != nil {
		caches = t.TempDir()
	}
	into := filepath.Join(caches, "crcheck-clients", a.name+"-"+hex.EncodeToString(sum.Sum(nil))[:12])
	done := filepath.Join(into, "installed")
	if _, err := os.Stat(done); err == nil {
		return into
	}
	require.NoError(t, os.MkdirAll(into, 0o755))
	for _, command := range a.install(from, into) {
		if out, err := installing(t, command); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%v: %v\n%s", command, err, out)
			}
			t.Skipf("skipped: the SDK cannot be installed: %v: %v", command, err)
		}
	}
	require.NoError(t, os.WriteFile(done, nil, 0o644))
	return into
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
		results, err := builtin(t).Run(t.Context(), client, conformance.Options{Known: sdkgo.Known()})
		require.NoError(t, err)
		require.True(t, results.Passes(), results.Ended)
		var text bytes.Buffer
		require.NoError(t, conformance.Text(&text, results))
		return text.String()
	}
	require.Equal(t, report(sdkgo.New()), report(&conformance.Process{Command: []string{program}}))
}
