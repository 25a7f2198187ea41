package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Process is a client that is a program: it speaks the protocol on its standard
// input and output (docs/protocol.md). It runs with a reduced environment in a
// separate process group, and Close ends every process of that group.
//
// Errors are attributed to calls by rules that do not depend on timing, except for
// a crash with several calls in flight:
//
//   - A line that names a call in flight, but is not a valid result, fails that call.
//   - A call without a result in time fails alone, as [Hung]. The process gets no
//     further calls, is killed when its other calls are done, and the next call
//     starts a new process.
//   - A crash, and a line that belongs to no call, fail the calls in flight or, if
//     there are none, the next call, which a faster runner would have had in flight.
//     Three crashes without a response between them end the session.
//   - A process that ends with status 0 after a result has not crashed: the next call
//     starts a new process, and calls without a result are made again.
//   - A second response to a call, and what no next call could be failed for, is
//     reported by Close.
type Process struct {
	// Command is the program, looked up in PATH, and its arguments.
	Command []string
	// HelloTimeout is how long a process may take until its hello. 0 means 30 seconds: some virtual
	// machines start slowly.
	HelloTimeout time.Duration

	patience patience

	// The mutex guards what follows and the state of the children.
	mu         sync.Mutex
	hello      []byte       // the first line to every process
	introduced *ClientHello // the hello of the first process
	current    *child       // takes new calls; nil: the next call starts one
	children   map[*child]bool
	crashes    int            // in a row, without a response between them
	fatal      *ClientError   // the session is over
	unclaimed  []*ClientError // to fail the next call, or for Close
	late       []*ClientError // about calls that already had a result, for Close
	closed     bool
}

// patience holds the timeouts. Zero values mean the defaults; tests use shorter ones.
type patience struct {
	grace time.Duration // beyond a call's timeout
	eof   time.Duration // between the end of its input and SIGTERM
	term  time.Duration // between SIGTERM and SIGKILL
	drain time.Duration // for its pipes to end when its process has
}

func (p *Process) waits() patience {
	w := p.patience
	for _, d := range []struct {
		is   *time.Duration
		zero time.Duration
	}{{&w.grace, lateness}, {&w.eof, 5 * time.Second}, {&w.term, 5 * time.Second}, {&w.drain, time.Second}} {
		if *d.is == 0 {
			*d.is = d.zero
		}
	}
	return w
}

// crashesInARow end a session.
const crashesInARow = 3

var (
	errClosed   = errors.New("the session with the client is closed")
	errNoHello  = errors.New("Call before Hello")
	errSameCall = errors.New("duplicate call number")
)

// Hello starts the client and waits for its hello. Any failure is fatal.
func (p *Process) Hello(ctx context.Context, hello Hello) (ClientHello, error) {
	line, err := writeMessage(runnerHello, hello)
	if err != nil {
		return ClientHello{}, err
	}
	p.mu.Lock()
	p.hello, p.children = line, map[*child]bool{}
	p.mu.Unlock()
	_, err = p.ready(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	var misbehaved *ClientError
	if errors.As(err, &misbehaved) {
		p.fatal = misbehaved.fatal()
		return ClientHello{}, p.fatal
	}
	if err != nil {
		return ClientHello{}, err
	}
	return *p.introduced, nil
}

func (e *ClientError) fatal() *ClientError {
	f := *e
	f.Fatal = true
	return &f
}

// Call makes a call and waits for its result.
func (p *Process) Call(ctx context.Context, call Call) (*Result, error) {
	line, err := writeMessage(callMessage, call)
	if err != nil {
		return nil, err
	}
	timeout := time.Duration(call.TimeoutMs)*time.Millisecond + p.waits().grace
	// Each repetition follows a process that ended successfully after at least one result, so the
	// loop terminates.
	for {
		c, err := p.ready(ctx)
		if err != nil {
			return nil, err
		}
		result, err := c.call(ctx, call.Seq, line, timeout)
		if !errors.Is(err, errAgain) {
			return result, err
		}
	}
}

// ready returns a process that has sent its hello, and starts one if there is none. The process may
// be ending: then the call fails or is made again, as if it had been in flight.
func (p *Process) ready(ctx context.Context) (*child, error) {
	c, err := p.take()
	if err == nil {
		err = c.greeting(ctx)
	}
	return c, err
}

// take returns the current process, which may still be starting.
func (p *Process) take() (*child, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return nil, errClosed
	case p.hello == nil:
		return nil, errNoHello
	case p.fatal != nil:
		return nil, p.fatal
	case len(p.unclaimed) > 0:
		err := p.unclaimed[0]
		p.unclaimed = p.unclaimed[1:]
		return nil, err
	case p.current != nil:
		return p.current, nil
	}
	c, err := p.start()
	if err != nil {
		p.fatal = err
		return nil, err
	}
	p.current = c
	p.children[c] = true
	return c, nil
}

// ended removes a process that has ended, and returns the error for its calls; nil means that they
// are made again. The mutex is held.
func (p *Process) ended(c *child, failure *ClientError) *ClientError {
	delete(p.children, c)
	if p.current == c {
		p.current = nil
	}
	if c.results > 0 {
		p.crashes = 0
	}
	if failure == nil {
		return nil
	}
	if failure.Kind == Crashed || !c.introduced {
		p.crashes++
	}
	if p.crashes == crashesInARow && p.fatal == nil {
		failure = failure.fatal()
		failure.Kind = RepeatedCrash
		failure.Message = fmt.Sprintf("%d crashes in a row without a response between them; the last: %s", crashesInARow, failure.Message)
		p.fatal = failure
	}
	if c.introduced && c.inFlight == 0 {
		p.unclaimed = append(p.unclaimed, failure)
	}
	return failure
}

// Close ends the client: it closes its input, then sends SIGTERM, then SIGKILL, each after a
// timeout. When the context is done it kills at once.
func (p *Process) Close(ctx context.Context) error {
	p.mu.Lock()
	p.closed = true
	var children []*child
	for c := range p.children {
		children = append(children, c)
		c.closing = true
	}
	p.mu.Unlock()

	// Concurrently, because a process that hung may exist next to the current one.
	stubborn := make([]*ClientError, len(children))
	var closing sync.WaitGroup
	for i, c := range children {
		closing.Go(func() { stubborn[i] = c.close(ctx) })
	}
	closing.Wait()

	p.mu.Lock()
	defer p.mu.Unlock()
	slices.SortFunc(p.late, func(a, b *ClientError) int { return a.Seq - b.Seq })
	var errs []error
	for _, err := range slices.Concat(p.late, p.unclaimed, stubborn) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	p.late, p.unclaimed = nil, nil
	return errors.Join(errs...)
}
