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
// Each kind of document has a package of its own below: page, botocore, smithy and gosdk. They may be
// called one by one; their errors are of type [*schema.DocumentError].
package source
