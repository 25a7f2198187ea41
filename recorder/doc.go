// Package recorder records HTTP traffic without its secrets. Package replay plays it back.
//
// A [Recorder] is a transport that records what passes through it. For each interaction it does the
// following, in this order:
//
//	send the request, and read the response to its end
//	redact both, and scan the result for secrets
//	check the interaction to be recorded                 Options.Check
//	append it to the journal, and sync
//	return the response to the client, as the service sent it
//
// So unredacted data never reaches the disk, and no response that a client got is lost if the process
// is killed. Concurrent clients share a sync. The client never sees the redacted form.
//
// The journal, .NAME.journal, is a file of lines next to the cassette that only its owner may read.
// [Recorder.Close] writes the cassette from it, replaces an older cassette by a rename, and removes
// the journal. Until then an older cassette is unchanged. A journal that a killed recorder left
// behind is never overwritten: [Recover] writes its cassette. A journal in use is locked, and the
// lock ends with the process.
//
// The interactions of a cassette are in the order in which their requests began, so that a client
// that polls gets the same sequence of responses in a replay. Requests without a complete response
// are not recorded, nor are bodies of more than [MaxBody], which are streamed to the client and
// reported as a finding.
//
// [ForTest] is a client for a test: it replays, or records if CRCHECK_RECORD is 1.
package recorder
