// Package source reads the documents that describe operations, each kind by a
// reader of its own, into contracts.
//
// The model: a document is recognised by its content ([Read]) and read whole,
// without a network, a clock or a second document. What it states becomes a
// facet of a [schema.Contract]; what it cannot state stays silent. Where two
// parts of a document contradict, one wins by a rule that the reader documents,
// and the contradiction is a source.conflict finding: nothing is settled
// silently. A document that cannot be read gives an error that says where, why
// and what to do, and no contract.
//
// # boto3 pages
//
// A page of boto3's reference describes one client method, in reStructuredText
// as botocore's generator writes it. It says everything twice. The syntax
// blocks show an example call and answer as Python literals: they give types,
// enum values and order. The member lists describe the same members in nested
// bullets: they give REQUIRED marks, tell maps from structures, and mark tagged
// unions. [Page] reads both into trees and walks them together; where they
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
// The generator leaves out sections that are too long. A page without a syntax
// block cannot be read ([TooLargeError]); one without a member list can, with a
// finding, and without what only the list says.
package source
