// Package schema describes what one operation of a service promises: the [Contract].
//
// The model: a contract is a graph of shapes. Structures and unions have names and are in
// [Contract.Shapes]. Every other shape (string, list, map, …) is inline where it is used, so a
// facet set at one place never changes another place. The input, the output and each error are
// parts of a contract, and each part names the structure at its root.
//
// Every property of a shape or member that can be checked is a facet. A facet is either known or
// unspecified ([Known]): a boto3 page cannot say which members a response requires, and that does
// not mean that none is required. [Diff] compares two contracts where both state a facet. [Merge]
// adds to one contract what only the other states, and reports contradictions. An [Overlay] states
// facets by hand, each with a reason. [Contract.Provenance] gives the origin, in
// [Contract.Origins], of each fact that is not from the contract's first source.
//
// The terms are Smithy's (https://smithy.io/2.0/spec/): shape, member, structure, union, sparse,
// label. A [Type] combines the types that AWS JSON protocols encode the same way: integer covers
// byte to long, distinguished by the bits facet.
//
// Treat contracts as immutable: a function of this package that changes a contract returns a copy.
// Their JSON form is lossless. [Contract.Digest] identifies what a contract promises, whatever its
// source.
package schema
