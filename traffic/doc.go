// Package traffic is recorded HTTP traffic as values: interactions, with the place in the source where each byte of a body
// stands. It reads JSON, NDJSON and go-vcr's cassettes, and writes NDJSON and cassettes. It knows no schema.
//
// # Model
//
// An [Interaction] is one request and its answer, or a bare body without a request. A [Body] is the bytes as they were on the
// wire; [Body.Position] leads from any of them back to line and column of the source, also through the quotes, escapes and
// blocks of YAML and the escapes of JSON strings. That mapping is made when it is first asked for, so a body without findings costs nothing.
//
//	file ── Files ──▶ path ── Read ──▶ interactions ── WriteCassette ──▶ cassette
//	                                              └─ WriteNDJSON ──▶ NDJSON
//
// # How an input is recognised
//
// By its content, never by its name. The first 64 KiB decide, after a byte order mark and white space; the first row that fits
// counts.
//
//	UTF-16, gzip, ZIP, HAR, HTML, XML, raw HTTP            *UnknownKindError that says so
//	a NUL, or more than a quarter control characters,
//	  in the first 4 KiB                                   *UnknownKindError, nothing more is read
//	nothing at all                                         JSON: one empty body
//	{ whose first keys are version, then interactions,
//	  or interactions: [{request; or "version":            a cassette, written as YAML flow or JSON
//	{ [ " digit, - and a digit, the word null, true, false JSON or NDJSON
//	a piece of such a word, or -, and nothing else         JSON, cut off
//	---, %YAML, a comment, or key: and a mapping with
//	  version or interactions at its top level             a cassette
//	anything else                                          *UnknownKindError
//
// Broken or empty JSON is no error of this package: it is yielded as it is, for a validator to report.
//
// NDJSON is one document a line. An input is NDJSON if its first line that is not blank is a whole document and another such line
// follows; or if both begin with { at the very left, and the second cannot be the continuation of the first. The latter keeps one broken
// line from turning a whole file into one broken document. It is NDJSON, too, if that first line is an interaction, even when no
// other follows. Everything else is one document: pretty-printed JSON, an array with an element a line, two documents on one line.
//
// # Lines that are interactions
//
// A line of NDJSON is a bare body, save when it is an object whose first member is crcheckInteraction, spelled without escapes. Then it
// is a whole interaction, which can be replayed:
//
//	{"crcheckInteraction":1,
//	 "request":{"method":"GET","url":"https://…","headers":{"Name":["v"]},"body":"text"},
//	 "response":{"status":200,"headers":{"Name":["v"]},"body":"text"}}
//
// on one line. Headers and bodies are optional; bytes that are not UTF-8 stand in bodyBase64 instead of body. The other members may
// come in any order. Unlike in a cassette, unknown members are refused, and so are duplicates, values of another type, and text that is
// no JSON or not UTF-8: each is a *MalformedError, which ends the input. docs/ndjson.md has recipes, docs/ndjson.schema.json the schema.
//
// # Cassettes
//
// A cassette that go-vcr v2 loads is read with the same values, save that these are refused as a *MalformedError:
//
//   - a version other than 1 (2 is the format of go-vcr v3 and v4), which go-vcr v2 does not look at;
//   - no key interactions, an interaction that is null, one without a request or without a response;
//   - a mapping of more than 4096 keys, and aliases of bodies that add up to more than [MaxCassette].
//
// As in go-vcr, only the first YAML document of a file counts, and unknown keys are passed over. A form is not kept: it is its
// body, decoded, and is written again from the body.
//
// # Limits
//
// [MaxLine], [MaxDocument] and [MaxCassette]; beyond them is a *TooLargeError.
//
// # Errors
//
// [*OpenError], [*UnknownKindError], [*MalformedError] and [*TooLargeError] all say that an input cannot be used, where, and what to do.
package traffic
