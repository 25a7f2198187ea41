package conformance

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestProtocolPage holds the examples of docs/protocol.md to the schema; each
// says behind its fence which message it is.
func TestProtocolPage(t *testing.T) {
	page, err := os.ReadFile("../docs/protocol.md")
	require.NoError(t, err)
	text := string(page)
	examples := regexp.MustCompile("(?s)```json(?: (\\w+))?\n(.*?)\n```").FindAllStringSubmatch(text, -1)
	require.Len(t, examples, strings.Count(text, "```json"))
	seen := map[string]bool{}
	for _, example := range examples {
		message, line := example[1], example[2]
		require.Nil(t, checkMessage(message, []byte(line)), line)
		seen[message] = true
		if message == resultMessage {
			var result Result
			require.Nil(t, readMessage(message, []byte(line), &result))
			seen[result.Kind()] = true
		}
	}
	for _, want := range append([]string{runnerHello, clientHello, callMessage}, alternatives...) {
		require.True(t, seen[want], "no example of %s", want)
	}
	for _, name := range passed {
		require.Contains(t, text, "`"+name+"`", "a variable that is passed to clients")
	}
	for _, kind := range []string{Crashed, Hung, Flooded, InvalidOutput, AnsweredTwice, UnknownSeq, NoHello, IgnoredTerm, NotStarted, RepeatedCrash} {
		require.Contains(t, text, "| `"+kind+"` |")
	}
	for _, kind := range []string{TransportTimeout, TransportConnection, TransportTruncated, TransportOther} {
		require.Contains(t, text, "`"+kind+"`")
	}
}

// TestProtocolSchema holds the messages that Go writes to the schema, and
// wrong ones to be refused at their place.
func TestProtocolSchema(t *testing.T) {
	const seq = `{"type":"result","seq":1,`
	for _, test := range []struct {
		message, line string
		pointer       string
		valid         bool
	}{
		{runnerHello, `{"type":"hello","protocol":1,"operation":"a.B"}`, "", true},
		{runnerHello, `{"type":"hello","protocol":1,"operation":"B"}`, "/operation", false},
		{runnerHello, `{"type":"hello","protocol":2,"operation":"a.B"}`, "/protocol", false},
		{clientHello, `{"type":"hello","protocol":1,"client":{"name":"","version":"1","language":"go"},"reports":"output","concurrency":1}`, "/client/name", false},
		{clientHello, `{"type":"hello","protocol":1,"client":{"name":"n","version":"1","language":"go"},"reports":"all","concurrency":1}`, "/reports", false},
		{clientHello, `{"type":"hello","protocol":1,"client":{"name":"n","version":"1","language":"go"},"reports":"output"}`, "", false},
		{clientHello, `{"type":"hello","protocol":1,"client":{"name":"n","version":"1","language":"go"},"reports":"output","concurrency":1e999999999}`, "/concurrency", false},
		{clientHello, `{"type":"hello","protocol":1,"client":{"name":"n","version":"1","language":"go"},"reports":"output","concurrency":1,"operations":"any"}`, "", true},
		{clientHello, `{"type":"hello","protocol":1,"client":{"name":"n","version":"1","language":"go"},"reports":"output","concurrency":1,"operations":"some"}`, "/operations", false},
		{callMessage, `{"type":"call","seq":1,"operation":"a.B","endpoint":"http://h:1","region":"r","credentials":{"accessKeyId":"a","secretAccessKey":"s"},"input":{},"timeoutMs":1,"maxAttempts":1}`, "", true},
		{callMessage, `{"type":"call","seq":1,"operation":"B","endpoint":"http://h:1","region":"r","credentials":{"accessKeyId":"a","secretAccessKey":"s"},"input":{},"timeoutMs":1,"maxAttempts":1}`, "/operation", false},
		{callMessage, `{"type":"call","seq":0,"endpoint":"http://h:1","region":"r","credentials":{"accessKeyId":"a","secretAccessKey":"s"},"input":{},"timeoutMs":1,"maxAttempts":1}`, "/seq", false},
		{callMessage, `{"type":"call","seq":1,"endpoint":"http://h:1/","region":"r","credentials":{"accessKeyId":"a","secretAccessKey":"s"},"input":{},"timeoutMs":1,"maxAttempts":1}`, "/endpoint", false},
		{callMessage, `{"type":"call","seq":1,"endpoint":"http://h:1","region":"r","credentials":{"accessKeyId":"a","secretAccessKey":"s"},"input":null,"timeoutMs":1,"maxAttempts":1}`, "/input", false},

		{resultMessage, seq + `"output":{}}`, "", true},
		{resultMessage, seq + `"output":{"x":1e999999999},"later":[null]}`, "", true},
		{resultMessage, seq + `"error":{"code":"X","message":"","fields":{}}}`, "", true},
		{resultMessage, seq + `"error":{"code":"","message":""}}`, "", true},
		{resultMessage, seq + `"error":{"code":"X"}}`, "", true},
		{resultMessage, seq + `"error":{"message":"m"}}`, "/error", false},
		{resultMessage, seq + `"error":{"code":"X","message":null}}`, "/error/message", false},
		{resultMessage, seq + `"error":{"code":"X","message":"","httpStatus":"404"}}`, "/error/httpStatus", false},
		{resultMessage, seq + `"transport":{"kind":"slow","message":""}}`, "/transport/kind", false},
		{resultMessage, seq + `"transport":{"message":""}}`, "/transport", false},
		{resultMessage, seq + `"transport":{"kind":"timeout"}}`, "", true},
		{resultMessage, seq + `"rejected":{}}`, "", true},
		{resultMessage, seq + `"rejected":{"message":"m"}}`, "", true},
		{resultMessage, seq + `"rejected":{"message":"m","member":null}}`, "/rejected/member", false},
		{resultMessage, seq + `"skipped":{"reason":""}}`, "/skipped/reason", false},
		{resultMessage, seq + `"broken":{}}`, "", true},
		{resultMessage, seq + `"broken":{"message":1}}`, "/broken/message", false},
		{resultMessage, seq + `"output":null}`, "/output", false},
		{resultMessage, seq + `"output":{},"error":null}`, "", false},
		{resultMessage, seq + `"outputs":{}}`, "", false},
		{resultMessage, seq + `"output":{},"broken":{"message":""}}`, "", false},
		{resultMessage, `{"type":"result","output":{}}`, "", false},
		{resultMessage, `{"type":"result","seq":1.5,"output":{}}`, "/seq", false},
		{resultMessage, seq + `"seq":2,"output":{}}`, "", false},
		{resultMessage, `{"type":"result","SEQ":1,"output":{}}`, "", false},
		{resultMessage, seq + "\"output\":{\"x\":\"\xff\"}}", "", false},
		{resultMessage, seq + `"output":{}} {}`, "", false},
		{resultMessage, seq + `"output":{"x":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}}`, "", false},
		{resultMessage, `[]`, "", false},
		{resultMessage, ``, "", false},
	} {
		err := checkMessage(test.message, []byte(test.line))
		if test.valid {
			require.Nil(t, err, test.line)
			continue
		}
		require.NotNil(t, err, test.line)
		require.Equal(t, test.pointer, err.Pointer, test.line)
		require.Equal(t, test.message, err.Message)
		require.NotEmpty(t, err.Reason)
		require.LessOrEqual(t, len(err.Line), 4*120+4)
	}
}

// What must stand there is written as JSON.
func TestProtocolReasonOfConstant(t *testing.T) {
	for line, want := range map[string]string{
		`{"type":"hello","protocol":"1","operation":"a.B"}`: `value must be 1`,
		`{"type":"hi","protocol":1,"operation":"a.B"}`:      `value must be "hello"`,
	} {
		require.Equal(t, want, checkMessage(runnerHello, []byte(line)).Reason)
	}
}

// Of several mistakes the same one is named each time.
func TestProtocolErrorIsStable(t *testing.T) {
	line := []byte(`{"type":"result","seq":"x","output":1,"error":{},"transport":{"kind":1},"skipped":{}}`)
	want := checkMessage(resultMessage, line)
	for range 50 {
		require.Equal(t, want, checkMessage(resultMessage, line))
	}
	require.Equal(t, "exactly one of output, error, transport, rejected, skipped, broken is required, got output and error and transport and skipped", want.Reason)
}

// What Go writes is what Go reads.
func TestProtocolRoundTrip(t *testing.T) {
	for _, want := range []Result{
		{Output: json.RawMessage(`{}`)},
		{Error: &ErrorResult{Code: "C", Message: "m", HTTPStatus: 400, Fields: json.RawMessage(`{"a":[1]}`)}},
		{Transport: &Failure{Kind: TransportOther, Message: "m"}},
		{Rejected: &Failure{Member: "a", Message: "m"}},
		{Skipped: &SkippedResult{Reason: "r"}},
		{Broken: &Failure{Message: "m"}},
	} {
		want.Type, want.Seq = "result", 7
		line, err := writeMessage(resultMessage, want)
		require.NoError(t, err)
		var got Result
		require.Nil(t, readMessage(resultMessage, line, &got))
		require.Equal(t, want, got)
	}
}
