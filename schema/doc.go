// Package schema holds what one operation of a service promises: the [Contract].
//
// The model: a contract is a graph of shapes. Its structures and unions are
// named and stand in [Contract.Shapes]; every other shape (string, list, map, …)
// stands inline where it is used, so that a facet set at one place never
// changes another. Input, output and each error are parts of a contract and
// name the structure at their root.
//
// Every checkable property of a shape or member is a facet, and every facet is
// either known or silent ([Known]): a boto3 page cannot say which members a
// response requires, and its silence is not a "no". [Diff] compares two
// contracts where both speak, [Merge] fills one from the other and reports
// where they contradict, and an [Overlay] states facets by hand, each with a
// reason. Where a fact did not come from the contract's first source,
// [Contract.Provenance] says which of [Contract.Origins] it came from.
//
// The words are Smithy's (https://smithy.io/2.0/spec/): shape, member,
// structure, union, sparse, label. A [Type] merges what AWS JSON protocols
// write alike: integer covers byte to long, told apart by the bits facet.
//
// Contracts are values to be read: a function of this package that changes one
// returns a copy. They serialise to JSON and back without loss, and
// [Contract.Digest] identifies what they promise, wherever it was learnt.
package schema
