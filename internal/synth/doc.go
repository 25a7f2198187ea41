// Package synth makes documents that a contract allows, and documents that each
// break one rule of it: what tests of clients, emulators and validators are
// made of, and what proves a change.
//
// The model: [New] measures every shape of a contract, then makes the smallest
// document of each. From these everything is put together. A systematic document
// ([Synth.Documents]) has one place at which something is tried, in surroundings
// that are minimal, so that their number grows with the number of places and
// never with a product. Each structure is gone into once, from the first place
// that leads to it. Among the systematic documents of a part
//
//   - every member is present once and, if it is optional, absent once, by being
//     left out and by being null;
//   - every member of every union and every value of every enum stands once;
//   - lists, maps, strings and blobs are as short and as long as they may be, up
//     to the bounds below; numbers and timestamps are least and greatest;
//   - sparse lists and maps hold null, and recursion is gone into once.
//
// A random document ([Synth.Random]) follows from its seed.
//
// An invalid variant ([Synth.InvalidVariants]) breaks one rule at one place and nothing
// else. What cannot be broken alone is listed with the reason
// ([Synth.Impossible]), so that counts are honest.
//
// Strings are written out along the syntax tree of their pattern at a length
// that the shape allows, and then held against the pattern itself. A pattern
// with look-arounds is written out without them, and candidates are tried until
// one matches. Where no string is found, no document is made silently:
// [Synth.Problems] names the place.
//
// In whole messages, places that would have the same usual value are told apart, so
// that a reader which takes one for another is found out; elsewhere equal shapes
// have equal usual values.
//
// On the wire a document is an HTTP body. [Synth.Request] and [Synth.Response]
// add what travels beside it: method, URI, headers, X-Amz-Target, status, the
// name of an error; and repeat in the answer what the contract says it repeats of
// the request. Around them a caller makes whole interactions.
//
// Everything follows from the contract alone: the same contract gives the same
// bytes in the same order.
//
// # Deviations
//
//   - Of unions, smallest documents have the first member that does not lead back
//     to the union; where all do, the one with the smallest document.
//   - Strings are made up to 131,072 code points, blobs up to 65,536 bytes, lists
//     and maps up to 4,096 entries, and documents from parts of up to 65,536
//     values. A bound beyond that is not reached.
//   - Integers stay within 2^53 where their range allows it, for beyond it
//     parsers lose digits, which is a finding of its own.
//   - A pattern that no engine here compiles is not held against strings. A
//     search ends after two matches that took too long: whether a string is found
//     for such a pattern may depend on the machine.
//   - A required document or unstated shape is never null, which would be absence.
//   - A streaming body is a few bytes, an event stream has no events.
//   - In headers only visible ASCII is made, in labels and headers at most 1,024
//     bytes; a map in the query has scalars for values.
package synth
