package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// inProcess runs the command line in this process.
func inProcess(in io.Reader, args ...string) finished {
	var out, err bytes.Buffer
	status := run(context.Background(), &terminal{In: in, Out: &out, Err: &err}, args)
	return finished{status, out.String(), err.String()}
}

var errFull = errors.New("the disk is full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// TestStandardOutputFails checks that a command fails if it cannot write its output.
func TestStandardOutputFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "contract.json")
	text(contractText(t))(t, path)
	for _, args := range [][]string{{"derive", path}, {"schema"}, {"validate"}, {"validate", "--format", "json"},
		{"rules"}, {"rules", "type.null"}, {"rules", "--markdown"}, {"version"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			var err bytes.Buffer
			status := run(t.Context(), &terminal{In: strings.NewReader(""), Out: full{}, Err: &err}, args)
			require.Equal(t, exitUsage, status)
			require.Contains(t, err.String(), "crcheck: the disk is full\n")
		})
	}
}

// TestOutputIsReplaced checks that a process that has the old file open keeps reading the old report,
// and that the file keeps its mode.
func TestOutputIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.txt")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
	old, err := os.Open(path)
	require.NoError(t, err)
	defer old.Close()
	require.Equal(t, exitClean, inProcess(nil, "validate", "-o", path).status)
	kept, err := io.ReadAll(old)
	require.NoError(t, err)
	if runtime.GOOS == "windows" {
		t.Skip("files cannot be replaced while they are open")
	}
	require.Equal(t, "old", string(kept))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	require.Positive(t, info.Size())
}

// TestStandardOutputByName checks that a file that several programs write to, one after the other,
// keeps the output of each.
func TestStandardOutputByName(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("/dev/stdout differs on other systems")
	}
	path := filepath.Join(t.TempDir(), "out")
	out, err := os.Create(path)
	require.NoError(t, err)
	defer out.Close()
	want := ""
	for _, args := range [][]string{{"version"}, {"schema", "-o", "/dev/stdout"}, {"schema", "-o", "-"}, {"schema", "-o", "/dev/stderr"}} {
		command := exec.Command("crcheck", args...)
		command.Stdout = out
		if args[len(args)-1] == "/dev/stderr" {
			command.Stderr = out
		}
		require.NoError(t, command.Run())
		want += inProcess(nil, args[0]).out
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, want, string(got))
}

// TestRunAgain checks that runs in one process do not affect each other, and that the same input
// gives the same bytes.
func TestRunAgain(t *testing.T) {
	for _, args := range [][]string{{"validate"}, {"validate", "--format", "json", "--contract", "cleanrooms.GetProtectedJob@1.42.90", "--fail-on", "never"}, {"schema"}, {"rules"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			first := inProcess(nil, args...)
			inProcess(nil, "validate", "--profile", "strict", "no-such-file")
			require.Equal(t, first, inProcess(nil, args...))
		})
	}
}

// finished is the exit status and the output of a finished run.
type finished struct {
	status   int
	out, err string
}

// patience is how long a process may take with any input on a busy machine. Benchmarks measure how
// fast it really is.
const patience = 60 * time.Second

// crcheck runs the program as a separate process in a folder. The test fails if the process hangs or
// panics.
func crcheck(t *testing.T, folder string, args ...string) finished {
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

// ended returns the status and output of a process that exited by itself.
func ended(t *testing.T, failure error, out, err *bytes.Buffer) finished {
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
	return finished{status, out.String(), err.String()}
}
