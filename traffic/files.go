package traffic

import (
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
)

// File is one input named by a walk.
type File struct {
	Path  string
	Named bool // the user named this very file, rather than a folder above it
}

// Files expands paths: a file is itself, a folder is every regular file below it, in lexical order
// folder by folder. Below a folder, links to folders are passed over, names that begin with "."
// (.git, .venv), and folders that hold other people's packages: node_modules, __pycache__,
// site-packages and virtual environments of Python. What cannot be opened is yielded as an
// [ErrUnreadable], and the walk goes on.
func Files(paths ...string) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		for _, path := range paths {
			if !walk(path, true, yield) {
				return
			}
		}
	}
}

// walk yields what stands at path, and says whether to go on.
func walk(path string, named bool, yield func(File, error) bool) bool {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return yield(File{path, named}, openError(path, err))
	case info.IsDir():
		return walkFolder(path, yield)
	case info.Mode().IsRegular():
		if err := openable(path); err != nil {
			return yield(File{path, named}, openError(path, err))
		}
		return yield(File{path, named}, nil)
	}
	// A pipe or a device is read when it was asked for by name; opening it to see would eat what it
	// holds.
	return !named || yield(File{path, named}, nil)
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

// linkToFolder: following one could leave the folder that was named, or never end.
func linkToFolder(path string, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// thirdParty says whether a folder below the one that was named is made by a package manager.
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
