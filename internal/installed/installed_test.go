package installed

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// counting returns a recipe that copies a file, and the number of installations so far.
func counting(t *testing.T, text string) (recipe Recipe, installations func() int) {
	t.Helper()
	from := filepath.Join(t.TempDir(), "thing")
	require.NoError(t, os.Mkdir(from, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(from, "lock"), []byte(text), 0o644))
	var mu sync.Mutex
	count := 0
	return Recipe{from, "cp", []string{"lock"}, func(from, into string) [][]string {
			mu.Lock()
			defer mu.Unlock()
			count++
			return [][]string{{"cp", filepath.Join(from, "lock"), into}}
		}}, func() int {
			mu.Lock()
			defer mu.Unlock()
			return count
		}
}

func TestInstalledOnce(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	recipe, installations := counting(t, "one")
	folder := Folder(t, recipe)
	require.FileExists(t, filepath.Join(folder, "lock"))
	require.Equal(t, folder, Folder(t, recipe))
	require.Equal(t, 1, installations())

	require.NoError(t, os.WriteFile(filepath.Join(recipe.From, "lock"), []byte("two"), 0o644))
	require.NotEqual(t, folder, Folder(t, recipe), "other versions have another folder")
	require.Equal(t, 2, installations())
}

func TestInstalledConcurrently(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: installs packages")
	}
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	recipe, _ := counting(t, "one")
	folders := make([]string, 8)
	var all sync.WaitGroup
	for i := range folders {
		all.Go(func() { folders[i] = Folder(t, recipe) })
	}
	all.Wait()
	for _, folder := range folders {
		require.Equal(t, folders[0], folder)
	}
	left, err := os.ReadDir(filepath.Join(cache, "crcheck-installed"))
	require.NoError(t, err)
	require.Len(t, left, 1, "temporary folders are removed")
}

func TestUnavailable(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("CI", "")
	for name, spoil := range map[string]func(*Recipe){
		"a missing program": func(r *Recipe) { r.Needs = "no-such-program" },
		"a command that fails": func(r *Recipe) {
			r.Commands = func(string, string) [][]string { return [][]string{{"false"}} }
		},
	} {
		skipped := false
		t.Run(name, func(t *testing.T) {
			defer func() { skipped = t.Skipped() }()
			recipe, _ := counting(t, "one")
			spoil(&recipe)
			Folder(t, recipe)
		})
		require.True(t, skipped, name)
	}
	left, _ := os.ReadDir(filepath.Join(cache, "crcheck-installed"))
	require.Empty(t, left, "a failed installation leaves nothing")
}

// TestRequiredInCI checks that a failed installation fails the test in CI.
func TestRequiredInCI(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: installs packages")
	}
	t.Setenv("CI", "true")
	recipe, _ := counting(t, "one")
	recipe.Needs = "no-such-program"
	failing := &recorded{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }()
		Folder(failing, recipe)
	}()
	<-done
	require.True(t, failing.failed)
}

// recorded records the failure of a test instead of failing it.
type recorded struct {
	testing.TB
	failed bool
}

func (r *recorded) Fatalf(string, ...any) {
	r.failed = true
	panic("failed")
}
