// Package page reads pages of boto3's reference into contracts.
//
// A page of boto3's reference describes one client method, in reStructuredText
// as botocore's generator writes it. It says everything twice. The syntax
// blocks show an example call and answer as Python literals: they give types,
// enum values and order. The member lists describe the same members in nested
// bullets: they give REQUIRED marks, tell maps from structures, and mark tagged
// unions. [Read] reads both into trees and walks them together; where they
// disagree the syntax block wins, because it is the part without prose.
//
// The page is silent on many things, some of them surprising:
//
//   - what a response requires, and every bound, pattern and bit width;
//   - whether an undocumented structure is a union: the note that marks unions is
//     written only beside a documentation text;
//   - whether a recursive member of a request is required: its mark is never
//     written;
//   - which ancestor "{'... recursive ...'}" means. It is resolved by the type
//     and documentation that the member list repeats there, or left
//     [schema.Unstated];
//   - the enum whose only value is "string", which looks like any string.
//
// The generator leaves out sections that are too long. A page without the response's
// syntax block cannot be read. Without the request's its input is
// unspecified, and without a member list so is what only the list says, each with a
// finding.
//
// Of a parameter that takes one form or another, as S3's CopySource='string' or
// {'Bucket': …} does by a customisation of botocore, the first form counts: it is
// what travels.
package page
