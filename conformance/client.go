package conformance

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Client is a client under test. Hello is called first and once. Call is called concurrently, up to
// the concurrency that the client announced. Close is called last and once.
type Client interface {
	Hello(context.Context, Hello) (ClientHello, error)
	// Call returns the client's report. A [*ClientError] says that the client misbehaved, which
	// fails the case. Any other error is the context's or a defect of the runner.
	Call(context.Context, Call) (*Result, error)
	// Close ends the session. Its error joins a [*ClientError] for each misbehaviour that Call did
	// not report.
	Close(context.Context) error
}

// ClientError says how a client misbehaved, as opposed to a result that it reported.
type ClientError struct {
	Kind    string // one of the constants below
	Seq     int    // the call that it concerns; 0 if none in particular
	Message string
	Line    string // the start of the line that it concerns, quoted; empty if none
	Stderr  string // the end of the standard error of a process
	// Fatal means that the session is over: no further call can be made.
	Fatal bool
}

// How clients misbehave.
const (
	Crashed       = "crashed"         // the process ended, or the function panicked
	Hung          = "hung"            // no result within the timeout of the call and a grace period
	Flooded       = "flooded"         // a line of more than maxLine bytes, or too many results that no call waits for
	InvalidOutput = "invalid-output"  // a line that is not a message of the protocol
	AnsweredTwice = "answered-twice"  // a second result for a call
	UnknownSeq    = "unknown-seq"     // a result for a call that was never made
	NoHello       = "no-hello"        // no hello, or one of another protocol
	IgnoredTerm   = "ignored-sigterm" // SIGKILL was needed to end the process
	NotStarted    = "not-started"     // the process could not be started
	RepeatedCrash = "repeated-crash"  // three crashes in a row
)

func (e *ClientError) Error() string {
	text := fmt.Sprintf("client %s: %s", e.Kind, e.Message)
	if stderr := strings.TrimSpace(e.Stderr); stderr != "" {
		const maxLength = 400
		text += "; it wrote: " + strings.ToValidUTF8(stderr[max(0, len(stderr)-maxLength):], "")
	}
	return text
}

// maxLine bounds a line of the protocol, in bytes.
const maxLine = 1 << 20

// Func is a client in Go, in the process of the runner.
type Func struct {
	Info        ClientInfo
	Reports     string // empty: ReportsOutput
	Concurrency int    // 0: 4
	Operations  string // empty: only the operation of the hello
	Do          func(context.Context, Call) *Result
}

// Hello introduces the client.
func (f *Func) Hello(context.Context, Hello) (ClientHello, error) {
	hello := ClientHello{Type: "hello", Protocol: Protocol, Client: f.Info, Reports: f.Reports, Concurrency: f.Concurrency, Operations: f.Operations}
	if hello.Reports == "" {
		hello.Reports = ReportsOutput
	}
	if hello.Concurrency == 0 {
		hello.Concurrency = 4
	}
	return hello, nil
}

const (
	// lateness is how long after a call's timeout its result is due.
	lateness = 2 * time.Second
	// stall is how much later it may come if this process did not get to run: after a
	// pause of the machine the client's timeout and the runner's strike at once.
	stall = 500 * time.Millisecond
)

// Call calls Do. A panic there counts as a crash. Do has to enforce the timeout itself: if it does
// not, the call fails as [Hung] and its context is cancelled.
func (f *Func) Call(ctx context.Context, call Call) (*Result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type outcome struct {
		result *Result
		err    error
	}
	done := make(chan outcome, 1) // buffered, so that a late result does not leak the goroutine
	go func() {
		result, err := f.do(ctx, call)
		done <- outcome{result, err}
	}()
	due := time.Duration(call.TimeoutMs)*time.Millisecond + lateness
	for _, wait := range []time.Duration{due, stall} {
		select {
		case o := <-done:
			return o.result, o.err
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
	}
	return nil, &ClientError{Kind: Hung, Message: fmt.Sprintf("no result within %d ms and %v", call.TimeoutMs, lateness)}
}

func (f *Func) do(ctx context.Context, call Call) (result *Result, err error) {
	defer func() {
		if r := recover(); r != nil {
			result, err = nil, &ClientError{Kind: Crashed, Message: fmt.Sprintf("panic: %v", r)}
		}
	}()
	result = f.Do(ctx, call)
	if result == nil {
		return nil, &ClientError{Kind: InvalidOutput, Message: "it returned no result"}
	}
	result.Type, result.Seq = "result", call.Seq
	return result, nil
}

// Close does nothing: there is no process to end.
func (f *Func) Close(context.Context) error { return nil }
