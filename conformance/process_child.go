package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// child is one process of a client, from its start to the end of all that it
// started. Four goroutines serve it: one reads its lines, one writes to it, one
// keeps its standard error, and one waits for its end.
type child struct {
	of       *Process
	patience patience
	cmd      *exec.Cmd
	in       *os.File // its standard input, output and error
	out, err *os.File
	stderr   tail
	outbox   chan []byte   // calls to write
	greeted  chan struct{} // closed when it has introduced itself
	quiet    chan struct{} // closed when its output and error have ended
	exited   chan struct{} // closed when the process has ended
	ended    chan struct{} // closed when nothing of it is left

	// Written before ended is closed: why a process never introduced itself.
	unmet error

	// Guarded by the mutex of the Process.
	introduced bool
	calls      map[int]*inFlight // all calls of this process, to tell a second result from a stray one
	inFlight   int
	results    int          // results that a call waited for
	strays     int          // results that no call waited for
	failure    *ClientError // why it was killed; the first reason counts
	retired    bool         // it hung: no further calls
	closing    bool         // its input was ended by Close
	killed     bool         // by us, so its exit status means nothing
	rest       string       // the text after its last newline, quoted
}

// start starts a process. The mutex is held.
func (p *Process) start() (*child, *ClientError) {
	notStarted := func(err error) *ClientError {
		return &ClientError{Kind: NotStarted, Message: err.Error(), Fatal: true}
	}
	if len(p.Command) == 0 {
		return nil, notStarted(errors.New("no command given"))
	}
	c := &child{of: p, patience: p.waits(), calls: map[int]*inFlight{}, outbox: make(chan []byte),
		greeted: make(chan struct{}), quiet: make(chan struct{}), exited: make(chan struct{}), ended: make(chan struct{})}
	c.cmd = exec.Command(p.Command[0], p.Command[1:]...)
	c.cmd.Env = environment()
	ownGroup(c.cmd)

	// The pipes are our own, not exec's: its Wait closes them when the process
	// ends, and what the process wrote last would be lost.
	stdin, in, err1 := os.Pipe()
	out, stdout, err2 := os.Pipe()
	noise, stderr, err3 := os.Pipe()
	c.in, c.out, c.err = in, out, noise
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = stdin, stdout, stderr
	err := errors.Join(err1, err2, err3)
	if err == nil {
		err = c.cmd.Start()
	}
	// Our copies of its ends are closed in any case: while one is open, the other
	// end never sees the end of the pipe.
	for _, f := range []*os.File{stdin, stdout, stderr} {
		f.Close()
	}
	if err != nil {
		c.closePipes()
		return nil, notStarted(err)
	}
	timeout := p.HelloTimeout
	if timeout == 0 {
		timeout = 30 * time.Second
	}
	go c.write(p.hello)
	go c.read()
	go c.wait(time.AfterFunc(timeout, func() { c.late(timeout) }))
	return c, nil
}

// greeting waits for a process to introduce itself.
func (c *child) greeting(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-c.greeted:
	case <-c.ended: // perhaps just after it did
		return c.unmet
	}
	return nil
}

// late fails a process that has not introduced itself in time.
func (c *child) late(timeout time.Duration) {
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	if !c.introduced {
		c.fail(&ClientError{Kind: NoHello, Message: fmt.Sprintf("no hello within %v", timeout)})
	}
}

// write writes lines until the process has ended. It runs in a separate goroutine, because a client
// that does not read would block a call past its deadline.
func (c *child) write(line []byte) {
	for {
		if _, err := c.in.Write(line); err != nil {
			return // it has ended, which wait reports, or its calls will time out
		}
		select {
		case line = <-c.outbox:
		case <-c.ended:
			return
		}
	}
}

// read receives lines until the output ends or one of them fails the process, which is then killed.
// It continues while the process ends: a client that still writes must not block on a full pipe and
// appear to ignore SIGTERM.
func (c *child) read() {
	defer close(c.quiet)
	noise := make(chan struct{})
	go func() {
		defer close(noise)
		_, _ = io.Copy(&c.stderr, c.err)
	}()
	l := newLines(c.out, maxLine)
	for {
		line, err := l.next()
		if errors.Is(err, errLineTooLong) {
			tooLong := heard{seq: seqOf(l.rest()), err: &ClientError{Kind: Flooded, Message: fmt.Sprintf("a line of more than %d bytes", maxLine), Line: lineExcerpt(l.rest())}}
			tooLong.err.Seq = tooLong.seq
			if !c.receive(tooLong) || l.skip() != nil {
				break
			}
			continue
		}
		if err != nil {
			c.unfinished(l.rest())
			break
		}
		if !c.receive(c.hear(line)) {
			break
		}
	}
	go c.outputClosed()
	<-noise
}

// unfinished records the text after the last newline.
func (c *child) unfinished(rest []byte) {
	if len(rest) == 0 {
		return
	}
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	c.rest = lineExcerpt(rest)
}

// outputClosed fails a process that has closed its output but does not end, because it can report
// no more results.
func (c *child) outputClosed() {
	select {
	case <-c.exited:
	case <-time.After(c.patience.eof):
		c.of.mu.Lock()
		defer c.of.mu.Unlock()
		if !c.closing {
			c.fail(&ClientError{Kind: Crashed, Message: "it closed its standard output"})
		}
	}
}

// fail records why the process fails and kills it. The mutex is held.
func (c *child) fail(err *ClientError) {
	if c.failure == nil && !c.killed {
		c.failure = err
	}
	c.kill()
}

// kill kills the group. The mutex is held.
func (c *child) kill() {
	c.killed = true
	killGroup(c.cmd)
}

// wait waits for the end of the process and of its pipes.
func (c *child) wait(hello *time.Timer) {
	state, _ := c.cmd.Process.Wait()
	close(c.exited)
	hello.Stop()
	// What the process started dies with it: it may hold ports, and the pipes,
	// whose end is awaited next.
	killGroup(c.cmd)
	// Only when the pipes have ended is everything heard that the process said:
	// a result can be in the pipe when its process is gone. A process that left
	// the group may keep them open for ever, so that there is a limit.
	select {
	case <-c.quiet:
	case <-time.After(c.patience.drain):
	}
	c.closePipes()
	select {
	case <-c.quiet:
	case <-time.After(c.patience.drain): // where closing does not end a read: not on unix
	}

	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	failure := c.verdict(state)
	if failure != nil && failure.Stderr == "" {
		failure.Stderr = c.stderr.String()
	}
	failure = c.of.ended(c, failure)
	if !c.introduced {
		c.unmet = errClosed
		if failure != nil {
			c.unmet = failure
		}
	}
	for _, call := range c.calls {
		if call.state == waiting {
			call.settle(nil, failure)
		}
	}
	close(c.ended)
}

// verdict returns how a process failed; nil if it ended successfully. Its message does not depend on
// whether the next call was already in flight. The mutex is held.
func (c *child) verdict(state *os.ProcessState) *ClientError {
	status := "unknown status"
	if state != nil {
		status = state.String()
	}
	well := state != nil && state.Success()
	failed := func(kind, how string) *ClientError {
		if c.rest != "" {
			how += " in the middle of a line"
		}
		return &ClientError{Kind: kind, Message: "the process ended" + how + ": " + status, Line: c.rest}
	}
	switch {
	case c.failure != nil:
		return c.failure
	case c.killed, c.closing && well, c.closing && !c.introduced:
		return nil
	case !c.introduced:
		return failed(Crashed, " before its hello")
	case !well:
		return failed(Crashed, "")
	case c.rest != "":
		return failed(InvalidOutput, "")
	case c.results == 0:
		return failed(Crashed, " without a response")
	}
	return nil
}

func (c *child) closePipes() {
	for _, f := range []*os.File{c.in, c.out, c.err} {
		f.Close()
	}
}

// close ends a process and reports whether it had to be killed.
func (c *child) close(ctx context.Context) *ClientError {
	c.in.Close()
	if c.endsWithin(ctx, c.patience.eof) {
		return nil
	}
	c.of.mu.Lock()
	c.killed = true // from here on its status is our doing
	terminateGroup(c.cmd)
	c.of.mu.Unlock()
	if c.endsWithin(ctx, c.patience.term) {
		return nil
	}
	c.of.mu.Lock()
	killGroup(c.cmd)
	c.of.mu.Unlock()
	<-c.ended
	if ctx.Err() != nil {
		return nil // it had no time to end
	}
	return &ClientError{Kind: IgnoredTerm, Message: fmt.Sprintf("it ended neither at the end of its input nor within %v of SIGTERM", c.patience.term), Stderr: c.stderr.String()}
}

// endsWithin waits for the process to end. If it does, it also waits for the pipes, which a process
// outside of the group may hold open.
func (c *child) endsWithin(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-c.exited:
		<-c.ended
		return true
	case <-ctx.Done():
	case <-timer.C:
	}
	return false
}
