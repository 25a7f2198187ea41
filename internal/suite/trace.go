package suite

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/crcheck/crcheck/conformance"
)

// Traced returns the client, whose messages of the protocol are also written to w, one a line: "> " what
// the runner sends, "< " what the client reports, "! " how it misbehaved.
func Traced(client conformance.Client, w io.Writer) conformance.Client {
	return &traced{Client: client, w: w}
}

type traced struct {
	conformance.Client
	mu sync.Mutex
	w  io.Writer
}

// Hello writes both hellos.
func (t *traced) Hello(ctx context.Context, hello conformance.Hello) (conformance.ClientHello, error) {
	t.write("> ", hello)
	answer, err := t.Client.Hello(ctx, hello)
	t.outcome(answer, err)
	return answer, err
}

// Call writes a call and its result.
func (t *traced) Call(ctx context.Context, call conformance.Call) (*conformance.Result, error) {
	t.write("> ", call)
	result, err := t.Client.Call(ctx, call)
	t.outcome(result, err)
	return result, err
}

func (t *traced) outcome(message any, err error) {
	if err == nil {
		t.write("< ", message)
		return
	}
	text := err.Error()
	var misbehaved *conformance.ClientError
	if errors.As(err, &misbehaved) && misbehaved.Line != "" {
		text += "; the line: " + misbehaved.Line
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.w, "! %s\n", text)
}

func (t *traced) write(mark string, message any) {
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false)
	if e.Encode(message) != nil {
		return // unreachable: messages of the protocol can be encoded
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.w, "%s%s", mark, line.Bytes())
}
