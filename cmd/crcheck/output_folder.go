package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// outputFolder is where a verb writes many files. It is made if it is not there.
type outputFolder string

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

// write writes one file of the folder, whole or not at all.
func (f outputFolder) write(t *terminal, name string, text []byte) error {
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
