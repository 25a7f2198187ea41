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
// input and output (docs/protocol.md). Its environment is scrubbed, it runs in a
// process group of its own, and Close leaves nothing of that group behind.
//
// Who is blamed depends on who was faster only where calls in flight together
// share a crash:
//
//   - A line that names a call in flight, but is no valid result, fails that call.
//   - A call without a result in time fails alone, as [Hung]. The process gets no
//     further calls, is killed when its others are answered, and the next call
//     starts another.
//   - A crash, and a line that belongs to no call, fail the calls in flight; if
//     there is none, the next one, which a faster runner would have had in flight.
//     Three crashes without an answer between them end the session.
//   - A process that ends with status 0 after an answer is no crash: the next call
//     starts another, and calls that it had not answered are made again.
//   - A second answer to a call, and what no next call could be failed for, is
//     reported by Close.
type Process struct {
	// Command is the program, looked up in PATH, and its arguments.
	Command []string
	// HelloTimeout is how long a process may take to introduce itself. 0 is 30
	// seconds, for virtual machines that start slowly.
	HelloTimeout time.Duration

	patience patience

	// The mutex guards what follows and the state of the children.
	mu         sync.Mutex
	hello      []byte       // the line that begins every process's session
	introduced *ClientHello // what the first process answered
	current    *child       // takes new calls; nil: the next call starts one
	children   map[*child]bool
	crashes    int            // in a row, without an answer between them
	fatal      *ClientError   // the session is over
	unclaimed  []*ClientError // to fail the next call, or for Close
	late       []*ClientError // about calls that had been answered, for Close
	closed     bool
}

// patience is how long a client is waited for. Zero values are the defaults;
// tests have less.
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
	errNoHello  = errors.New("Hello comes before Call")
	errSameCall = errors.New("a call of that number was made")
)

// Hello starts the client and lets it introduce itself. Any failure is fatal.
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
	// Each turn but the last saw a process end well that had answered something,
	// so that there is an end to them.
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

// ready returns a process that has introduced itself, and starts one if there
// is none. It may be on its way out: then it takes the call with it if it failed,
// or has it made again, as it would have if it had been called a moment earlier.
func (p *Process) ready(ctx context.Context) (*child, error) {
	c, err := p.take()
	if err == nil {
		err = c.greeting(ctx)
	}
	return c, err
}

// take returns the process of the moment, which may still be starting.
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

// ended takes a process off the books when nothing of it is left, and returns
// what to fail its calls with; nil, if they are to be made again. The mutex is held.
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
		failure.Message = fmt.Sprintf("%d crashes in a row without an answer between them; the last: %s", crashesInARow, failure.Message)
		p.fatal = failure
	}
	if c.introduced && c.inFlight == 0 {
		p.unclaimed = append(p.unclaimed, failure)
	}
	return failure
}

// Close ends the client: the end of its input, SIGTERM, SIGKILL, each when the
// one before has not helped in time. When the context is done it kills at once.
func (p *Process) Close(ctx context.Context) error {
	p.mu.Lock()
	p.closed = true
	var children []*child
	for c := range p.children {
		children = append(children, c)
		c.closing = true
	}
	p.mu.Unlock()

	// Together, since a client that hung may be left beside the current one.
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
