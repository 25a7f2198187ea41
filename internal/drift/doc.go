// Package drift says what changed between two contracts, and proves it.
//
// # Model
//
// [Compare] pairs the operations of two sources, an old and a new one, and walks
// each pair side by side ([schema.Diff]), facet by facet, only where both speak.
// Each difference becomes one or more [Change] values, by the table of [Facets]:
// every edit that a contract can undergo has a rule there, or a reason why it is
// none of its own. docs/drift.md is made from that table.
//
//	old, new ── schema.Diff ──▶ differences ── Facets ──▶ changes
//	                                                        │
//	      synth: documents of one side ── validate ──▶ what the other refuses
//	                                                        │
//	                                          the smallest proof of each: its Witness
//
// What a change weighs is derived, never declared. Responses break readers when
// new documents appear: a witness is a document that the new contract has nothing
// to say against and that the old one refuses. Requests break callers when old
// calls are refused: there it is the other way round. Where a witness is an error
// under the lenient profile of the contract that refuses it, the change is an
// error; under default, a warning; only under strict, an info. A change without a
// witness is never more than an info. A request whose method, URI or target the
// new contract no longer routes is a witness too, and an error. A whole request
// or answer in which a member beside the body is looked for in vain, or found in
// another form, is one as well: it weighs what its finding weighs, which the walker
// alone makes.
//
// A witness is looked for among the systematic documents of the side that allows
// it, among the near-misses of the side that refuses it, and among random ones.
// It proves its change if the refusing side has a finding at the changed place
// that only this change explains (the value itself for enums, the end itself for
// bounds). Of all that do, the gravest, plainest and shortest is taken and made
// smaller until nothing can be left out. Then the judge is asked: the walker of
// package validate and santhosh-tekuri/jsonschema, through the exported JSON
// Schema, must agree on both sides, or there is no witness.
//
// [CompareSources] lays any number of sources side by side. Package tallies validates traffic
// against a contract.
//
// # Deviations
//
//   - A source of one operation, or of documentation pages, is silent about the
//     service's other operations: none is added or removed then.
//   - What travels beside the body has witnesses in the sdk projection, where it
//     is in the document, and so have types that are alike on the wire. Such a
//     witness is a cassette only if it proves its change on the wire too.
//   - A service that only one source describes is not compared.
//   - Changes that only rules of the http layer notice (errors, statuses) weigh
//     an info at most, for those rules are errors under strict alone: no witness
//     is made for them. Nor is one made for bodies that are no JSON.
//   - Echoes are not compared: no source but an overlay states them.
//   - Each structure is compared once in each part, at the first place that leads
//     to it, as [schema.Diff] does.
package drift
