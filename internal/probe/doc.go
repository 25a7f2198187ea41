// Package probe tests an emulator of a service with recorded traffic.
//
// The model: a [Probe] sends the requests of recorded interactions to an
// endpoint, in order ([Probe.Replay]), holds each answer against the contract,
// and compares it with the recorded one: its status, its error, which members
// are present and which member of a union is set; values are not compared. Then
// [Probe.Negative] sends inputs that break the contract, each in one way, and
// expects that they are refused as invalid.
//
// # Identifiers
//
// What the service made up, the emulator makes up differently. A string that a
// recorded success introduced, and for which the emulator responded with another one
// at the same place, is carried: in later requests it is replaced by the
// emulator's, in the path, the query, headers and strings of a JSON body, as a
// whole or as a piece of a longer string between characters other than letters,
// digits, - and _. Strings of fewer than four bytes, values of enums, numbers,
// names in JSON objects, and strings that an earlier request had sent already
// are not carried.
//
// # What is not probed
//
// Interactions without a request, of no contract, or whose bodies were not
// recorded; and answers of a service that was throttling or failing (429, 5xx,
// or an error named so), which are about that moment and not about the request.
//
// # Requests
//
// go out with the recorded headers, but those of the connection. They have
// the recorded Authorization if it is a signature, else one that is well-formed
// and means nothing. Redirects are not followed. Endpoints of AWS are refused:
// the requests may write.
package probe
