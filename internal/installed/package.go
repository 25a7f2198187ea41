package installed

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// PythonPackage returns a folder for PYTHONPATH with the Python package of this clone and its
// program. The root is the path to the clone.
func PythonPackage(t testing.TB, root string) string {
	t.Helper()
	packages := t.TempDir()
	into := filepath.Join(packages, "crcheck")
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(filepath.Join(into, "bin"), 0o755))
	files, err := filepath.Glob(filepath.Join(root, "python", "src", "crcheck", "*.py"))
	must(err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		must(err)
		must(os.WriteFile(filepath.Join(into, filepath.Base(file)), text, 0o644))
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(into, "bin", "crcheck"), "./cmd/crcheck")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return packages
}
