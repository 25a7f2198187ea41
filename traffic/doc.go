// Package traffic reads and writes recorded HTTP traffic. It reads JSON, NDJSON, HAR, flows of mitmproxy,
// pills of placebo, and the cassettes of go-vcr, vcrpy, Betamax, Ruby's VCR and LangChain, each of them
// optionally compressed with gzip or zstd, and writes NDJSON and go-vcr cassettes. Every byte of a body can be traced back to its line and column in the
// source. The package does not know schemas.
//
// # Model
//
// An [Interaction] is one request and its response, or a bare body without a request. A [Body] has
// the bytes as they were on the wire, or says that they were not recorded; [Response.Document] and
// [Request.Document] decode them by their Content-Encoding. [Body.Position] maps a byte of either
// form to its line and column in the source, also through the quotes, escapes and blocks of YAML
// and the escapes of JSON strings. The mapping is built on first use, so a body without findings
// costs nothing.
//
//	path ── Files ──▶ File ── Read ──▶ interactions ─┬─ Convert ────────▶ cassette, NDJSON
//	                                                 ├─ WriteCassette ──▶ cassette
//	                                                 └─ WriteNDJSON ────▶ NDJSON
//
// # How the format is detected
//
// The content decides. The file name counts only if the content is ambiguous. Input that begins
// with the magic number of gzip or zstd is decompressed once; what follows applies to the decompressed
// text, and so do positions. Detection looks at the first 64 KiB, after a byte order mark and white
// space. The first matching row wins:
//
//	UTF-16, gzip or zstd within either, bzip2, xz, ZIP, HTML,
//	  XML, raw HTTP, packet captures, WARC                 ErrUnknownFormat that names the format
//	lengths and names of a dictionary of mitmproxy         flows of mitmproxy
//	a NUL, or more than a quarter control characters,
//	  in the first 4 KiB                                   ErrUnknownFormat; nothing more is read
//	empty input                                            JSON: one empty body
//	{"log":{ and a member of a HAR log, or one with _      a HAR
//	{ whose first keys are version, then interactions,
//	  or interactions: [{request; or "version":            a cassette, written as YAML flow or JSON
//	{ [ " digit, - and a digit, the word null, true, false
//	  and a valid or broken JSON continuation              JSON or NDJSON
//	the beginning of such a word, or -, and nothing else   JSON, cut off
//	---, %YAML, -, a comment, or key: and a mapping with
//	  interactions at its top level                        a cassette
//	anything else                                          ErrUnknownFormat
//
// Recordings of placebo, Betamax, Ruby's VCR and LangChain, and formats that are detected but not
// supported, such as WireMock, nock, Postman and OpenAPI, are recognised by the member names near the
// top of the JSON or YAML. Those that are not supported are reported as [ErrUnknownFormat] with
// [Error.Format]. Each of them takes more than one sign, because a body may have members of any name.
//
// In a file named .json, .ndjson or .jsonl, the first character of JSON is enough. Otherwise a
// heading of TOML or INI, a link or list of Markdown, a date, a quotation and a template are told
// apart from broken JSON. In a file that was found below a folder (see [File]), bare bodies are
// accepted only if the file has one of these extensions, or has no extension and is valid JSON. See
// [File.Read].
//
// A cassette of version 2 is go-vcr v3's or v4's. A cassette of version 1 is vcrpy's if the first
// request with a uri or url has a uri, and go-vcr's otherwise. In a cassette without a version, an
// interaction must have a request or a response.
//
// Broken or empty JSON is not an error in this package. It is yielded unchanged, for a validator to
// report.
//
// NDJSON is one document per line. An input is NDJSON if its first non-blank line is a complete
// document and another non-blank line follows; or if both begin with { in the first column, and the
// second cannot continue the first. The second rule keeps one broken line from turning a whole file
// into one broken document. An input is also NDJSON if its first non-blank line is an interaction,
// even if no line follows. Everything else is one document: pretty-printed JSON, an array with one
// element per line, two documents on one line.
//
// # Interactions in JSON and NDJSON
//
// A line of NDJSON is a bare body, unless it is an object with a request and a response that look
// like HTTP messages: they have a method and a URL (url or uri), or one of these and a status. Such
// a line is an interaction, and so is a JSON document that is such an object or a list of them.
// Other members are ignored. A header has one value or a list, and a body is text, base64 or JSON.
// The method, the URL and the status are required.
//
// An object with the member crcheckInteraction is read strictly, and can be replayed exactly:
//
//	{"crcheckInteraction":1,
//	 "request":{"method":"GET","url":"https://…","headers":{"Name":["v"]},"body":"text"},
//	 "response":{"status":200,"statusText":"OK","headers":{"Name":["v"]},"body":"text","duration":"1.5ms"},
//	 "meta":{"contract":"name@version"}}
//
// Only the method, the URL and the status are required. Bytes that are not UTF-8 are in bodyBase64
// instead of body, and bodyMissing is true if they were not recorded. Members may have any order.
// Unlike in a cassette, unknown members, duplicate members, values of the wrong type, and text that
// is not JSON or not UTF-8 are errors. docs/ndjson.md has recipes, docs/ndjson.schema.json the
// schema.
//
// # Cassettes
//
// A cassette that go-vcr v2 loads is read with the same values. So is a cassette that go-vcr v2
// rejects only because a duration is empty. The following are errors; the second is an
// [ErrOddEntry]:
//
//   - a version other than 1 and 2, which go-vcr v2 ignores;
//   - an interaction that is null, or has no request or no response;
//   - a mapping with more than 4096 keys, and aliases of bodies that expand to more than
//     [MaxCassette].
//
// The text of a cassette is held, and its interactions are parsed one at a time if it is written in
// block style without aliases, as recorders write it. Any other cassette is parsed as a whole.
//
// As in go-vcr, only the first YAML document of a file counts, and unknown keys are ignored. The
// parsed form of a request is not kept: it repeats the body, and is written again from the body.
//
// Version 2 has more keys, which repeat the others and are ignored, as are trailers.
//
// A cassette of vcrpy is YAML or JSON. A body may be the bytes of a file in memory, which PyYAML
// writes as a Python object; a base64_string; or a parsed_body, which is encoded as JSON again.
// Header names are canonicalised as in net/http, and headers in a Python object or in tuples are
// extracted. As in vcrpy, a response must have a status and a body. A response that vcrpy before
// version 6 recorded from httpx has other keys and a decoded body: Content-Encoding and
// Content-Length are dropped from it.
//
// # HAR
//
// Each entry is an interaction. Unknown members are ignored, and null counts as absent. A value of
// the wrong type is an [ErrOddEntry], and the rest of the entry is read; a status of 200.0 or "200"
// counts as 200. Header names are canonicalised as in net/http, HTTP/2 pseudo-headers are dropped,
// and values that Chrome joined with line breaks are split.
//
// Bodies in a HAR are already decoded, so Content-Encoding and Content-Length are dropped beside a
// body, unless it is in base64 and still gzip data. Browsers drop some bodies: the body of a
// response without text is Missing, unless its size is known to be 0, the request is a HEAD, or the
// status is 204 or 304. An entry that was blocked or aborted has status 0 and a Missing body. The
// body of a request without text is Missing if a size, a Content-Length or postData says that there
// was one, and also for POST, PUT and PATCH unless one of these says that there was none. A form
// with parameters but without text is encoded again. The chunks of Polly.JS, in base64 or
// hexadecimal digits, are decoded.
//
// # Limits
//
// Input that exceeds [MaxDocument], [MaxCassette] or [MaxEntry] is an [ErrTooLarge]. A line that exceeds
// [MaxLine] is an [ErrUnreadEntry]. For compressed data, the decompressed size counts. [MaxDecoded]
// limits the decoded size of one body.
//
// # Errors
//
// Every error about traffic is an [Error], whose Reason is one of the Err variables. An
// [ErrOddEntry] concerns one interaction, and reading continues after it. [ErrUnreadable],
// [ErrUnknownFormat], [ErrMalformed] and [ErrTooLarge] end the input. Interactions before the error
// are yielded first, also if compressed data or a HAR is cut off. [ErrBrokenCoding] and
// [ErrUnknownCoding] concern one body.
package traffic
