package traffic_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

func TestFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, path := range []string{"b.json", "a/2.json", "a/10.json", "a/.hidden", "a/.git/x.json", "a/deep/er/y", "Z/z", ".dot/named.json", "outside/secret",
		"a/node_modules/x/package.json", "a/__pycache__/x.json", "a/site-packages/x.json", "a/env/pyvenv.cfg", "a/env/lib/x.json"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte("{}"), 0o644))
	}
	require.NoError(t, os.Mkdir("empty", 0o755))
	require.NoError(t, os.Symlink("../outside", "a/link-to-folder"))
	require.NoError(t, os.Symlink("..", "a/loop"))
	require.NoError(t, os.Symlink("../b.json", "a/link-to-file"))
	require.NoError(t, os.Symlink("a", "linked"))
	require.NoError(t, os.Mkdir("dangling", 0o755))
	require.NoError(t, os.Symlink("nowhere", "dangling/link"))

	below := []string{"10.json", "2.json", "deep/er/y", "link-to-file"}
	in := func(folder string) (files []traffic.File) {
		for _, name := range below {
			files = append(files, traffic.File{Path: filepath.Join(folder, name)})
		}
		return files
	}
	for _, tc := range []struct {
		name   string
		paths  []string
		want   []traffic.File
		broken []string // paths of the errors
	}{
		{"none", nil, nil, nil},
		{"a file", []string{"b.json"}, []traffic.File{{Path: "b.json", Named: true}}, nil},
		{"a folder", []string{"a"}, in("a"), nil},
		{"a folder, with a slash", []string{"a/"}, in("a"), nil},
		{"a link to a folder, named", []string{"linked"}, in("linked"), nil},
		{"a dot folder, named", []string{".dot"}, []traffic.File{{Path: ".dot/named.json"}}, nil},
		{"a package, named", []string{"a/node_modules/x"}, []traffic.File{{Path: "a/node_modules/x/package.json"}}, nil},
		{"a dot file, named", []string{"a/.hidden"}, []traffic.File{{Path: "a/.hidden", Named: true}}, nil},
		{"an empty folder", []string{"empty"}, nil, nil},
		{"the order given", []string{"b.json", "Z"}, []traffic.File{{Path: "b.json", Named: true}, {Path: "Z/z"}}, nil},
		{"missing, then more", []string{"nope", "b.json"}, []traffic.File{{Path: "b.json", Named: true}}, []string{"nope"}},
		{"a dangling link", []string{"dangling"}, nil, []string{"dangling/link"}},
		{"a device, named", []string{os.DevNull}, []traffic.File{{Path: os.DevNull, Named: true}}, nil},
		{"a file for a folder", []string{"b.json/x"}, nil, []string{"b.json/x"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []traffic.File
			var broken []string
			for file, err := range traffic.Files(tc.paths...) {
				var open *traffic.Error
				if errors.As(err, &open) && open.Is(traffic.ErrUnreadable) {
					require.NotEmpty(t, open.Remedy)
					require.Equal(t, file.Path, open.Source)
					broken = append(broken, open.Source)
					continue
				}
				require.NoError(t, err)
				got = append(got, file)
			}
			require.Equal(t, tc.want, got)
			require.Equal(t, tc.broken, broken)
		})
	}
	for range traffic.Files("a", "nope") {
		break
	}
}

func TestFilesWithoutPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("f", nil, 0))
	require.NoError(t, os.Mkdir("d", 0))
	for _, path := range []string{"f", "d"} {
		t.Run(path, func(t *testing.T) {
			for _, err := range traffic.Files(path) {
				require.ErrorIs(t, err, traffic.ErrUnreadable)
				require.ErrorIs(t, err, fs.ErrPermission)
			}
		})
	}
}

// TestReadFolder checks that a folder, which can be opened as a file, fails on reading.
func TestReadFolder(t *testing.T) {
	folder, err := os.Open(t.TempDir())
	require.NoError(t, err)
	defer folder.Close()
	_, err = readAll("folder", folder)
	var unknown *traffic.Error
	require.ErrorAs(t, err, &unknown)
	require.ErrorIs(t, err, traffic.ErrUnknownFormat)
	require.Equal(t, "looks like a folder", unknown.Problem)
}

// TestOpenErrorRemedies checks that each cause has its remedy.
func TestOpenErrorRemedies(t *testing.T) {
	remedies := map[string]bool{}
	for _, cause := range []error{fs.ErrNotExist, fs.ErrPermission, errors.New("on fire")} {
		t.Run(cause.Error(), func(t *testing.T) {
			_, err := readAll("in", failingReader{cause})
			var open *traffic.Error
			require.ErrorAs(t, err, &open)
			require.ErrorIs(t, err, traffic.ErrUnreadable)
			require.ErrorIs(t, err, cause)
			remedies[open.Remedy] = true
		})
	}
	require.Len(t, remedies, 3)
}

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: "in", Err: f.err}
}
