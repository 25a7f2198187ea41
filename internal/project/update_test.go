package project

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/report"
)

const model = `{"metadata":{"serviceId":"garden","endpointPrefix":"garden","signingName":"garden","protocol":"rest-json"},
"operations":{"GetBed":{"name":"GetBed","http":{"method":"GET","requestUri":"/beds"},"output":{"shape":"Out"}}},
"shapes":{"Out":{"type":"structure","members":{"id":{"shape":"ID"}}},"ID":{"type":"string"}}}`

// TestUpdateIsAtomic checks that an update that ends before it has written the lock changes nothing that
// check reads, and that the next one still finds what changed.
func TestUpdateIsAtomic(t *testing.T) {
	t.Chdir(t.TempDir())
	write := func(path, text string) { require.NoError(t, os.WriteFile(path, []byte(text), 0o600)) }
	write("garden.json", model)
	write("bed.ndjson", `{"request":{"method":"GET","url":"https://garden.us-east-1.amazonaws.com/beds"},"response":{"status":200,"body":"{\"id\":\"7\"}"}}`+"\n")
	write(FileName, "contracts: [garden.json]\ntraffic: [bed.ndjson]\n")
	f, err := Load(t.Context(), FileName)
	require.NoError(t, err)
	o := Options{File: FileName, Today: time.Now(), Stderr: io.Discard}
	_, err = Update(t.Context(), f, o)
	require.NoError(t, err)
	lock, err := os.ReadFile(LockName)
	require.NoError(t, err)
	before := pinnedNames(t)
	old, err := os.ReadFile(filepath.Join(PinnedFolder, before[0]))
	require.NoError(t, err)

	write("garden.json", strings.Replace(model, `"ID":{"type":"string"}`, `"ID":{"type":"integer"}`, 1))
	u, err := Update(t.Context(), f, o)
	require.NoError(t, err)
	require.True(t, u.Breaking)
	after := pinnedNames(t)
	require.NotEqual(t, before, after, "a new version does not overwrite the old one")
	require.Len(t, after, 1, "the old one is deleted")

	// As if the process had ended before the lock was written: the files of both, and the old lock.
	require.NoError(t, os.WriteFile(LockName, lock, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(PinnedFolder, before[0]), old, 0o600))
	results, err := Check(t.Context(), f, o)
	require.NoError(t, err)
	require.Equal(t, report.Passed, results.Traffic.Verdict)
	u, err = Update(t.Context(), f, o)
	require.NoError(t, err)
	require.True(t, u.Breaking, "the change is still news")
	require.Equal(t, after, pinnedNames(t))
}

func pinnedNames(t *testing.T) (names []string) {
	entries, err := os.ReadDir(PinnedFolder)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
