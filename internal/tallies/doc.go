// Package tallies counts the deviations of traffic from contracts.
//
// # Model
//
//	interactions ── validate ──▶ findings ── Tally ──▶ observations ── Propose ──▶ overlays
//
// A [Tally] counts findings by rule and place of the contract, with the values, names and types
// that were seen and where each was seen first. It reads the fields of findings, never their
// messages. Its memory grows with the contracts and not with the traffic: of the details of one
// observation, it keeps the first hundred in the order of their text. What it keeps does not depend
// on the order of the traffic, so [Tally.Merge] can add up the tallies of several cores.
//
// [Traffic.Propose] turns observations into overlays under which the traffic has no errors, as far
// as an overlay can state what the traffic does.
package tallies
