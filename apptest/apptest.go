// Package apptest runs an application's own code against every response that it may get.
//
// The model: a contract has a list of responses worth testing, in order. Each varies one thing in
// full surroundings, and its ID says what: status=FAILED, result.output=<unknown member>,
// statistics absent, error=ThrottlingException then success. [EachResponse] runs a subtest for each
// of them, with an endpoint that gives this response. The subtest calls the application, and checks
// what it did in one of two ways:
//
//   - it states what is right for the kind of response, its place and value, which [Response] has;
//   - or [Response.Outcome] compares what the application returned with an outcome file, where one
//     line says what the application does with each response. A reviewer reads the file; nobody has
//     to write down beforehand what is right.
//
// A response that a newer contract adds has no line in the outcome file, and fails.
//
// The package is for applications. [github.com/crcheck/crcheck/conformance] tests SDKs.
package apptest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/internal/mock"
	"github.com/crcheck/crcheck/internal/outcome"
	"github.com/crcheck/crcheck/internal/responses"
	"github.com/crcheck/crcheck/schema"
)

// Options says which responses there are. In its zero value, it is every response of the contract.
type Options struct {
	// Pins holds values still, by the names of members as IDs write them: {"status": "FAILED"}. A
	// value is anything that encoding/json writes, or the member of a union by its name.
	Pins map[string]any
	// Only and Skip select responses by patterns of their IDs or kinds, in which * is any text:
	// "error=*", "unknown-value". A pattern that selects nothing fails the test.
	Only, Skip []string
	// Also has other operations that the application calls. They give their full response.
	Also []*schema.Contract
	Seed uint64 // of the identifiers in responses
	// Outcomes is the name of the outcome file in the folder testdata. The default is the name of the
	// test, as in TestPoller.outcomes.
	Outcomes string
}

// Response is what the endpoint of a subtest responds.
type Response struct {
	ID string
	// Kind is what varies: full, minimal, value, unknown-value, union, unknown-member, absent, null,
	// entries, error, sequence or deviation.
	Kind     string
	Pointer  string          // JSON Pointer to what varies in the body
	Value    json.RawMessage // what is there, if it is a value
	Error    string          // the name of the error
	Sequence []string        // IDs of the responses to one request after another; the last one repeats

	t        testing.TB
	endpoint string
	outcomes *outcome.File
}

// EachResponse runs f as a subtest for each response of an operation. The subtest has the ID of the
// response as its name, and an endpoint of its own on one server on loopback, so subtests may run
// in parallel. The application needs a client with this endpoint, any region and any credentials:
//
//	client := cleanrooms.New(cleanrooms.Options{
//		BaseEndpoint: &endpoint,
//		Region:       "us-east-1",
//		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
//	})
//
// A subtest also fails if f panics, if a request is invalid, and if no request arrives at the
// endpoint, unless f skips it.
//
// The contract is a built-in one, or read from a file that crcheck derive wrote (schema.Parse) or
// from a model (schema/source.Read).
func EachResponse(t *testing.T, contract *schema.Contract, options Options, f func(t *testing.T, r Response, endpoint string)) {
	t.Helper()
	server, err := mock.New(schema.NewCatalog(append([]*schema.Contract{contract}, options.Also...)...), nil, options.Seed)
	if err != nil {
		t.Fatal(err)
	}
	list, err := responses.Of(contract, responses.Options{Pins: options.Pins, Seed: options.Seed})
	if err != nil {
		t.Fatal(err)
	}
	selected, err := choose(list.All(), options.Only, options.Skip)
	if err != nil {
		t.Fatal(err)
	}
	loopback := httptest.NewServer(server)
	t.Cleanup(func() {
		server.Close()
		loopback.Close()
	})
	ids := make([]string, len(selected))
	for i, r := range selected {
		ids[i] = r.ID
	}
	outcomes := outcome.Open(t, options.Outcomes, ids)
	for _, r := range selected {
		t.Run(r.ID, func(t *testing.T) {
			session, path, err := server.Open(contract, &mock.Reaction{Response: r.ID, Pin: options.Pins})
			if err != nil {
				t.Fatal(err)
			}
			endpoint := loopback.URL + path
			defer func() {
				if problem := recover(); problem != nil {
					t.Errorf("panic: %v\n\n%s", problem, debug.Stack())
				}
				checkRequests(t, server.LogOf(session))
				outcomes.Ran(t, r.ID)
			}()
			f(t, Response{r.ID, string(r.Kind), r.Pointer, r.Value, r.Error, r.Sequence, t, endpoint, outcomes}, endpoint)
		})
	}
}

// Outcome compares what the application did with the line of the response in the outcome file:
//
//	status=FAILED: {"raises":"jobs.FailedError","message":"job failed: out of memory"}
//	statistics absent: {"returns":{"Location":"s3://example-bucket/results/"}}
//
// It writes got as encoding/json does, unless err is not nil. The name of an error is its code of
// AWS, or else its Go type. The endpoint, ports, addresses and request IDs are replaced.
//
// A response without a line is new, and fails the test. A line without a response, or of a subtest
// that passes without calling Outcome, is stale, and fails the test around the subtests.
//
// go test -crcheck.update rewrites the file, and so does -update if the test package has such a
// flag. Lines of subtests that -run leaves out stay.
func (r Response) Outcome(got any, err error) {
	r.t.Helper()
	r.outcomes.Compare(r.t, r.ID, r.endpoint, got, err)
}

// checkRequests fails a test whose result says nothing about the response: no request arrived, or
// not one that the service would accept.
func checkRequests(t testing.TB, asked []mock.Asked) {
	if len(asked) == 0 && !t.Failed() && !t.Skipped() {
		t.Error("no request arrived at the endpoint: pass it to the client, as its BaseEndpoint")
	}
	for _, a := range asked {
		if a.Problem != "" {
			t.Errorf("%s %s: %s", a.Method, a.Path, a.Problem)
		}
		for _, f := range a.Findings {
			t.Errorf("invalid request of %s: %s", a.Operation, f)
		}
	}
}

// choose returns the responses that a pattern of only matches, or all, without those that one of
// skip matches.
func choose(all []responses.Response, only, skip []string) ([]responses.Response, error) {
	matches := func(pattern string, r responses.Response) bool {
		expression := "^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$"
		return regexp.MustCompile(expression).MatchString(r.ID) || pattern == string(r.Kind)
	}
	one := func(patterns []string, r responses.Response) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, r) })
	}
	for _, p := range slices.Concat(only, skip) {
		if !slices.ContainsFunc(all, func(r responses.Response) bool { return matches(p, r) }) {
			return nil, fmt.Errorf("no response has the ID or kind %q: crcheck mock --list shows the IDs", p)
		}
	}
	selected := slices.DeleteFunc(all, func(r responses.Response) bool {
		return len(only) > 0 && !one(only, r) || one(skip, r)
	})
	if len(selected) == 0 {
		return nil, errors.New("no response is left: Skip excludes all that Only selects")
	}
	return selected, nil
}
