// Package reference is a client of GetProtectedJob written by hand from the
// protocol's specification, without an SDK: what a right client does with every
// answer. It proves the cases of the suite from both sides. As it is, it passes
// them all; with one of its bugs switched on (see [Mutants]) at least one case
// must fail, or the suite does not see that bug.
//
// The flow of a call: request (path, signature) → attempts → tree (JSON, in the
// order of the document) → shapes (what the operation answers) → canonical output,
// or → failure (which error of the service it is).
//
// A bug is a row of the table in mutants.go and one place that asks has(bug).
package reference

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/crcheck/crcheck/conformance"
)

// New returns the client with the bug of that name; with none it is right. It
// panics on a name that is not in [Mutants].
func New(mutant string) *conformance.Func {
	name := "reference"
	if mutant != "" {
		if _, ok := find(mutant); !ok {
			panic(fmt.Sprintf("reference: there is no mutant %q", mutant))
		}
		name += "/" + mutant
	}
	return &conformance.Func{
		Info:        conformance.ClientInfo{Name: name, Version: "1", Language: "Go"},
		Reports:     conformance.ReportsOutput,
		Concurrency: 8,
		Do:          client{mutant}.do,
	}
}

// client has at most one bug.
type client struct{ bug string }

func (c client) has(bug string) bool { return c.bug == bug }

func (c client) do(ctx context.Context, call conformance.Call) *conformance.Result {
	if call.TimeoutMs > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(call.TimeoutMs)*time.Millisecond)
		defer cancel()
	}
	wire := &http.Client{
		Transport: &http.Transport{},
		// The protocol has no redirects: a 3xx is an error of the service.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer wire.CloseIdleConnections()
	for attempt := 1; ; attempt++ {
		request, rejected := c.request(ctx, call)
		if rejected != nil {
			return &conformance.Result{Rejected: rejected}
		}
		result, retryable := c.attempt(wire, request)
		if !retryable || attempt >= call.MaxAttempts || c.has(retriesNever) {
			return result
		}
		select {
		case <-time.After(backoff(attempt)):
		case <-ctx.Done():
			return unanswered(ctx.Err())
		}
	}
}

// backoff doubles from 5 ms and stops at 20 ms, so that a suite is fast.
func backoff(attempt int) time.Duration {
	return 5 * time.Millisecond << min(attempt-1, 2)
}

// attempt sends the request once. An operation that changes nothing may be
// tried again whatever became of the connection; but not when time is up.
func (c client) attempt(wire *http.Client, request *http.Request) (result *conformance.Result, retryable bool) {
	response, err := wire.Do(request)
	if err != nil {
		return unanswered(err), request.Context().Err() == nil
	}
	defer response.Body.Close()
	body, cut := io.ReadAll(response.Body)
	if cut != nil && !c.has(ignoresTruncation) {
		result := unread(cut)
		return result, result.Transport != nil && request.Context().Err() == nil
	}
	if response.StatusCode < 200 || response.StatusCode >= 300 {
		e := c.failure(response, body)
		return &conformance.Result{Error: e}, c.isRetryable(e)
	}
	output, err := c.output(body)
	if cut != nil {
		output, err = map[string]any{}, nil
	}
	if err != nil {
		return &conformance.Result{Broken: &conformance.BrokenResult{Message: err.Error()}}, false
	}
	return &conformance.Result{Output: marshal(output)}, false
}

// output reads the body of a success. None at all is an output without members.
func (c client) output(body []byte) (any, error) {
	if len(body) == 0 {
		return map[string]any{}, nil
	}
	tree, err := parse(body)
	if err != nil {
		return nil, err
	}
	return getProtectedJobOutput(c, tree)
}

// unanswered says what kind of failure it is that no answer began.
func unanswered(err error) *conformance.Result {
	if isTimeout(err) {
		return transport(conformance.TransportTimeout, err)
	}
	return transport(conformance.TransportConnection, err)
}

// unread says what kind of failure it is that a body could not be read. One
// that came whole but whose encoding cannot be undone is broken.
func unread(err error) *conformance.Result {
	var network *net.OpError
	switch {
	case isTimeout(err):
		return transport(conformance.TransportTimeout, err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return transport(conformance.TransportTruncated, err)
	case errors.As(err, &network):
		return transport(conformance.TransportConnection, err)
	}
	return &conformance.Result{Broken: &conformance.BrokenResult{Message: err.Error()}}
}

func isTimeout(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

func transport(kind string, err error) *conformance.Result {
	return &conformance.Result{Transport: &conformance.TransportResult{Kind: kind, Message: err.Error()}}
}

func marshal(value any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(err) // the readers make nothing that does not marshal
	}
	return bytes.TrimSpace(b.Bytes())
}
