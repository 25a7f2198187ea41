package serve

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/crcheck/crcheck/internal/redact"
)

// Child is a program that is served while it runs.
type Child struct {
	Command []string // its name or path, and its arguments
	Env     []string // nil: os.Environ. The redaction key is left out
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
}

// CommandError says that the client could not be run, or not to its end. It wraps the cause.
type CommandError struct {
	Command string
	Err     error
}

func (e *CommandError) Error() string {
	return fmt.Sprintf("cannot run %s: %v; check its name and whether it may be executed", e.Command, e.Err)
}

func (e *CommandError) Unwrap() error { return e.Err }

// Run runs the program to its end and returns its exit status: 128 and the signal, if one ended it.
// Signals to this process are passed on; when the context is done, it gets SIGTERM, and [Grace]
// later it is killed. The error is a [*CommandError].
func (c Child) Run(ctx context.Context) (status int, err error) {
	cmd := exec.CommandContext(ctx, c.Command[0], c.Command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.Stdin, c.Stdout, c.Stderr
	if cmd.Env = c.Env; cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = redact.WithoutKey(cmd.Env)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = Grace

	// Before the start: a signal in between would end this process and leave the client behind.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return 0, &CommandError{c.Command[0], err}
	}
	ended := make(chan struct{})
	forwarded := make(chan struct{})
	go func() {
		defer close(forwarded)
		forward(signals, cmd.Process, ended)
	}()
	err = cmd.Wait()
	close(ended)
	<-forwarded
	return exitStatus(c.Command[0], cmd.ProcessState, err)
}

func forward(signals <-chan os.Signal, p *os.Process, ended <-chan struct{}) {
	for {
		select {
		case s := <-signals:
			// A terminal sends Ctrl-C to the client too. Twice would make many test runners give up
			// without cleaning up.
			if s == os.Interrupt && onTerminal(os.Stdin) {
				continue
			}
			_ = p.Signal(s) // it may have ended meanwhile
		case <-ended:
			return
		}
	}
}

// onTerminal says whether a file is a character device other than the null device: as near as the
// standard library gets.
func onTerminal(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}

// exitStatus is that of a command that was waited for.
func exitStatus(name string, ended *os.ProcessState, err error) (int, error) {
	if ended == nil {
		return 0, &CommandError{name, err}
	}
	if status, ok := ended.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	// Wait has further errors: output that could not be copied, or that something which the client
	// started still holds.
	return ended.ExitCode(), nil
}
