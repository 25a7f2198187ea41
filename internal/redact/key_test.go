package redact

import (
	"errors"
	"fmt"
	"os"
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
