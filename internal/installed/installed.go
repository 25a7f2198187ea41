// Package installed installs packages that tests need from registries, once for each set of locked
// versions, into the user's cache. If installing fails, the test is skipped with a reason; in CI,
// it fails.
package installed

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Recipe describes an installation.
type Recipe struct {
	From  string   // the folder of its files; the base name names the installation
	Needs string   // a program that must be on the PATH
	Locks []string // the files in From that determine what is installed
	// Commands install into an empty folder, which is renamed after they have succeeded.
	Commands func(from, into string) [][]string
}

// Python installs a requirements.txt into a virtual environment. Its scripts do not survive the
// renaming, but its modules do: run bin/python -m.
func Python(from string) Recipe {
	return Recipe{from, "python3", []string{"requirements.txt"}, func(from, into string) [][]string {
		return [][]string{{"python3", "-m", "venv", into},
			{filepath.Join(into, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", filepath.Join(from, "requirements.txt")}}
	}}
}

// NPM installs the modules of a package-lock.json, and copies files that import them.
func NPM(from string, files ...string) Recipe {
	files = append([]string{"package.json", "package-lock.json"}, files...)
	return Recipe{from, "npm", files, func(from, into string) [][]string {
		cp := []string{"cp"}
		for _, name := range files {
			cp = append(cp, filepath.Join(from, name))
		}
		return [][]string{append(cp, into), {"npm", "ci", "--silent", "--no-audit", "--no-fund", "--prefix", into}}
	}}
}

// Folder returns the folder of an installation. Tests of several packages may call it at the same
// time: each installs into a separate folder, and the first to finish renames its folder.
func Folder(t testing.TB, r Recipe) string {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped with -short: installs packages")
	}
	if _, err := exec.LookPath(r.Needs); err != nil {
		unavailable(t, "%s is not on the PATH", r.Needs)
	}
	from, err := filepath.Abs(r.From)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	for _, name := range r.Locks {
		text, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		sum.Write(text)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	cache = filepath.Join(cache, "crcheck-installed")
	folder := filepath.Join(cache, filepath.Base(from)+"-"+hex.EncodeToString(sum.Sum(nil))[:12])
	if _, err := os.Stat(folder); err == nil {
		return folder
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		t.Fatal(err)
	}
	into, err := os.MkdirTemp(cache, "installing-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(into)
	for _, command := range r.Commands(from, into) {
		if out, err := run(t, command); err != nil {
			unavailable(t, "installing failed: %v: %v\n%s", command, err, out)
		}
	}
	if err := os.Rename(into, folder); err != nil {
		if _, other := os.Stat(folder); other != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// run runs a command of an installation, up to three times, since a registry may be briefly
// unavailable.
func run(t testing.TB, command []string) (out []byte, err error) {
	for try := range 3 {
		if out, err = exec.CommandContext(t.Context(), command[0], command[1:]...).CombinedOutput(); err == nil {
			break
		}
		time.Sleep(time.Duration(try) * time.Second)
	}
	return out, err
}

func unavailable(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf(format, args...)
	}
	t.Skipf("skipped: "+format, args...)
}
