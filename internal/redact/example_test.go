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
	// Output:
	// {"location":"s3://hk-onwwqw/xxx", "error":"901015145457 may not write to hk-onwwqw", "password":"MASKED-BY-CRCHECK"}
	// [error secret.found at /password: the response body contains a password or key, according to the name of its member]
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
