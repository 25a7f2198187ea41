package apptest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOutcomes goes through the life of an outcome file.
func TestOutcomes(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "testdata", "jobs.outcomes")
	read := func() string {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		return string(text)
	}
	replace := func(t *testing.T, old, new string) {
		text := read()
		require.Contains(t, text, old)
		require.NoError(t, os.WriteFile(file, []byte(strings.Replace(text, old, new, 1)), 0o644))
	}
	const failedLine = "status=FAILED: {\"raises\":\"apptest_test.failed\",\"message\":\"the job ended as FAILED\"}\n"

	t.Run("without a file, every response is new", func(t *testing.T) {
		r := run(t, folder, "outcomes")
		require.Zero(t, r.passed, r.output)
		require.Contains(t, r.output, "new response: it has no line in testdata/jobs.outcomes\n        + "+failedLine)
		require.Contains(t, r.output, `go test -run '^TestApplication$/^status=FAILED$' -update`)
		require.Contains(t, r.output, `go test -run '^TestApplication$/^result\.output\.memberList\[\]_with_unknown_member$' -update`)
		require.NoFileExists(t, file)
	})
	t.Run("the flag writes it", func(t *testing.T) {
		r := run(t, folder, "outcomes", "-update")
		require.Empty(t, r.failed, r.output)
		golden := filepath.Join("testdata", "jobs.outcomes")
		if *update {
			require.NoError(t, os.WriteFile(golden, []byte(read()), 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		require.Equal(t, string(want), read())
	})
	whole := read()
	t.Run("then every response passes", func(t *testing.T) {
		r := run(t, folder, "outcomes")
		require.Empty(t, r.failed, r.output)
		require.Equal(t, strings.Count(whole, "\n"), r.passed)
		require.Equal(t, whole, read())
	})
	t.Run("subtests in parallel write the same file", func(t *testing.T) {
		elsewhere := t.TempDir()
		run(t, elsewhere, "parallel", "-crcheck.update", "-test.parallel=8")
		text, err := os.ReadFile(filepath.Join(elsewhere, "testdata", "TestApplication.outcomes"))
		require.NoError(t, err)
		require.Equal(t, whole, string(text))
	})
	t.Run("another outcome", func(t *testing.T) {
		replace(t, "ended as FAILED", "failed")
		r := run(t, folder, "outcomes")
		require.Equal(t, []string{"", "status=FAILED"}, r.failed)
		require.Contains(t, r.output, "- status=FAILED: {\"raises\":\"apptest_test.failed\",\"message\":\"the job failed\"}\n        + "+failedLine)
	})
	t.Run("the line of one response", func(t *testing.T) {
		replace(t, "ended as CANCELLED", "was cancelled")
		run(t, folder, "outcomes", "-test.run=^TestApplication$/^status=FAILED$", "-update")
		require.Contains(t, read(), failedLine)
		require.Contains(t, read(), "the job was cancelled", "a response that -run left out was written")
		run(t, folder, "outcomes", "-update")
		require.Equal(t, whole, read())
	})
	t.Run("a stale line", func(t *testing.T) {
		replace(t, failedLine, failedLine+strings.Replace(failedLine, "status=FAILED", "status=PAUSED", 1))
		r := run(t, folder, "outcomes")
		require.Equal(t, []string{""}, r.failed)
		require.Contains(t, r.output, "stale line: no response has an outcome for it in testdata/jobs.outcomes\n        - status=PAUSED: ")
		require.Contains(t, r.output, "go test -run '^TestApplication$' -update")
		run(t, folder, "outcomes", "-update")
		require.Equal(t, whole, read())
	})
	t.Run("the order of lines does not matter", func(t *testing.T) {
		replace(t, failedLine, "")
		require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(failedLine+read(), "\n", "\r\n")), 0o644))
		require.Empty(t, run(t, folder, "outcomes").failed)
		run(t, folder, "outcomes", "-update")
		require.Equal(t, whole, read())
	})
	for _, v := range []struct{ name, text, problem string }{
		{"binary", "\x00\xff", "testdata/jobs.outcomes: line 1 is not an outcome"},
		{"a conflict", "full: {\"returns\":1}\n<<<<<<< HEAD\n", "line 2 is not an outcome"},
		{"two lines", failedLine + failedLine, "line 2: duplicate outcome of status=FAILED"},
	} {
		t.Run("a file with "+v.name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(file, []byte(v.text), 0o644))
			for _, args := range [][]string{nil, {"-update"}} {
				r := run(t, folder, "outcomes", args...)
				require.Equal(t, []string{""}, r.failed, r.output)
				require.Contains(t, r.output, v.problem)
				require.Equal(t, v.text, read())
			}
		})
	}
	t.Run("a folder in the place of the file", func(t *testing.T) {
		require.NoError(t, os.Remove(file))
		require.NoError(t, os.Mkdir(file, 0o755))
		require.Contains(t, run(t, folder, "outcomes", "-update").output, "testdata/jobs.outcomes")
	})
}
