package redact

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/disk"
)

func TestKey(t *testing.T) {
	k, err := NewKey()
	require.NoError(t, err)
	parsed, err := ParseKey(k.Text())
	require.NoError(t, err)
	require.Equal(t, k, parsed)
	require.Len(t, k.ID(), 16)
	other, err := NewKey()
	require.NoError(t, err)
	require.NotEqual(t, k.ID(), other.ID())
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		require.NotContains(t, fmt.Sprintf(format, k), fmt.Sprint(k[0], " ", k[1]))
		require.NotContains(t, fmt.Sprintf(format, k), fmt.Sprintf("%x", k[:]))
	}
	for _, text := range []string{"", "x", keyPrefix, keyPrefix + "AAAA", strings.TrimPrefix(k.Text(), keyPrefix), k.Text() + "A"} {
		t.Run(fmt.Sprintf("%.20q", text), func(t *testing.T) {
			_, err := ParseKey(text)
			var bad *KeyError
			require.ErrorAs(t, err, &bad, text)
			require.NotContains(t, err.Error(), strings.TrimSpace(strings.TrimPrefix(k.Text(), keyPrefix)))
		})
	}
}

func TestLoadKey(t *testing.T) {
	t.Setenv(Variable, "")
	file := filepath.Join(t.TempDir(), "key")
	var wg sync.WaitGroup
	keys, mades := make([]Key, 8), make([]bool, 8)
	for i := range keys {
		wg.Go(func() {
			var err error
			keys[i], mades[i], err = LoadKey(disk.OS{}, file)
			if err != nil {
				panic(err)
			}
		})
	}
	wg.Wait()
	made := 0
	for i := range keys {
		require.Equal(t, keys[0], keys[i], "all have the same key")
		if mades[i] {
			made++
		}
	}
	require.Equal(t, 1, made)
	if runtime.GOOS != "windows" {
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	left, err := os.ReadDir(filepath.Dir(file))
	require.NoError(t, err)
	require.Len(t, left, 2, "the key and .gitignore")

	t.Setenv(Variable, Key{9}.Text())
	k, isMade, err := LoadKey(disk.OS{}, filepath.Join(t.TempDir(), "not", "there"))
	require.NoError(t, err)
	require.False(t, isMade)
	require.Equal(t, Key{9}, k)
	t.Setenv(Variable, "nonsense")
	_, _, err = LoadKey(disk.OS{}, file)
	var bad *KeyError
	require.True(t, errors.As(err, &bad) && bad.Where == Variable)
	t.Setenv(Variable, "")
	require.NoError(t, os.WriteFile(file, []byte("nonsense"), 0o600))
	_, _, err = LoadKey(disk.OS{}, file)
	require.True(t, errors.As(err, &bad) && bad.Where == file)
}

// TestGitIgnoresTheKey checks with git itself that the key file is ignored.
func TestGitIgnoresTheKey(t *testing.T) {
	t.Setenv(Variable, "")
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("skipped: git is not installed")
	}
	for name, v := range map[string]struct {
		ignore, beside string // .gitignore at the top and beside the key
		added          bool
	}{
		"none":            {"", "", true},
		"by name":         {"*.key\n", "", false},
		"by path":         {"/a/b/my.key\n", "", false},
		"beside":          {"", "my.key", false},
		"beside, rooted":  {"", "x\n/my.key\n", false},
		"other":           {"/my.key\nothers\n", "*.pem", true},
		"taken back":      {"*.key\n", "!my.key\n", true},
		"taken back late": {"*.key\n!my.key\n", "", true},
		"no line break":   {"", "*.pem", true},
	} {
		t.Run(name, func(t *testing.T) {
			top := t.TempDir()
			folder := filepath.Join(top, "a", "b")
			require.NoError(t, os.MkdirAll(folder, 0o755))
			out, err := exec.Command("git", "-C", top, "init", "-q").CombinedOutput()
			require.NoError(t, err, string(out))
			for path, text := range map[string]string{filepath.Join(top, ".gitignore"): v.ignore, filepath.Join(folder, ".gitignore"): v.beside} {
				if text != "" {
					require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
				}
			}
			for range 2 {
				_, _, err = LoadKey(disk.OS{}, filepath.Join(folder, "my.key"))
				require.NoError(t, err)
				require.NoError(t, exec.Command("git", "-C", top, "check-ignore", "-q", filepath.Join(folder, "my.key")).Run(), "git would commit the key")
			}
			text, _ := os.ReadFile(filepath.Join(folder, ".gitignore"))
			want := v.beside
			if v.added {
				if want != "" && !strings.HasSuffix(want, "\n") {
					want += "\n"
				}
				want += "/my.key\n"
			}
			require.Equal(t, want, string(text))
		})
	}
}
