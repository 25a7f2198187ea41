// Package probe tests an emulator of a service with recorded traffic.
//
// The model: a [Probe] sends the requests of recorded interactions to an endpoint, in order
// ([Probe.Replay]), validates each response against the contract, and compares it with the recorded
// one: its status, its error, which members are present and which member of a union is set. Values
// are not compared. Then [Probe.Negative] sends inputs that each break the contract in one way, and
// expects that the emulator refuses them as invalid.
//
// # Identifiers
//
// The emulator generates other identifiers than the service did. A string that a recorded success
// introduced, and for which the emulator's response has another one at the same place, is carried:
// in later requests the emulator's string replaces it, in the path, the query, headers and strings
// of a JSON body, as a whole or as part of a longer string between characters other than letters,
// digits, - and _. Strings of fewer than four bytes, values of enums, numbers, names in JSON objects,
// and strings that an earlier request already sent are not carried.
//
// # What is not probed
//
// Interactions without a request, without a contract, or whose bodies were not recorded; and
// responses of a service that was throttling or failing (429, 5xx, or an error named so), which
// depend on the moment and not on the request.
//
// # Requests
//
// Requests have the recorded headers, except those of the connection. They have the recorded
// Authorization if it is a signature, otherwise a well-formed one without meaning; or a bearer token,
// where the contract takes nothing else. Redirects are not followed. Endpoints of AWS are refused,
// because the requests may write.
package probe
