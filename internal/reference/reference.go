// Package reference is a correct client of GetProtectedJob, written by hand from the specification
// of the protocol, without an SDK. It tests the cases of the suite from both sides. The client
// passes all of them. With one of its bugs enabled (see [Mutants]), at least one case must fail, or
// the suite does not detect that bug.
//
// The flow of a call: request (path, signature) → attempts → tree (JSON, in the order of the
// document) → shapes (the output of the operation) → canonical output, or → failure (the error of
// the service).
//
// A bug is a row of the table in mutants.go and one place that calls has(bug).
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
	"os"
	"time"

	"github.com/crcheck/crcheck/conformance"
)

// operation is the operation that the client calls.
const operation = "cleanrooms.GetProtectedJob"

// New returns the client with the named bug, or the correct client if the name is empty. It panics
// if the name is not in [Mutants].
func New(mutant string) *conformance.Func {
	name := "reference"
	if mutant != "" {
		if _, ok := find(mutant); !ok {
			panic(fmt.Sprintf("reference: unknown mutant %q", mutant))
		}
		name += "/" + mutant
	}
	return &conformance.Func{
		Info:        conformance.ClientInfo{Name: name, Version: "1", Language: "Go"},
		Reports:     conformance.ReportsOutput,
		Concurrency: 8,
		Operations:  conformance.AnyOperation,
		Do:          client{mutant, newMemory()}.do,
	}
}

// client has at most one bug.
type client struct {
	bug    string
	memory *memory // of earlier calls, which a correct client does not have
}

func (c client) has(bug string) bool { return c.bug == bug }

func (c client) do(ctx context.Context, call conformance.Call) *conformance.Result {
	if call.Operation != "" && call.Operation != operation {
		return &conformance.Result{Skipped: &conformance.SkippedResult{Reason: "the client supports " + operation + " alone"}}
	}
	if c.has(resultsCached) || c.has(membersMerged) {
		return c.memory.do(ctx, c, call)
	}
	return c.make(ctx, call)
}

// make makes a call with its attempts.
func (c client) make(ctx context.Context, call conformance.Call) *conformance.Result {
	if call.TimeoutMs > 0 && !c.has(noTimeout) && !c.has(timeoutPerRead) {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(call.TimeoutMs)*time.Millisecond)
		defer cancel()
	}
	w := c.newWire(call)
	defer w.CloseIdleConnections()
	for attempt := 1; ; attempt++ {
		request, rejected := c.request(ctx, call)
		if rejected != nil {
			return &conformance.Result{Rejected: rejected}
		}
		result, retryable := c.attempt(w, request)
		switch {
		case !retryable || c.has(retriesNever):
			return result
		case c.isLast(attempt, call.MaxAttempts):
			if attempt > 1 && c.has(lastErrorHidden) {
				return transport(conformance.TransportOther, errors.New("retries exhausted"))
			}
			return result
		}
		select {
		case <-time.After(c.backoff(attempt)):
		case <-ctx.Done():
			return noResponse(c, ctx.Err())
		}
	}
}

func (c client) isLast(attempt, maxAttempts int) bool {
	switch {
	case c.has(retriesOnce):
		maxAttempts = min(2, maxAttempts)
	case c.has(limitCountsRetries):
		maxAttempts++
	}
	return attempt >= maxAttempts
}

// backoff doubles from 10 ms up to 20 ms, so that a suite is fast.
func (c client) backoff(attempt int) time.Duration {
	if c.has(noBackoff) {
		return 0
	}
	return 10 * time.Millisecond << min(attempt-1, 1)
}

// attempt sends the request once. Since the operation is read-only, any failed connection is
// retryable, unless the timeout has expired.
func (c client) attempt(w *wire, request *http.Request) (result *conformance.Result, retryable bool) {
	response, err := w.Do(request)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) && c.has(cutHeaderIsWhole), err != nil && c.has(noResponseIsEmpty):
		return &conformance.Result{Output: marshal(map[string]any{})}, false
	case err != nil:
		return noResponse(c, err), !isTimeout(err) && request.Context().Err() == nil && !c.has(connectionIsFinal)
	}
	defer response.Body.Close()
	body, cut := c.body(response)
	if cut != nil && !c.has(ignoresTruncation) {
		result := unreadable(c, cut)
		return result, result.Transport != nil && !isTimeout(cut) && request.Context().Err() == nil
	}
	if problem := c.misunderstands(response, w); problem != nil {
		return broken(problem), false
	}
	if c.isFailure(response) {
		e, err := c.failure(response, body)
		if err != nil {
			return broken(err), false
		}
		return &conformance.Result{Error: e}, c.isRetryable(e)
	}
	output, err := c.output(body)
	if cut != nil || err != nil && c.has(brokenIsEmpty) {
		output, err = map[string]any{}, nil
	}
	if err != nil {
		return broken(err), false
	}
	return c.finished(output)
}

// isFailure decides by the status alone.
func (c client) isFailure(response *http.Response) bool {
	switch {
	case c.has(only200Succeeds):
		return response.StatusCode != 200
	case c.has(successIs200To204):
		return response.StatusCode < 200 || response.StatusCode > 204
	case c.has(successBelow400):
		return response.StatusCode >= 400
	case c.has(errorHeaderOnSuccessCounts) && response.Header.Get("X-Amzn-Errortype") != "":
		return true
	}
	return response.StatusCode < 200 || response.StatusCode >= 300
}

// output reads the body of a success. An empty body is an output without members.
func (c client) output(body []byte) (any, error) {
	if len(body) == 0 && !c.has(emptyBodyFails) {
		return map[string]any{}, nil
	}
	tree, err := parse(c, body)
	if err != nil {
		return nil, err
	}
	return getProtectedJobOutput(c, tree)
}

// finished returns an output, whatever the state of the job.
func (c client) finished(output any) (result *conformance.Result, retryable bool) {
	result = &conformance.Result{Output: marshal(output)}
	o, _ := output.(map[string]any)
	job, _ := o["protectedJob"].(map[string]any)
	switch status := job["status"]; {
	case status == "FAILED" && c.has(failedJobIsAnError):
		return &conformance.Result{Error: &conformance.ErrorResult{Code: "JobFailed"}}, false
	case c.has(waitsUntilDone):
		return result, status == "SUBMITTED" || status == "STARTED" || status == "CANCELLING"
	}
	return result, false
}

func broken(err error) *conformance.Result {
	return &conformance.Result{Broken: &conformance.Failure{Message: err.Error()}}
}

// noResponse returns the result of a request without a response.
func noResponse(c client, err error) *conformance.Result {
	if isTimeout(err) && !c.has(timeoutIsConnection) {
		return transport(conformance.TransportTimeout, err)
	}
	return transport(conformance.TransportConnection, err)
}

// unreadable returns the result of a response whose body could not be read. A complete body that
// cannot be decompressed is broken.
func unreadable(c client, err error) *conformance.Result {
	var network *net.OpError
	switch {
	case isTimeout(err) && !c.has(timeoutIsConnection):
		return transport(conformance.TransportTimeout, err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return transport(conformance.TransportTruncated, err)
	case isTimeout(err), errors.As(err, &network):
		return transport(conformance.TransportConnection, err)
	}
	return broken(err)
}

func isTimeout(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.Is(err, os.ErrDeadlineExceeded)
}

func transport(kind string, err error) *conformance.Result {
	return &conformance.Result{Transport: &conformance.Failure{Kind: kind, Message: err.Error()}}
}

func marshal(value any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(err) // unreachable: the values of all readers marshal
	}
	return bytes.TrimSpace(b.Bytes())
}
