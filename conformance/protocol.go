package conformance

import "encoding/json"

// Protocol is the version of the client protocol, docs/protocol.md. Each message is a JSON object
// on one line, valid against protocol.schema.json.
const Protocol = 1

// Hello begins a session: the runner sends it, and the client responds with a [ClientHello].
type Hello struct {
	Type      string `json:"type"` // "hello"
	Protocol  int    `json:"protocol"`
	Operation string `json:"operation"` // SERVICE.OPERATION
}

// ClientHello introduces the client.
type ClientHello struct {
	Type     string     `json:"type"` // "hello"
	Protocol int        `json:"protocol"`
	Client   ClientInfo `json:"client"`
	// Reports is [ReportsOutput] or, for programs that cannot return the parsed response,
	// [ReportsOutcome]: then only success, the error code, transport errors, attempts and the wire
	// are checked.
	Reports string `json:"reports"`
	// Concurrency is the number of concurrent calls that the client accepts, at least 1.
	Concurrency int `json:"concurrency"`
	// Operations is [AnyOperation] if the client calls the operation that each call names. If it is
	// empty, the client calls that of the hello.
	Operations string `json:"operations,omitempty"`
}

// ClientInfo names a client.
type ClientInfo struct {
	Name     string `json:"name"`
	Version  string `json:"version"`
	Language string `json:"language"`
}

// What a client reports of a success.
const (
	ReportsOutput  = "output"
	ReportsOutcome = "outcome"
)

// AnyOperation means that the client calls the operation that each call names.
const AnyOperation = "any"

// Call asks the client to call the operation once.
type Call struct {
	Type        string          `json:"type"` // "call"
	Seq         int             `json:"seq"`
	Operation   string          `json:"operation,omitempty"` // SERVICE.OPERATION, for clients with AnyOperation
	Endpoint    string          `json:"endpoint"`            // such as "http://127.0.0.1:41233"
	Region      string          `json:"region"`
	Credentials Credentials     `json:"credentials"`
	Input       json.RawMessage `json:"input"`       // an object, by API names
	TimeoutMs   int             `json:"timeoutMs"`   // for the whole call, with its retries
	MaxAttempts int             `json:"maxAttempts"` // including the first
}

// Credentials of a call are visibly fake.
type Credentials struct {
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
	SessionToken    string `json:"sessionToken,omitempty"`
}

// Result is the client's report of a call. Exactly one of the pointers or Output is set.
type Result struct {
	Type string `json:"type"` // "result"
	Seq  int    `json:"seq"`

	// Output is the canonical output: API names; RFC 3339 UTC with milliseconds;
	// absent members left out; NaN and infinities as strings; integers beyond
	// 2^53 may be strings; an unknown union member as {"$unknown": "tag"}, or
	// {"$unknown": true} if the client does not report the tag. A
	// client with ReportsOutcome sends {}.
	Output    json.RawMessage `json:"output,omitempty"`
	Error     *ErrorResult    `json:"error,omitempty"`     // the service's error, as the client raises it
	Transport *Failure        `json:"transport,omitempty"` // no response arrived, or only a part of it
	Rejected  *Failure        `json:"rejected,omitempty"`  // the client refused the input and sent nothing
	Skipped   *SkippedResult  `json:"skipped,omitempty"`   // the client does not support the call
	Broken    *Failure        `json:"broken,omitempty"`    // the client could not parse the response
}

// ErrorResult is an error of the service.
type ErrorResult struct {
	Code       string          `json:"code"`    // as the client names it: the shape's name
	Message    string          `json:"message"` // may be absent: empty, like all messages
	HTTPStatus int             `json:"httpStatus,omitempty"`
	Fields     json.RawMessage `json:"fields,omitempty"` // the other members, canonical
}

// Failure says why a call has neither an output nor an error of the service.
type Failure struct {
	Kind    string `json:"kind,omitempty"`   // only of a transport failure: one of the kinds below
	Member  string `json:"member,omitempty"` // only of a rejected input: the member that is wrong
	Message string `json:"message"`
}

// Kinds of transport failures.
const (
	TransportTimeout    = "timeout"    // the call took longer than timeoutMs
	TransportConnection = "connection" // no connection, or it was reset
	TransportTruncated  = "truncated"  // the body ended before its length
	TransportOther      = "other"
)

var transportKinds = []string{TransportTimeout, TransportConnection, TransportTruncated, TransportOther}

// SkippedResult says why the client did not call.
type SkippedResult struct {
	Reason string `json:"reason"`
}

// Kind names the alternative that is set: output, error, transport, rejected, skipped or broken. It
// is empty unless exactly one is set.
func (r *Result) Kind() string {
	return theOne([]alternative{
		{"output", r.Output != nil}, {"error", r.Error != nil}, {"transport", r.Transport != nil},
		{"rejected", r.Rejected != nil}, {"skipped", r.Skipped != nil}, {"broken", r.Broken != nil},
	})
}
