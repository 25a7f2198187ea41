package traffic

import (
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
)

// File is one input that [Files] found.
type File struct {
	Path  string
	Named bool // the user named this file, rather than a folder above it
	// Pointers say where the JSON of the file has the parts of each interaction, see [ParsePointers]. A
	// document or line of NDJSON is an envelope then, and so is each element of a list, unless its
	// first member is crcheckInteraction. Nil: the content decides.
	Pointers map[string]string
	// Continued says that the text is from the middle of NDJSON, and begins with a line: its format is not
	// detected. Indexes and lines count from its beginning.
	Continued bool
}

// Files expands paths. A file expands to itself, a folder to every regular file below it, in
// lexical order, folder by folder. Below a folder, it skips links to folders, names that begin with
// "." (.git, .venv), and folders of third-party packages: node_modules, __pycache__, site-packages
// and virtual environments of Python. A path that cannot be opened is yielded with an
// [ErrUnreadable], and the walk continues.
func Files(paths ...string) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		for _, path := range paths {
			if !walk(path, true, yield) {
				return
			}
		}
	}
}

// walk yields the files at path, and reports whether to continue.
func walk(path string, named bool, yield func(File, error) bool) bool {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return yield(File{Path: path, Named: named}, openError(path, err))
	case info.IsDir():
		return walkFolder(path, yield)
	case info.Mode().IsRegular():
		if err := openable(path); err != nil {
			return yield(File{Path: path, Named: named}, openError(path, err))
		}
		return yield(File{Path: path, Named: named}, nil)
	}
	// A pipe or a device is read only if the user named it. Opening it here would consume its
	// content.
	return !named || yield(File{Path: path, Named: named}, nil)
}

func walkFolder(path string, yield func(File, error) bool) bool {
	entries, err := os.ReadDir(path)
	if err != nil && !yield(File{Path: path}, openError(path, err)) {
		return false
	}
	for _, entry := range entries {
		below := filepath.Join(path, entry.Name())
		if strings.HasPrefix(entry.Name(), ".") || linkToFolder(below, entry) || entry.IsDir() && thirdParty(below) {
			continue
		}
		if !walk(below, false, yield) {
			return false
		}
	}
	return true
}

// linkToFolder reports a link to a folder. Following it could leave the named folder, or never end.
func linkToFolder(path string, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// thirdParty reports whether a folder is made by a package manager.
func thirdParty(path string) bool {
	switch filepath.Base(path) {
	case "node_modules", "__pycache__", "site-packages":
		return true
	}
	_, err := os.Stat(filepath.Join(path, "pyvenv.cfg")) // PEP 405
	return err == nil
}

func openable(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return f.Close()
}
