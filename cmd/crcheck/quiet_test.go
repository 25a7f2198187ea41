//go:build unix

package main

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestQuiet checks that --quiet leaves nothing of a command on standard error but errors, and does not
// change its report and exit status. SERVER is a service that returns a valid response.
func TestQuiet(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, job(jobOne, "STARTED")) //nolint:errcheck // the client reports an incomplete body
	}))
	defer server.Close()
	get := "GET /memberships/" + membership + "/protectedJobs/" + jobOne
	rows := map[string][]string{
		"validate":          {"validate", "validate in.json", "validate missing.json", "validate in.json --config in.project.yaml"},
		"coverage":          {"coverage in.yaml", "coverage in.yaml --min 99"},
		"ignore":            {"ignore GROUP --reason x --report report.json"},
		"record":            {"record --upstream SERVER -o out.yaml -- ask " + get, "record --upstream SERVER -o out.yaml -- ask"},
		"replay":            {"replay in.yaml -- ask GET /memberships/10000000-0000-4000-8000-000000000001/protectedJobs/00000000-0000-4000-8000-000000000001", "replay in.yaml -- ask GET /other"},
		"cassette lint":     {"cassette lint in.yaml", "cassette lint in.json"},
		"cassette recover":  {"cassette recover in.yaml"},
		"cassette convert":  {"cassette convert in.yaml"},
		"cassette minimize": {"cassette minimize in.yaml -o out.yaml"},
		"mock":              {"mock --list", "mock -- ask " + get, "mock -- ask GET /other"},
		"conform":           {"conform --case union/*", "conform -- missing"},
		"probe":             {"probe --endpoint SERVER in.yaml", "probe --endpoint http://127.0.0.1:1 in.yaml"},
		"live":              {"live GetProtectedJob --input @input.json --endpoint-url SERVER --region us-east-1"},
		"derive":            {"derive contract.json", "derive contract.json --all -o out"},
		"schema":            {"schema", "schema --all -o out"},
		"drift":             {"drift cleanrooms.GetProtectedJob@1.42.90 contract.json", "drift contract.json in.json"},
		"rules":             {"rules"},
		"version":           {"version"},
		"completion":        {"completion bash"},
		"init":              {"init --accept-current"},
		"check":             {"check --config in.project.yaml", "check"},
		"update":            {"update --config in.project.yaml"},
	}
	require.ElementsMatch(t, leaves(t), slices.Collect(maps.Keys(rows)), "each command has a row")
	contract := contractText(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAFAKEFAKEFAKEFAKE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "fake")
	for _, lines := range rows {
		for _, line := range lines {
			t.Run(line, func(t *testing.T) {
				runIn := func(flags ...string) finished {
					dir := t.TempDir()
					t.Chdir(dir)
					text(broken)(t, "in.json")
					text(contract)(t, "contract.json")
					text(oneCall)(t, "in.yaml")
					text(jobOneInput)(t, "input.json")
					text("contracts: [contract.json]\ntraffic: [in.yaml]\n")(t, "in.project.yaml")
					inProcess(nil, "validate", "in.json", "--format", "json", "-o", "report.json")
					line := strings.NewReplacer("SERVER", server.URL, "GROUP", group(t)).Replace(line)
					return crcheck(t, dir, append(flags, strings.Fields(line)...)...)
				}
				loud, quiet := runIn(), runIn("-q")
				require.Equal(t, loud.status, quiet.status, "%s%s", loud.err, quiet.err)
				require.Equal(t, loud.out, quiet.out)
				if quiet.status == exitClean {
					require.Empty(t, quiet.err)
				}
				for said := range strings.Lines(quiet.err) {
					for _, note := range []string{"contract: ", "encoding: ", "replaying ", "listening ", "recorded ", "played ", "not played: "} {
						require.False(t, strings.HasPrefix(said, note), said)
					}
				}
			})
		}
	}
}
