package installed

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// PythonPackage returns a folder for PYTHONPATH with the Python package of this clone and its
// program. The root is the path to the clone.
func PythonPackage(t testing.TB, root string) string {
	t.Helper()
	packages := t.TempDir()
	into := filepath.Join(packages, "crcheck")
	files, err := filepath.Glob(filepath.Join(root, "python", "src", "crcheck", "*.py"))
	must(t, err)
	for _, file := range files {
		copyFile(t, file, filepath.Join(into, filepath.Base(file)))
	}
	program(t, root, filepath.Join(into, "bin"))
	return packages
}

// NPMPackage returns a temporary folder in the folder of an [NPM] installation, whose modules are
// those of the installation, and the npm package of this clone with its program. The root is the path
// to the clone; the files are copied into the folder.
func NPMPackage(t testing.TB, root, installation string, files ...string) string {
	t.Helper()
	folder, err := os.MkdirTemp(installation, "run-")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(folder) })
	for _, file := range files {
		copyFile(t, file, filepath.Join(folder, filepath.Base(file)))
	}
	npm, into := filepath.Join(root, "npm"), filepath.Join(folder, "node_modules", "crcheck")
	copyFile(t, filepath.Join(npm, "package.json"), filepath.Join(into, "package.json"))
	text, err := os.ReadFile(filepath.Join(npm, "package.json"))
	must(t, err)
	var manifest struct{ Files []string }
	must(t, json.Unmarshal(text, &manifest))
	for _, name := range manifest.Files {
		info, err := os.Stat(filepath.Join(npm, name))
		switch {
		case err != nil: // a licence, which the build adds
		case info.IsDir():
			must(t, os.CopyFS(filepath.Join(into, name), os.DirFS(filepath.Join(npm, name))))
		default:
			copyFile(t, filepath.Join(npm, name), filepath.Join(into, name))
		}
	}
	platform := runtime.GOOS + "-" + runtime.GOARCH
	if runtime.GOARCH == "amd64" {
		platform = runtime.GOOS + "-x64"
	}
	program(t, root, filepath.Join(folder, "node_modules", "@crcheck", platform, "bin"))
	return folder
}

// program builds the program into a folder.
func program(t testing.TB, root, into string) {
	t.Helper()
	into, err := filepath.Abs(into)
	must(t, err)
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(into, "crcheck"), "./cmd/crcheck")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	must(t, err)
	must(t, os.MkdirAll(filepath.Dir(to), 0o755))
	must(t, os.WriteFile(to, text, 0o644))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
