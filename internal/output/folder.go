package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Folder is where a command writes many files. It is made if it is not there.
type Folder string

// File is a file to be written to a folder, under a name that is made of
// what a document calls things.
type File struct {
	Name, Of string // Of: what is in it
	Text     []byte
}

// Validate refuses, before any work is done, what cannot be a folder.
func (f Folder) Validate() error {
	if f == "" || f == "-" {
		return errors.New("--all writes many files: name a folder with --output")
	}
	info, err := os.Stat(string(f))
	if err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file: --all writes many files, name a folder with --output", f)
	}
	return nil
}

// WriteAll writes files, each of its own name, or none where two would be one.
// Some file systems do not tell names apart that differ in case alone.
func (f Folder) WriteAll(files []File) error {
	taken := map[string]File{}
	for _, file := range files {
		if err := InFolder(file.Name); err != nil {
			return fmt.Errorf("%q: %w; nothing was written, take it alone to a file that you name", file.Of, err)
		}
		folded := strings.ToLower(strings.ToUpper(file.Name))
		if before, twice := taken[folded]; twice {
			return fmt.Errorf("%s and %s would both be written to %s; nothing was written, leave one of them out, or write them to folders of their own", before.Of, file.Of, filepath.Join(string(f), file.Name))
		}
		taken[folded] = file
	}
	for _, file := range files {
		if err := f.Write(file.Name, file.Text); err != nil {
			return err
		}
	}
	return nil
}

// InFolder refuses a name that would lead out of the folder, or hide in it: a
// document does not choose where its files go.
func InFolder(name string) error {
	if name == "" || name[0] == '.' || strings.ContainsAny(name, "/\\:\x00") {
		return fmt.Errorf("a file of a folder cannot be called %q", name)
	}
	return nil
}

// Write writes one file of the folder, whole or not at all.
func (f Folder) Write(name string, text []byte) error {
	if err := InFolder(name); err != nil {
		return err
	}
	if err := os.MkdirAll(string(f), 0o755); err != nil {
		var cause *fs.PathError
		if errors.As(err, &cause) {
			err = cause.Err
		}
		return fmt.Errorf("%s cannot be made: %w; name another folder with --output", f, err)
	}
	return Path(filepath.Join(string(f), name)).replace(text)
}
