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
		{"no attempts", nil, false},
		{"at once", []int{0, 0, 1, 0}, true},
		{"at once on a machine that once was slow", []int{0, 60, 1, 0}, true},
		{"backoff", []int{10, 20, 20, 20}, false},
		{"jitter, half of it down to nothing", []int{0, 1, 7, 9}, false},
		{"one pause", []int{5}, false},
		{"no pause", []int{4}, true},
	} {
		t.Run(v.name, func(t *testing.T) {
			at := time.Unix(0, 0)
			attempts := []Attempt{{arrived: at, answered: at.Add(time.Second)}}
			for _, ms := range v.pauses {
				at = at.Add(time.Second + time.Duration(ms)*time.Millisecond)
				attempts = append(attempts, Attempt{arrived: at, answered: at.Add(time.Second)})
			}
			j := judge{c: &Case{Attempts: Attempts{PauseMs: 5}}, attempts: attempts}
			require.Equal(t, v.atOnce, j.atOnce())
			j.c = &Case{}
			require.False(t, j.atOnce(), "not judged")
		})
	}
}

func TestSignatureIsJudged(t *testing.T) {
	j := judge{signed: signature{"us-east-1", "cleanrooms", "t"}}
	good := Attempt{Signed: true, signature: j.signed}
	require.Empty(t, j.signature(good))
	for _, bad := range []signature{{"us-east-2", "cleanrooms", "t"}, {"us-east-1", "s3", "t"}, {"us-east-1", "cleanrooms", ""}} {
		require.NotEmpty(t, j.signature(Attempt{Signed: true, signature: bad}), bad)
	}
	require.NotEmpty(t, j.signature(Attempt{signature: j.signed}))
	j.signed.service = "" // the contract does not say
	require.Empty(t, j.signature(Attempt{Signed: true, signature: signature{"us-east-1", "s3", "t"}}))
}

// TestPortsAreNoPartOfAReport: they differ from run to run.
func TestPortsAreNoPartOfAReport(t *testing.T) {
	text := describe(&Result{Transport: &TransportResult{Kind: TransportConnection, Message: "read 127.0.0.1:45678->127.0.0.1:33211: reset"}})
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
