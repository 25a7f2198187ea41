package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"
)

// command is the command crcheck, whose reports are compared.
var command string

func TestMain(m *testing.M) {
	flag.Parse()
	beam.Init()
	quiet(false)
	folder, err := os.MkdirTemp("", "crcheck-beam-test-")
	if err != nil {
		panic(err)
	}
	command = filepath.Join(folder, "crcheck")
	// Tests have no version either.
	build := exec.Command("go", "build", "-buildvcs=false", "-o", command, "./cmd/crcheck")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		panic(string(out))
	}
	status := m.Run()
	os.RemoveAll(folder)
	os.Exit(status)
}

const contract = "cleanrooms.GetProtectedJob"

// job is a line that conforms to the contract, but for what the arguments make of it.
func job(status string) string {
	return `{"protectedJob":{"id":"00000000-0000-4000-8000-000000000001","membershipId":"00000000-0000-4000-8000-000000000002",` +
		`"membershipArn":"arn:aws:cleanrooms:us-east-1:000000000000:membership/00000000-0000-4000-8000-000000000002","createTime":1700000000,"status":"` + status + `"}}` + "\n"
}

// odd is a line that is an interaction without a valid status.
const odd = `{"crcheckInteraction":1,"request":{"method":"GET","url":"https://example.com/"},"response":{"status":"x"}}` + "\n"

const (
	url = "https://cleanrooms.us-east-1.amazonaws.com/memberships/00000000-0000-4000-8000-000000000002/protectedJobs/00000000-0000-4000-8000-000000000001"
	har = `{"log":{"version":"1.2","creator":{"name":"fake","version":"1"},"entries":[{"request":{"method":"GET","url":"` + url + `","headers":[]},` +
		`"response":{"status":200,"headers":[{"name":"Content-Type","value":"application/json"}],"content":{"mimeType":"application/json","text":"{\"protectedJob\":{\"status\":\"PAUSED\"}}"}}},` +
		`{"request":{"method":"GET","url":"https://example.com/other","headers":[]},"response":{"status":200,"headers":[],"content":{"text":"{}"}}}]}}`
)

func zipped(t *testing.T, text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func zstandard(t *testing.T, text string) string {
	w, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	return string(w.EncodeAll([]byte(text), nil))
}

// files writes files of every format into a folder and makes it the working folder.
func inFolder(t *testing.T, files map[string]string) {
	t.Chdir(t.TempDir())
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	}
}

func formats(t *testing.T) map[string]string {
	cassette, err := os.ReadFile("../../cassettes/good/analysis-template-of-another-partition.yaml")
	require.NoError(t, err)
	lines := strings.Repeat(job("STARTED"), 9) + job("PAUSED") + "\n" + job("GONE") + strings.Repeat(job("FAILED"), 3)
	return map[string]string{
		"in/a.ndjson":     lines,
		"in/a/b.ndjson":   job("STARTED") + job("PAUSED"),
		"in/a.b.ndjson":   lines + strings.TrimSpace(job("PAUSED")),
		"in/c.ndjson.gz":  zipped(t, lines),
		"in/d.ndjson.zst": zstandard(t, lines),
		"in/e.har":        har,
		"in/f.yaml":       string(cassette),
	}
}

// checked runs the pipeline.
func checked(t *testing.T, args ...string) (status int, report, notes string) {
	t.Helper()
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	o := newOptions(flags)
	if !slices.Contains(args, "--contract") {
		args = append([]string{"--contract", contract}, args...)
	}
	require.NoError(t, flags.Parse(args))
	var out, err bytes.Buffer
	status, failed := run(context.Background(), o, flags.Args(), &out, &err)
	if failed != nil {
		err.WriteString(failed.Error())
	}
	return status, out.String(), err.String()
}

// expected runs the command.
func expected(t *testing.T, args ...string) (status int, report, notes string) {
	t.Helper()
	cmd := exec.Command(command, args...)
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	_ = cmd.Run() // the status is compared
	return cmd.ProcessState.ExitCode(), out.String(), err.String()
}

var inputs = []string{"in/*.*", "in/a/*"}

// paths are the inputs in the order of a walk of their folders.
var paths = []string{"in/a/b.ndjson", "in/a.b.ndjson", "in/a.ndjson", "in/c.ndjson.gz", "in/d.ndjson.zst", "in/e.har", "in/f.yaml"}

// TestReport checks that every report is that of the command, byte for byte, although files are cut.
func TestReport(t *testing.T) {
	inFolder(t, formats(t))
	for _, tc := range []struct {
		name    string
		flags   []string // of both
		beam    []string
		command []string
	}{
		{"text", nil, nil, []string{"validate", "--contract", contract, "--encoding", "http"}},
		{"json", []string{"--format", "json"}, nil, []string{"validate", "--contract", contract, "--encoding", "http"}},
		{"sarif", []string{"--format", "sarif"}, nil, []string{"validate", "--contract", contract, "--encoding", "http"}},
		{"strict, with warnings that fail", []string{"--profile", "strict", "--fail-on", "warning", "--from", "emulator"}, nil, []string{"validate", "--contract", contract, "--encoding", "http"}},
		{"never fails", []string{"--fail-on", "never"}, nil, []string{"validate", "--contract", contract, "--encoding", "http"}},
		{"drift", nil, []string{"--kind", "drift"}, []string{"drift", "--encoding", "http"}},
		{"drift as json", []string{"--format", "json"}, []string{"--kind", "drift"}, []string{"drift", "--encoding", "http"}},
		{"coverage", nil, []string{"--kind", "coverage"}, []string{"coverage", "--contract", contract}},
		{"coverage too low", []string{"--min", "99"}, []string{"--kind", "coverage"}, []string{"coverage", "--contract", contract}},
		{"lint", nil, []string{"--kind", "lint"}, []string{"cassette", "lint", "--contract", contract}},
	} {
		for _, size := range []string{"1", "300", "1MiB"} {
			t.Run(tc.name+" by "+size, func(t *testing.T) {
				args := append(append([]string{"--range-size", size}, tc.beam...), tc.flags...)
				status, report, notes := checked(t, append(args, inputs...)...)
				command := append(tc.command, tc.flags...)
				if tc.command[0] == "drift" {
					command = append(command, contract)
				}
				wantStatus, want, said := expected(t, append(command, paths...)...)
				require.Equal(t, want, report, "%s\n%s", notes, said)
				require.Equal(t, wantStatus, status)
				require.NotEmpty(t, report)
			})
		}
	}
}

// TestIgnore checks ignore rows and overlays.
func TestIgnore(t *testing.T) {
	files := formats(t)
	files["ignore.yaml"] = "- rule: enum.unknown-value\n  place: /protectedJob/status\n  reason: known\n"
	inFolder(t, files)
	flags := []string{"--ignore", "ignore.yaml", "--format", "json"}
	status, report, notes := checked(t, append(flags, inputs...)...)
	wantStatus, want, said := expected(t, append(append([]string{"validate", "--contract", contract, "--encoding", "http"}, flags...), paths...)...)
	require.Equal(t, want, report, "%s\n%s", notes, said)
	require.Equal(t, wantStatus, status)
}

// TestContractFile checks a contract file with a pattern that is not supported: the report has its line.
func TestContractFile(t *testing.T) {
	files := formats(t)
	model, err := os.ReadFile("testdata/service-2.json")
	require.NoError(t, err)
	files["service-2.json"] = string(model)
	inFolder(t, files)
	for _, kind := range []string{"text", "json", "sarif"} {
		t.Run(kind, func(t *testing.T) {
			flags := []string{"--contract", "service-2.json", "--operation", "GetProtectedJob", "--format", kind}
			status, report, notes := checked(t, append(flags, inputs...)...)
			wantStatus, want, said := expected(t, append(append([]string{"validate", "--encoding", "http"}, flags...), paths...)...)
			require.Equal(t, want, report, "%s\n%s", notes, said)
			require.Equal(t, wantStatus, status)
			require.Contains(t, report, "NoSuch")
		})
	}
}

// problems reads the file of problems.
func problems(t *testing.T) (all []Problem) {
	t.Helper()
	text, err := os.ReadFile("problems.ndjson")
	require.NoError(t, err)
	for d := json.NewDecoder(bytes.NewReader(text)); d.More(); {
		var p Problem
		require.NoError(t, d.Decode(&p))
		require.NotEmpty(t, p.Message)
		p.Message = ""
		all = append(all, p)
	}
	return all
}

// TestProblems checks that what cannot be read is named, and that the rest is counted.
func TestProblems(t *testing.T) {
	long := `{"protectedJob":{"id":"` + strings.Repeat("x", 64<<20) + `"}}` + "\n"
	broken := zipped(t, strings.Repeat(job("STARTED"), 100))
	for _, tc := range []struct {
		name, text string
		size       string
		kinds      string
		want       []Problem
		report     string // a part of it; empty: all of the command's
	}{
		{"empty file", "", "64MiB", "validate coverage", nil, ""},
		{"corrupt gzip", broken[:len(broken)/2], "64MiB", "validate drift coverage", []Problem{{Source: "in/x.ndjson"}}, ""},
		{"garbage after the header of gzip", broken[:20] + "garbage", "64MiB", "validate drift coverage", []Problem{{Source: "in/x.ndjson"}}, ""},
		{"odd line", strings.Repeat(job("STARTED"), 3) + "\n" + odd + job("STARTED"), "300", "validate drift coverage", []Problem{{Source: "in/x.ndjson", Line: 5, Column: 102, Interaction: 4}}, ""},
		{"line of 64 MB", job("STARTED") + long + job("PAUSED"), "1MiB", "validate drift coverage", []Problem{{Source: "in/x.ndjson", Line: 2, Column: 1, Interaction: 2}}, ""},
	} {
		for kind := range strings.FieldsSeq(tc.kinds) {
			t.Run(tc.name+" "+kind, func(t *testing.T) {
				inFolder(t, map[string]string{"in/x.ndjson": tc.text, "in/y.ndjson": job("PAUSED"), "in/z.ndjson": job("STARTED")})
				args := []string{"--kind", kind, "--range-size", tc.size, "--problems", "problems.ndjson", "in/*"}
				status, report, notes := checked(t, args...)
				require.Equal(t, tc.want, problems(t), notes)
				command := map[string][]string{"validate": {"validate", "--contract", contract, "--encoding", "http"},
					"drift": {"drift", "--encoding", "http", contract}, "coverage": {"coverage", "--contract", contract}}[kind]
				wantStatus, want, said := expected(t, append(command, "in/x.ndjson", "in/y.ndjson", "in/z.ndjson")...)
				require.Equal(t, wantStatus, status, "%s\n%s", notes, said)
				if want == "" { // a file that cannot be read ends the command; here, the rest is counted
					require.Equal(t, exitUsage, status)
					require.Contains(t, notes, "in/x.ndjson")
					require.Contains(t, report, "incomplete: the rest of the traffic was not read")
					return
				}
				require.Equal(t, want, report)
			})
		}
	}
}

// TestMissing checks a glob without files: it is named, and the rest is counted.
func TestMissing(t *testing.T) {
	inFolder(t, map[string]string{"in/a.ndjson": job("STARTED"), "in/folder/b": ""})
	status, report, notes := checked(t, "--problems", "problems.ndjson", "in/*", "gone/*.ndjson")
	require.Equal(t, exitUsage, status, notes)
	require.Equal(t, []Problem{{Source: "gone/*.ndjson"}, {Source: "in/folder"}}, problems(t))
	require.Contains(t, notes, "gone/*.ndjson")
	require.Contains(t, report, "checked 1 response")
}

// TestCounters checks the counters of what was not checked.
func TestCounters(t *testing.T) {
	inFolder(t, map[string]string{"in/a.ndjson": job("STARTED") + odd, "in/b.har": har})
	_, _, notes := checked(t, "in/*", "gone")
	require.Contains(t, notes, "files that could not be read: 1\n")
	require.Contains(t, notes, "entries that could not be read: 1\n")
	require.Regexp(t, `not checked: .*: 1\n`, notes)
}

// TestUsage checks that mistakes are refused before any work.
func TestUsage(t *testing.T) {
	inFolder(t, map[string]string{"in/a.ndjson": job("STARTED")})
	for _, tc := range []struct {
		name string
		args []string
		want string
	}{
		{"no files", nil, "name files"},
		{"kind", []string{"--kind", "x", "in/*"}, "--kind"},
		{"encoding", []string{"--encoding", "auto", "in/*"}, "--encoding"},
		{"profile", []string{"--profile", "x", "in/*"}, "--profile"},
		{"origin", []string{"--from", "x", "in/*"}, "--from"},
		{"format", []string{"--format", "x", "in/*"}, "x"},
		{"threshold", []string{"--fail-on", "x", "in/*"}, "x"},
		{"contract", []string{"--contract", "gone.json", "in/*"}, "gone.json"},
		{"ignore file", []string{"--ignore", "gone.yaml", "in/*"}, "gone.yaml"},
		{"outputs in one file", []string{"--output", "x", "--problems", "x", "in/*"}, "x"},
		{"pattern", []string{"in/["}, "pattern"},
		{"scheme", []string{"ftp://x/y"}, "ftp"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, report, notes := checked(t, tc.args...)
			require.Equal(t, exitUsage, status)
			require.Empty(t, report)
			require.Contains(t, notes, tc.want)
		})
	}
}

// TestOutput checks that the report is in the file.
func TestOutput(t *testing.T) {
	inFolder(t, map[string]string{"in/a.ndjson": job("STARTED")})
	status, report, notes := checked(t, "--output", "report.txt", "in/*")
	require.Zero(t, status, notes)
	require.Empty(t, report)
	text, err := os.ReadFile("report.txt")
	require.NoError(t, err)
	require.Contains(t, string(text), "passed")
}

func TestSize(t *testing.T) {
	for _, tc := range []struct {
		text string
		want size
	}{{"7", 7}, {"64MiB", 64 << 20}, {"1KiB", 1 << 10}, {"2GiB", 2 << 30}, {"0", 0}, {"-1", 0}, {"x", 0}, {"9999999999GiB", 0}} {
		t.Run(tc.text, func(t *testing.T) {
			var s size
			require.Equal(t, tc.want == 0, s.Set(tc.text) != nil)
			require.Equal(t, tc.want, s)
		})
	}
}
