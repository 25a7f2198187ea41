//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestRecordMemory records and validates 20,000 interactions of the Go SDK with 64 clients through
// the proxy, and validates the cassette again, each in less than 150 MB, and prints the rate.
func TestRecordMemory(t *testing.T) {
	if os.Getenv("CRCHECK_MANY") != "1" {
		t.Skip("skipped: takes a minute; set CRCHECK_MANY=1, as .ci/full does")
	}
	const limit = 150_000 // KB
	// A process counts the memory of the one that forked it as its own, so that must be a small one.
	measured := func(t *testing.T, p *exec.Cmd) (kilobytes int) {
		file := filepath.Join(t.TempDir(), "peak")
		p.Args = append([]string{"time", "-f", "%M", "-o", file, p.Path}, p.Args[1:]...)
		p.Path = "/usr/bin/time"
		require.NoError(t, p.Run(), p.Stderr)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		kilobytes, err = strconv.Atoi(strings.TrimSpace(string(text)))
		require.NoError(t, err)
		return kilobytes
	}
	for _, name := range []string{"job.ndjson", "job.yaml"} {
		t.Run(name, func(t *testing.T) {
			r := newRecording(t, cleanRooms(), "")
			p := r.command(nil, "-o", name, "--", "aws-sdk-go", "many", membership, jobOne, "20000")
			began := time.Now()
			used := measured(t, p.Cmd)
			require.Contains(t, p.err.String(), "checked 20,000 responses")
			require.Contains(t, p.err.String(), "recorded 20,000 interactions to "+name)
			t.Logf("record: %.0f requests/s with client and service on this machine, %d KB", 20000/time.Since(began).Seconds(), used)
			require.Less(t, used, limit)

			var out strings.Builder
			check := exec.Command("crcheck", "validate", filepath.Join(r.dir, name))
			check.Stdout, check.Stderr = &out, &out
			used = measured(t, check)
			require.Contains(t, out.String(), "checked 20,000 responses")
			t.Logf("validate again: %d KB", used)
			require.Less(t, used, limit)
		})
	}
}
