package links

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFollow(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	for name, to := range map[string]string{"there": "file", "dangling": "absent", "absolute": filepath.Join(dir, "absent"), "chain": "dangling", "loop": "loop"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skipf("skipped: cannot create symbolic links: %v", err)
		}
	}
	for name, want := range map[string]string{"file": "file", "there": "file", "absent": "absent", "dangling": "absent", "absolute": "absent", "chain": "absent", "loop": "loop"} {
		t.Run(name, func(t *testing.T) { require.Equal(t, filepath.Join(dir, want), Follow(filepath.Join(dir, name))) })
	}
}
