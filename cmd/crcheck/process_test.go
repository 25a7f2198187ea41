package main

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// outcome is what a process leaves behind.
type outcome struct {
	status   int
	out, err string
}

// patience is how long a process may take with whatever input, on a machine that
// does much else. How fast it is, benchmarks say.
const patience = 60 * time.Second

// crcheck runs the program as a process of its own, in a folder. A process that
// does not end, or ends by a panic, fails the test.
func crcheck(t *testing.T, folder string, args ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var out, err bytes.Buffer
	command := exec.CommandContext(ctx, "crcheck", args...)
	command.Dir, command.Stdout, command.Stderr = folder, &out, &err
	failure := command.Run()
	require.NoError(t, ctx.Err(), "crcheck %q did not end in time", args)
	return ended(t, failure, &out, &err)
}

// ended is the outcome of a process that ended by itself.
func ended(t *testing.T, failure error, out, err *bytes.Buffer) outcome {
	t.Helper()
	var exited *exec.ExitError
	if failure != nil {
		require.ErrorAs(t, failure, &exited)
		require.True(t, exited.Exited(), "%v: %s", failure, err)
	}
	status := 0
	if errors.As(failure, &exited) {
		status = exited.ExitCode()
	}
	require.NotContains(t, err.String(), "goroutine ", "a panic")
	return outcome{status, out.String(), err.String()}
}
