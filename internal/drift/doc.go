// Package drift compares two contracts and proves the changes between them.
//
// # Model
//
// [Compare] pairs the operations of two sources, an old and a new one, and compares each pair facet
// by facet ([schema.Diff]), where both sides state the facet. Each difference becomes one or more
// [Change] values by the table of [Facets]: every edit that a contract can undergo has a rule
// there, or a reason why it has none. docs/drift.md is generated from that table.
//
//	old, new ── schema.Diff ──▶ differences ── Facets ──▶ changes
//	                                                        │
//	   synth: documents of one side ── validate ──▶ findings of the other
//	                                                        │
//	                           the smallest breaking payload of each: its Witness
//
// The severity of a change is derived, never declared. A changed response breaks readers when new
// documents appear: the breaking payload is a document that the new contract accepts without a
// finding and that the old one rejects. A changed request breaks callers when old calls are
// rejected: there the payload is valid under the old contract. If the lenient profile of the
// rejecting contract calls the finding an error, the change is an error; if only default does, a
// warning; if only strict does, an info. A change without a breaking payload is never more than an
// info. A request whose method, URI or target the new contract no longer routes is a breaking
// payload, too, and an error. So is a whole request or response in which a member beside the body is
// missing or has another form; its severity is that of its finding, which only the walker makes.
//
// The candidates are the systematic documents of the allowing side, the invalid variants of the
// rejecting side, and random documents. A candidate proves its change if the rejecting side has a
// finding at the changed place that only this change explains (by the value itself for enums, by the
// end itself for bounds). The most severe, plainest and shortest candidate is taken and shrunk until
// nothing can be removed. Then the oracle confirms it: the walker of package validate and
// santhosh-tekuri/jsonschema, on the exported JSON Schema, must agree on both sides. Otherwise the
// candidate is discarded.
//
// [CompareSources] compares any number of sources side by side. Package tallies validates traffic
// against a contract.
//
// # Deviations
//
//   - A source of one operation, or of documentation pages, says nothing about the service's other
//     operations, so none is added or removed.
//   - Members beside the body have breaking payloads in the sdk encoding, where they are in the
//     document, and so have types that look alike over HTTP. Such a payload is a cassette only if it
//     proves its change over HTTP, too.
//   - A service that only one source describes is not compared.
//   - Changes that only rules of the http layer notice (errors, statuses) are infos: these rules are
//     errors under strict alone, so no breaking payload is made for them. Nor is one made for bodies
//     that are not JSON.
//   - Echoes are not compared: only overlays state them.
//   - Each structure is compared once in each part, at the first place that leads to it, as
//     [schema.Diff] does.
package drift
