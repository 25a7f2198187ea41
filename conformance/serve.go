package conformance

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// Serve turns a client in Go into a process: it speaks the client's side of docs/protocol.md, one
// message a line, until in ends, and then closes the client. It runs as many concurrent calls as
// the client announces. It returns an error if a line of in is not a message of the protocol, if
// out cannot be written, or if the client misbehaves. The process should then exit with a status
// other than 0, which the runner reports as a crash.
func Serve(ctx context.Context, in io.Reader, out io.Writer, client Client) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s := &server{client: client, out: json.NewEncoder(out), fail: cancel}
	s.out.SetEscapeHTML(false)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine+len("\r\n"))

	concurrency, err := s.hello(ctx, lines)
	if err != nil {
		return err
	}
	slots := make(chan struct{}, concurrency)
	var calls sync.WaitGroup
	for ctx.Err() == nil && lines.Scan() {
		var call Call
		if err := json.Unmarshal(lines.Bytes(), &call); err != nil || call.Type != "call" {
			cancel(fmt.Errorf("expected a call, not %.200q", lines.Text()))
			break
		}
		slots <- struct{}{}
		calls.Go(func() {
			defer func() { <-slots }()
			s.call(ctx, call)
		})
	}
	if err := lines.Err(); err != nil {
		cancel(err)
	}
	calls.Wait()
	if err := context.Cause(ctx); err != nil {
		client.Close(ctx) //nolint:errcheck // the first failure says more
		return err
	}
	return client.Close(ctx)
}

// server is a session of [Serve].
type server struct {
	client  Client
	fail    context.CancelCauseFunc
	writing sync.Mutex
	out     *json.Encoder
}

func (s *server) hello(ctx context.Context, lines *bufio.Scanner) (concurrency int, err error) {
	if !lines.Scan() {
		if err := lines.Err(); err != nil {
			return 0, err
		}
		return 0, io.ErrUnexpectedEOF
	}
	var hello Hello
	if err := json.Unmarshal(lines.Bytes(), &hello); err != nil || hello.Type != "hello" {
		return 0, fmt.Errorf("expected a hello, not %.200q", lines.Text())
	}
	introduced, err := s.client.Hello(ctx, hello)
	if err != nil {
		return 0, err
	}
	return max(1, introduced.Concurrency), s.write(introduced)
}

func (s *server) call(ctx context.Context, call Call) {
	result, err := s.client.Call(ctx, call)
	if err == nil {
		err = s.write(result)
	}
	if err != nil {
		s.fail(err)
	}
}

// write writes a message and its newline in one piece, so that results of concurrent calls do not
// mix.
func (s *server) write(message any) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.out.Encode(message)
}
