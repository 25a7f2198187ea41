package conformance

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestPauses: a client that tries again at once is found; one whose backoff has
// jitter, and one on a slow machine, is not.
func TestPauses(t *testing.T) {
	for _, v := range []struct {
		name   string
		pauses []int // ms
		atOnce bool
	}{
		{"one attempt", nil, false},
		{"at once", []int{0, 0, 1, 0}, true},
		{"at once on a machine that once was slow", []int{0, 60, 1, 0}, true},
		{"backoff", []int{10, 20, 20, 20}, false},
		{"jitter, half of it down to nothing", []int{0, 1, 7, 9}, false},
		{"one pause", []int{5}, false},
		{"no pause", []int{4}, true},
	} {
		t.Run(v.name, func(t *testing.T) {
			at := time.Unix(0, 0)
			attempts := []Attempt{{arrived: at, responded: at.Add(time.Second)}}
			for _, ms := range v.pauses {
				at = at.Add(time.Second + time.Duration(ms)*time.Millisecond)
				attempts = append(attempts, Attempt{arrived: at, responded: at.Add(time.Second)})
			}
			o := oracle{c: &scenario{Attempts: attemptBounds{PauseMs: 5}}, attempts: attempts}
			require.Equal(t, v.atOnce, o.impatient())
			o.c = &scenario{}
			require.False(t, o.impatient(), "not checked")
		})
	}
	o := oracle{c: &scenario{Attempts: attemptBounds{PauseMs: 5}}}
	require.False(t, o.impatient(), "nothing was sent")
}

// TestAttemptsAreCounted: as many requests arrive as the case allows, and none of
// a client that says that it sent none.
func TestAttemptsAreCounted(t *testing.T) {
	output := &Result{Output: json.RawMessage("{}")}
	skipped := &Result{Skipped: &SkippedResult{Reason: "not yet"}}
	rejected := &Result{Rejected: &Failure{Message: "no UUID"}}
	for _, v := range []struct {
		bounds   attemptBounds
		result   *Result
		attempts int
		problem  string
	}{
		{attemptBounds{}, output, 1, ""},
		{attemptBounds{}, output, 0, "expected 1 attempt, 0 arrived"},
		{attemptBounds{Min: 2}, output, 2, ""},
		{attemptBounds{Min: 2}, output, 3, "expected 2 attempts, 3 arrived"},
		{attemptBounds{Max: 3}, output, 3, ""},
		{attemptBounds{Max: 3}, output, 0, "expected 1 to 3 attempts, 0 arrived"},
		{attemptBounds{Min: 2, Max: 3}, output, 1, "expected 2 to 3 attempts, 1 arrived"},
		{attemptBounds{Min: 5, PauseMs: 5}, skipped, 0, ""},
		{attemptBounds{Min: 2}, rejected, 0, ""},
		{attemptBounds{}, skipped, 1, "1 request arrived, but the client says that it skipped the call: not yet"},
		{attemptBounds{}, rejected, 2, "2 requests arrived, but the client says that it rejects the input: no UUID"},
	} {
		o := oracle{c: &scenario{Attempts: v.bounds}}
		for range v.attempts {
			o.attempts = append(o.attempts, Attempt{Signed: true})
		}
		var want []string
		if v.problem != "" {
			want = []string{v.problem}
		}
		require.Equal(t, want, o.wire(v.result), "%v %s", v.bounds, v.result.Kind())
	}
}

// TestErrorIsJudged: what a case does not state is not checked, and a message that
// the client leaves out is empty.
func TestErrorIsJudged(t *testing.T) {
	var bare Result
	require.Nil(t, readMessage(resultMessage, []byte(`{"type":"result","seq":1,"error":{"code":"X"}}`), &bare))
	for _, v := range []struct {
		want    errorSpec
		problem string
	}{
		{errorSpec{}, ""},
		{errorSpec{Code: "X"}, ""},
		{errorSpec{Code: "Y"}, `expected error code Y, the client reports "X"`},
		{errorSpec{Message: "m"}, `expected error message "m", the client reports ""`},
		{errorSpec{HTTPStatus: 404}, "expected HTTP status 404, the client reports 0"},
	} {
		require.Equal(t, v.problem, (&oracle{}).error(&expectation{expectSpec: expectSpec{Error: &v.want}}, bare.Error))
	}
}

// TestDescriptions: what is expected and reported is said with what is stated of it.
func TestDescriptions(t *testing.T) {
	for want, e := range map[string]expectSpec{
		"an error":                 {Error: &errorSpec{}},
		"an error with status 404": {Error: &errorSpec{HTTPStatus: 404}},
		"error X":                  {Error: &errorSpec{Code: "X", HTTPStatus: 404}},
	} {
		require.Equal(t, want, (&expectation{expectSpec: e}).describe())
	}
	for want, r := range map[string]Result{
		"error X":                             {Error: &ErrorResult{Code: "X"}},
		"error X: m":                          {Error: &ErrorResult{Code: "X", Message: "m"}},
		"a transport failure of kind timeout": {Transport: &Failure{Kind: TransportTimeout}},
		"that it rejects the input":           {Rejected: &Failure{}},
		"a broken response":                   {Broken: &Failure{}},
		"that it skipped the call: not yet":   {Skipped: &SkippedResult{Reason: "not yet"}},
		`output {"a":1}`:                      {Output: json.RawMessage(`{"a":1}`)},
	} {
		require.Equal(t, want, describe(&r))
	}
}

// TestPortsAreNoPartOfAReport: they differ from run to run.
func TestPortsAreNoPartOfAReport(t *testing.T) {
	text := describe(&Result{Transport: &Failure{Kind: TransportConnection, Message: "read 127.0.0.1:45678->127.0.0.1:33211: reset"}})
	require.Contains(t, text, "read 127.0.0.1:PORT->127.0.0.1:PORT: reset")
}

// TestFuncThatHangs: the timeout is the client's to keep, and its context ends when it does not.
func TestFuncThatHangs(t *testing.T) {
	client := &Func{Do: func(ctx context.Context, _ Call) *Result {
		<-ctx.Done()
		return &Result{Output: json.RawMessage("{}")}
	}}
	_, err := client.Call(t.Context(), Call{Seq: 1, TimeoutMs: 1})
	var misbehaved *ClientError
	require.ErrorAs(t, err, &misbehaved)
	require.Equal(t, Hung, misbehaved.Kind)
}
