package main

import (
	"os"
	"syscall"
	"testing"
)

// nullDevice and fullDevice are separate devices for the test. If a bug made the program replace its
// output file, a run as root would otherwise remove the machine's /dev/null.
func nullDevice(t *testing.T, path string) { device(t, path, 3) }
func fullDevice(t *testing.T, path string) { device(t, path, 7) }

// device makes a memory device (Linux, admin-guide/devices.txt, major 1).
func device(t *testing.T, path string, minor int) {
	if err := syscall.Mknod(path, syscall.S_IFCHR|0o666, 1<<8|minor); err != nil {
		t.Skip("only root may make a device:", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Skip("cannot use devices in the temporary folder:", err)
	}
	f.Close()
}
