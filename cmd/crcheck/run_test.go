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
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// inProcess runs the command line in this process.
func inProcess(in io.Reader, args ...string) outcome {
	var out, err bytes.Buffer
	status := run(context.Background(), &terminal{in, &out, &err}, args)
	return outcome{status, out.String(), err.String()}
}

var errFull = errors.New("the disk is full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// TestStandardOutputFails: what cannot be written is no success.
func TestStandardOutputFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "contract.json")
	text(contractText(t))(t, path)
	for _, args := range [][]string{{"derive", path}, {"schema"}, {"validate"}, {"validate", "--format", "json"},
		{"rules"}, {"rules", "type.null"}, {"rules", "--markdown"}, {"version"}} {
		var err bytes.Buffer
		status := run(t.Context(), &terminal{strings.NewReader(""), full{}, &err}, args)
		require.Equal(t, exitUsage, status, args)
		require.Contains(t, err.String(), "crcheck: the disk is full\n", args)
	}
}

// TestOutputIsReplaced: whoever has the old file open keeps reading the old
// report, and the file keeps its mode.
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

// TestStandardOutputByName: a file that several programs write to one after the
// other keeps what each has written.
func TestStandardOutputByName(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("/dev/stdout is another thing elsewhere")
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

// TestRunAgain: no run leaves anything behind for the next one, and the same
// input makes the same bytes.
func TestRunAgain(t *testing.T) {
	for _, args := range [][]string{{"validate"}, {"validate", "--format", "json", "--contract", "cleanrooms.GetProtectedJob@1.42.90", "--fail-on", "never"}, {"schema"}, {"rules"}} {
		first := inProcess(nil, args...)
		inProcess(nil, "validate", "--profile", "strict", "no-such-file")
		require.Equal(t, first, inProcess(nil, args...), args)
	}
}

// TestStart: a process that starts does no work for what it may never be asked
// for. The runtime says what each package allocates before main, which unlike
// time is the same everywhere.
func TestStart(t *testing.T) {
	command := exec.Command("crcheck", "version")
	command.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	trace, err := command.CombinedOutput()
	require.NoError(t, err)
	line := regexp.MustCompile(`(?m)^init github.com/crcheck/crcheck/(\S+) .* (\d+) bytes, (\d+) allocs$`)
	found := line.FindAllSubmatch(trace, -1)
	require.NotEmpty(t, found, "no trace: %s", trace)
	for _, m := range found {
		most := 1000 // some regular expressions
		switch name := string(m[1]); name {
		case "cmd/crcheck", "report":
			most = 50 // maps of a few entries, and the tests' own tables
		}
		allocations, err := strconv.Atoi(string(m[3]))
		require.NoError(t, err)
		require.LessOrEqual(t, allocations, most, "%s", m[0])
	}
}
