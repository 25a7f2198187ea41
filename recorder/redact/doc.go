// Package redact makes recorded traffic fit to be committed: secrets are masked, and what identifies somebody becomes a pseudonym that can
// be mapped back with a key. It knows HTTP and JSON; what a contract says comes in as [Classify].
//
// # Model
//
//	interaction ──▶ mask ──▶ rename ──▶ scan ──▶ what may be written to disk
//	                            ▲
//	                      restore: rename, backwards
//
// Masking cannot be undone. Everything else can: with the key [Redactor.Restore] gives back the answer that the live client got, byte for byte,
// and [Redactor.Request] maps a live request to the recorded one. [Redactor.Redact] tries that out on each interaction, and says so
// where it does not come back (record.one-way).
//
// # What is replaced
//
// In the host, path, query, bodies, names of members and kept headers, wherever they stand in a string:
//
//	account IDs   twelve digits that stand alone
//	ARNs          their account, and of their resource all but the word for its type, as in role/NAME
//	UUIDs         but the version and the variant
//	buckets       in s3://BUCKET/KEY, ARNs of S3, BUCKET.s3.REGION.amazonaws.com and s3.REGION.amazonaws.com/BUCKET; and the keys.
//	              Of a request to such a host, all of the path
//
// and as a whole what is [Whole] by contract, or every string with [Options.All]. What was replaced is then looked for in all other strings of the interaction,
// and of later ones: names of four code points and more between other words, of eight and more also inside of them. An interaction is looked through
// before any of it is written; what stands in earlier ones, [Later] replaces when the recording is whole. JSON within strings is text like any other; words of base64 from twelve characters on, and percent-encoded text, are decoded
// for it and encoded again.
//
// Headers go by a list: Accept, Authorization, Content-Type, Content-Length, Date, Retry-After, Smithy-Protocol, X-Amz-Date, X-Amz-Target,
// X-Amzn-Errortype, X-Amzn-Query-Error, X-Amzn-Query-Mode, the request ID, and those that the contract binds. The rest is dropped. Authorization of SigV4 keeps its
// scope and the names of the signed headers; every other kind is dropped. The text of a status is the usual one of its number.
//
// # Pseudonyms
//
// A name and its pseudonym have the same length in bytes and in code points, and in each position the same class: digit, letter of either case, or one of
// 64 neighbouring code points beyond ASCII. Punctuation stays. The cipher is a Feistel network over those positions, see cipher.go; equal names have equal
// pseudonyms under one key, in every recording. Where the contract demands more of the string (a pattern), the cipher is applied again until the
// pseudonym conforms just as the name does; if hardly any string would, less of it changes: words of hexadecimal digits stay such, or what stands before
// the last delimiter stays, or all but the digits. If that does not help the string is masked.
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
// Binary bodies are kept if nothing is found in them, and otherwise left out, for their checksums would break (record.not-redacted).
//
// # The scan
//
// A table of rules, in secrets.go, over every string as it stands and decoded; and names of members whose values are secrets. A hit is masked by [Mask] and is
// a finding, secret.found. Access keys that end in EXAMPLE and secret keys that end in EXAMPLEKEY are those of AWS's documentation, and no secrets. What a request is signed
// with is masked in its place without a finding, and with one anywhere else.
package redact
