//go:build unix

package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"
)

// screenOf runs crcheck with a pseudo terminal as standard error or output. It feeds lines to standard
// input for two seconds, and returns what the terminal and the other stream got.
func screenOf(t *testing.T, env []string, onStdout bool, args ...string) (screen, other string) {
	terminal, tty, err := pty.Open()
	require.NoError(t, err)
	defer terminal.Close()
	var pipe bytes.Buffer
	command := exec.Command("crcheck", args...)
	command.Env = append(os.Environ(), env...)
	command.Stdout, command.Stderr = &pipe, tty
	if onStdout {
		command.Stdout, command.Stderr = tty, &pipe
	}
	in, err := command.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	require.NoError(t, tty.Close())
	go func() {
		for range 20 {
			io.WriteString(in, broken) //nolint:errcheck // the test fails below
			time.Sleep(100 * time.Millisecond)
		}
		in.Close()
	}()
	text, err := io.ReadAll(terminal)
	if !errors.Is(err, os.ErrClosed) && err != nil {
		require.ErrorContains(t, err, "input/output error", "the end, on Linux")
	}
	require.Error(t, command.Wait(), "there are findings")
	return strings.ReplaceAll(string(text), "\r\n", "\n"), pipe.String()
}

// TestTerminal checks what a terminal shows: a bar that is gone at the end, and colors, unless the user
// does not want them or the terminal does not obey control codes.
func TestTerminal(t *testing.T) {
	const bar, color = "reading traffic", "\x1b[3"
	for _, v := range []struct {
		name       string
		env        []string
		onStdout   bool
		args       []string
		shows      string
		showsNot   string
		controlled bool // the terminal gets control codes
	}{
		{name: "bar", env: []string{"TERM=xterm"}, args: []string{"validate", "-"}, shows: bar, controlled: true},
		{name: "bar without color", env: []string{"TERM=xterm", "NO_COLOR=1"}, args: []string{"validate", "-"}, shows: bar, showsNot: color, controlled: true},
		{name: "quiet", env: []string{"TERM=xterm"}, args: []string{"validate", "-", "-q"}, showsNot: "c"},
		{name: "dumb", env: []string{"TERM=dumb"}, args: []string{"validate", "-"}, shows: "contract: ", showsNot: bar},
		{name: "color", env: []string{"TERM=xterm", "NO_COLOR="}, onStdout: true, args: []string{"validate", "-"}, shows: color, showsNot: bar, controlled: true},
		{name: "no color", env: []string{"TERM=xterm", "NO_COLOR=1"}, onStdout: true, args: []string{"validate", "-"}, shows: "type.mismatch"},
		{name: "never color", env: []string{"TERM=xterm", "NO_COLOR="}, onStdout: true, args: []string{"validate", "-", "--color", "never"}, shows: "type.mismatch"},
		{name: "color on a dumb terminal", env: []string{"TERM=dumb", "NO_COLOR="}, onStdout: true, args: []string{"validate", "-"}, shows: "type.mismatch"},
	} {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			screen, other := screenOf(t, v.env, v.onStdout, v.args...)
			require.Contains(t, screen, v.shows)
			if v.showsNot != "" {
				require.NotContains(t, screen, v.showsNot)
			}
			if !v.controlled {
				require.NotContains(t, screen, "\x1b")
				require.NotContains(t, screen, "\r")
			}
			if v.shows == bar {
				require.Regexp(t, `\x1b\[2K\r[^\r]*$`, screen, "the bar is gone")
				require.NotContains(t, screen[strings.LastIndex(screen, "\x1b[2K\r"):], bar)
			}
			require.NotContains(t, other, "\x1b")
			require.NotContains(t, other, "\r")
			require.NotContains(t, other, bar)
		})
	}
}

// TestClosedOutput checks that a reader that has enough, such as head, ends a run without a message.
func TestClosedOutput(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "big.ndjson"), []byte(strings.Repeat(broken, 1000)), 0o600))
	for _, line := range []string{"rules", "validate big.ndjson --format json", "version", "schema", "--help", "help drift"} {
		t.Run(line, func(t *testing.T) {
			r, w, err := os.Pipe()
			require.NoError(t, err)
			require.NoError(t, r.Close())
			var stderr bytes.Buffer
			command := exec.Command("crcheck", strings.Fields(line)...)
			command.Dir, command.Stdout, command.Stderr = dir, w, &stderr
			failure := command.Run()
			require.NoError(t, w.Close())
			got := ended(t, failure, &bytes.Buffer{}, &stderr)
			if !strings.Contains(line, "help") {
				require.Equal(t, exitIncomplete, got.status)
			}
			require.NotContains(t, got.err, "crcheck: ")
			require.NotContains(t, got.err, "pipe")
		})
	}
}

// TestFullOutput checks the message for a full disk.
func TestFullOutput(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full:", err)
	}
	defer full.Close()
	for _, line := range []string{"rules", "schema", "coverage", "version", "validate"} {
		t.Run(line, func(t *testing.T) {
			var stderr bytes.Buffer
			command := exec.Command("crcheck", line)
			command.Stdout, command.Stderr = full, &stderr
			got := ended(t, command.Run(), &bytes.Buffer{}, &stderr)
			require.Equal(t, exitUsage, got.status)
			require.Contains(t, got.err, "crcheck: standard output cannot be written: no space left on device; free space, or write to a file with --output\n")
		})
	}
}
