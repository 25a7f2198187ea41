//go:build unix && !aix && !solaris

package disk

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// openFlags keep the opening of a pipe from waiting for its other end.
const openFlags = syscall.O_NONBLOCK

// Foreign reports whether a file belongs to another user than that of this process.
func Foreign(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) != os.Geteuid()
}

// Shared reports whether a file can be read or written by others than its owner.
func Shared(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }

func lock(f *os.File, wait bool) error {
	how := syscall.LOCK_EX
	if !wait {
		how |= syscall.LOCK_NB
	}
	for {
		err := syscall.Flock(int(f.Fd()), how)
		switch {
		case err == syscall.EINTR:
		case err == syscall.EWOULDBLOCK:
			return ErrLocked
		default:
			return err
		}
	}
}

// syncFolder: some file systems cannot sync a folder, and say so.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}
