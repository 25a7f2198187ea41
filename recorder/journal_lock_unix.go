//go:build unix && !aix && !solaris

package recorder

import (
	"errors"
	"os"
	"syscall"
)

// lock takes a lock that ends with the process, however that ends: there are no stale ones. It
// waits, or returns errLocked.
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
			return errLocked
		default:
			return err
		}
	}
}

// syncFolder makes the names in a folder survive the machine. Some file systems cannot, and say so.
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
