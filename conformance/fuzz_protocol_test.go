package conformance

import (
	"testing"
)

// FuzzResultLine holds any line of a client to be read as a result of one kind
// or as the client's misbehaviour.
func FuzzResultLine(f *testing.F) {
	for _, line := range []string{
		`{"type":"result","seq":7,"output":{"a":[1,"x",null,{"$unknown":"tag"}]}}`,
		`{"type":"result","seq":7,"error":{"code":"X","message":"m","httpStatus":404,"fields":{}}}`,
		`{"type":"result","seq":7,"transport":{"kind":"timeout","message":"m"}}`,
		`{"type":"result","seq":7,"rejected":{"message":"m"},"Seq":8}`,
		`{"type":"result","seq":1e1000001,"output":{}}`,
		`{"type":"result","seq":7,"output":{"a":1e1000001}}`,
		`{"type":"result","seq":7.0,"skipped":{"reason":"r"}}`,
		`{"type":"result","seq":7,"broken":{"message":"m"},"output":null}`,
		`{"type":"hello","protocol":1}`, "null", "", "[", "\ufeff{}", "{\"type\":\"result\",\"seq\":\x80}",
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		h := hearResult(line)
		switch {
		case h.hello != nil:
			t.Fatal("a result is no hello")
		case (h.result == nil) == (h.err == nil):
			t.Fatalf("neither a result nor misbehaviour, or both: %+v", h)
		case h.err != nil:
			if h.err.Kind != InvalidOutput || h.err.Message == "" || h.err.Seq != h.seq {
				t.Fatalf("%+v", h.err)
			}
		default:
			if h.result.Kind() == "" || h.seq < 1 || h.result.Seq != h.seq {
				t.Fatalf("%+v", h.result)
			}
			// A result that was read can be written, and says the same.
			again, err := writeMessage(resultMessage, h.result)
			if err != nil && len(line) < maxLine/6 { // escaped, it may be longer
				t.Fatal(err)
			}
			if read := hearResult(again); err == nil && (read.err != nil || read.result.Kind() != h.result.Kind()) {
				t.Fatalf("%s read again as %+v", again, read)
			}
		}
		if h := hearHello(line); (h.hello == nil) == (h.err == nil) {
			t.Fatalf("neither a hello nor misbehaviour, or both: %+v", h)
		}
	})
}
