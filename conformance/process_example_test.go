//go:build unix

package conformance_test

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/crcheck/crcheck/conformance"
)

// A client in any language is a Process; this one is a shell that cannot do much.
func ExampleProcess() {
	const script = `
		read hello
		echo '{"type":"hello","protocol":1,"client":{"name":"shell","version":"1","language":"sh"},"reports":"outcome","concurrency":1}'
		while read call; do
			echo '{"type":"result","seq":1,"skipped":{"reason":"a shell cannot sign"}}'
		done`
	ctx := context.Background()
	client := &conformance.Process{Command: []string{"sh", "-c", script}}
	hello, err := client.Hello(ctx, conformance.Hello{Type: "hello", Protocol: conformance.Protocol, Operation: "cleanrooms.GetProtectedJob"})
	fmt.Println(hello.Client.Name, err)
	result, err := client.Call(ctx, conformance.Call{Type: "call", Seq: 1, Endpoint: "http://127.0.0.1:41233", Region: "us-east-1",
		Credentials: conformance.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "fake"},
		Input:       json.RawMessage(`{}`), TimeoutMs: 2000, MaxAttempts: 3})
	fmt.Println(result.Skipped.Reason, err)
	fmt.Println(client.Close(ctx))
	// Output:
	// shell <nil>
	// a shell cannot sign <nil>
	// <nil>
}
