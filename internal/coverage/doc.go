// Package coverage measures how much of the responses that contracts allow is in recorded traffic.
//
// The model: [Compile] lists the points of every contract of a catalog: what a response can show.
// [Plan.Shown] finds the points that one interaction shows, as a set of bits. A [Tally] keeps the
// union of such sets, so that its memory does not grow with the traffic, and its [Report] lists the
// missing points by address, and the responses to record next. [Minimize] chooses a small number of
// sets that show as much as all of them.
//
// # What counts
//
//	members       a member of a structure is present, and its value has the member's type
//	absent        an optional member is absent, although its structure is present
//	unionMembers  a member of a union is the one that is set; an event or exception of a stream occurs
//	enumValues    an enum has the value
//	entries       a list or map is not empty
//	empty         a list or map is empty, where it may be
//	errors        the response is the error, by its name
//	statuses      the response has the status
//	nulls         an optional member, or an entry of a sparse list or map, is null
//
// Nulls are listed, but are not part of a percentage: services do not send members that are null
// (Smithy, aws-restjson1-protocol.html), so no recording would ever be complete.
//
// A structure's points are counted once, wherever the structure occurs; their addresses are those of
// the first place that leads to it. This ends recursion. Requests only determine the contract.
//
// # Broken responses
//
// A stream of events counts as far as it can be read. The status and the error always count. The body counts if it is complete JSON. Then each place
// counts independently of faults elsewhere: a value of another type does not count, nor anything
// below it, nor a union in which not exactly one known member is set. A string that is not one of
// its enum's values counts as the member, not as a value. Of duplicate names the last counts.
package coverage
