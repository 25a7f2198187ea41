// Package installed installs what tests need from package registries: once for
// each set of locked versions, into the user's cache. Where that cannot be done
// a test is skipped and says so, except in CI, which must run it.
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

// Recipe says how something is installed.
type Recipe struct {
	From  string   // the folder of its files; the last element of the path names it
	Needs string   // the program that must be there
	Locks []string // the files in From that say what is installed
	// Commands install it into an empty folder, which is moved when they have succeeded.
	Commands func(from, into string) [][]string
}

// Python is a virtual environment of a requirements.txt. Its programs do not
// survive the move, its modules do: run bin/python -m.
func Python(from string) Recipe {
	return Recipe{from, "python3", []string{"requirements.txt"}, func(from, into string) [][]string {
		return [][]string{{"python3", "-m", "venv", into},
			{filepath.Join(into, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", filepath.Join(from, "requirements.txt")}}
	}}
}

// NPM is the modules of a package-lock.json, and files that import them.
func NPM(from string, files ...string) Recipe {
	files = append([]string{"package.json", "package-lock.json"}, files...)
	return Recipe{from, "npm", files, func(from, into string) [][]string {
		copying := []string{"cp"}
		for _, name := range files {
			copying = append(copying, filepath.Join(from, name))
		}
		return [][]string{append(copying, into), {"npm", "ci", "--silent", "--no-audit", "--no-fund", "--prefix", into}}
	}}
}

// Folder returns the folder that a recipe is installed in. Tests of several
// packages may ask for it at once: each installs into a folder of its own, and
// the first that is through gives it its name.
func Folder(t testing.TB, r Recipe) string {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped with -short: it installs packages")
	}
	if _, err := exec.LookPath(r.Needs); err != nil {
		unavailable(t, "there is no %s here", r.Needs)
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
			unavailable(t, "it cannot be installed: %v: %v\n%s", command, err, out)
		}
	}
	if err := os.Rename(into, folder); err != nil {
		if _, other := os.Stat(folder); other != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// run runs a command of an installation; a registry may be out of reach for a moment.
func run(t testing.TB, command []string) (out []byte, err error) {
	for try := range 3 {
		if out, err = exec.CommandContext(t.Context(), command[0], command[1:]...).CombinedOutput(); err == nil {
			break
		}
		time.Sleep(time.Duration(try) * time.Second) // not after the first
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
