// Package coverage says how much of what contracts let a service response is in
// recorded traffic.
//
// The model: [Compile] lists for every contract of a catalog its points: what an
// response can show. [Plan.Shown] finds the points that one interaction shows, as a
// set of bits. A [Tally] keeps the union of such sets, so that its memory does
// not grow with the traffic, and its [Report] lists what is missing, by address,
// and which responses to record next. [Minimize] chooses the fewest sets that
// show as much as all of them.
//
// # What counts
//
//	members       a member of a structure is there, and its value is of its type
//	absent        an optional member is not there, although its structure is
//	unionMembers  a member of a union is the one that is set
//	enumValues    an enum has the value
//	entries       a list or map holds something
//	empty         a list or map holds nothing, where it may
//	errors        the response is the error, by its name
//	statuses      the response came with the status
//	nulls         an optional member, or an entry of a sparse list or map, is null
//
// Nulls are listed, but are no part of a percentage: services do not send
// members that are null (Smithy, aws-restjson1-protocol.html), so that no
// recording would ever be whole.
//
// A structure's points are counted once, wherever the structure stands; their
// addresses are of the first place that leads to it. So recursion has an end.
// Requests are not looked at, save to find their contract.
//
// # What of a broken response counts
//
// Its status and its error count always. The body counts if it is JSON to its
// end; then each place counts for itself, whatever is wrong elsewhere: a value
// of another type does not count, nor what is below it, nor a union in which not
// exactly one known member is set. A string that is none of its enum's values
// counts as the member, not as a value. Of repeated names the last counts.
package coverage
