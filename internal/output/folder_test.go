package output

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFolderNames checks that each name in a document becomes a separate file of the folder, or that
// nothing is written.
func TestFolderNames(t *testing.T) {
	for _, v := range []struct {
		name  string
		files []string
		fine  bool
	}{
		{"different names", []string{"s.A.json", "s.B.json", "s.A.output.json"}, true},
		{"odd names", []string{"s..json", "s...json", "a b.json", "é.json", "-s.json", "~.json"}, true},
		{"duplicate", []string{"s.A.json", "s.B.json", "s.A.json"}, false},
		{"different case", []string{"s.listBeds.json", "s.ListBeds.json"}, false},
		{"different case beyond ASCII", []string{"s.Éa.json", "s.éa.json"}, false},
		{"above the folder", []string{"../s.json"}, false},
		{"above the folder, in the middle", []string{"s/../../s.json"}, false},
		{"below the folder", []string{"s/s.json"}, false},
		{"absolute", []string{"/tmp/s.json"}, false},
		{"above the folder, on Windows", []string{`..\s.json`}, false},
		{"drive or stream on Windows", []string{"c:s.json"}, false},
		{"hidden", []string{".bashrc"}, false},
		{"the folder itself", []string{"."}, false},
		{"empty", []string{""}, false},
		{"NUL", []string{"s\x00.json"}, false},
		{"only the last is invalid", []string{"s.A.json", "../s.json"}, false},
	} {
		t.Run(v.name, func(t *testing.T) {
			above := t.TempDir()
			folder := filepath.Join(above, "folder")
			var files []File
			for _, name := range v.files {
				files = append(files, File{name, "it", []byte(name)})
			}
			stream := func(f Folder) error {
				return f.Stream(func(add func(File) error) error {
					for _, file := range files {
						if err := add(file); err != nil {
							return err
						}
					}
					return nil
				})
			}
			streamed := Folder(filepath.Join(above, "streamed"))
			require.Equal(t, v.fine, stream(streamed) == nil)
			there, err := os.ReadDir(string(streamed))
			require.Equal(t, v.fine, err == nil, "no folder is left")
			if v.fine {
				require.Len(t, there, len(files))
				require.NoError(t, os.Chmod(filepath.Join(string(streamed), v.files[0]), 0o600))
				require.NoError(t, stream(streamed))
				kept, err := os.Stat(filepath.Join(string(streamed), v.files[0]))
				require.NoError(t, err)
				require.Equal(t, os.FileMode(0o600), kept.Mode().Perm())
				require.NoError(t, os.RemoveAll(string(streamed)))
			}
			err = Folder(folder).WriteAll(files)
			if !v.fine {
				require.Error(t, err)
				there, err := os.ReadDir(above)
				require.NoError(t, err)
				require.Empty(t, there, "nothing is written")
				return
			}
			require.NoError(t, err)
			there, err = os.ReadDir(folder)
			require.NoError(t, err)
			require.Len(t, there, len(files))
			for _, name := range v.files {
				text, err := os.ReadFile(filepath.Join(folder, name))
				require.NoError(t, err)
				require.Equal(t, name, string(text))
			}
		})
	}
	require.Error(t, Folder(t.TempDir()).Write("../s.json", nil))
}
