package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/report"
)

// recordedJobs returns exchanges, valid and invalid ones, as NDJSON and as a HAR.
func recordedJobs(r *rand.Rand, n int) (ndjson, har string) {
	const job = `{"protectedJob":{"id":"a","membershipId":"b","membershipArn":"c","createTime":1767225600,"status":%s}}`
	bodies := []string{fmt.Sprintf(job, `"SUCCESS"`), fmt.Sprintf(job, `"FAILED"`), fmt.Sprintf(job, `"ODD"`), fmt.Sprintf(job, "7"), `{"protectedJob":`, `<html>`}
	var lines, entries []string
	for i := range n {
		url := fmt.Sprintf("https://cleanrooms.us-east-1.amazonaws.com/memberships/b/protectedJobs/%d%s", i, strings.Repeat("x", r.IntN(900)))
		body, _ := json.Marshal(bodies[r.IntN(len(bodies))])
		status := 200
		if r.IntN(9) == 0 {
			status = 404
		}
		lines = append(lines, fmt.Sprintf(`{"crcheckInteraction":1,"request":{"method":"GET","url":"%s"},"response":{"status":%d,"headers":{"Content-Type":["application/json"]},"body":%s}}`, url, status, body))
		entries = append(entries, fmt.Sprintf(`{"request":{"method":"GET","url":"%s","headers":[]},"response":{"status":%d,"headers":[{"name":"Content-Type","value":"application/json"}],"content":{"mimeType":"application/json","text":%s}}}`, url, status, body))
	}
	return strings.Join(lines, "\n") + "\n", `{"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":[` + strings.Join(entries, ",\n") + `]}}`
}

// TestCores checks that no output of a command that reads traffic depends on the number of cores,
// whatever the format of the traffic and of the report.
func TestCores(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 7))
	ndjson, har := recordedJobs(r, 500)
	half := strings.Index(ndjson[len(ndjson)/2:], "\n") + len(ndjson)/2 + 1
	odd := ndjson[:half] + `{"crcheckInteraction":1,"request":7}` + "\n" + ndjson[half:]
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, err := w.Write([]byte(odd))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	z, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	inputs := map[string]string{
		"plain": write("a.ndjson", ndjson), "odd line": write("b.ndjson", odd), "gzip": write("c.ndjson.gz", zipped.String()),
		"zstd": write("d.ndjson.zst", string(z.EncodeAll([]byte(odd), nil))), "gzip, cut off": write("e.ndjson.gz", zipped.String()[:zipped.Len()/2]),
		"har": write("f.har", har), "cassette": filepath.Join(dir, "g.yaml"), "files": filepath.Join(dir, "many"),
	}
	for i := range 20 {
		some, page := recordedJobs(r, 1+r.IntN(40))
		write(fmt.Sprintf("many/%02d.ndjson", i), some)
		write(fmt.Sprintf("many/%02d.har", i), page)
		write(fmt.Sprintf("many/%02d.txt", i), "prose")
	}
	require.Zero(t, inProcess(nil, "cassette", "convert", inputs["plain"], "-o", inputs["cassette"]).status)
	commands := [][]string{{"cassette", "convert", "--to", "ndjson"}, {"cassette", "convert", "--to", "cassette"}, {"drift", "cleanrooms.GetProtectedJob"},
		{"coverage"}, {"coverage", "--format", "json"}, {"cassette", "lint"}, {"cassette", "lint", "--format", "json"}}
	for _, format := range report.Formats() {
		commands = append(commands, []string{"validate", "--format", format})
	}
	inputs["mapped"] = write("h.log", strings.ReplaceAll(odd, `"crcheckInteraction"`, `"kind"`))
	for name, path := range inputs {
		for _, command := range commands {
			args := append(append([]string{}, command...), path)
			if name == "mapped" {
				if len(command) == 3 && command[2] != "text" && command[2] != "json" && command[0] == "validate" {
					continue // the lines are those of another row
				}
				args = append(args, "--map", "request.method=/request/method,request.url=/request/url,response.status=/response/status,response.headers=/response/headers,response.body=/response/body")
			}
			t.Run(name+" "+strings.Join(command, " "), func(t *testing.T) {
				want := inProcess(nil, append(args, "-j", "1")...)
				require.NotEmpty(t, want.out+want.err)
				for _, cores := range []string{"2", "8"} {
					require.Equal(t, want, inProcess(nil, append(args, "-j", cores)...), cores)
				}
			})
		}
	}
}
