//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// feed is a source of endless input: the path to pass to the program, its standard input, and the
// writer of the test.
type feed struct {
	path  string
	stdin io.Reader
	in    io.WriteCloser
}

func stdinFeed(t *testing.T, _ string) feed {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	t.Cleanup(func() { r.Close(); w.Close() })
	return feed{"-", r, w}
}

// stdinDevice is standard input, named by its path in the file system.
func stdinDevice(t *testing.T, dir string) feed {
	f := stdinFeed(t, dir)
	f.path = "/dev/stdin"
	return f
}

func pipeFeed(t *testing.T, dir string) feed {
	path := unopened(t, dir).path
	w, err := os.OpenFile(path, os.O_RDWR, 0) // both ends, so that opening does not wait for the reader
	require.NoError(t, err)
	t.Cleanup(func() { w.Close() })
	return feed{path, nil, w}
}

// unopened is a pipe without a writer: opening it blocks.
func unopened(t *testing.T, dir string) feed {
	path := filepath.Join(dir, "endless")
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	return feed{path, nil, nil}
}

// running is a process that the test interrupts.
type running struct {
	*exec.Cmd
	dir, temporary string
	out, err       bytes.Buffer
}

// start starts the program, and kills it if it does not end in time.
func start(t *testing.T, dir string, stdin io.Reader, args ...string) *running {
	r := &running{Cmd: exec.Command("crcheck", args...), dir: dir, temporary: t.TempDir()}
	r.Dir, r.Stdin, r.Stdout, r.Stderr = dir, stdin, &r.out, &r.err
	r.Env = append(os.Environ(), "TMPDIR="+r.temporary)
	require.NoError(t, r.Start())
	killed := time.AfterFunc(patience, func() { r.Process.Kill() })
	t.Cleanup(func() { killed.Stop() })
	return r
}

// interrupt sends Ctrl-C, checks that the process ends soon, and returns its status and output.
func (r *running) interrupt(t *testing.T) finished {
	sent := time.Now()
	require.NoError(t, r.Process.Signal(os.Interrupt))
	failure := r.Wait()
	require.Less(t, time.Since(sent), 30*time.Second)
	return ended(t, failure, &r.out, &r.err)
}

// started waits until processes have started and read the available input. No event marks that point;
// a signal that arrives too early kills the process and fails the test.
func started() {
	if raceEnabled {
		time.Sleep(1500 * time.Millisecond)
	}
	time.Sleep(1500 * time.Millisecond)
}

// interruptions are runs that read from a feed, and what they have found when they are interrupted. If
// found is empty, the run writes no report.
var interruptions = []struct {
	name  string
	args  []string
	feed  func(*testing.T, string) feed
	lines int // written before the signal; -1: endless
	found string
}{
	{"stdin, idle", []string{"validate", "FEED"}, stdinFeed, 0, "incomplete: 0 errors"},
	{"stdin, after lines", []string{"validate", "FEED"}, stdinFeed, 10_000, "error type.mismatch in response at /protectedJob/id"},
	{"stdin, endless", []string{"validate", "FEED"}, stdinFeed, -1, "error type.mismatch in response at /protectedJob/id"},
	{"pipe, idle", []string{"validate", "FEED"}, pipeFeed, 0, "incomplete: 0 errors"},
	{"pipe, endless", []string{"validate", "FEED"}, pipeFeed, -1, "error type.mismatch in response at /protectedJob/id"},
	{"pipe without a writer", []string{"validate", "FEED"}, unopened, 0, "incomplete: 0 errors"},
	{"after a file", []string{"validate", "broken.json", "FEED"}, pipeFeed, 0, "error type.mismatch in response at /protectedJob/id"},
	{"source", []string{"derive", "FEED"}, pipeFeed, 0, ""},
	{"source on stdin", []string{"derive", "FEED"}, stdinDevice, 0, ""},
	{"contract", []string{"schema", "--contract", "FEED"}, unopened, 0, ""},
	{"overlay", []string{"validate", "--overlay", "FEED"}, pipeFeed, 0, ""},
}

// TestInterrupt checks that after Ctrl-C a run reports what it has found so far and that it was
// interrupted, with exit status 3, and that an output file is complete.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	check := map[string]func(*testing.T){}
	for _, i := range interruptions {
		for _, output := range []string{"", "report.txt"} {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "broken.json"), []byte(broken), 0o600))
			f := i.feed(t, dir)
			var args []string
			for _, a := range i.args {
				args = append(args, strings.ReplaceAll(a, "FEED", f.path))
			}
			kept := ""
			if output != "" {
				kept = "kept\n"
				require.NoError(t, os.WriteFile(filepath.Join(dir, output), []byte(kept), 0o600))
				args = append(args, "-o", output)
			}
			r := start(t, dir, f.stdin, args...)
			go func() {
				for n := 0; n != i.lines; n++ {
					if _, err := io.WriteString(f.in, broken); err != nil {
						return // the process has exited
					}
				}
			}()
			check[strings.TrimSpace(i.name+" "+output)] = func(t *testing.T) {
				got := r.interrupt(t)
				require.Equal(t, exitIncomplete, got.status, got.err)
				require.True(t, strings.HasSuffix(got.err, "crcheck: interrupted\n"), got.err)
				written := got.out
				if output != "" {
					require.Empty(t, got.out)
					text, err := os.ReadFile(filepath.Join(dir, output))
					require.NoError(t, err)
					written = string(text)
				}
				if i.found == "" {
					require.Equal(t, kept, written)
				} else {
					require.Contains(t, written, i.found)
					require.True(t, strings.HasSuffix(written, "1 problem on standard error\n"), "the report is complete")
				}
				requireNothingLeft(t, r)
			}
		}
	}
	started()
	for name, f := range check {
		t.Run(name, f)
	}
}

// requireNothingLeft checks that only the files of the test exist.
func requireNothingLeft(t *testing.T, r *running) {
	for _, folder := range []string{r.dir, r.temporary} {
		entries, err := os.ReadDir(folder)
		require.NoError(t, err)
		for _, e := range entries {
			require.Contains(t, []string{"broken.json", "endless", "report.txt"}, e.Name())
		}
	}
}

// TestSecondInterrupt checks that a second Ctrl-C ends a run that ignored the first, here because it is
// waiting for a reader of its output.
func TestSecondInterrupt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := start(t, dir, nil, "schema", "-o", unopened(t, dir).path)
	started()
	require.NoError(t, r.Process.Signal(os.Interrupt))
	time.Sleep(300 * time.Millisecond)
	require.NoError(t, r.Process.Signal(os.Interrupt))
	require.EqualError(t, r.Wait(), "signal: interrupt")
}

// TestInterruptWithExpectations checks that expectations about files that were not read are not
// reported as stale.
func TestInterruptWithExpectations(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.json"), []byte(broken), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "index.yaml"), fmt.Appendf(nil, `crcheckIndex: 1
provenance: written by hand
entries:
  - file: a.json
    about: A number for an identifier.
    expected:
      - {rule: type.mismatch, place: /protectedJob/id, reason: 7 is not a string}
`), 0o600))
	r := start(t, dir, stdinFeed(t, dir).stdin, "validate", "-", ".") // the run never reaches the folder
	started()
	got := r.interrupt(t)
	require.Equal(t, exitIncomplete, got.status)
	require.Equal(t, "incomplete: 0 errors, 0 warnings, 0 infos; 1 problem on standard error\n", got.out)
}
