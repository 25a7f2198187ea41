package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/progress"
	"github.com/crcheck/crcheck/internal/spelling"
)

// terminal holds the streams of a run: data goes to Out, progress and diagnostics to Err.
type terminal struct {
	In       io.Reader
	Out, Err io.Writer
	Color    string // the flag --color
}

// globalFlags are the flags of every command.
type globalFlags struct {
	Quiet bool   `short:"q" help:"Write nothing to standard error but errors. Reports are not affected."`
	Color string `default:"auto" enum:"auto,always,never" help:"When to color reports: auto, always or never. NO_COLOR turns auto off."`
}

// with returns the terminal of a run with these flags, and the context whose work shows its progress
// there.
func (f *globalFlags) with(ctx context.Context, t *terminal) (context.Context, *terminal) {
	screen := t.screen()
	screen.Quiet = f.Quiet
	return progress.With(ctx, screen), &terminal{In: t.In, Out: t.Out, Err: screen, Color: f.Color}
}

// screen returns Err as a screen.
func (t *terminal) screen() *progress.Screen {
	if s, ok := t.Err.(*progress.Screen); ok {
		return s
	}
	return progress.NewScreen(t.Err, output.IsTerminal(t.Err) && !dumb())
}

// dumb reports whether terminals do not obey control codes.
func dumb() bool { return os.Getenv("TERM") == "dumb" }

// notes gets what --quiet leaves out.
func (t *terminal) notes() io.Writer { return progress.Notes(t.Err) }

// colors reports whether to color what is written to w, which is Out or Err.
func (t *terminal) colors(w io.Writer) bool {
	if t.Color == "auto" {
		return output.IsTerminal(progress.Inherited(w)) && os.Getenv("NO_COLOR") == "" && !dumb()
	}
	return t.Color == "always"
}

// end prints the error, if any, and returns the exit status.
func (t *terminal) end(err error) int {
	var status exit
	var usage *kong.ParseError
	var failed *fs.PathError
	switch {
	case err == nil:
		return exitClean
	case errors.As(err, &status):
		return int(status)
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(t.Err, "crcheck: interrupted")
		return exitIncomplete
	case errors.As(err, &failed) && failed.Path == os.Stdout.Name():
		if errors.Is(err, syscall.EPIPE) { // the reader, such as head, has what it wants
			return exitIncomplete
		}
		fmt.Fprintf(t.Err, "crcheck: standard output cannot be written: %v; free space, or write to a file with --output\n", failed.Err)
		return exitUsage
	}
	if failed, ok := err.(*fs.PathError); ok { // nobody else said what to do
		err = fmt.Errorf("%s: %w; check that it exists, and that your user may use it", failed.Path, failed.Err)
	}
	if errors.As(err, &usage) {
		err = plainly(err)
	}
	fmt.Fprintf(t.Err, "crcheck: %v\n", err)
	if usage != nil {
		fmt.Fprintf(t.Err, "Run `crcheck%s --help` for usage.\n", commandOf(usage.Context))
	}
	return exitUsage
}

// plainly returns an error of kong in the words of the other messages.
func plainly(err error) error {
	text := err.Error()
	if m := regexp.MustCompile(`(?s)^(--\S+) must be one of (\S+) but got "(.*)"$`).FindStringSubmatch(text); m != nil {
		var known []string
		for name := range strings.SplitSeq(m[2], ",") {
			if name = strings.Trim(name, `"`); name != "" {
				known = append(known, name)
			}
		}
		return fmt.Errorf("%s: got %q, want one of %s%s", m[1], m[3], strings.Join(known, ", "), spelling.Hint(m[3], known, ""))
	}
	if m := regexp.MustCompile(`^expected "(<.*)"$`).FindStringSubmatch(text); m != nil {
		return fmt.Errorf("missing argument %s", m[1])
	}
	return err
}

// commandOf returns the selected command, after a space.
func commandOf(parsed *kong.Context) string {
	command := ""
	for node := parsed.Selected(); node != nil && node.Parent != nil; node = node.Parent {
		command = " " + node.Name + command
	}
	return command
}
