// Package sdkgo is the AWS SDK for Go v2 as a client of the conformance suite.
//
// The SDK decides everything that is checked: what it refuses to send, what it
// retries, what it makes of a response. This package translates: the input from
// JSON by API names, the output to canonical JSON by reflection over the SDK's
// types, and errors to the kinds of the protocol. Two settings differ from the
// SDK's defaults, so that a suite is fast and leaves nothing behind: the backoff
// between attempts is capped, and each call has connections of its own, which
// are closed when it ends.
package sdkgo

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/cleanrooms"

	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/finding"
)

// Version is the version of github.com/aws/aws-sdk-go-v2/service/cleanrooms,
// which go.mod pins.
const Version = "1.45.2"

// maxBackoff caps the pause between attempts.
const maxBackoff = 20 * time.Millisecond

// operation is what the adapter calls.
const operation = "cleanrooms.GetProtectedJob"

// New returns the SDK as a client that calls GetProtectedJob.
func New() *conformance.Func {
	return &conformance.Func{
		Info:        conformance.ClientInfo{Name: "aws-sdk-go-v2", Version: Version, Language: "Go"},
		Reports:     conformance.ReportsOutput,
		Concurrency: 8,
		Operations:  conformance.AnyOperation,
		Do:          do,
	}
}

func do(ctx context.Context, call conformance.Call) *conformance.Result {
	if call.Operation != "" && call.Operation != operation {
		return &conformance.Result{Skipped: &conformance.SkippedResult{Reason: "this adapter calls " + operation + " alone"}}
	}
	if call.TimeoutMs > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(call.TimeoutMs)*time.Millisecond)
		defer cancel()
	}
	var input cleanrooms.GetProtectedJobInput
	if rejected := read(call.Input, &input); rejected != nil {
		return &conformance.Result{Rejected: rejected}
	}
	wire := newWire()
	defer wire.close()
	client := cleanrooms.New(cleanrooms.Options{
		Region:       call.Region,
		BaseEndpoint: &call.Endpoint,
		HTTPClient:   wire,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			c := call.Credentials
			return aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}, nil
		}),
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = max(1, call.MaxAttempts) // the SDK takes 0 for no limit
			o.MaxBackoff = maxBackoff
		}),
	})
	output, err := client.GetProtectedJob(ctx, &input)
	if err != nil {
		return failure(err, wire)
	}
	return &conformance.Result{Output: canonicalJSON(output)}
}

// read reads an input by its API names into one of the SDK's input structures.
// What the structure cannot hold, such as a number for a string, no program in
// Go could send either: the client refuses it. A null is an absent member.
// Unions cannot be read so: the operation's input has none.
func read(text json.RawMessage, input any) *conformance.Failure {
	if text == nil {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(text)) // takes fields by name in any case, see memberName
	d.DisallowUnknownFields()
	err := d.Decode(input)
	if err == nil {
		return nil
	}
	rejected := &conformance.Failure{Message: err.Error()}
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		rejected.Member = memberPath(mismatch.Field)
	}
	return rejected
}

//go:embed expected-failures.yaml
var expectedFailures []byte

// ExpectedFailures returns the cases of the built-in suite that the SDK fails, as ignore rows.
func ExpectedFailures() []finding.Expected {
	rows, err := finding.ReadRows("expected-failures.yaml", expectedFailures)
	if err != nil {
		panic(err) // it is embedded, and a test reads it
	}
	return rows
}
