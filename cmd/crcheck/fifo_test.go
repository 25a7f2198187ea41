//go:build unix

package main

import (
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// fifo makes a pipe and writes two documents to it, on one line.
func fifo(t *testing.T, path string) {
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	written := make(chan struct{})
	go func() {
		defer close(written)
		if w, err := os.OpenFile(path, os.O_WRONLY, 0); err == nil {
			w.WriteString("{} {}") //nolint:errcheck // the reader reports what it got
			w.Close()
		}
	}()
	t.Cleanup(func() {
		// If nothing has read the pipe, the writer is still waiting for a reader.
		if r, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0); err == nil {
			defer r.Close()
		}
		<-written
	})
}
