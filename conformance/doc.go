// Package conformance tests clients of a service: does a client handle every response that the
// service may send?
//
// A case consists of the service's response (a cassette, possibly with an injected fault), the call
// that the client is asked to make, and the result that a correct client reports, with a level and
// the specification that demands it. Cases are read from a [Suite] or generated from contracts by
// [Generate]. The runner gives each case a separate listener, so that the port identifies the case,
// every attempt is counted and a fault affects only this client. The client never sees the names of
// cases. It reports how it parsed the response, and the runner compares this report, the wire log
// and the behaviour of the process with the case.
//
// A [Client] is either a [Process] in any language, which speaks JSON Lines (docs/protocol.md), or
// a [Func] in Go. Every selected case gets an outcome. A case without a verdict does not pass.
package conformance
