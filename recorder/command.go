package recorder

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// Run is a replay with a server, and with a client of it if there is a command: what the command
// line does.
type Run struct {
	Replay *Replay
	Listen string // "": a free port of 127.0.0.1
	// Command is the client and its arguments. It finds the server in AWS_ENDPOINT_URL; see
	// [Environment]. Without one, the server runs until the context is done.
	Command []string
	Region  string   // of the client; "": DefaultRegion
	Env     []string // that the client's is made from; nil: os.Environ
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	// Ready, if set, is called once with the URL of the server, before the client starts.
	Ready func(endpoint string)
}

// ListenError says that the server cannot listen where it was told to. It wraps the cause.
type ListenError struct {
	Address string
	Err     error
}

func (e *ListenError) Error() string {
	return fmt.Sprintf("cannot listen on %s: %v; choose another address, or leave it out for a free port", e.Address, e.Err)
}

func (e *ListenError) Unwrap() error { return e.Err }

// CommandError says that the client could not be run, or not to its end. It wraps the cause.
type CommandError struct {
	Command string
	Err     error
}

func (e *CommandError) Error() string {
	return fmt.Sprintf("cannot run %s: %v; check its name and whether it may be executed", e.Command, e.Err)
}

func (e *CommandError) Unwrap() error { return e.Err }

// Do serves, runs the client and returns the exit status of both: that of the client (128 and the
// signal, if one ended it); 1 if the client succeeded but there were misses; without a client, 1 if
// there were misses. While the client runs, signals to this process are passed on to it: the
// context should not be one that they cancel, or the client gets SIGTERM too. The error is a
// [*ListenError], a [*CommandError] or what made the server fail; then the status has no meaning.
// What was played and missed is asked of the Replay.
func (run Run) Do(ctx context.Context) (status int, err error) {
	address := run.Listen
	if address == "" {
		address = "127.0.0.1:0"
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return 0, &ListenError{address, err}
	}
	serving, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- Serve(serving, l, run.Replay) }()

	endpoint := "http://" + reachable(l.Addr())
	if run.Ready != nil {
		run.Ready(endpoint)
	}
	if len(run.Command) > 0 {
		status, err = run.client(ctx, endpoint)
		stop()
	}
	if failed := <-served; err == nil && failed != nil {
		err = failed
	}
	if err == nil && status == 0 && run.Replay.Missed() > 0 {
		status = 1
	}
	return status, err
}

// reachable is where a client of this machine finds a listener that may listen everywhere.
func reachable(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return a.String()
}

// client runs the command to its end.
func (run Run) client(ctx context.Context, endpoint string) (status int, err error) {
	env := run.Env
	if env == nil {
		env = os.Environ()
	}
	return Child{run.Command, Environment(env, endpoint, run.Region), run.Stdin, run.Stdout, run.Stderr}.Run(ctx)
}

// Child is a program that is served while it runs.
type Child struct {
	Command []string // its name or path, and its arguments
	Env     []string
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
}

// Run runs the program to its end and returns its exit status: 128 and the signal, if one ended it.
// Signals to this process are passed on; when the context is done, it gets SIGTERM, and [Grace]
// later it is killed. The error is a [*CommandError].
func (c Child) Run(ctx context.Context) (status int, err error) {
	cmd := exec.CommandContext(ctx, c.Command[0], c.Command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.Stdin, c.Stdout, c.Stderr
	cmd.Env = c.Env
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
