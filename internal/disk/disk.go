// Package disk is the file system of what must neither be lost, nor halved, nor disclosed: the
// journal and the cassette of a recording, its redaction key and the .gitignore beside that.
//
// [FS] has every operation that such a file needs to survive, so that a test can let any of them
// fail, or be the last. [OS] is the real one.
package disk

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// FS changes files.
type FS interface {
	// Open opens or creates a regular file, as [os.OpenFile] does. It does not wait for the other
	// end of a pipe: what is not a regular file is an error.
	Open(path string, flag int, mode fs.FileMode) (File, error)
	Rename(from, to string) error
	Remove(path string) error
	// SyncFolder makes the names in a folder survive the machine.
	SyncFolder(path string) error
}

// File is the part of [os.File] that is used, and a lock.
type File interface {
	io.WriteCloser
	io.ReaderAt
	Stat() (fs.FileInfo, error)
	Sync() error
	Truncate(size int64) error
	// Lock takes a lock that ends with the process, however that ends: there are no stale ones. It
	// waits, or returns ErrLocked.
	Lock(wait bool) error
}

// ErrLocked means that another process, or another part of this one, has the lock of a file.
var ErrLocked = errors.New("locked")

// OS is the file system of the operating system.
type OS struct{}

type osFile struct{ *os.File }

func (f osFile) Lock(wait bool) error { return lock(f.File, wait) }

// Open implements [FS].
func (OS) Open(path string, flag int, mode fs.FileMode) (File, error) {
	irregular := &fs.PathError{Op: "open", Path: path, Err: ErrNotRegular}
	if there, err := os.Stat(path); err == nil && flag&os.O_EXCL == 0 && !there.Mode().IsRegular() {
		return nil, irregular // opening some devices has effects
	}
	f, err := os.OpenFile(path, flag|openFlags, mode)
	if err != nil {
		return nil, err
	}
	if there, err := f.Stat(); err != nil || !there.Mode().IsRegular() {
		f.Close()
		return nil, irregular
	}
	return osFile{f}, nil
}

// ErrNotRegular means that a path is a folder, a pipe, a socket or a device.
var ErrNotRegular = errors.New("not a regular file")

// Rename implements [FS].
func (OS) Rename(from, to string) error { return os.Rename(from, to) }

// Remove implements [FS].
func (OS) Remove(path string) error { return os.Remove(path) }

// SyncFolder implements [FS].
func (OS) SyncFolder(path string) error { return syncFolder(path) }

// Names reports whether path is a name of f, and not a link to it.
func Names(path string, f File) bool {
	there, err := os.Lstat(path)
	if err != nil {
		return false
	}
	here, err := f.Stat()
	return err == nil && os.SameFile(there, here)
}

// Replace replaces the content of a file, or creates it with a mode: whatever happens, the file has
// its old content or the new, and after a nil error it has the new, even if the machine ends. Callers
// exclude each other: the draft beside the file, .NAME.new, has a fixed name, so that the next call
// cleans up after a process that was killed.
func Replace(d FS, path string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	if there, err := os.Stat(path); err == nil {
		if mode = there.Mode().Perm(); !there.Mode().IsRegular() {
			return &fs.PathError{Op: "replace", Path: path, Err: ErrNotRegular}
		}
	}
	folder, name := filepath.Split(path)
	draft := filepath.Join(folder, "."+name+".new")
	if err := d.Remove(draft); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := d.Open(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 64<<10)
	if err = write(w); err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = d.Rename(draft, path)
	}
	if err != nil {
		if left := d.Remove(draft); left != nil && !errors.Is(left, fs.ErrNotExist) {
			return fmt.Errorf("%w; remove %s, which is left: %w", err, draft, left)
		}
		return err
	}
	return d.SyncFolder(filepath.Dir(path))
}
