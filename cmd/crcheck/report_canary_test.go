package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/report"
)

// canaryModel has every kind of place that a text can be in.
const canaryModel = `{"version":"2.0","metadata":{"apiVersion":"2020-01-01","endpointPrefix":"nest","protocol":"rest-json","protocols":["rest-json"],"serviceId":"nest","signatureVersion":"v4","signingName":"nest","serviceFullName":"Nest","uid":"nest-2020-01-01"},
"operations":{"GetNest":{"name":"GetNest","http":{"method":"POST","requestUri":"/nests/{id}"},"input":{"shape":"In"},"output":{"shape":"Out"},"errors":[{"shape":"Broken"}]}},
"shapes":{"In":{"type":"structure","required":["id"],"members":{"id":{"shape":"Code","location":"uri","locationName":"id"},"q":{"shape":"Season","location":"querystring","locationName":"q"},"h":{"shape":"Code","location":"header","locationName":"x-h"},"tags":{"shape":"Tags"}}},
"Out":{"type":"structure","members":{"season":{"shape":"Season"},"code":{"shape":"Code"},"count":{"shape":"Integer"},"when":{"shape":"When"},"data":{"shape":"Data"},"tags":{"shape":"Tags"},"beds":{"shape":"Beds"},"list":{"shape":"List"},"either":{"shape":"Either"},"h":{"shape":"Code","location":"header","locationName":"x-h"},"meta":{"shape":"Meta","location":"headers","locationName":"x-meta-"}}},
"Broken":{"type":"structure","members":{"message":{"shape":"Code"}},"error":{"httpStatusCode":400},"exception":true},
"Either":{"type":"structure","union":true,"members":{"a":{"shape":"Code"},"b":{"shape":"Code"}}},
"Bed":{"type":"structure","required":["id"],"members":{"id":{"shape":"Code"}}},
"Beds":{"type":"map","key":{"shape":"Season"},"value":{"shape":"Bed"}},"Tags":{"type":"map","key":{"shape":"Code"},"value":{"shape":"Code"}},"Meta":{"type":"map","key":{"shape":"Code"},"value":{"shape":"Code"}},"List":{"type":"list","member":{"shape":"Code"}},
"Code":{"type":"string","pattern":"^[A-Z]{3}$","max":3},"Season":{"type":"string","enum":["SPRING","AUTUMN"]},"Integer":{"type":"integer"},"When":{"type":"timestamp"},"Data":{"type":"blob"}}}`

// canaryWord is in every text of the traffic; the cases are those that it may have.
const canaryWord = "canary"

// canaryFill puts prose for P and a key for K.
func canaryFill(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "K", "canary key"), "P", "my canary 4711")
}

func canaryBody() string {
	return canaryFill(`{"season":"P","code":"P","count":"P","when":"P","data":"?P","tags":{"canary":"P","K":7,"canarylist":["P"]},"beds":{"canary":{},"K":{"id":"P","P":1}},"list":["P",{"canary":"P"}],"either":{"a":"P","b":"P","P":"P"},"P":"P","count":"P","tags":{"canary":"P","canary":"x"}}`)
}

// canaryTraffic has the canary in every text: as prose, in keys of maps that look like names, and in
// names that do not look like those of members.
func canaryTraffic(meta string) string {
	body := canaryBody()
	fill := canaryFill
	interaction := func(path, headers, status, response, body string) string {
		return `{"crcheckInteraction":1,"request":{"method":"POST","url":"https://nest.us-east-1.amazonaws.com/` + path + `","headers":{` + headers + `},"body":` + strconv.Quote(fill(`{"tags":{"canary":"P","K":1}}`)) +
			`},"response":{"status":` + status + `,"headers":{` + response + `},"body":` + strconv.Quote(body) + `}` + meta + `}`
	}
	json := `"Content-Type":["application/json"]`
	return strings.Join([]string{
		interaction("nests/my%20canary?q=my%20canary", `"X-H":["my canary"]`, "200", json+`,"X-H":["my canary"],"X-Meta-canary":["my canary"]`, body),
		interaction("nests/canary", json, "200", `"Content-Type":["text/canary"]`, body),
		interaction("nests/canary", json, "400", json+`,"X-Amzn-Errortype":["my canary 4711"]`, `{"message":"my canary 4711"}`),
		interaction("nests/canary", json, "418", json, `not { json canary`),
		interaction("other/canary?canary", json, "200", json, "{}"),
		strings.ReplaceAll(interaction("nests/canary", json, "200", json, "{}"), "nest.us", "canary.us"),
	}, "\n") + "\n"
}

// TestReportsReveal holds every format to the promise of docs/reports.md: it shows what is in the
// traffic only if that is marked redacted, or with --show-values.
func TestReportsReveal(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	model := file("service-2.json", canaryModel)
	raw := file("raw.ndjson", canaryTraffic(""))
	redacted := file("redacted.ndjson", canaryTraffic(`,"meta":{"redactionKey":"0123456789abcdef"}`))
	broken := file("broken.json", `{"season": canary 4711`)
	odd := file("odd.ndjson", canaryTraffic("")+`{"request":{"method":"GET","url":7,"canary":"my canary"},"response":"my canary 4711"}`+"\n")
	rows := file("rows.yaml", "- {rule: type.mismatch, at: \"nest.GetNest output/count\", value: '\"my canary 4711\"', reason: seen}\n- {rule: type.mismatch, at: \"nest.GetNest output/season\", value: '\"my canary 4712\"', reason: seen}\n")
	emulator := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/canary")
		w.Header().Set("X-Meta-canary", "my canary 4711")
		_, _ = io.WriteString(w, canaryBody())
	}))
	defer emulator.Close()
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
	for _, command := range []struct {
		name string
		args []string
	}{
		{"validate", []string{"validate", "--contract", model, "--profile", "strict", raw}},
		{"validate-hidden", []string{"validate", "--contract", model, "--ignore", rows, raw}},
		{"validate-broken", []string{"validate", "--contract", model, broken}},
		{"validate-odd", []string{"validate", "--contract", model, odd}},
		{"validate-redacted", []string{"validate", "--contract", model, redacted}},
		{"lint", []string{"cassette", "lint", "--contract", model, raw}},
		{"coverage", []string{"coverage", "--contract", model, raw}},
		{"probe", []string{"probe", "--contract", model, "--profile", "strict", "--endpoint", emulator.URL, "--negative", raw}},
		{"live", []string{"live", "--contract", model, "--fail-on", "warning", "--endpoint-url", emulator.URL, "--region", "us-east-1", "--allow-writes", "--profile", "lenient",
			"--input", `{"id": "ABC", "tags": {"ABC": "my canary 4711"}}`, "GetNest"}},
		{"drift", []string{"drift", "--profile", "strict", model, raw}},
	} {
		for _, format := range report.Formats() {
			if format == "text" || format == "json" || format == "sdk-table" {
				continue // they stay where the traffic is, or have names of cases alone
			}
			t.Run(command.name+"/"+format, func(t *testing.T) {
				summary := filepath.Join(t.TempDir(), "summary.md")
				t.Setenv("GITHUB_STEP_SUMMARY", summary)
				written := func(flags ...string) string {
					var out, errs bytes.Buffer
					status := run(t.Context(), &terminal{In: strings.NewReader(""), Out: &out, Err: &errs}, slices.Concat(command.args, []string{"--format", format}, flags))
					require.LessOrEqual(t, status, exitUsage, errs.String())
					require.True(t, out.Len() > 0 || command.name == "coverage")
					steps, err := os.ReadFile(summary)
					require.Equal(t, format == "github", err == nil)
					return strings.ReplaceAll(out.String()+string(steps), dir, "")
				}
				safe := strings.ToLower(written())
				if command.name == "validate-redacted" && format != "badge" {
					require.Contains(t, safe, canaryWord)
					return
				}
				if command.name == "validate" && format != "badge" { // the canaries are where findings are
					for _, rule := range []string{"constraint.pattern", "enum.unknown-value", "union.multiple-members", "type.mismatch", "syntax.duplicate-member", "member.unknown", "http.content-type", "error.unmodeled", "syntax.invalid"} {
						require.Contains(t, safe, rule)
					}
				}
				for line := range strings.Lines(safe) {
					require.NotContains(t, line, canaryWord)
				}
				if format != "badge" && command.name != "coverage" && command.name != "lint" && command.name != "validate-broken" && command.name != "validate-odd" {
					require.Contains(t, strings.ToLower(written("--show-values")), canaryWord)
				}
			})
		}
	}
}
