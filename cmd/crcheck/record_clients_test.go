package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// recorded is a program in some language that asks for jobs, and how it is run: its command, and what it needs in the environment.
type recorded struct {
	name    string
	modes   []string // "" or --forward
	command func(t *testing.T) (command, env []string)
}

var recordedClients = []recorded{
	{"go", []string{"", "--forward"}, func(*testing.T) ([]string, []string) { return []string{"aws-sdk-go", "get"}, nil }},
	{"python", []string{"", "--forward"}, func(t *testing.T) ([]string, []string) {
		into := installedSDK(t, "python", "python3", []string{"requirements.txt"}, func(from, into string) [][]string {
			return [][]string{{"python3", "-m", "venv", into},
				{filepath.Join(into, "bin", "pip"), "install", "--quiet", "--disable-pip-version-check", "-r", filepath.Join(from, "requirements.txt")}}
		})
		return []string{filepath.Join(into, "bin", "python"), testdata(t, "boto3_get.py")}, nil
	}},
	// It ignores HTTPS_PROXY.
	{"javascript", []string{""}, func(t *testing.T) ([]string, []string) {
		into := installedSDK(t, "javascript", "npm", []string{"package.json", "package-lock.json", "adapter.mjs"}, func(from, into string) [][]string {
			return [][]string{{"cp", filepath.Join(from, "package.json"), filepath.Join(from, "package-lock.json"), filepath.Join(from, "adapter.mjs"), into},
				{"npm", "ci", "--silent", "--no-audit", "--no-fund", "--prefix", into}}
		})
		return []string{"node", testdata(t, "javascript_get.cjs")}, []string{"NODE_PATH=" + filepath.Join(into, "node_modules")}
	}},
}

func testdata(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "record", name))
	require.NoError(t, err)
	return path
}

// installedSDK is the folder of an SDK that is installed as the adapter of its language locks it. Where that cannot be done the test says
// so, except in CI. The folder is the one that the tests of the adapters use.
func installedSDK(t *testing.T, name, needs string, locks []string, install func(from, into string) [][]string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped with -short: it installs SDKs")
	}
	if _, err := exec.LookPath(needs); err != nil {
		t.Skipf("skipped: there is no %s here", needs)
	}
	from, err := filepath.Abs(filepath.Join("..", "..", "clients", name))
	require.NoError(t, err)
	sum := sha256.New()
	for _, lock := range locks {
		text, err := os.ReadFile(filepath.Join(from, lock))
		require.NoError(t, err)
		sum.Write(text)
	}
	caches, err := os.UserCacheDir()
	if err != nil {
		caches = t.TempDir()
	}
	into := filepath.Join(caches, "crcheck-clients", name+"-"+hex.EncodeToString(sum.Sum(nil))[:12])
	done := filepath.Join(into, "installed")
	if _, err := os.Stat(done); err == nil {
		return into
	}
	require.NoError(t, os.MkdirAll(into, 0o755))
	for _, command := range install(from, into) {
		if out, err := exec.CommandContext(t.Context(), command[0], command[1:]...).CombinedOutput(); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%v: %v\n%s", command, err, out)
			}
			t.Skipf("skipped: the SDK cannot be installed: %v: %v", command, err)
		}
	}
	require.NoError(t, os.WriteFile(done, nil, 0o644))
	return into
}
