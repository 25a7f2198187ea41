//go:build unix

package conformance

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fakeProcess returns a client that behaves as said, with little patience. When
// the test has closed it and ends, nothing may be left: no process, no socket,
// no pipe, no goroutine.
func fakeProcess(t *testing.T, behaviour string) *Process {
	t.Helper()
	require.Contains(t, fakes, behaviour)
	// A socket in a folder of its own: a port that was free may be anybody's by the end.
	folder, err := os.MkdirTemp("", "crcheck") // short, because the path of a socket must be
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(folder) })
	address := filepath.Join(folder, "s")
	marker := fmt.Sprintf("%s-%d@%s", behaviour, os.Getpid(), address)
	goroutines, files := runtime.NumGoroutine(), openFiles(t)
	p := &Process{
		Command:  []string{os.Args[0], fakeClient, behaviour, marker},
		patience: patience{grace: 200 * time.Millisecond, eof: time.Second, term: 300 * time.Millisecond, drain: 300 * time.Millisecond},
	}
	t.Cleanup(func() {
		if t.Failed() {
			now, cancel := context.WithCancel(context.Background())
			cancel()
			_ = p.Close(now) // no test leaves anything behind, not even one that fails
			return
		}
		require.Empty(t, marked(t, marker), "processes left behind")
		require.False(t, answers(address), "a socket left open")
		// Some are between their last statement and their end when Close returns.
		for end := time.Now().Add(3 * time.Second); runtime.NumGoroutine() > goroutines && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
		require.LessOrEqual(t, runtime.NumGoroutine(), goroutines, "goroutines left behind")
		require.LessOrEqual(t, openFiles(t), files, "files left open")
	})
	return p
}

// marked returns the processes that have the marker among their arguments.
func marked(t *testing.T, marker string) (pids []string) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, file := range files {
		arguments, err := os.ReadFile(file)
		if err == nil && bytes.Contains(arguments, []byte(marker)) {
			pids = append(pids, filepath.Base(filepath.Dir(file)))
		}
	}
	return pids
}

// answers reports whether a process listens on the socket.
func answers(address string) bool {
	conn, err := net.Dial("unix", address)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

func openFiles(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir("/dev/fd")
	require.NoError(t, err)
	return len(files)
}

// TestProcessLeftoversAreSeen holds the check to its purpose.
func TestProcessLeftoversAreSeen(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("it reads /proc")
	}
	p := fakeProcess(t, "grandchild")
	begin(t, p)
	require.Len(t, marked(t, p.Command[3]), 2)
	_, address, _ := strings.Cut(p.Command[3], "@")
	require.True(t, answers(address), "its grandchild listens")
	require.NoError(t, p.Close(t.Context()))
}
