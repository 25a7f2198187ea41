// Package tallies says what traffic does that a contract does not explain.
//
// # Model
//
//	interactions ── validate ──▶ findings ── Tally ──▶ observations ── Propose ──▶ overlays
//
// A [Tally] counts findings by rule and place of the contract, with the values, names and types
// that were seen and where each was seen first. It reads the fields of findings, never their words.
// Its memory grows with the contracts and not with the traffic: of the details of one observation
// the first hundred in the order of their text are kept. What is kept does not depend on the order
// of the traffic, so that the results of shards can be put together with [Merge].
//
// [Traffic.Propose] turns observations into overlays under which the traffic has no errors, as far
// as an overlay can say what the traffic does.
package tallies
