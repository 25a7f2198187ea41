// Package synth makes documents that a contract allows, and documents that each break one rule of
// it. They test clients, emulators and validators, and prove changes.
//
// The model: [New] measures every shape of a contract, then makes the smallest document of each, of
// which all others are composed. A systematic document ([Synth.Documents]) varies one place in
// minimal surroundings, so that the number of documents grows with the number of places and never
// with a product. It enters each structure once, from the first place that leads to it. Among the
// systematic documents of a part
//
//   - every member is present once and, if it is optional, absent once by omission and once as null;
//   - every member of every union and every value of every enum occurs once;
//   - lists, maps, strings and blobs have their minimum and maximum length, up to the bounds below;
//     numbers and timestamps have their minimum and maximum;
//   - sparse lists and maps have a null, and recursion is entered once.
//
// A body that is a stream of events is made as an object, in which each event is an optional member,
// and then encoded. Exceptions, which end a stream, occur alone.
//
// A random document ([Synth.Random]) follows from its seed.
//
// An invalid variant ([Synth.InvalidVariants]) breaks one rule at one place and nothing else. What
// cannot be broken alone is listed with the reason ([Synth.Impossible]), so that counts are honest.
//
// Strings are written along the syntax tree of their pattern at an allowed length, and then matched
// with the pattern itself. A pattern with look-arounds is written without them, and candidates are
// tried until one matches. If no string is found, [Synth.Problems] names the place.
//
// In whole messages, places that would have the same usual value get different ones, so that a
// reader that confuses them is found. Elsewhere equal shapes have equal usual values.
//
// In the wire encoding a document is an HTTP body. [Synth.Request] and [Synth.Response] add the rest
// of the message: method, URI, headers, X-Amz-Target, status, the name of an error. They repeat in
// the response what the contract says it echoes of the request.
//
// Everything follows from the contract alone: the same contract gives the same bytes in the same
// order.
//
// # Deviations
//
//   - In unions, smallest documents have the first member that does not lead back to the union or, if
//     all do, the one with the smallest document.
//   - Strings have at most 131,072 code points, blobs 65,536 bytes, lists and maps 4,096 entries, and
//     the parts of a document 65,536 values. A bound beyond that is not reached.
//   - Integers stay within 2^53 if their range allows it, because parsers lose digits beyond it, which
//     is a separate finding.
//   - A pattern that no engine here compiles is not checked. A search ends after two matches that took
//     too long: whether a string is found for such a pattern may depend on the machine.
//   - A required document or unspecified shape is never null, which would mean absent.
//   - A streaming body is a few bytes. Random streams of events have no exception, and none has invalid
//     variants. Text is left out if it is too long for the header of an event.
//   - Headers have only visible ASCII, and labels and headers at most 1,024 bytes; a map in the query
//     has scalar values.
package synth
