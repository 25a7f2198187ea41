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
	"finding":                           {"internal/spelling", "internal/wording"},
	"internal/wording":                  {"internal/spelling"},
	"internal/spelling":                 {},
	"internal/decimal":                  {},
	"internal/jsontree":                 {},
	"internal/pattern":                  {},
	"internal/accept":                   {"internal/decimal"},
	"schema":                            {"finding", "internal/awshttp", "internal/decimal", "internal/jsontree", "internal/pattern", "internal/spelling", "internal/wording"},
	"schema/source":                     {"finding", "schema", "schema/source/botocore", "schema/source/internal/place", "schema/source/page", "schema/source/smithy"},
	"schema/jsonschema":                 {"internal/decimal", "internal/jsontree", "internal/pattern", "internal/spelling", "schema"},
	"internal/synth":                    {"finding", "internal/binding", "internal/jsontree", "internal/pattern", "schema"},
	"schema/contracts":                  {"schema"},
	"schema/contracts/generate":         {"schema", "schema/source/page"},
	"traffic":                           {},
	"validate":                          {"finding", "internal/accept", "internal/awshttp", "internal/binding", "internal/cbor", "internal/decimal", "internal/eventstream", "internal/jsontree", "internal/pattern", "internal/visit", "internal/wording", "schema", "schema/jsonschema", "traffic"},
	"internal/binding":                  {"internal/awshttp", "internal/eventstream", "internal/jsontree", "schema"},
	"internal/drift":                    {"finding", "internal/binding", "internal/decimal", "internal/jsontree", "internal/pattern", "internal/plural", "internal/synth", "internal/tallies", "schema", "schema/jsonschema", "traffic", "validate"},
	"internal/tallies":                  {"finding", "internal/binding", "internal/decimal", "internal/jsontree", "internal/piece", "internal/plural", "internal/visit", "schema", "traffic", "validate"},
	"internal/garden":                   {"schema"},
	"internal/drift/generate":           {"internal/drift"},
	"internal/report":                   {"conformance", "finding", "internal/coverage", "internal/drift", "internal/piece", "internal/plural", "internal/tallies", "internal/wording", "schema"},
	"recorder":                          {"finding", "internal/awshttp", "internal/disk", "internal/eventstream", "internal/links", "internal/redact", "internal/redact/bycontract", "replay", "schema", "traffic"},
	"replay":                            {"internal/awshttp", "internal/eventstream", "internal/jsontree", "internal/redact", "internal/spelling", "internal/wording", "schema", "traffic"},
	"apptest":                           {"internal/mock", "internal/outcome", "internal/responses", "schema"},
	"internal/serve":                    {"internal/awshttp", "internal/redact"},
	"internal/replaytest":               {"replay", "traffic"},
	"internal/redact/bycontract":        {"internal/awshttp", "internal/binding", "internal/pattern", "internal/redact", "schema", "traffic"},
	"internal/redact":                   {"finding", "internal/awshttp", "internal/disk", "internal/eventstream", "internal/jsontree", "internal/links", "traffic"},
	"internal/proxy":                    {"internal/awshttp", "internal/redact", "internal/serve", "internal/sigv4", "recorder"},
	"internal/sigv4":                    {"internal/awshttp"},
	"conformance":                       {"cassettes", "finding", "internal/awshttp", "internal/binding", "internal/decimal", "internal/fault", "internal/jsontree", "internal/sigv4", "internal/synth", "internal/visit", "internal/wording", "replay", "schema", "schema/contracts", "traffic", "validate"},
	"internal/reference":                {"conformance", "internal/awshttp"},
	"internal/outcome":                  {},
	"conformance/sdkgo":                 {"conformance", "finding"},
	"conformance/sdkgo/cmd/sdkgo":       {"conformance", "conformance/sdkgo"},
	"cassettes":                         {"finding"},
	"internal/coverage":                 {"internal/binding", "internal/cores", "internal/input", "internal/jsontree", "internal/piece", "internal/synth", "internal/visit", "schema", "traffic", "validate"},
	"internal/live":                     {"finding", "internal/binding", "internal/jsontree", "internal/models", "internal/plural", "internal/progress", "internal/proxy", "internal/redact/bycontract", "internal/report", "internal/sigv4", "recorder", "schema", "traffic", "validate"},
	"internal/recording":                {"finding", "internal/awshttp", "internal/binding", "internal/models", "internal/progress", "internal/proxy", "internal/redact", "internal/report", "internal/serve", "internal/sigv4", "recorder", "schema", "traffic", "validate"},
	"internal/lint":                     {"finding", "internal/awshttp", "internal/redact", "schema", "traffic", "validate"},
	"internal/probe":                    {"finding", "internal/awshttp", "internal/binding", "internal/jsontree", "internal/synth", "internal/visit", "internal/wording", "schema", "traffic", "validate"},
	"cassettes/generate":                {"cassettes", "finding", "schema/contracts", "traffic"},
	"internal/awshttp":                  {},
	"internal/eventstream":              {},
	"internal/installed":                {},
	"internal/disk":                     {},
	"internal/links":                    {},
	"internal/models":                   {"finding", "internal/input", "internal/jsontree", "internal/plural", "internal/progress", "internal/redact", "internal/spelling", "schema", "schema/contracts", "schema/source", "schema/source/botocore", "schema/source/gosdk", "schema/source/page", "traffic"},
	"internal/plural":                   {},
	"internal/progress":                 {"internal/wording"},
	"internal/output":                   {"internal/links"},
	"internal/input":                    {"cassettes", "finding", "internal/cores", "internal/progress", "traffic"},
	"internal/check":                    {"finding", "internal/cores", "internal/input", "internal/lint", "internal/models", "internal/piece", "internal/plural", "internal/progress", "internal/redact/bycontract", "internal/report", "internal/spelling", "internal/tallies", "internal/yamlfile", "schema", "schema/contracts", "traffic", "validate"},
	"examples":                          {},
	"examples/poller-go":                {},
	"python/tests":                      {},
	"npm/tests":                         {},
	"internal/standin":                  {"internal/sigv4"},
	"docs":                              {},
	"cmd/crcheck":                       {"*"},
	"schema/source/page":                {"finding", "internal/jsontree", "schema", "schema/source/internal/model", "schema/source/internal/place"},
	"schema/source/botocore":            {"internal/awshttp", "internal/jsontree", "internal/pattern", "schema", "schema/source/internal/model", "schema/source/internal/place"},
	"schema/source/smithy":              {"internal/awshttp", "schema", "schema/source/internal/model", "schema/source/internal/place"},
	"schema/source/gosdk":               {"internal/awshttp", "schema", "schema/source/internal/model", "schema/source/internal/place"},
	"schema/source/internal/model":      {"schema", "schema/source/internal/place"},
	"schema/source/internal/place":      {"internal/jsontree", "schema"},
	"schema/source/internal/sourcetest": {"schema"},
	"internal/visit":                    {"internal/binding", "internal/jsontree", "schema"},
	"internal/project":                  {"conformance", "finding", "internal/check", "internal/coverage", "internal/drift", "internal/input", "internal/models", "internal/output", "internal/plural", "internal/report", "internal/suite", "internal/tallies", "internal/wording", "internal/yamlfile", "schema", "schema/contracts", "traffic", "validate"},
	"internal/cores":                    {},
	"internal/suite":                    {"cassettes", "conformance", "conformance/sdkgo", "finding", "internal/coverage", "internal/input", "internal/progress", "internal/report", "internal/serve", "internal/spelling", "schema"},
	"internal/fault":                    {"internal/spelling"},
	"internal/responses":                {"finding", "internal/binding", "internal/jsontree", "internal/spelling", "internal/synth", "schema"},
	"internal/mock":                     {"finding", "internal/awshttp", "internal/binding", "internal/fault", "internal/jsontree", "internal/plural", "internal/responses", "internal/spelling", "internal/synth", "internal/yamlfile", "schema", "traffic", "validate"},
	"internal/yamlfile":                 {"finding", "internal/spelling", "internal/wording"},
	"internal/cbor":                     {},
	"internal/partial":                  {"finding", "internal/check", "internal/coverage", "internal/input", "internal/models", "internal/piece", "internal/report", "internal/tallies", "schema", "traffic"},
	"internal/piece":                    {},
	"tally":                             {"finding", "internal/check", "internal/coverage", "internal/input", "internal/models", "internal/partial", "internal/piece", "internal/report", "schema", "traffic", "validate"},
}

type listed struct {
	ImportPath string
	Name       string
	Dir        string
	GoFiles    []string
	Imports    []string
	Module     *struct{ Path string }
	Standard   bool
}

func list(t *testing.T, dir string, args ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Name,Dir,GoFiles,Imports,Module,Standard"}, args...)...)
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

// TestChildren holds the places that start commands: none of these commands may inherit the redaction
// key, which testdata/script/children.txtar of cmd/crcheck checks.
func TestChildren(t *testing.T) {
	var start []string
	for _, p := range list(t, ".", "./...") {
		for _, name := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			require.NoError(t, err)
			for _, call := range []string{"exec.Command", "exec.Cmd{", "os.StartProcess", "syscall.ForkExec", "syscall.Exec"} {
				if bytes.Contains(text, []byte(call)) {
					start = append(start, strings.TrimPrefix(p.ImportPath, module+"/")+"/"+name)
				}
			}
		}
	}
	require.ElementsMatch(t, []string{
		"conformance/process_child.go",
		"internal/installed/installed.go", // only in tests
		"internal/installed/package.go",   // likewise
		"internal/models/python.go",
		"internal/redact/ignore.go", // git, without the key
		"internal/serve/child.go",
	}, start)
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
		"github.com/andybalholm/brotli",
		"github.com/dlclark/regexp2",
		"github.com/go-json-experiment/json",
		"github.com/klauspost/compress",
		"github.com/santhosh-tekuri/jsonschema/v5",
		"go.yaml.in/yaml/v3",
	}, modules)
}
