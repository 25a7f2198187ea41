// Package source reads documents that describe operations into contracts.
//
// The model: [Read] recognises a document by its content and reads all of it, without a network, a
// clock or a second document. What the document states becomes a facet of a [schema.Contract]; what
// it cannot state is left unspecified. If two parts of a document contradict each other, a rule that
// the reader documents decides between them, and a source.conflict finding reports the
// contradiction. A document that cannot be read gives no contract, but an error that says where,
// why and what to do.
//
// Each kind of document has its own package: page, botocore, smithy and gosdk. They can be called
// directly. Their errors have type [*schema.DocumentError].
package source
