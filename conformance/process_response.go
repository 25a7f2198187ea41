package conformance

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// errAgain says that the process ended successfully before it read the call.
var errAgain = errors.New("the call has to be made again")

// maxStrayLines bounds the lines of a process for which no call waits, so that it cannot keep the
// runner busy without end.
const maxStrayLines = 100

// inFlight is a call made of a process.
type inFlight struct {
	state   callState
	outcome chan callOutcome
}

type callState int

const (
	waiting callState = iota
	settled
	givenUp // it hung, or the context was done; a late result does not count as a second one
)

type callOutcome struct {
	result *Result
	err    error
}

// settle ends the wait for a call with a result or a failure. With neither, the call is made again.
// The mutex of the Process is held.
func (f *inFlight) settle(result *Result, failure *ClientError) {
	f.state = settled
	a := callOutcome{result: result}
	switch {
	case failure != nil:
		a.err = failure
	case result == nil:
		a.err = errAgain
	}
	f.outcome <- a
}

// call makes a call of the process and waits for its response.
func (c *child) call(ctx context.Context, seq int, line []byte, timeout time.Duration) (*Result, error) {
	p := c.of
	p.mu.Lock()
	if p.current != c || c.retired {
		p.mu.Unlock()
		return nil, errAgain // it ended, or hung, since it was ready
	}
	if c.calls[seq] != nil {
		p.mu.Unlock()
		return nil, errSameCall
	}
	f := &inFlight{outcome: make(chan callOutcome, 1)} // so that settling never waits
	c.calls[seq] = f
	c.inFlight++
	p.mu.Unlock()

	deadline := time.NewTimer(timeout)
	defer deadline.Stop()
	outbox := c.outbox
	for {
		select {
		case outbox <- line:
			outbox = nil
		case a := <-f.outcome:
			return a.result, a.err
		case <-deadline.C:
			return c.giveUp(seq, f, &ClientError{Kind: Hung, Seq: seq, Message: fmt.Sprintf("no result within %v", timeout), Stderr: c.stderr.String()})
		case <-ctx.Done():
			return c.giveUp(seq, f, ctx.Err())
		}
	}
}

// giveUp ends the wait for a response that does not come, unless it came in the
// moment before the mutex was taken.
func (c *child) giveUp(seq int, f *inFlight, reason error) (*Result, error) {
	p := c.of
	p.mu.Lock()
	defer p.mu.Unlock()
	if f.state != waiting {
		a := <-f.outcome
		return a.result, a.err
	}
	f.state = givenUp
	c.inFlight--
	c.retired = true
	if p.current == c {
		p.current = nil
	}
	// The other calls in flight keep their time limits.
	if c.inFlight == 0 {
		c.kill()
	}
	return nil, reason
}

// heard is a parsed line of a client: one of hello, result and err.
type heard struct {
	hello  *ClientHello
	result *Result
	seq    int          // of a result, also of an invalid one; 0 if it has none
	err    *ClientError // it is not a valid message
}

// hear reads a line: a hello if it is the first, otherwise a result.
func (c *child) hear(line []byte) heard {
	if c.introduced { // no mutex: only this goroutine changes it
		return hearResult(line)
	}
	return hearHello(line)
}

// envelope holds the common members of messages. It is read leniently, to attribute an invalid
// message to a call.
type envelope struct {
	Type     jsontext.Value `json:"type"`
	Protocol jsontext.Value `json:"protocol"`
	Seq      jsontext.Value `json:"seq"`
}

func hearHello(line []byte) heard {
	var hello ClientHello
	err := readMessage(clientHello, line, &hello)
	if err == nil {
		return heard{hello: &hello}
	}
	kind := InvalidOutput
	var e envelope
	if json.Unmarshal(line, &e) == nil {
		switch {
		case string(e.Type) == `"result"`, string(e.Type) == `"hello"` && string(e.Protocol) != fmt.Sprint(Protocol):
			kind = NoHello
		}
	}
	return heard{err: &ClientError{Kind: kind, Message: err.Error(), Line: err.Line}}
}

func hearResult(line []byte) heard {
	var result Result
	err := readMessage(resultMessage, line, &result)
	if err == nil {
		return heard{result: &result, seq: result.Seq}
	}
	h := heard{err: &ClientError{Kind: InvalidOutput, Message: err.Error(), Line: err.Line}}
	var e envelope
	switch {
	case json.Unmarshal(line, &e) != nil:
		h.seq = seqOf(line)
	case string(e.Type) != `"result"` || json.Unmarshal(e.Seq, &h.seq) != nil:
		h.seq = 0
	}
	h.err.Seq = h.seq
	return h
}

// brokenResult matches the beginning of a result that is not JSON as a whole.
var brokenResult = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*\{\s*"type"\s*:\s*"result"\s*,\s*"seq"\s*:\s*([1-9][0-9]{0,8})\s*,`)
})

// seqOf returns the number of the call that a line answers which cannot be parsed; 0: it does not say.
func seqOf(line []byte) int {
	m := brokenResult().FindSubmatch(line[:min(len(line), 200)])
	if m == nil {
		return 0
	}
	seq, _ := strconv.Atoi(string(m[1])) //nolint:errcheck // digits
	return seq
}

// receive acts on a line and reports whether another is to be read.
func (c *child) receive(h heard) bool {
	p := c.of
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.failure != nil {
		return false
	}
	if !c.introduced {
		return c.receiveHello(h)
	}
	if h.seq == 0 {
		c.fail(h.err)
		return false
	}
	f := c.calls[h.seq]
	if f == nil && h.err != nil {
		c.fail(h.err)
		return false
	}
	if f == nil {
		c.fail(&ClientError{Kind: UnknownSeq, Message: fmt.Sprintf("a result for call %d, which was not made", h.seq)})
		return false
	}
	if f.state == waiting {
		c.results++
		c.inFlight--
		f.settle(h.result, h.err)
		if c.retired && c.inFlight == 0 {
			c.kill()
		}
		return true
	}
	if f.state == settled && c.strays < maxStrayLines {
		c.repeated(h.seq)
	}
	f.state = settled
	if c.strays++; c.strays > maxStrayLines {
		c.fail(&ClientError{Kind: Flooded, Message: fmt.Sprintf("more than %d results that no call waits for", maxStrayLines)})
		return false
	}
	return true
}

// second notes a second response, once for each call. The mutex is held.
func (c *child) repeated(seq int) {
	for _, err := range c.of.late {
		if err.Seq == seq {
			return
		}
	}
	c.of.late = append(c.of.late, &ClientError{Kind: AnsweredTwice, Seq: seq, Message: fmt.Sprintf("a second result for call %d", seq), Stderr: c.stderr.String()})
}

func (c *child) receiveHello(h heard) bool {
	p := c.of
	if h.err == nil && p.introduced != nil && *p.introduced != *h.hello {
		h.err = &ClientError{Kind: NoHello, Message: fmt.Sprintf("hello differs from that of the first process: got %+v, want %+v", *h.hello, *p.introduced)}
	}
	if h.err != nil {
		c.fail(h.err)
		return false
	}
	p.introduced, c.introduced = h.hello, true
	close(c.greeted)
	return true
}
