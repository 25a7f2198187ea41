// Package jsonschema generates JSON Schema, draft 2020-12 (https://json-schema.org/draft/2020-12),
// for the documents of a contract.
//
// The model: each structure of the contract becomes a definition of the same name. The schema of a
// part refers to the one at its root. [Generate] and [GenerateExtended] return two forms of a
// schema that accept the same documents. Generate uses only the keywords of the draft, so every
// validator accepts the result. GenerateExtended has its own keywords for three things that the
// standard ones express badly: [UnionKeyword], because a failed oneOf does not tell which members
// were set; [PatternKeyword], because Go's regexp does not compile every ECMA-262 pattern; and
// [TimestampKeyword], because a pattern cannot check every rule of the calendar.
//
// How shapes are written, in the http encoding:
//
//   - structure: object; unknown members are allowed; null means absent, also for a document, so an
//     optional member may be null and a required one may not
//   - union: exactly one non-null known member and no non-null unknown one; __type does not count
//   - integer: integer within its bits, at most 64; float: number within its bits, or "NaN",
//     "Infinity", "-Infinity"
//   - timestamp: epoch seconds of the years 1 to 9999, the range of Python and RFC 3339, which detects
//     milliseconds; or as timestampFormat states
//   - blob: base64; its length facet counts decoded bytes
//   - enum: enum; list: array; map: object with propertyNames; document: anything
//   - a list or map may have null entries only if it is known to be sparse
//
// In the sdk encoding, timestamps may also be ISO 8601 text, and blobs are any text, because boto3
// returns bytes.
//
// If some members of a root are bound to headers or the URI, its document does not have them. The
// root is then at the top of the schema and not a definition, because places that refer back to its
// structure have all members.
//
// Deviations: [pattern.Portable] rewrites patterns if possible, so that validators on RE2 accept
// them. Other patterns remain ECMA-262, with atomic groups and possessive quantifiers replaced by
// plain ones. A pattern that [pattern.Compile] refuses is omitted. The patterns of timestamps check
// the days of every month and leap years. Only [GenerateExtended] and package validate detect a
// wrong day of the week in an HTTP date, and an invalid second 60 with an offset or within a month.
// The bounds of a float are those of the numbers that round to a finite one.
package jsonschema
