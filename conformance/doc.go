// Package conformance tests clients of a service: does a client handle
// everything that the service may answer?
//
// The model: a case is what the service answers (a cassette, perhaps with a
// fault on the way), what the client is asked to call, and what a right client
// reports, with a level and the specification that says so. Cases are read from a
// [Suite], or made of contracts by [Generate]. The runner gives
// each case a listener of its own, so that the port identifies the case, every
// attempt is counted and a fault hits that client alone; the client never sees
// names of cases. The client reports what it made of the answer and the runner
// checks: from the report, the wire log and the behaviour of the process.
//
// A client is a [Client], of one of two kinds: a process that speaks JSON Lines
// (docs/protocol.md), in any language, or a [Func] in Go. Every selected case
// gets an outcome; having none is no pass.
package conformance
