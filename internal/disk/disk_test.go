//go:build unix

package disk

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNotRegular checks that what is not a regular file is neither waited for nor changed.
func TestNotRegular(t *testing.T) {
	for _, v := range []struct {
		name string
		make func(path string) error
	}{
		{"folder", func(path string) error { return os.Mkdir(path, 0o700) }},
		{"pipe", func(path string) error { return syscall.Mkfifo(path, 0o600) }},
		{"device", func(path string) error { return os.Symlink(os.DevNull, path) }},
		{"socket", func(path string) error { return syscall.Mknod(path, syscall.S_IFSOCK|0o600, 0) }},
	} {
		t.Run(v.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "f")
			require.NoError(t, v.make(path))
			for _, flag := range []int{os.O_RDONLY, os.O_RDWR, os.O_RDWR | os.O_CREATE} {
				_, err := OS{}.Open(path, flag, 0o600)
				require.ErrorIs(t, err, ErrNotRegular)
			}
			_, err := OS{}.Open(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
			require.ErrorIs(t, err, os.ErrExist)
			require.ErrorIs(t, Replace(OS{}, path, 0o600, func(io.Writer) error { return nil }), ErrNotRegular)
			all, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Len(t, all, 1)
		})
	}
}

// TestReplace checks that a file has its old content and its mode until the new is complete, and that
// a draft that was left is not in the way.
func TestReplace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o640))
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".f.new"), []byte("left by a process that was killed"), 0o600))
	content := func() string {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		return string(text)
	}
	failed := errors.New("failed")
	require.ErrorIs(t, Replace(OS{}, path, 0o600, func(w io.Writer) error {
		_, err := io.WriteString(w, "half of the n")
		return errors.Join(err, failed)
	}), failed)
	require.Equal(t, "old", content())
	require.NoError(t, Replace(OS{}, path, 0o600, func(w io.Writer) error {
		require.Equal(t, "old", content())
		_, err := io.WriteString(w, "new")
		return err
	}))
	require.Equal(t, "new", content())
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o640), info.Mode().Perm())
	all, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, all, 1)
}
