// Package redact prepares recorded traffic to be committed. It masks secrets, and replaces
// identifiers by pseudonyms that lead nowhere back. It knows HTTP and JSON; a contract is passed in as
// [Classify].
//
// # Model
//
//	interaction ──▶ mask ──▶ learn ──▶ rename ──▶ scan ──▶ what may be written to disk
//	                           │                             │
//	                           └──▶ names ──▶ late ◀─────────┘
//
// [Redactor.Redact] redacts one interaction. [Redactor.Late] replaces in it the names that became known
// after it; they are still readable there. [Words] finds the pseudonyms of a recording again, from the
// list in its metadata, and a [Guesser] tests with the key whether one may be that of a name.
//
// # What is replaced
//
// In the host, path, query, bodies, member names and kept headers, anywhere in a string:
//
//	account IDs   twelve digits that are not part of a longer word
//	ARNs          their account, and their resource except the word for its type, as in role/NAME
//	UUIDs         except the version and the variant
//	buckets       in s3://BUCKET/KEY, ARNs of S3, BUCKET.s3.REGION.amazonaws.com and
//	              s3.REGION.amazonaws.com/BUCKET, and the keys. In a request to such a host, the
//	              whole path
//
// A string that is [Whole] by contract is replaced as a whole; with [Options.All], every string is.
// Every replaced name is then looked for in all other strings of this and later interactions: names
// of at least four code points between other words, and names of at least eight also within words.
// All names of an interaction are collected before any of it is written. [Options.Keep] names what is
// not replaced. JSON within a string is treated as text.
// Words of base64 of at least twelve characters, and percent-encoded text, are decoded, searched
// and encoded again.
//
// These headers are kept: Accept, Authorization, Content-Type, Content-Length, Date, Retry-After,
// Smithy-Protocol, X-Amz-Date, X-Amz-Target, X-Amzn-Errortype, X-Amzn-Query-Error,
// X-Amzn-Query-Mode, the request ID, and those that the contract binds. All others are dropped.
// Authorization of SigV4 keeps its scope and the names of the signed headers; every other scheme is
// dropped. The text of a status is replaced by the standard one.
//
// # Pseudonyms
//
// A name and its pseudonym have the same length in bytes and in code points, and the same class at
// each position: digit, upper-case or lower-case letter, or one of 64 neighbouring code points
// beyond ASCII. Punctuation is unchanged, and so are the version and variant of a UUID. The positions
// come from a stream that is seeded with HMAC-SHA-256(key, form, name, counter), see pseudonym.go. The
// first draw counts that conforms to the contract if the name does, and that is neither the pseudonym
// of another name nor a known name. So under one key, equal names have equal pseudonyms, in every
// recording, but for such collisions. If hardly any draw conforms, less of the name changes: words of
// hexadecimal digits remain such words, or the part before the last delimiter is unchanged, or
// everything but the digits. If that does not help either, the string is masked (record.masked).
//
// Names of a form with fewer than 2^32 values have a constant of that form, whatever the key: "dev" and
// "qat" are both "xxx". A pseudonym from so few values would reveal its name to anyone who can guess
// it.
//
// # What is not hidden
//
//   - Lengths, classes of characters, punctuation, and which names are equal.
//   - Numbers, booleans, timestamps, the operation, its region and service, the types in ARNs, and
//     what AWS itself owns (arn:aws:iam::aws:…).
//   - The names of headers that a contract binds a map to (X-Label-NAME), even with [Options.All]: the
//     signature lists them in lower case, and clients write them in any case.
//   - Known names where the pseudonym does not match a pattern of the contract: "Enabled" in a string
//     with the pattern (Enabled|Disabled) is unchanged even if a tag has that value. And the names of
//     errors, in __type, code or Code at the top of a response with a status of at least 300: only
//     identifiers in them are replaced.
//   - Names that neither a format nor the contract reveals, such as a role in the text of a message
//     if no ARN contains it; names of at most three code points or of more than 512 bytes, outside of
//     their own place; names after the first 65,536.
//   - E-mail addresses, IP addresses, host names that are not of S3, identifiers of API Gateway.
//   - Identifiers that are encrypted, compressed or hashed, in hexadecimal, in a word of base64 that
//     also contains other encoded bytes, or encoded more than three times.
//
// A binary body in which nothing is found is kept. Any other is dropped, since a change would break
// its checksums (record.not-redacted).
//
// # Event streams
//
// An event stream is redacted message by message, see stream.go and stream_event.go: names, strings,
// bytes and UUIDs of headers, JSON payloads by the contract of the event, other text and bytes. A
// message that changes is framed again, with its lengths and CRCs. Kept are what clients go by, the
// type of the message and the name of the event, unless they contain an identifier, and numbers.
//
//   - A blob that is a JSON document, in base64 or as the payload, is redacted as a document. If the
//     contract calls it sensitive, as events of models are, every string in it is replaced as a whole,
//     except names of members that are plain words and the words of modelWords, which state the
//     kind of the event. Sensitive bytes that are not text become the mask.
//   - The signature in each message that a client signs (:chunk-signature) becomes zeros, without a
//     finding. Elsewhere, it is a secret.
//   - The padding p of bedrock-runtime becomes a constant, since its length would say something about
//     that of a text that was replaced.
//   - Texts that come in pieces, of models and functions, are cut between words, so that no identifier
//     is split over events (stream_words.go). Put together, the text has the same words. A name of
//     several words may still be split, and so may pieces that are base64 of plain text.
//   - A broken stream is not recorded: what follows the fault cannot be searched. The finding states the
//     fault and its offset.
//   - Bytes without structure, such as audio, are searched as text, and replaced in place.
//
// # The scan
//
// Recording and `crcheck cassette lint` share one scan, in the files scan*.go. It applies the table
// of rules in scan_rules.go to every string as written, to the string with percent-encoding or JSON
// escapes undone, and to the contents of words of base64 in it, up to three levels deep. It also
// finds the values of members with names of secrets (scan_names.go), including in JSON within a
// string. A match is replaced by [Mask] and reported as secret.found. The credentials that sign a
// request are masked without a finding in their place, and with one anywhere else.
//
// An exemption covers only the token that it recognises. Text beside that token, or encoded in it,
// is searched as if the token were absent.
//
//   - Placeholders (scan_placeholder.go, scan_vocabulary.go): AWS's documented examples, masks of
//     recorders, references such as ${DB_PASSWORD}, repeated or consecutive characters, access key
//     IDs of the documentation's accounts, and tokens that consist only of words such as "fake" and
//     "token". A key ID that contains FAKE is found: tests of scanners use such keys as real ones.
//   - Base64 (scan_words.go, scan_base64.go): forms that are defined by their alphabet only, such as
//     40 characters in a row, are not looked for within longer random base64; its decoded bytes are
//     searched instead. The last line of wrapped base64 is data if the file format ends there.
//   - A signature made with an invented key ID. A signature made with a key ID that was masked later
//     is found.
//
// By design, the scan does not find
//
//   - an access key ID, secret key or token that continues random base64 without a delimiter, and a
//     secret key after - or _ in URL-safe base64, or after / or + in random base64: they cannot be
//     distinguished from data;
//   - secrets that are compressed, encrypted, in hexadecimal, in UTF-16, or encoded more than three
//     times;
//   - passwords without a name, or with fewer than 6 characters in free text.
//
// Its false positives are other strings of exactly 40 letters and digits that could be a key, such
// as API Gateway keys (which are secrets) or long names of that length.
package redact
