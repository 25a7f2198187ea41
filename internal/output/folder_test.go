package output

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFolderNames: what documents call things leads to a file in the
// folder, of its own, or nothing at all is written.
func TestFolderNames(t *testing.T) {
	for _, v := range []struct {
		name  string
		files []string
		fine  bool
	}{
		{"names of their own", []string{"s.A.json", "s.B.json", "s.A.output.json"}, true},
		{"odd names", []string{"s..json", "s...json", "a b.json", "é.json", "-s.json", "~.json"}, true},
		{"one twice", []string{"s.A.json", "s.B.json", "s.A.json"}, false},
		{"another case", []string{"s.listBeds.json", "s.ListBeds.json"}, false},
		{"another case beyond ASCII", []string{"s.Éa.json", "s.éa.json"}, false},
		{"above the folder", []string{"../s.json"}, false},
		{"above the folder, on the way", []string{"s/../../s.json"}, false},
		{"below the folder", []string{"s/s.json"}, false},
		{"from the root", []string{"/tmp/s.json"}, false},
		{"above the folder of Windows", []string{`..\s.json`}, false},
		{"a drive or a stream of Windows", []string{"c:s.json"}, false},
		{"hidden", []string{".bashrc"}, false},
		{"the folder", []string{"."}, false},
		{"none", []string{""}, false},
		{"a NUL", []string{"s\x00.json"}, false},
		{"the last one", []string{"s.A.json", "../s.json"}, false},
	} {
		t.Run(v.name, func(t *testing.T) {
			above := t.TempDir()
			folder := filepath.Join(above, "folder")
			var files []File
			for _, name := range v.files {
				files = append(files, File{name, "it", []byte(name)})
			}
			err := Folder(folder).WriteAll(files)
			if !v.fine {
				require.Error(t, err)
				there, err := os.ReadDir(above)
				require.NoError(t, err)
				require.Empty(t, there, "nothing is written")
				return
			}
			require.NoError(t, err)
			there, err := os.ReadDir(folder)
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
