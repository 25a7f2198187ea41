package main

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

func TestMain(m *testing.M) {
	// The race detector of a process sleeps for a second before it exits, lest it miss a race.
	os.Setenv("GORACE", "atexit_sleep_ms=10")
	testscript.Main(m, map[string]func(){"crcheck": main, "ask": ask, "aws-sdk-go": sdkGo})
}

// TestScripts runs sessions at a terminal. A script says `crcheck …` where the
// status is 0, and `status N crcheck …` where it is another one.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		UpdateScripts:      *update,
		RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("GORACE", os.Getenv("GORACE"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status, "compress": compress},
	})
}

// status runs a command, which must exit with a status.
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
