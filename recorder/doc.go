// Package recorder records HTTP traffic without its secrets. Package replay plays it back.
//
// A [Recorder] is a transport that records what passes through it. Of each interaction it does, in
// this order:
//
//	send the request, and read the response to its end
//	redact both, and scan what is left for secrets       package redact
//	check what will be recorded                          Options.Check
//	append it to the journal, and sync
//	hand the response to the client, as the service gave it
//
// So nothing unredacted reaches the disk, and what a client was told is not lost if the process is
// killed. Clients that come together share a sync. The client never sees what redaction did.
//
// The journal, .NAME.journal, is a file of lines beside the cassette, for its owner alone.
// [Recorder.Close] makes the cassette of it, which replaces an older one by a rename, and removes
// it. Until then an older cassette stays as it is. A journal that is left by a recorder that was
// killed is never written over: [Recover] makes its cassette. A journal that is in use is locked;
// the lock ends with the process.
//
// Interactions stand in a cassette in the order in which their requests began: a client that polls
// replays its answers as it asked for them. Requests without a whole answer are not recorded, nor
// are bodies of more than [MaxBody], which pass through as they come and are a finding.
//
// [ForTest] is a client for a test: it replays, or records if CRCHECK_RECORD is 1.
package recorder
