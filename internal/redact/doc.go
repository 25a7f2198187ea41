// Package redact makes recorded traffic fit to be committed: secrets are masked, and what
// identifies somebody becomes a pseudonym that can be mapped back with a key. It knows HTTP and
// JSON; what a contract says comes in as [Classify].
//
// # Model
//
//	interaction ──▶ mask ──▶ rename ──▶ scan ──▶ what may be written to disk
//	                            ▲
//	                      restore: rename, backwards
//
// Masking cannot be undone. Everything else can: with the key [Redactor.Restore] gives back the
// answer that the live client got, byte for byte, and [Redactor.Request] maps a live request to the
// recorded one. [Redactor.Redact] tries that out on each interaction, and says so where it does not
// come back (record.one-way).
//
// # What is replaced
//
// In the host, path, query, bodies, names of members and kept headers, wherever they stand in a
// string:
//
//	account IDs   twelve digits that stand alone
//	ARNs          their account, and of their resource all but the word for its type, as in role/NAME
//	UUIDs         but the version and the variant
//	buckets       in s3://BUCKET/KEY, ARNs of S3, BUCKET.s3.REGION.amazonaws.com and s3.REGION.amazonaws.com/BUCKET; and the keys.
//	              Of a request to such a host, all of the path
//
// and as a whole what is [Whole] by contract, or every string with [Options.All]. What was replaced
// is then looked for in all other strings of the interaction, and of later ones: names of four code
// points and more between other words, of eight and more also inside of them. An interaction is
// looked through before any of it is written; what stands in earlier ones, [Later] replaces when
// the recording is whole. JSON within strings is text like any other; words of base64 from twelve
// characters on, and percent-encoded text, are decoded for it and encoded again.
//
// Headers go by a list: Accept, Authorization, Content-Type, Content-Length, Date, Retry-After,
// Smithy-Protocol, X-Amz-Date, X-Amz-Target, X-Amzn-Errortype, X-Amzn-Query-Error,
// X-Amzn-Query-Mode, the request ID, and those that the contract binds. The rest is dropped.
// Authorization of SigV4 keeps its scope and the names of the signed headers; every other kind is
// dropped. The text of a status is the usual one of its number.
//
// # Pseudonyms
//
// A name and its pseudonym have the same length in bytes and in code points, and in each position
// the same class: digit, letter of either case, or one of 64 neighbouring code points beyond ASCII.
// Punctuation stays. The cipher is a Feistel network over those positions, see cipher.go; equal
// names have equal pseudonyms under one key, in every recording. Where the contract demands more of
// the string (a pattern), the cipher is applied again until the pseudonym conforms just as the name
// does; if hardly any string would, less of it changes: words of hexadecimal digits stay such, or
// what stands before the last delimiter stays, or all but the digits. If that does not help the
// string is masked.
//
// # What it does not hide
//
//   - Lengths, classes of characters, punctuation, and which names are equal.
//   - Short names: "a" has 26 possible pseudonyms, one of which is "a". Who knows a few names and their pseudonyms learns much about
//     others as short; with few positions no cipher does better.
//   - Numbers, truth values, the times, the operation, its region and service, the types in ARNs, and what AWS itself owns (arn:aws:iam::aws:…).
//   - The names of headers that a contract binds a map to (X-Label-NAME), also with [Options.All]: the signature names them in lower case, and clients write them in any.
//   - Known names where a pattern of the contract would not take the pseudonym: (Enabled|Disabled) is not taken apart because a tag is "Enabled". And the names
//     of errors, which stand in __type, code or Code at the top of an answer from status 300 on: there only identifiers are replaced.
//   - Names that neither a format nor the contract makes known, such as a role in the text of a message when no ARN names it; names of three
//     code points and fewer, or longer than 512 bytes, outside of their own place; names after the first 65,536.
//   - E-mail addresses, IP addresses, names of hosts that are not of S3, identifiers of API Gateway.
//   - Identifiers that are encrypted, compressed or hashed, in hexadecimal, in a word of base64 that has anything else around it (an encoded text within other
//     encoded bytes), or encoded more than three times over.
//
// Binary bodies are kept if nothing is found in them, and otherwise left out, for their checksums
// would break (record.not-redacted).
//
// # The scan
//
// Recording and `crcheck cassette lint` share one scan: the files scan*.go. It applies the table of
// rules in scan_rules.go to every string as it is written, with its percent-encoding or JSON
// escapes undone, and to what words of base64 in it hold, three levels deep; and it takes the
// values of members that are named like secrets (scan_names.go), also in JSON within a string. A
// hit is masked by [Mask] and is a finding, secret.found. What a request is signed with is masked
// in its place without a finding, and with one anywhere else.
//
// An exemption covers the one token that it recognises. What is written beside that token, or
// encoded in it, is searched as if the token were not there.
//
//   - Placeholders (scan_placeholder.go, scan_vocabulary.go): AWS's documented examples, masks of recorders, references such as ${DB_PASSWORD}, characters that
//     repeat or count up, access key IDs of the documentation's accounts, and tokens that consist of nothing but words such as "fake" and "token". A key ID with
//     FAKE in it is found: such keys play the part of true ones in tests of scanners.
//   - Base64 (scan_words.go, scan_base64.go): forms that have nothing but their alphabet, such as 40 characters in a row, are not looked for inside of longer
//     random base64; its decoded bytes are searched instead. Of wrapped base64 the last line is data if the file format ends there.
//   - A signature made with a key ID that a test made up. One made with a key ID that was masked later is found.
//
// By design it does not find
//
//   - an access key ID, secret key or token that continues random base64 without a delimiter, and a secret key behind - or _ in base64 for URLs, or behind / or +
//     in random base64: nothing tells it from data;
//   - what is compressed, encrypted, in hexadecimal, in UTF-16, or encoded more than three times over;
//   - passwords that have no name, or of fewer than 6 characters in free text.
//
// It finds, wrongly, other strings of exactly 40 letters and digits that could be a key, such as
// keys of API Gateway (which are secrets) or long names of that length.
package redact
