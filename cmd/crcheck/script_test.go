package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

func TestMain(m *testing.M) {
	// By default the race detector delays the exit of every process by a second.
	os.Setenv("GORACE", "atexit_sleep_ms=10")
	testscript.Main(m, map[string]func(){"crcheck": main, "ask": ask, "aws-sdk-go": sdkGo})
}

// TestScripts runs terminal sessions. A script runs `crcheck …` if it expects status 0, and
// `status N crcheck …` for any other status.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		UpdateScripts:      *update,
		RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("GORACE", os.Getenv("GORACE"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status, "compress": compress, "append": appendBlank},
	})
}

// appendBlank appends a blank to each file that matches a pattern.
func appendBlank(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: append PATTERN")
	}
	paths, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(paths) == 0 {
		ts.Fatalf("no file matches %s", args[0])
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		ts.Check(err)
		ts.Check(os.WriteFile(path, append(text, ' '), 0o644))
	}
}

// status runs a command and checks its exit status.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND ARGS…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed) && failed.ExitCode() == want, err == nil && want == 0:
		return
	case err == nil:
		ts.Fatalf("exit status 0, want %d", want)
	}
	ts.Fatalf("%v, want %d", err, want)
}

// compress compresses a file like gzip(1). With -cut, it truncates the result.
func compress(ts *testscript.TestScript, _ bool, args []string) {
	cut := args[0] == "-cut"
	if cut {
		args = args[1:]
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := io.WriteString(w, ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(w.Close())
	text := out.Bytes()
	if cut {
		text = text[:len(text)/2]
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text, 0o644))
}

// ask is a client for scripts, because curl may not be installed. For each pair of arguments TARGET and
// BODY it calls AWS_ENDPOINT_URL as awsJson clients do, one after the other, and prints the responses.
// The arguments GET and PATH make a REST request.
func ask() {
	for args := os.Args[1:]; len(args) >= 2; args = args[2:] {
		method, path, body := "POST", "/", args[1]
		if args[0] == "GET" {
			method, path, body = "GET", args[1], ""
		}
		req, err := http.NewRequest(method, os.Getenv("AWS_ENDPOINT_URL")+path, strings.NewReader(body))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if method == "POST" {
			req.Header.Set("Content-Type", "application/x-amz-json-1.0")
			req.Header.Set("X-Amz-Target", args[0])
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Printf("%d %s\n", resp.StatusCode, text)
	}
}
