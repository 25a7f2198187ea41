package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Folder is a folder that a command writes many files to. It is created if it does not exist.
type Folder string

// File is a file to write to a folder. Its name is made of names in a document.
type File struct {
	Name, Of string // Of describes the content
	Text     []byte
}

// Validate refuses a path that cannot be a folder, before any work is done.
func (f Folder) Validate() error {
	if f == "" || f == "-" {
		return errors.New("--all writes several files: name a folder with --output")
	}
	info, err := os.Stat(string(f))
	if err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file, and --all writes several files: name a folder with --output", f)
	}
	return nil
}

// WriteAll writes all files. If two of them have the same name, it writes none.
func (f Folder) WriteAll(files []File) error {
	taken := names{}
	for _, file := range files {
		if err := taken.add(f, file); err != nil {
			return err
		}
	}
	for _, file := range files {
		if err := f.Write(file.Name, file.Text); err != nil {
			return err
		}
	}
	return nil
}

// Stream writes the files that produce adds, which may be many. They appear in the folder when all are
// complete; if produce fails, or two have the same name, it writes none.
//
// It does not wait for the disk, which takes minutes for thousands of files: they survive the process,
// but a machine that crashes within seconds may lose them. What must not be lost is for [Folder.WriteAll].
func (f Folder) Stream(produce func(add func(File) error) error) (err error) {
	missing := f.missing()
	if err := f.create(); err != nil {
		return err
	}
	draft, err := os.MkdirTemp(string(f), ".crcheck-")
	if err != nil {
		return Path(f).explain(err)
	}
	defer func() {
		err = errors.Join(err, os.RemoveAll(draft))
		for i := 0; err != nil && i < len(missing); i++ {
			_ = os.Remove(missing[i]) // if it is not empty, it is not ours
		}
	}()
	taken := names{}
	err = produce(func(file File) error {
		if err := taken.add(f, file); err != nil {
			return err
		}
		return f.path(file.Name).explain(os.WriteFile(filepath.Join(draft, file.Name), file.Text, 0o644))
	})
	if err != nil {
		return err
	}
	for _, file := range taken {
		if err := f.path(file.name).take(filepath.Join(draft, file.name)); err != nil {
			return err
		}
	}
	return nil
}

// names are the names of files of a folder, with their content. Names that differ only in case count
// as the same, since some file systems do not distinguish them.
type names map[string]struct{ name, of string }

func (n names) add(f Folder, file File) error {
	if err := InFolder(file.Name); err != nil {
		return fmt.Errorf("%q: %w; nothing was written; write it alone, to a file that you name", file.Of, err)
	}
	folded := strings.ToLower(strings.ToUpper(file.Name))
	if before, twice := n[folded]; twice {
		return fmt.Errorf("%s and %s would both be written to %s; nothing was written; leave one of them out, or write each to a separate folder", before.of, file.Of, f.path(file.Name))
	}
	n[folded] = struct{ name, of string }{file.Name, file.Of}
	return nil
}

// InFolder refuses a name that would leave the folder or hide in it, because names in a document must
// not choose where its files go.
func InFolder(name string) error {
	if name == "" || name[0] == '.' || strings.ContainsAny(name, "/\\:\x00") {
		return fmt.Errorf("%q cannot be a file name", name)
	}
	return nil
}

// Write writes one file of the folder, completely or not at all.
func (f Folder) Write(name string, text []byte) error {
	if err := InFolder(name); err != nil {
		return err
	}
	if err := f.create(); err != nil {
		return err
	}
	return f.path(name).replace(text)
}

// missing returns the folder and those above it that do not exist, the deepest first.
func (f Folder) missing() (folders []string) {
	for folder := filepath.Clean(string(f)); ; folder = filepath.Dir(folder) {
		if _, err := os.Lstat(folder); !errors.Is(err, fs.ErrNotExist) {
			return folders
		}
		folders = append(folders, folder)
	}
}

func (f Folder) path(name string) Path { return Path(filepath.Join(string(f), name)) }

func (f Folder) create() error {
	if err := os.MkdirAll(string(f), 0o755); err != nil {
		var cause *fs.PathError
		if errors.As(err, &cause) {
			err = cause.Err
		}
		return fmt.Errorf("%s cannot be created: %w; name another folder with --output", f, err)
	}
	return nil
}
