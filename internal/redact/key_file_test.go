package redact

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/disk"
)

// repository makes a repository of git and a folder in it.
func repository(t *testing.T) (top, folder string, run func(args ...string) error) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("skipped: git is not installed")
	}
	top = t.TempDir()
	folder = filepath.Join(top, "a", "b")
	require.NoError(t, os.MkdirAll(folder, 0o755))
	run = func(args ...string) error {
		return exec.Command("git", append([]string{"-C", folder}, args...)...).Run()
	}
	require.NoError(t, run("init", "-q", top))
	return top, folder, run
}

// TestGitIgnoresTheKey checks with git itself that the key file is ignored, by one line at most, and
// that none is added where git ignores it already.
func TestGitIgnoresTheKey(t *testing.T) {
	t.Setenv(Variable, "")
	for _, v := range []struct {
		name, ignore, beside string // .gitignore at the top and beside the key
		exclude              string // .git/info/exclude
		want                 string // beside
	}{
		{"nothing", "", "", "", "/my.key\n"},
		{"by name", "*.key\n", "", "", ""},
		{"by class", "*.ke[xyz]\n", "", "", ""},
		{"by folder", "a/\n", "", "", ""},
		{"by any folder", "**/b/*\n", "", "", ""},
		{"by path", "/a/b/my.key\n", "", "", ""},
		{"excluded", "", "", "my.key\n", ""},
		{"beside", "", "my.key", "", "my.key"},
		{"beside, rooted", "", "x\n/my.key\n", "", "x\n/my.key\n"},
		{"others", "/my.key\nothers\n", "*.pem", "", "*.pem\n/my.key\n"},
		{"a folder of this name", "my.key/\n", "", "", "/my.key\n"},
		{"a comment", "# my.key\n", "", "", "/my.key\n"},
		{"escaped", "", "\\!my.key\n", "", "\\!my.key\n/my.key\n"},
		{"negated", "*.key\n", "!my.key\n", "", "!my.key\n/my.key\n"},
		{"negated at the top", "*.key\n!my.key\n", "", "", "/my.key\n"},
		{"no line break", "", "*.pem", "", "*.pem\n/my.key\n"},
		{"line breaks of Windows", "", "*.pem\r\n", "", "*.pem\r\n/my.key\n"},
	} {
		t.Run(v.name, func(t *testing.T) {
			top, folder, git := repository(t)
			for path, text := range map[string]string{filepath.Join(top, ".gitignore"): v.ignore, filepath.Join(folder, ".gitignore"): v.beside, filepath.Join(top, ".git/info/exclude"): v.exclude} {
				if text != "" {
					require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
				}
			}
			for range 2 {
				_, _, err := LoadKey(disk.OS{}, filepath.Join(folder, "my.key"))
				require.NoError(t, err)
				require.NoError(t, git("check-ignore", "-q", "my.key"), "git would commit the key")
			}
			text, _ := os.ReadFile(filepath.Join(folder, ".gitignore"))
			require.Equal(t, v.want, string(text))
		})
	}
	t.Run("no repository", func(t *testing.T) {
		folder := t.TempDir()
		for range 2 {
			_, _, err := LoadKey(disk.OS{}, filepath.Join(folder, "my.key"))
			require.NoError(t, err)
		}
		text, err := os.ReadFile(filepath.Join(folder, ".gitignore"))
		require.NoError(t, err)
		require.Equal(t, "/my.key\n", string(text))
	})
}

// TestKeyFileRefused checks that a key that others may know is not used, for recording or for replay,
// and that its text is not in the message.
func TestKeyFileRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files have no modes here")
	}
	t.Setenv(Variable, "")
	text := Key{9}.Text()
	for _, v := range []struct {
		name string
		make func(t *testing.T, file string, git func(...string) error)
		want string // in the message; empty: the key is used
	}{
		{"private", func(*testing.T, string, func(...string) error) {}, ""},
		{"read-only", func(t *testing.T, file string, _ func(...string) error) { require.NoError(t, os.Chmod(file, 0o400)) }, ""},
		{"readable by a group", func(t *testing.T, file string, _ func(...string) error) { require.NoError(t, os.Chmod(file, 0o640)) }, "chmod 600"},
		{"readable by others", func(t *testing.T, file string, _ func(...string) error) { require.NoError(t, os.Chmod(file, 0o604)) }, "chmod 600"},
		{"writable by others", func(t *testing.T, file string, _ func(...string) error) { require.NoError(t, os.Chmod(file, 0o602)) }, "chmod 600"},
		{"of another user", func(t *testing.T, file string, _ func(...string) error) {
			if os.Chown(file, 12345, -1) != nil {
				t.Skip("skipped: only root can give a file away")
			}
		}, "belongs to another user"},
		{"tracked", func(t *testing.T, _ string, git func(...string) error) { require.NoError(t, git("add", "my.key")) }, "git rm --cached"},
		{"tracked and ignored", func(t *testing.T, _ string, git func(...string) error) {
			require.NoError(t, git("add", "my.key"))
			require.NoError(t, os.WriteFile(".gitignore", []byte("*\n"), 0o600))
		}, "git rm --cached"},
		{"tracked elsewhere", func(t *testing.T, file string, git func(...string) error) {
			other := filepath.Join(filepath.Dir(file), "other.key")
			require.NoError(t, os.WriteFile(other, []byte(text), 0o600))
			require.NoError(t, git("add", "other.key"))
		}, ""},
		{"a folder", func(t *testing.T, file string, _ func(...string) error) {
			require.NoError(t, os.Remove(file))
			require.NoError(t, os.Mkdir(file, 0o700))
		}, "not a regular file"},
		{"a device", func(t *testing.T, file string, _ func(...string) error) {
			require.NoError(t, os.Remove(file))
			require.NoError(t, os.Symlink(os.DevNull, file))
		}, "not a regular file"},
		{"a pipe", func(t *testing.T, file string, _ func(...string) error) {
			require.NoError(t, os.Remove(file))
			pipe(t, file)
		}, "not a regular file"},
		{"a pipe beside it", func(t *testing.T, file string, _ func(...string) error) {
			pipe(t, filepath.Join(filepath.Dir(file), ".gitignore"))
		}, "cannot add the key file to .gitignore"},
	} {
		t.Run(v.name, func(t *testing.T) {
			_, folder, git := repository(t)
			file := filepath.Join(folder, "my.key")
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
			t.Chdir(folder)
			v.make(t, file, git)
			k, made, err := LoadKey(disk.OS{}, file)
			if v.want == "" {
				require.NoError(t, err)
				require.False(t, made)
				require.Equal(t, Key{9}, k)
				return
			}
			var refused *KeyError
			require.ErrorAs(t, err, &refused)
			require.Contains(t, err.Error(), v.want)
			require.NotContains(t, err.Error(), text[len(keyPrefix):20+len(keyPrefix)])
			if v.name == "a pipe beside it" {
				return // reading the key does not need it
			}
			_, _, err = ReadKey(file)
			require.ErrorAs(t, err, &refused)
			require.Contains(t, err.Error(), v.want)
		})
	}
}

// TestUnfinishedKey checks that a file that a process was killed over gets a key, and that one that
// somebody damaged is an error.
func TestUnfinishedKey(t *testing.T) {
	t.Setenv(Variable, "")
	whole := Key{9}.Text()
	for _, v := range []struct {
		name, text string
		made       bool
	}{
		{"empty", "", true},
		{"zeros", "\x00\x00\x00", true},
		{"in the prefix", whole[:5], true},
		{"in the key", whole[:50], true},
		{"zeros at the end", whole[:50] + "\x00\x00", true},
		{"without its line break", whole[:len(whole)-1], false},
		{"whole", whole, false},
		{"half a line", whole[:50] + "\n", false},
		{"something else", "nonsense", false},
	} {
		t.Run(v.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "my.key")
			require.NoError(t, os.WriteFile(file, []byte(v.text), 0o600))
			read, ok, damaged := ReadKey(file)
			k, made, err := LoadKey(disk.OS{}, file)
			require.Equal(t, v.made, made)
			require.Equal(t, damaged, err)
			require.Equal(t, !v.made && err == nil, ok)
			if ok {
				require.Equal(t, Key{9}, read)
				require.Equal(t, Key{9}, k)
			}
			if made {
				read, ok, err = ReadKey(file)
				require.NoError(t, err)
				require.True(t, ok)
				require.Equal(t, k, read)
			}
		})
	}
}
