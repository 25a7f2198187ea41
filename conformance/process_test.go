//go:build unix

package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// begin begins a session and returns what the client said.
func begin(t *testing.T, p *Process) ClientHello {
	t.Helper()
	hello, err := p.Hello(t.Context(), Hello{Type: "hello", Protocol: Protocol, Operation: "cleanrooms.GetProtectedJob"})
	require.NoError(t, err)
	return hello
}

func aCall(seq int) Call {
	return Call{Type: "call", Seq: seq, Endpoint: "http://127.0.0.1:41233", Region: "us-east-1",
		Credentials: Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "fake"},
		Input:       json.RawMessage(fmt.Sprintf(`{"n":%d}`, seq)), TimeoutMs: 100, MaxAttempts: 3}
}

// cameTo names what a call or the session came to: the kind of its misbehaviour,
// or, if it has none, that of the result.
func cameTo(t *testing.T, result *Result, err error) string {
	t.Helper()
	var misbehaved *ClientError
	if errors.As(err, &misbehaved) {
		return misbehaved.Kind
	}
	require.NoError(t, err)
	return result.Kind()
}

const isOutput = "output"

// TestProcess holds each way in which clients misbehave to its name.
func TestProcess(t *testing.T) {
	for _, test := range []struct {
		behaviour string
		hello     string   // empty: it is one
		calls     []string // what each in turn comes to
		close     []string
	}{
		{"good", "", []string{isOutput, isOutput, isOutput}, nil},
		{"crlf", "", []string{isOutput, isOutput}, nil},
		{"long-line", "", []string{isOutput}, nil},
		{"stderr-noise", "", []string{isOutput, isOutput}, nil},
		{"slow-hello", "", []string{isOutput}, nil},
		{"writes-at-end", "", []string{isOutput}, nil},

		{"dies-at-start", Crashed, nil, nil},
		{"dies-at-hello", Crashed, nil, nil},
		{"dies-in-call", "", []string{Crashed, Crashed, RepeatedCrash, RepeatedCrash}, nil},
		{"is-killed", "", []string{Crashed}, nil},
		{"dies-in-call-2", "", []string{isOutput, Crashed, isOutput, isOutput}, nil},
		// The process dies between calls; the next one fails, however fast it came.
		{"dies-after-answer", "", []string{isOutput, Crashed, isOutput, Crashed, isOutput, Crashed, isOutput, Crashed}, nil},
		{"dies-after-answer", "", []string{isOutput}, []string{Crashed}},
		{"dies-at-eof", "", []string{isOutput, isOutput}, []string{Crashed}},
		{"exits-0-unasked", "", []string{Crashed, Crashed, RepeatedCrash}, nil},
		{"exits-0-in-call", "", []string{Crashed, Crashed, RepeatedCrash}, nil},
		{"closes-stdout", "", []string{Hung}, nil},
		{"closes-stdout", "", []string{Crashed}, nil},

		{"one-shot", "", []string{isOutput, isOutput, isOutput, isOutput, isOutput}, nil},
		{"changes", "", []string{isOutput, NoHello, NoHello, RepeatedCrash}, nil},

		{"hangs", "", []string{Hung, Hung, Hung, Hung}, nil},
		{"hangs-in-2", "", []string{isOutput, Hung, isOutput}, nil},
		{"late", "", []string{isOutput, Hung, isOutput}, nil},
		{"deaf", "", []string{Hung}, nil},

		{"floods-line", "", []string{Flooded, Flooded, Flooded, Flooded}, nil},
		{"floods-results", "", []string{isOutput, Flooded, isOutput}, []string{AnsweredTwice, AnsweredTwice, Flooded}},
		{"floods-junk", "", []string{InvalidOutput}, nil},

		{"answers-twice", "", []string{isOutput, isOutput}, []string{AnsweredTwice, AnsweredTwice}},
		{"unknown-seq", "", []string{UnknownSeq, UnknownSeq}, nil},
		{"invalid-json", "", []string{InvalidOutput, InvalidOutput}, nil},
		{"invalid-in-2", "", []string{isOutput, InvalidOutput, isOutput}, nil},
		{"broken-in-2", "", []string{isOutput, InvalidOutput, isOutput}, nil},
		{"long-in-2", "", []string{isOutput, Flooded, isOutput}, nil},
		{"two-in-2", "", []string{isOutput, InvalidOutput, isOutput}, nil},
		{"invalid-seq", "", []string{InvalidOutput}, nil},
		{"empty-line", "", []string{InvalidOutput}, nil},
		{"noise-between", "", []string{isOutput, InvalidOutput, isOutput}, []string{InvalidOutput}},
		{"no-newline", "", []string{InvalidOutput}, nil},
		{"partial-line", "", []string{Crashed}, nil},
		{"unflushed-line", "", []string{Hung}, nil},

		{"banner", InvalidOutput, nil, nil},
		{"bom", InvalidOutput, nil, nil},
		{"no-hello", NoHello, nil, nil},
		{"other-protocol", NoHello, nil, nil},
		{"invalid-hello", InvalidOutput, nil, nil},
		{"very-slow-hello", NoHello, nil, nil},
		{"hello-twice", "", []string{InvalidOutput}, nil},

		{"ignores-eof", "", []string{isOutput}, nil},
		{"ignores-term", "", []string{isOutput}, []string{IgnoredTerm}},
		{"grandchild", "", []string{isOutput, isOutput}, nil},
		{"grandchild-orphaned", "", []string{isOutput, Crashed}, nil},
		{"grandchild-with-hang", "", []string{Hung}, nil},
	} {
		t.Run(test.behaviour, func(t *testing.T) {
			p := fakeProcess(t, test.behaviour)
			switch test.behaviour {
			case "very-slow-hello":
				p.HelloTimeout = 200 * time.Millisecond
			case "writes-at-end":
				p.patience.eof = 5 * time.Second // it ignores SIGTERM, so that it fails if it blocks
			}
			started := time.Now()
			_, err := p.Hello(t.Context(), Hello{Type: "hello", Protocol: Protocol, Operation: "cleanrooms.GetProtectedJob"})
			if test.hello != "" {
				var misbehaved *ClientError
				require.ErrorAs(t, err, &misbehaved)
				require.Equal(t, test.hello, misbehaved.Kind)
				require.True(t, misbehaved.Fatal)
				_, err := p.Call(t.Context(), aCall(1))
				require.Equal(t, test.hello, cameTo(t, nil, err), "there is no session")
			} else {
				require.NoError(t, err)
			}
			var got []string
			for i := range test.calls {
				call := aCall(i + 1)
				switch { // only those that hang have little time, or a busy machine fails the test
				case test.calls[i] != Hung:
					call.TimeoutMs = 20_000
				case test.behaviour == "deaf":
					call.Input = json.RawMessage(`{"x":"` + strings.Repeat("x", maxLine/2) + `"}`) // more than a pipe holds
				}
				result, err := p.Call(t.Context(), call)
				got = append(got, cameTo(t, result, err))
				if got[i] == isOutput && test.behaviour != "long-line" {
					require.Equal(t, i+1, result.Seq)
				}
			}
			require.Equal(t, test.calls, got)
			require.Equal(t, test.close, kinds(p.Close(t.Context())))
			require.Less(t, time.Since(started), 10*time.Second)
		})
	}
}

func kinds(err error) (kinds []string) {
	if err == nil {
		return nil
	}
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		kinds = append(kinds, e.(*ClientError).Kind)
	}
	return kinds
}

// TestProcessErrors holds what errors say beside their kind.
func TestProcessErrors(t *testing.T) {
	for _, test := range []struct {
		behaviour string
		calls     int // the last one fails, or, if it does not, Close
		want      ClientError
	}{
		{"dies-in-call", 1, ClientError{Kind: Crashed, Stderr: "Traceback\n", Message: "the process ended: exit status 3"}},
		{"dies-in-call", 3, ClientError{Kind: RepeatedCrash, Fatal: true, Stderr: "Traceback\n"}},
		{"invalid-in-2", 2, ClientError{Kind: InvalidOutput, Seq: 2, Line: "`{\"type\":\"result\",\"seq\":2,\"error\":{\"message\":\"X\"}}`"}},
		{"hangs-in-2", 2, ClientError{Kind: Hung, Seq: 2}},
		{"answers-twice", 1, ClientError{Kind: AnsweredTwice, Seq: 1}},
		{"partial-line", 1, ClientError{Kind: Crashed, Line: "`{\"type\":\"result\",\"seq\":1,`"}},
		{"floods-line", 1, ClientError{Kind: Flooded, Line: "`" + strings.Repeat("x", 120) + "`…"}},
	} {
		t.Run(test.behaviour, func(t *testing.T) {
			p := fakeProcess(t, test.behaviour)
			begin(t, p)
			var err error
			for i := range test.calls {
				call := aCall(i + 1)
				if test.want.Kind != Hung {
					call.TimeoutMs = 20_000
				}
				_, err = p.Call(t.Context(), call)
			}
			err = errors.Join(err, p.Close(t.Context()))
			var got *ClientError
			require.ErrorAs(t, err, &got)
			if test.want.Message == "" {
				require.NotEmpty(t, got.Message)
				got.Message = ""
			}
			require.Equal(t, test.want, *got)
		})
	}
}

// TestProcessConcurrentCalls holds calls in flight together to their own fates.
func TestProcessConcurrentCalls(t *testing.T) {
	for _, test := range []struct {
		behaviour string
		want      map[int]string // by the number of the call; the others are answered
	}{
		{"good", nil},
		{"out-of-order", nil},
		{"one-shot", nil},
		{"hangs-in-2", map[int]string{2: Hung}},
		{"two-in-2", map[int]string{2: InvalidOutput}},
		{"broken-in-2", map[int]string{2: InvalidOutput}},
		{"long-in-2", map[int]string{2: Flooded}},
		{"invalid-json", map[int]string{1: InvalidOutput, 2: InvalidOutput, 3: InvalidOutput, 4: InvalidOutput}},
	} {
		t.Run(test.behaviour, func(t *testing.T) {
			p := fakeProcess(t, test.behaviour)
			require.Equal(t, 4, begin(t, p).Concurrency)
			got := make([]string, 5)
			var calls sync.WaitGroup
			for seq := 1; seq <= 4; seq++ {
				calls.Go(func() {
					call := aCall(seq)
					if test.want[seq] != Hung {
						call.TimeoutMs = 20_000
					}
					result, err := p.Call(t.Context(), call)
					got[seq] = cameTo(t, result, err)
					if got[seq] == isOutput && string(result.Output) != fmt.Sprintf(`{"echo":{"n":%d}}`, seq) {
						got[seq] = "the result of another call"
					}
				})
			}
			calls.Wait()
			for seq := 1; seq <= 4; seq++ {
				want := test.want[seq]
				if want == "" {
					want = isOutput
				}
				require.Equal(t, want, got[seq], "call %d", seq)
			}
			require.NoError(t, p.Close(t.Context()))
		})
	}
}

func TestProcessCrashFailsTheCallsInFlight(t *testing.T) {
	p := fakeProcess(t, "dies-in-call-2")
	begin(t, p)
	// Call 3 is in flight with call 2, or made again after it: never lost.
	var calls sync.WaitGroup
	got := make([]string, 4)
	for seq := 1; seq <= 3; seq++ {
		calls.Go(func() {
			call := aCall(seq)
			call.TimeoutMs = 20_000
			result, err := p.Call(t.Context(), call)
			got[seq] = cameTo(t, result, err)
		})
	}
	calls.Wait()
	require.Equal(t, Crashed, got[2])
	require.Subset(t, []string{isOutput, Crashed}, got[1:])
	require.NoError(t, p.Close(t.Context()))
}

func TestProcessThatHangsIsEnded(t *testing.T) {
	p := fakeProcess(t, "hangs")
	begin(t, p)
	_, err := p.Call(t.Context(), aCall(1))
	require.Equal(t, Hung, cameTo(t, nil, err))
	waitForNone(t, p)
	require.NoError(t, p.Close(t.Context()))
}

// waitForNone waits until no process of the client is there.
func waitForNone(t *testing.T, p *Process) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); len(marked(t, p.Command[3])) > 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	require.Empty(t, marked(t, p.Command[3]))
}

// A call that hangs takes no other with it; when those are answered, its
// process is ended, without Close.
func TestProcessHangLeavesOthersAlone(t *testing.T) {
	p := fakeProcess(t, "hangs-in-2-while-busy")
	begin(t, p)
	got := make([]string, 5)
	var calls sync.WaitGroup
	for seq := 1; seq <= 3; seq++ {
		calls.Go(func() {
			call := aCall(seq)
			if seq != 2 {
				call.TimeoutMs = 20_000
			}
			result, err := p.Call(t.Context(), call)
			got[seq] = cameTo(t, result, err)
			if seq == 2 {
				p.mu.Lock()
				defer p.mu.Unlock()
				assert.Nil(t, p.current, "the next call need not wait for the others")
			}
		})
	}
	calls.Wait()
	require.Equal(t, []string{isOutput, Hung, isOutput}, got[1:4])
	waitForNone(t, p)
	call := aCall(4)
	call.TimeoutMs = 20_000
	result, err := p.Call(t.Context(), call)
	require.Equal(t, isOutput, cameTo(t, result, err))
	require.NoError(t, p.Close(t.Context()))
}

func TestProcessNotStarted(t *testing.T) {
	folder := t.TempDir()
	text := filepath.Join(folder, "text")
	require.NoError(t, os.WriteFile(text, []byte("no program"), 0o644))
	program := filepath.Join(folder, "program")
	require.NoError(t, os.WriteFile(program, []byte("no program"), 0o755))
	for _, command := range [][]string{nil, {filepath.Join(folder, "absent")}, {"crcheck-no-such-program"}, {text}, {program}, {folder}} {
		files := openFiles(t)
		p := &Process{Command: command}
		_, err := p.Hello(t.Context(), Hello{Type: "hello", Protocol: Protocol, Operation: "cleanrooms.GetProtectedJob"})
		var misbehaved *ClientError
		require.ErrorAs(t, err, &misbehaved, "%q", command)
		require.Equal(t, NotStarted, misbehaved.Kind)
		require.True(t, misbehaved.Fatal)
		require.NoError(t, p.Close(t.Context()))
		require.LessOrEqual(t, openFiles(t), files)
	}
}

// A process that has left the group is out of reach, but holds nobody up.
func TestProcessThatLeftTheGroup(t *testing.T) {
	p := fakeProcess(t, "grandchild-of-its-own")
	begin(t, p)
	_, err := p.Call(t.Context(), aCall(1))
	require.NoError(t, err)
	require.NoError(t, p.Close(t.Context()))
	require.Len(t, marked(t, p.Command[3]), 1, "it was not waited for")
	_, address, _ := strings.Cut(p.Command[3], "@")
	require.NoError(t, os.WriteFile(address, nil, 0o600)) // it is told to end
	waitForNone(t, p)
}

func TestProcessContext(t *testing.T) {
	p := fakeProcess(t, "hangs")
	p.patience.eof, p.patience.term = time.Minute, time.Minute
	begin(t, p)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	call := aCall(1)
	call.TimeoutMs = 60_000
	_, err := p.Call(ctx, call)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	_, err = p.Call(t.Context(), aCall(2))
	require.Equal(t, Hung, cameTo(t, nil, err))
	require.NoError(t, p.Close(ctx), "it is killed without having been given the time")
	_, err = p.Call(t.Context(), aCall(3))
	require.ErrorIs(t, err, errClosed)
	require.NoError(t, p.Close(t.Context()))
}

// The runner's own mistakes are no misbehaviour of the client.
func TestProcessOwnMistakes(t *testing.T) {
	p := fakeProcess(t, "good")
	_, err := p.Call(t.Context(), aCall(1))
	require.ErrorIs(t, err, errNoHello)
	_, err = p.Hello(t.Context(), Hello{Type: "hello", Protocol: Protocol})
	var message *messageError
	require.ErrorAs(t, err, &message)
	begin(t, p)
	call := aCall(1)
	call.Endpoint = "127.0.0.1:1"
	_, err = p.Call(t.Context(), call)
	require.ErrorAs(t, err, &message)
	require.Equal(t, "/endpoint", message.Pointer)
	call = aCall(1)
	call.Input = json.RawMessage(`{"x":"` + strings.Repeat("x", maxLine) + `"}`)
	_, err = p.Call(t.Context(), call)
	require.ErrorAs(t, err, &message)
	_, err = p.Call(t.Context(), aCall(1))
	require.NoError(t, err)
	_, err = p.Call(t.Context(), aCall(1))
	require.ErrorIs(t, err, errSameCall)
	require.NoError(t, p.Close(t.Context()))
}
