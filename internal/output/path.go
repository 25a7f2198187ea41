// Package output writes the results of commands: to standard output, to a file ([Path]) completely or
// not at all, or to a folder of files ([Folder]).
package output

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2/maybe"
	"golang.org/x/term"

	"github.com/crcheck/crcheck/internal/links"
)

// Path is the file that a command writes its data to; empty or - is standard output.
type Path string

// IsStandard reports whether the path is standard output.
func (p Path) IsStandard() bool { return p == "" || p == "-" || p == "/dev/stdout" }

// Validate refuses a path that cannot be written, before any work is done.
func (p Path) Validate() error {
	if p.IsStandard() {
		return nil
	}
	if info, err := os.Stat(string(p)); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder: name a file in it", p)
	}
	folder := filepath.Dir(string(p))
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return fmt.Errorf("%s cannot be written: folder %s does not exist; create it first", p, folder)
	}
	return nil
}

// Write writes data. A file is written completely or not at all.
func (p Path) Write(stdout io.Writer, write func(io.Writer) error) error {
	if p.IsStandard() {
		return write(stdout)
	}
	var data bytes.Buffer
	if err := write(&data); err != nil {
		return err
	}
	return p.replace(data.Bytes())
}

// replace replaces the content of the file. It only appends to /dev/stderr and the like, which may
// lead to a regular file that other processes have open.
func (p Path) replace(data []byte) error {
	info, err := os.Stat(string(p))
	if strings.HasPrefix(string(p), "/dev/") || err == nil && !info.Mode().IsRegular() {
		return p.explain(appendTo(string(p), data))
	}
	return p.explain(maybe.WriteFile(links.Follow(string(p)), data, 0o644))
}

// take moves a complete file to the path. The mode of a file that is there stays; what is not a
// regular file is written as [Path.replace] does.
func (p Path) take(complete string) error {
	if there, err := os.Lstat(string(p)); err == nil {
		if !there.Mode().IsRegular() {
			text, err := os.ReadFile(complete)
			if err != nil {
				return p.explain(err)
			}
			return p.replace(text)
		}
		if err := os.Chmod(complete, there.Mode().Perm()); err != nil {
			return p.explain(err)
		}
	}
	return p.explain(os.Rename(complete, string(p)))
}

// Stream writes data that may be large. A file is written completely or not at all.
func (p Path) Stream(stdout io.Writer, write func(io.Writer) error) error {
	if p.IsStandard() || strings.HasPrefix(string(p), "/dev/") {
		return p.Write(stdout, write)
	}
	path := links.Follow(string(p))
	pending, err := os.OpenFile(fmt.Sprintf("%s.%d.part", path, os.Getpid()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return p.explain(err)
	}
	defer os.Remove(pending.Name()) //nolint:errcheck // after a successful rename it no longer exists
	if err := write(pending); err != nil {
		return errors.Join(p.explainWrite(err), pending.Close())
	}
	if err := errors.Join(pending.Sync(), pending.Close()); err != nil {
		return p.explain(err)
	}
	return p.explain(os.Rename(pending.Name(), path))
}

// explainWrite explains an error of writing the file. It returns errors of producing the data as they
// are.
func (p Path) explainWrite(err error) error {
	if cause := (*fs.PathError)(nil); errors.As(err, &cause) && cause.Op == "write" {
		return p.explain(err)
	}
	return err
}

// appendTo writes to a device or a pipe, which cannot be replaced.
func appendTo(path string, data []byte) error {
	w, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return errors.Join(err, w.Close())
}

// explain names the file that the user named instead of a temporary one.
func (p Path) explain(err error) error {
	if err == nil {
		return nil
	}
	if cause := (*fs.PathError)(nil); errors.As(err, &cause) {
		err = cause.Err
	}
	return fmt.Errorf("%s cannot be written: %w; nothing was changed; name another file with --output", p, err)
}

// IsTerminal reports whether w is a terminal.
func IsTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
