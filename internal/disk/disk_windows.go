package disk

import (
	"io/fs"
	"os"
	"syscall"
	"unsafe"
)

const openFlags = 0

// Foreign and Shared: the access control lists of Windows are not in the information about a file.
func Foreign(fs.FileInfo) bool { return false }
func Shared(fs.FileInfo) bool  { return false }

var lockFileEx = syscall.NewLazyDLL("kernel32.dll").NewProc("LockFileEx")

func lock(f *os.File, wait bool) error {
	const (
		failImmediately = 1
		exclusive       = 2
		lockViolation   = syscall.Errno(33)
	)
	how := uintptr(exclusive)
	if !wait {
		how |= failImmediately
	}
	// A byte that is never written: what is locked cannot be read either.
	at := &syscall.Overlapped{OffsetHigh: 1 << 30}
	ok, _, err := lockFileEx.Call(f.Fd(), how, 0, 1, 0, uintptr(unsafe.Pointer(at)))
	switch {
	case ok != 0:
		return nil
	case err == lockViolation || err == syscall.ERROR_IO_PENDING:
		return ErrLocked
	}
	return err
}

// syncFolder: Windows keeps the names in a folder by itself.
func syncFolder(string) error { return nil }
