package conformance

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// echo reports the input as the output.
var echo = &Func{
	Info: ClientInfo{Name: "echo", Version: "1", Language: "Go"},
	Do:   func(_ context.Context, call Call) *Result { return &Result{Output: call.Input} },
}

const serveHello = `{"type":"hello","protocol":1,"operation":"cleanrooms.GetProtectedJob"}` + "\n"

func TestServe(t *testing.T) {
	tests := []struct {
		name, in string
		client   *Func
		want     []string // lines, in any order after the first
		fails    bool
	}{
		{name: "no call", in: serveHello,
			want: []string{`{"type":"hello","protocol":1,"client":{"name":"echo","version":"1","language":"Go"},"reports":"output","concurrency":4}`}},
		{name: "calls", in: serveHello + `{"type":"call","seq":7,"input":{"a":"<&>"}}` + "\r\n" + `{"type":"call","seq":8,"input":{}}`,
			want: []string{
				`{"type":"hello","protocol":1,"client":{"name":"echo","version":"1","language":"Go"},"reports":"output","concurrency":4}`,
				`{"type":"result","seq":7,"output":{"a":"<&>"}}`, `{"type":"result","seq":8,"output":{}}`}},
		{name: "nothing", in: "", fails: true},
		{name: "no hello", in: `{"type":"call"}` + "\n", fails: true},
		{name: "no JSON", in: serveHello + "what\n", fails: true},
		{name: "no call's type", in: serveHello + serveHello, fails: true},
		{name: "a line too long", in: serveHello + strings.Repeat(" ", maxLine+10), fails: true},
		{name: "the client panics", in: serveHello + `{"type":"call","seq":1}` + "\n", fails: true,
			client: &Func{Do: func(context.Context, Call) *Result { panic("so") }}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			client := echo
			if test.client != nil {
				client = test.client
			}
			var out strings.Builder
			err := Serve(t.Context(), strings.NewReader(test.in), &out, client)
			if test.fails {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			require.ElementsMatch(t, test.want, strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n"))
		})
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestServeCannotWrite(t *testing.T) {
	gone := errors.New("gone")
	require.ErrorIs(t, Serve(t.Context(), strings.NewReader(serveHello), brokenWriter{gone}, echo), gone)
}

// TestServeConcurrently deadlocks unless two calls are in flight together: the
// first is answered when the second has come.
func TestServeConcurrently(t *testing.T) {
	second := make(chan struct{})
	client := &Func{Concurrency: 2, Do: func(_ context.Context, call Call) *Result {
		if call.Seq == 2 {
			close(second)
		}
		<-second
		return &Result{Output: json.RawMessage("{}")}
	}}
	in, calls := io.Pipe()
	results, out := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- Serve(t.Context(), in, out, client) }()
	lines := bufio.NewScanner(results)
	send := func(line string) {
		_, err := io.WriteString(calls, line)
		require.NoError(t, err)
	}
	send(serveHello)
	require.True(t, lines.Scan())
	send("{\"type\":\"call\",\"seq\":1}\n{\"type\":\"call\",\"seq\":2}\n")
	require.True(t, lines.Scan())
	require.True(t, lines.Scan())
	require.NoError(t, calls.Close())
	require.NoError(t, <-done)
}
