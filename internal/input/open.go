// Package input reads the inputs of commands: whole documents, and traffic one interaction at a
// time.
//
// The model: [Open] opens any path; cancelling its context ends the wait for a pipe. [Document]
// reads one document that the user named. [Gather] collects files, folders and standard input as
// [Traffic], with the findings that the indexes of folders expect.
package input

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/crcheck/crcheck/traffic"

	"github.com/crcheck/crcheck/finding"
)

// Open opens a file. Opening a pipe blocks until it has a writer, and reading it blocks until the
// writer writes. Cancelling ctx ends both.
func Open(ctx context.Context, path string) (io.ReadCloser, error) {
	if info, err := os.Stat(path); err != nil || info.Mode().IsRegular() {
		return os.Open(path)
	}
	type result struct {
		f   *os.File
		err error
	}
	done := make(chan result, 1)
	go func() {
		f, err := os.Open(path)
		done <- result{f, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case got := <-done:
		if got.err != nil {
			return nil, got.err
		}
		return struct {
			io.Reader
			io.Closer
		}{Interruptible(ctx, got.f), got.f}, nil
	}
}

// Interruptible returns a reader whose blocked reads, of a terminal or a pipe, end when ctx does.
func Interruptible(ctx context.Context, r io.Reader) io.Reader {
	return &interruptible{ctx: ctx, r: r}
}

type interruptible struct {
	ctx    context.Context
	r      io.Reader
	buffer []byte // its own, because a read that was abandoned may still write to it
	err    error
}

func (r *interruptible) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	type result struct {
		n   int
		err error
	}
	if len(r.buffer) < len(p) {
		r.buffer = make([]byte, len(p))
	}
	buffer := r.buffer[:len(p)]
	done := make(chan result, 1)
	go func() {
		n, err := r.r.Read(buffer)
		done <- result{n, err}
	}()
	select {
	case <-r.ctx.Done():
		r.err = r.ctx.Err() // the abandoned read still uses the buffer
		return 0, r.err
	case got := <-done:
		return copy(p, buffer[:got.n]), got.err
	}
}

// MaxDocument is the maximum size in bytes of a document that is read whole, such as a source or an
// overlay.
const MaxDocument = 64 << 20

// Document reads a file that the user named.
func Document(ctx context.Context, path string) ([]byte, error) {
	tooLarge := fmt.Errorf("%s: larger than %d MiB; name a smaller document", path, MaxDocument>>20)
	if info, err := os.Stat(path); err == nil {
		switch {
		case info.IsDir():
			return nil, fmt.Errorf("%s: is a folder; name a document in it", path)
		case info.Size() > MaxDocument:
			return nil, tooLarge
		}
	}
	for _, err := range traffic.Files(path) {
		if err != nil {
			return nil, err // the error already says what to do
		}
	}
	r, err := Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, MaxDocument+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	case len(text) > MaxDocument:
		return nil, tooLarge // a pipe or a device does not state its size
	}
	return text, nil
}

// Rows reads a file of ignore rows.
func Rows(ctx context.Context, path string) ([]finding.Expected, error) {
	text, err := Document(ctx, path)
	if err != nil {
		return nil, err
	}
	return finding.ReadRows(path, text)
}
