// Package traffic is recorded HTTP traffic as values: interactions, with the place in the source
// where each byte of a body stands. It reads JSON, NDJSON, HAR and the cassettes of go-vcr and
// vcrpy, all of them also compressed with gzip, and writes NDJSON and go-vcr's cassettes. It knows
// no schema.
//
// # Model
//
// An [Interaction] is one request and its response, or a bare body without a request. A [Body] is
// the bytes as they were on the wire, or says that they were not recorded; [Response.Document] is
// what they decode to. [Body.Position] leads from any of them back to line and column of the
// source, also through the quotes, escapes and blocks of YAML and the escapes of JSON strings. That
// mapping is made when it is first asked for, so a body without findings costs nothing.
//
//	file ── Files ──▶ path ── Read ──▶ interactions ─┬─ Convert ────────▶ cassette, NDJSON
//	                                                 ├─ WriteCassette ──▶ cassette
//	                                                 └─ WriteNDJSON ────▶ NDJSON
//
// # How an input is recognised
//
// By its content; its name counts only where the content may be anything. What begins like gzip
// data is read through, once: its text is the input, and positions are those in the text. The first
// 64 KiB decide, after a byte order mark and white space; the first row that fits counts.
//
//	UTF-16, gzip within gzip, zstd, bzip2, xz, ZIP, HTML,
//	  XML, raw HTTP, packet captures, WARC, mitmproxy      [ErrUnknownFormat] that says so
//	a NUL, or more than a quarter control characters,
//	  in the first 4 KiB                                   [ErrUnknownFormat], nothing more is read
//	nothing at all                                         JSON: one empty body
//	{"log":{ and a key of a HAR's log, or one with _       a HAR
//	{ whose first keys are version, then interactions,
//	  or interactions: [{request; or "version":            a cassette, written as YAML flow or JSON
//	{ [ " digit, - and a digit, the word null, true, false
//	  and what follows them in JSON, perhaps broken        JSON or NDJSON
//	a piece of such a word, or -, and nothing else         JSON, cut off
//	---, %YAML, -, a comment, or key: and a mapping with
//	  interactions at its top level                        a cassette
//	anything else                                          [ErrUnknownFormat]
//
// Of JSON and YAML that is none of these, the outline tells formats that are recognised but not
// read, such as placebo, Betamax, Ruby's VCR, WireMock, nock, Postman and OpenAPI: an
// [ErrUnknownFormat] with its Format. Each needs more than one sign, because bodies have members of
// any name.
//
// A name that ends in .json, .ndjson or .jsonl makes the first character of JSON enough. Otherwise
// a heading of TOML or INI, a link or list of Markdown, a date, a quotation and a template are told
// from broken JSON. Of what was found below a folder ([File]), bodies without a request are taken
// only from such names, and from names without an extension if they are whole: see [File.Read].
//
// A cassette of version 2 is go-vcr's v3 or v4. One of version 1 is vcrpy's if the first request
// that has a uri or url has a uri, else go-vcr's. Without a version, an interaction must have a
// request or a response.
//
// Broken or empty JSON is no error of this package: it is yielded as it is, for a validator to
// report.
//
// NDJSON is one document a line. An input is NDJSON if its first line that is not blank is a whole
// document and another such line follows; or if both begin with { at the very left, and the second
// cannot be the continuation of the first. The latter keeps one broken line from turning a whole
// file into one broken document. It is NDJSON, too, if that first line is an interaction, even when
// no other follows. Everything else is one document: pretty-printed JSON, an array with an element
// a line, two documents on one line.
//
// # Lines that are interactions
//
// A line of NDJSON is a bare body, save when it is an object with a request and a response that say
// what HTTP messages say: a method and a URL (url or uri), or one of them and a status. Such a
// line, and a document of JSON that is such an object or a list of them, is read whatever else it
// has: headers of one value or a list, a body as text, base64 or JSON. The method, the URL and the
// status must be there.
//
// With the member crcheckInteraction it is read strictly, and can be replayed as it was:
//
//	{"crcheckInteraction":1,
//	 "request":{"method":"GET","url":"https://…","headers":{"Name":["v"]},"body":"text"},
//	 "response":{"status":200,"statusText":"OK","headers":{"Name":["v"]},"body":"text","duration":"1.5ms"},
//	 "meta":{"contract":"name@version"}}
//
// All but the method, the URL and the status is optional; bytes that are not UTF-8 stand in
// bodyBase64 instead of body, and bodyMissing is true where they were not recorded. The members may
// come in any order. Unlike in a cassette, unknown members are refused, and so are duplicates,
// values of another type, and text that is not JSON or not UTF-8. docs/ndjson.md has recipes,
// docs/ndjson.schema.json the schema.
//
// # Cassettes
//
// A cassette that go-vcr v2 loads is read with the same values, and one that it does not because a
// duration is empty. These are refused, the second as an [ErrOddEntry]:
//
//   - a version other than 1 and 2, which go-vcr v2 does not look at;
//   - an interaction that is null, one without a request or without a response;
//   - a mapping of more than 4096 keys, and aliases of bodies that add up to more than [MaxCassette].
//
// As in go-vcr, only the first YAML document of a file counts, and unknown keys are passed over. A
// form is not kept: it is its body, decoded, and is written again from the body.
//
// Version 2 has the same keys and some more, which repeat them and are passed over, as are
// trailers. A cassette of vcrpy may be YAML or JSON; the bytes of a file in memory, which PyYAML
// writes as a Python object, are a body, and so are base64_string and, encoded as JSON again,
// parsed_body. Names of headers are put into net/http's form; those in a Python object, as tuples,
// are taken out of it. A response without a status or a body is refused, as by vcrpy. One that
// httpx got and vcrpy before version 6 recorded has other keys, and was decoded: Content-Encoding
// and Content-Length are left out beside its body.
//
// # HAR
//
// An entry is an interaction; members that are not known are passed over, null is absent. A value
// of another type is an [ErrOddEntry], and the rest of the entry is read: a status of 200.0 or "200"
// is 200. Names of headers are put into net/http's form, HTTP/2's own fields left out, and values
// that Chrome joined with line breaks split. Bodies in a HAR are decoded already, so
// Content-Encoding and Content-Length are left out beside one, unless it is in base64 and still
// gzip data. A body without text was dropped by the browser, and is Missing, unless its size is
// known to be 0, or the answer is one to HEAD, a 204 or a 304. An entry that was blocked or aborted
// has status 0 and a body that is Missing. A form that has parameters but no text is encoded again.
// The body of a request without text is Missing where a size, a Content-Length or postData says
// that there was one, and of POST, PUT and PATCH unless one of them says that there was none. The
// chunks that Polly.JS writes, in base64 or hexadecimal digits, are decoded.
//
// # Limits
//
// [MaxLine], [MaxDocument], [MaxCassette] and [MaxEntry]; beyond them is a [ErrTooLarge]. What
// gzip data expands to counts, not what it takes. [MaxDecoded] bounds what a body decodes to.
//
// # Errors
//
// An [ErrOddEntry] is about one interaction, and reading goes on behind it. [ErrUnreadable],
// [ErrUnknownFormat], [ErrMalformed] and [ErrTooLarge] say that an input cannot be used,
// where, and what to do. What stands before is yielded first, also before the place where gzip data
// or a HAR is cut off. An [ErrBrokenCoding] is about one body only.
package traffic
