package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

// application is the grammar of all commands.
func application(t *testing.T) *kong.Application {
	k, err := kong.New(&commands{}, kong.Name("crcheck"))
	require.NoError(t, err)
	return k.Model
}

// leaves are the names of all commands, such as "cassette lint".
func leaves(t *testing.T) (names []string) {
	for _, node := range application(t).Leaves(true) {
		names = append(names, strings.TrimPrefix(commandPath(node), "crcheck "))
	}
	return names
}

func commandPath(node *kong.Node) string {
	if node.Parent == nil {
		return node.Name
	}
	return commandPath(node.Parent) + " " + node.Name
}

// places returns the command lines with which a user passes a file, GARBAGE, to each command. in.json,
// in.yaml, contract.json and report.json are valid. A command that reads no file has none.
func places() map[string][]string {
	return map[string][]string{
		"validate":          {"validate GARBAGE", "validate in.json --contract GARBAGE", "validate in.json --overlay GARBAGE", "validate in.json --ignore GARBAGE", "validate in.json --operation-names GARBAGE", "validate in.json --config GARBAGE", "validate GARBAGE --map response.body=/a"},
		"coverage":          {"coverage GARBAGE", "coverage in.yaml --contract GARBAGE"},
		"ignore":            {"ignore GROUP --reason x --report GARBAGE", "ignore GROUP --reason x --report report.json --file GARBAGE"},
		"record":            {"record --upstream http://127.0.0.1:1 -o out.yaml --contract GARBAGE -- ask", "record --upstream http://127.0.0.1:1 -o out.yaml --upstream-ca GARBAGE -- ask", "record --upstream http://127.0.0.1:1 -o out.yaml -- ./GARBAGE"},
		"replay":            {"replay GARBAGE -- ask", "replay in.yaml --contract GARBAGE -- ask", "replay in.yaml -- ./GARBAGE"},
		"cassette lint":     {"cassette lint GARBAGE", "cassette lint in.yaml --contract GARBAGE"},
		"cassette recover":  {"cassette recover GARBAGE", "cassette recover in.yaml --contract GARBAGE"},
		"cassette convert":  {"cassette convert GARBAGE", "cassette convert GARBAGE -o out.yaml"},
		"cassette minimize": {"cassette minimize GARBAGE -o out.yaml", "cassette minimize in.yaml --contract GARBAGE -o out.yaml"},
		"mock":              {"mock --contract GARBAGE -- ask", "mock --scenario GARBAGE -- ask", "mock -- ./GARBAGE", "mock --list --contract GARBAGE"},
		"conform":           {"conform --suite GARBAGE", "conform --expected-failures GARBAGE", "conform --contract GARBAGE", "conform -- ./GARBAGE"},
		"probe":             {"probe --endpoint http://127.0.0.1:1 GARBAGE", "probe --endpoint http://127.0.0.1:1 in.yaml --contract GARBAGE", "probe --endpoint http://127.0.0.1:1 in.yaml --ignore GARBAGE", "probe --endpoint http://127.0.0.1:1 in.yaml --baseline GARBAGE"},
		"live":              {"live GetProtectedJob --input @GARBAGE --endpoint-url http://127.0.0.1:1 --region us-east-1", "live GetProtectedJob --contract GARBAGE --endpoint-url http://127.0.0.1:1 --region us-east-1", "live GetProtectedJob --upstream-ca GARBAGE --endpoint-url http://127.0.0.1:1 --region us-east-1"},
		"derive":            {"derive GARBAGE", "derive contract.json --overlay GARBAGE", "derive GARBAGE --all -o out"},
		"schema":            {"schema --contract GARBAGE", "schema --overlay GARBAGE"},
		"drift":             {"drift GARBAGE contract.json", "drift contract.json GARBAGE", "drift contract.json contract.json --baseline GARBAGE", "drift contract.json contract.json --overlay GARBAGE", "drift contract.json in.json --operation-names GARBAGE"},
		"rules":             {"rules GARBAGE"},
		"version":           {"version GARBAGE"},
		"completion":        {"completion GARBAGE"},
		"init":              {"init GARBAGE"},
		"check":             {"check --config GARBAGE"},
		"update":            {"update --config GARBAGE"},
	}
}

// broken is a response with a finding.
const broken = `{"protectedJob":{"id":7}}` + "\n"

// oneCall is a cassette with one call.
const oneCall = `version: 1
interactions:
- request:
    url: https://cleanrooms.us-east-1.amazonaws.com/memberships/10000000-0000-4000-8000-000000000001/protectedJobs/00000000-0000-4000-8000-000000000001
    method: GET
  response:
    body: '{}'
    headers:
      Content-Type: [application/json]
    code: 200
`

// accepts returns the commands that accept some garbage, and which.
func accepts() map[string]string {
	return map[string]string{
		"ignore GROUP --reason x --report report.json --file GARBAGE": "empty missing null no-utf8-\xff\xfe.json", // as a file to begin
		"coverage GARBAGE": "empty blank string arrays arrays-open objects two-documents no-utf8 bom exponent timestamp-exponent integer-exponent cut-json null pipe -", // as a response that covers nothing
	}
}

// nameless are inputs without content, which messages need not name: they say what to name instead.
var nameless = []string{"empty-folder", "empty", "blank", "null", "-"}

// counting are commands that count the interactions that they cannot use instead of naming their files.
var counting = []string{"cassette lint", "cassette minimize", "probe"}

// TestGarbageEverywhere checks that no command accepts garbage, and that each reports it briefly, by
// name, with one of the designed exit statuses, and leaves nothing behind.
func TestGarbageEverywhere(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAFAKEFAKEFAKEFAKE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "fake")
	contract := contractText(t)
	inputs := slices.DeleteFunc(garbage(), func(g nonsense) bool {
		return slices.Contains([]string{"zero-bytes", "digits", "ones"}, g.name) // 100 MB each; TestGarbage reads them
	})
	inputs = append(inputs, nonsense{name: "no-utf8-\xff\xfe.json", make: nothing}, nonsense{name: strings.Repeat("x", 100_000), make: nothing}, nonsense{name: "-", make: nothing})
	require.ElementsMatch(t, leaves(t), slices.Collect(maps.Keys(places())), "each command has a row")
	for command, lines := range places() {
		for _, line := range lines {
			t.Run(line, func(t *testing.T) {
				for _, g := range inputs {
					t.Run(g.name[:min(len(g.name), 20)], func(t *testing.T) {
						t.Chdir(t.TempDir())
						text(broken)(t, "in.json")
						text(contract)(t, "contract.json")
						text(oneCall)(t, "in.yaml")
						inProcess(nil, "validate", "in.json", "--format", "json", "-o", "report.json")
						g.make(t, g.name)
						args := strings.Fields(strings.NewReplacer("GARBAGE", g.name, "GROUP", group(t)).Replace(line))
						got := inProcess(strings.NewReader(""), args...)
						said := got.out + got.err
						if got.status == exitClean {
							require.Contains(t, strings.Fields(accepts()[line]), g.name, "accepted: %.300s", said)
							return
						}
						require.Contains(t, []int{exitFindings, exitUsage, exitIncomplete}, got.status)
						if !slices.Contains(nameless, g.name) && !slices.Contains(counting, command) {
							shown := strings.ToValidUTF8(g.name, "\uFFFD")
							if strings.Contains(said, strconv.Quote(g.name)) {
								shown = strconv.Quote(g.name)
							}
							require.Contains(t, said, shown[:min(len(shown), 100)])
						}
						require.True(t, utf8.ValidString(said), "%.300q", said)
						require.Less(t, len(got.err), 5_000, "the message is short")
						require.Less(t, len(got.out), 100_000)
						requireNothingNew(t, g.name)
					})
				}
			})
		}
	}
}

// group returns the ID of a group of findings of report.json.
func group(t *testing.T) string {
	report, err := os.ReadFile("report.json")
	require.NoError(t, err)
	m := regexp.MustCompile(`"fingerprint": ?"([^"]+)"`).FindSubmatch(report)
	require.NotNil(t, m, "%.500s", report)
	return string(m[1])
}

// requireNothingNew checks that a failed command has left no file, except for the redaction key of
// the folder.
func requireNothingNew(t *testing.T, garbage string) {
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	for _, e := range entries {
		require.Contains(t, []string{"in.json", "in.yaml", "contract.json", "report.json", ".crcheck-redaction-key", ".gitignore", filepath.Base(garbage)}, e.Name())
	}
}
