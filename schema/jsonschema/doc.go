// Package jsonschema writes the documents of a contract down as JSON Schema,
// draft 2020-12 (https://json-schema.org/draft/2020-12).
//
// The model: each structure of the contract becomes a definition of the same
// name; the schema of a part refers to the one at its root. [Generate] and [GenerateExtended] return
// two forms of a schema that accept the same documents. Generate uses only the keywords of the draft,
// so every validator accepts the result. GenerateExtended has its own keywords for three things that
// the standard ones express badly: [UnionKeyword], because a failed oneOf does not tell which members
// were set; [PatternKeyword], because Go's regexp does not compile every ECMA-262 pattern; and
// [TimestampKeyword], because a pattern cannot check every rule of the calendar.
//
// How shapes are written, on the wire:
//
//   - structure: object; unknown members are allowed; null is absence, even of a
//     document, so an optional member may be null and a required one may not
//   - union: exactly one non-null known member and no non-null unknown one;
//     __type does not count
//   - integer: integer within its 64 or fewer bits; float: number that fits, or
//     "NaN", "Infinity", "-Infinity"
//   - timestamp: epoch seconds of the years 1 to 9999, the range that Python
//     and RFC 3339 can represent, so that milliseconds by mistake are found;
//     or what timestampFormat says
//   - blob: base64; its length facet counts decoded bytes
//   - enum: enum; list: array; map: object with propertyNames; document: anything
//   - a list or map takes null entries only where it is known to be sparse
//
// In the sdk encoding timestamps may be ISO 8601 text as well, and blobs are
// any text, for boto3 hands over bytes.
//
// Where a document has not all members of its root, for some are bound to headers
// or the URI, the root stands at the top and is no definition: places that lead
// back to its structure have all of them.
//
// Deviations: patterns are rewritten by [pattern.Portable] where that is possible,
// so that validators on RE2 take them too; those that remain are ECMA-262, in
// which atomic groups and possessive quantifiers are plain ones. A
// pattern that [pattern.Compile] refuses is left out. The patterns of timestamps
// know the days of every month and leap years; that the day of the week of an HTTP
// date is wrong, and that a second 60 with an offset or within a month is none,
// only [GenerateExtended] and package validate tell. The bounds of a float are those of what rounds to a
// finite one.
package jsonschema
