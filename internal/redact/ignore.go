package redact

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/crcheck/crcheck/internal/disk"
	"github.com/crcheck/crcheck/internal/links"
)

// git runs a command of git in the folder of a file, and returns its exit status: 0 or 1 for yes or
// no, others if there is no git, or no repository.
func git(file string, args ...string) int {
	// A repository can have a pipe that git waits for, and name a program as its monitor of files.
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, "git", append([]string{"-C", filepath.Dir(file), "-c", "core.fsmonitor=false"}, args...)...)
	if c.Run(); c.ProcessState == nil { //nolint:errcheck // the status has it
		return -1
	}
	return c.ProcessState.ExitCode()
}

// Tracked reports whether git has a file, so that it is in every clone.
func Tracked(file string) bool {
	return git(file, "ls-files", "--error-unmatch", "--", filepath.Base(file)) == 0
}

// ignore makes git ignore a file. Without git or a repository, which may come later, a line in the
// .gitignore beside the file has to do.
func ignore(d disk.FS, file string) error {
	beside := links.Follow(filepath.Join(filepath.Dir(file), ".gitignore"))
	var text []byte
	f, err := d.Open(beside, os.O_RDONLY, 0)
	if err == nil {
		text, err = io.ReadAll(io.NewSectionReader(f, 0, math.MaxInt64))
		f.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	const yes, no = 0, 1
	asked := func() int { return git(file, "check-ignore", "-q", "--no-index", "--", filepath.Base(file)) }
	now := asked()
	if now == yes {
		return nil
	}
	rule := "/" + filepath.Base(file)
	for line := range strings.Lines(string(text)) {
		if now != no && strings.TrimRight(line, " \t\r\n") == rule {
			return nil
		}
	}
	if len(text) > 0 && !bytes.HasSuffix(text, []byte("\n")) {
		text = append(text, '\n')
	}
	err = disk.Replace(d, beside, 0o644, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s%s\n", text, rule)
		return err
	})
	if err == nil && asked() == no {
		err = errors.New("git does not ignore the key file in spite of its line")
	}
	return err
}
