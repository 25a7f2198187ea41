// Package page reads pages of boto3's reference into contracts.
//
// The model: a page describes one client method, in reStructuredText that botocore generates, and
// says everything twice. The syntax blocks show an example call and response as Python literals:
// they give types, enum values and order. The member lists describe the same members in nested
// bullets: they give required members, distinguish maps from structures and mark tagged unions.
// [Read] parses both into trees and walks them together. Where they differ, the syntax block wins,
// because it contains no prose.
//
// A page does not state, so the contract leaves unspecified:
//
//   - what a response requires, and all bounds, patterns and bit widths
//   - whether a structure without documentation is a union: the note that marks a union only
//     appears beside documentation
//   - whether a recursive member of a request is required: the mark is never written
//   - which ancestor "{'... recursive ...'}" refers to: the type and documentation that the member
//     list repeats there resolve it, or it remains [schema.Unstated]
//   - the enum whose only value is "string", which looks like any string
//
// The generator omits sections that are too large. A page without the syntax block of the response
// cannot be read. Without that of the request, the input is unspecified; without a member list, all
// that only the list states is unspecified. A finding reports either.
//
// A customisation of botocore gives some parameters two forms, such as S3's CopySource='string' or
// {'Bucket': …}. The contract has the first form, which is what is sent.
package page
