// Package accept decides quickly that a JSON document is valid. It says yes or unsure, never no: a
// document that it is unsure about is read again by a validator that explains.
//
// # Model
//
//	shapes ──▶ Compile ──▶ tables
//	                         │
//	document ──▶ one pass ───┴──▶ yes, or unsure
//
// A [Shape] says what a value has to satisfy, and refers to the shapes of its members. [Shape.Accepts]
// walks the shape and the document together. Each function of the walk takes the offset at which a
// value begins and returns the offset after it, or unsure. Nothing is decoded or allocated where the
// text itself can be compared:
//
//   - Text is read eight bytes at a time (scan.go). One mask finds a quotation mark, a backslash or
//     a control character, and another one bytes beyond ASCII. Only these cost more: UTF-8 is
//     validated, code points are counted, escapes are decoded (text.go). The document is copied once,
//     with zeros after it, so that no loop has to look for its end.
//   - The next member is expected to be the next one of the contract, or one of the few after it, since
//     services write them in that order. Another name is looked up in a hash table by its length and
//     its first and last bytes, and then compared (names.go). Values of enums are looked up in the same
//     way.
//   - Two bits for each member say whether its name has appeared, and whether it has a value
//     (structure.go). So duplicate names, required members and the members of a union are a matter of
//     masks. Names of maps are compared by their hashes (machine.go).
//   - Bounds are int64. A number of up to 18 digits is read as one; its fraction, if it has one, is
//     bounded by its integer part. Only where that does not decide, exact arithmetic does.
//   - A pattern is a [Matcher], which package pattern provides.
//
// # What is unsure
//
// Whatever is invalid; names of a map with the same hash, equal or not; more than 64 unknown members in
// one structure, even if all are null.
package accept

// unsure is the offset after a value that is not known to be valid.
const unsure = -1
