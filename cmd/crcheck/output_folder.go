package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// outputFolder is where a command writes many files. It is made if it is not there.
type outputFolder string

// folderFile is a file to be written to a folder, under a name that is made of
// what a document calls things.
type folderFile struct {
	name, of string // of: what is in it
	text     []byte
}

// Validate refuses, before any work is done, what cannot be a folder.
func (f outputFolder) Validate() error {
	if f == "" || f == "-" {
		return errors.New("--all writes many files: name a folder with --output")
	}
	info, err := os.Stat(string(f))
	if err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file: --all writes many files, name a folder with --output", f)
	}
	return nil
}

// writeAll writes files, each of its own name, or none where two would be one.
// Some file systems do not tell names apart that differ in case alone.
func (f outputFolder) writeAll(t *terminal, files []folderFile) error {
	taken := map[string]folderFile{}
	for _, file := range files {
		if err := inFolder(file.name); err != nil {
			return fmt.Errorf("%q: %w; nothing was written, take it alone to a file that you name", file.of, err)
		}
		folded := strings.ToLower(strings.ToUpper(file.name))
		if before, twice := taken[folded]; twice {
			return fmt.Errorf("%s and %s would both be written to %s; nothing was written, leave one of them out, or write them to folders of their own", before.of, file.of, filepath.Join(string(f), file.name))
		}
		taken[folded] = file
	}
	for _, file := range files {
		if err := f.write(t, file.name, file.text); err != nil {
			return err
		}
	}
	return nil
}

// inFolder refuses a name that would lead out of the folder, or hide in it: a
// document does not choose where its files go.
func inFolder(name string) error {
	if name == "" || name[0] == '.' || strings.ContainsAny(name, "/\\:\x00") {
		return fmt.Errorf("a file of a folder cannot be called %q", name)
	}
	return nil
}

// write writes one file of the folder, whole or not at all.
func (f outputFolder) write(t *terminal, name string, text []byte) error {
	if err := inFolder(name); err != nil {
		return err
	}
	if err := os.MkdirAll(string(f), 0o755); err != nil {
		var cause *fs.PathError
		if errors.As(err, &cause) {
			err = cause.Err
		}
		return fmt.Errorf("%s cannot be made: %w; name another folder with --output", f, err)
	}
	path := outputPath(filepath.Join(string(f), name))
	return path.write(t, func(w io.Writer) error { _, err := w.Write(text); return err })
}
