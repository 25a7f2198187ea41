//go:build unix

package main

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestInterruptCounts checks that after Ctrl-C a command reports each line that it received, also
// when the reader blocks in the first block.
func TestInterruptCounts(t *testing.T) {
	t.Parallel()
	const line = `{"crcheckInteraction":1,"request":{"method":"GET","url":"https://cleanrooms.us-east-1.amazonaws.com/memberships/b/protectedJobs/%d"},"response":{"status":404,"headers":{"X-Amzn-Errortype":["ResourceNotFoundException"]},"body":"{}"}}` + "\n"
	type row struct {
		args  string
		lines int
		want  string
	}
	rows := []row{
		{"validate -", 1, "checked 1 response"}, {"validate -", 3, "checked 3 responses"},
		{"coverage -", 1, "by 1 of 1 response"}, {"coverage -", 3, "by 3 of 3 responses"},
		{"drift cleanrooms.GetProtectedJob -", 3, "checked 3 of 3 interactions"},
		{"cassette lint -", 1, "checked 1 response"}, {"cassette lint -", 3, "checked 3 responses"},
	}
	processes := map[row]*running{}
	for _, r := range rows {
		dir := t.TempDir()
		f := stdinFeed(t, dir)
		for i := range r.lines {
			_, err := io.WriteString(f.in, fmt.Sprintf(line, i))
			require.NoError(t, err)
		}
		processes[r] = start(t, dir, f.stdin, strings.Fields(r.args)...)
	}
	started()
	for _, r := range rows {
		t.Run(fmt.Sprintf("%s, %d lines", r.args, r.lines), func(t *testing.T) {
			got := processes[r].interrupt(t)
			require.Equal(t, exitIncomplete, got.status, got.err)
			require.Contains(t, got.out+got.err, r.want)
			require.True(t, strings.HasSuffix(got.err, "crcheck: interrupted\n"), got.err)
		})
	}
}
