package redact_test

import (
	"fmt"

	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/traffic"
)

func body(text string) *traffic.Interaction {
	return &traffic.Interaction{Response: traffic.Response{Status: 200, Body: traffic.BodyOf([]byte(text))}}
}

func ExampleRedactor_Redact() {
	r := redact.New(redact.Options{Key: redact.Key{1, 2, 3}})
	redacted, findings := r.Redact(body(`{"location":"s3://my-bucket/out", "error":"111122223333 may not write to my-bucket", "password":"hunter2"}`))
	fmt.Println(string(redacted.Response.Body.Bytes))
	fmt.Println(findings)
	fmt.Println(string(r.Restore(redacted).Response.Body.Bytes))
	// Output:
	// {"location":"s3://vu-dagiee/qxz", "error":"883914125777 may not write to vu-dagiee", "password":"MASKED-BY-CRCHECK"}
	// [error secret.found at /password: the response body contains a password or key, according to the name of its member]
	// {"location":"s3://my-bucket/out", "error":"111122223333 may not write to my-bucket", "password":"MASKED-BY-CRCHECK"}
}

func ExampleRedactor_Request() {
	options := redact.Options{Key: redact.Key{1, 2, 3}}
	r := redact.New(options)
	recorded, _ := r.Redact(&traffic.Interaction{Request: &traffic.Request{Method: "GET", URL: "https://example.com/accounts/111122223333"}})
	fmt.Println(recorded.Request.URL)

	replay := redact.New(options)
	replay.Learn(recorded)
	live := replay.Request(&traffic.Request{Method: "GET", URL: "https://example.com/accounts/111122223333"})
	fmt.Println(live.URL == recorded.Request.URL)
	// Output:
	// https://example.com/accounts/883914125777
	// true
}

func ExampleScan() {
	fmt.Println(redact.Scan(body(`{"message":"use password=hunter22"}`), nil))
	// Output:
	// [error secret.found at /message: the response body contains what looks like a password or key]
}

func ExampleParseKey() {
	_, err := redact.ParseKey("hunter2")
	fmt.Println(err)
	// Output:
	// not a redaction key, which begins with crcheck-redaction-key-1:; copy the whole line of the key file
}
