// Package crcheck_test holds the layout of the project to its plan: which
// package may import which, and what a user of the libraries has to download.
package crcheck_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/crcheck/crcheck"

// rooms says which packages of this module a package may import. What those
// import comes with them.
var rooms = map[string][]string{
	"finding":                     {},
	"internal/pattern":            {},
	"schema":                      {"finding", "internal/awshttp", "internal/pattern"},
	"schema/source":               {"schema", "internal/pattern", "finding"},
	"schema/jsonschema":           {"schema", "internal/pattern"},
	"internal/synth":              {"finding", "schema", "internal/pattern"},
	"schema/contracts":            {"schema"},
	"schema/contracts/generate":   {"schema", "schema/contracts", "schema/source"},
	"traffic":                     {},
	"validate":                    {"finding", "internal/awshttp", "internal/eventstream", "schema", "schema/jsonschema", "internal/pattern", "traffic"},
	"internal/drift":              {"finding", "schema", "schema/jsonschema", "internal/pattern", "internal/synth", "traffic", "validate"},
	"internal/drift/generate":     {"internal/drift"},
	"internal/report":             {"finding"},
	"recorder":                    {"finding", "internal/awshttp", "internal/links", "internal/redact", "replay", "traffic"},
	"replay":                      {"internal/awshttp", "internal/redact", "traffic"},
	"internal/serve":              {},
	"internal/replaytest":         {"replay", "traffic"},
	"internal/redact/bycontract":  {"internal/redact", "schema", "internal/pattern", "traffic"},
	"internal/redact":             {"finding", "internal/awshttp", "internal/links", "traffic"},
	"internal/proxy":              {"recorder", "internal/serve", "internal/sigv4"},
	"internal/sigv4":              {},
	"conformance":                 {"cassettes", "internal/coverage", "finding", "replay", "schema", "schema/contracts", "internal/synth", "traffic", "validate"},
	"internal/reference":          {"conformance"},
	"conformance/sdkgo":           {"conformance", "finding"},
	"conformance/sdkgo/cmd/sdkgo": {"conformance", "conformance/sdkgo"},
	"cassettes":                   {"finding"},
	"internal/coverage":           {"schema", "internal/synth", "traffic", "validate"},
	"internal/live":               {"internal/sigv4", "schema", "traffic"},
	"internal/lint":               {"finding", "internal/redact", "schema", "traffic", "validate"},
	"internal/probe":              {"finding", "internal/awshttp", "schema", "internal/synth", "traffic", "validate"},
	"cassettes/generate":          {"cassettes", "finding", "schema", "schema/contracts", "traffic"},
	"internal/awshttp":            {},
	"internal/eventstream":        {},
	"internal/installed":          {},
	"internal/links":              {},
	"internal/models":             {"finding", "schema", "schema/source"},
	"examples":                    {},
	"internal/standin":            {"internal/sigv4"},
	"docs":                        {},
	"cmd/crcheck":                 {"*"},
}

type listed struct {
	ImportPath string
	Imports    []string
	Module     *struct{ Path string }
	Standard   bool
}

func list(t *testing.T, dir string, args ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Module,Standard"}, args...)...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	var packages []listed
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p listed
		require.NoError(t, d.Decode(&p))
		packages = append(packages, p)
	}
	return packages
}

func TestImports(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range list(t, ".", "./...") {
		room, ok := strings.CutPrefix(p.ImportPath, module+"/")
		if !ok {
			continue // this folder, which has only this test
		}
		seen[room] = true
		allowed, ok := rooms[room]
		require.True(t, ok, "%s is not in the table of rooms: give it its place", room)
		for _, imported := range p.Imports {
			if below, ours := strings.CutPrefix(imported, module+"/"); ours && !slices.Contains(allowed, "*") {
				require.Contains(t, allowed, below, "%s may not import %s", room, below)
			}
		}
	}
	for room := range rooms {
		require.True(t, seen[room], "%s is in the table of rooms but not there", room)
	}
}

// TestConsumer builds an empty module against the libraries and holds the list
// of the modules that it then needs: none for the command line, the reports or a proxy.
func TestConsumer(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it runs the go command several times")
	}
	here, err := os.Getwd()
	require.NoError(t, err)
	dir := t.TempDir()
	program := "package main\n\nimport (\n\t_ \"" + module + "/schema/contracts\"\n\t_ \"" + module + "/schema/source\"\n\t_ \"" + module + "/traffic\"\n\t_ \"" + module + "/validate\"\n)\n\nfunc main() {}\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte(program), 0o644))
	ours, err := os.ReadFile("go.mod")
	require.NoError(t, err)
	theirs := strings.Replace(string(ours), "module "+module, "module example.com/consumer", 1) +
		"\nrequire " + module + " v0.0.0\n\nreplace " + module + " => " + here + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte(theirs), 0o644))
	sums, err := os.ReadFile("go.sum")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o644))
	build := exec.Command("go", "build", "-mod=mod", "-o", filepath.Join(dir, "consumer"), ".")
	build.Dir = dir
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))

	needed := map[string]bool{}
	for _, p := range list(t, dir, "-mod=mod", "-deps", ".") {
		if p.Module != nil && p.Module.Path != module && p.Module.Path != "example.com/consumer" {
			needed[p.Module.Path] = true
		}
	}
	var modules []string
	for path := range needed {
		modules = append(modules, path)
	}
	sort.Strings(modules)
	require.Equal(t, []string{
		"github.com/dlclark/regexp2",
		"github.com/go-json-experiment/json",
		"github.com/santhosh-tekuri/jsonschema/v5",
		"go.yaml.in/yaml/v3",
	}, modules)
}
