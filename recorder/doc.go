// Package recorder records HTTP traffic once, without its secrets, and plays it back to a client as
// often as is wanted, in process or as a server. It knows HTTP and traffic; it knows no schema.
//
// # Recording
//
// A [Recorder] is a transport that records what passes through it. Of each interaction it does, in
// this order:
//
//	send the request, and read the answer to its end
//	redact both, and scan what is left for secrets       package redact
//	check what will be recorded                          Options.Check
//	append it to the journal, and sync
//	hand the answer to the client, as the service gave it
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
// [ForTest] is both halves for a test.
//
// # Replay
//
// A [Replay] holds interactions and, for each session, how far each request has got. A request is
// looked up by what it asks for, the next of its recorded answers is given, and what was not
// recorded is a [Miss]: an answer that no SDK retries and that says why. Nothing ever reaches the
// network, and the recorded durations are not waited for.
//
//	request ──▶ session ──▶ canonical request ──▶ digest ──▶ chain of answers ──▶ response
//	                                                  └────▶ nearest interaction ──▶ Miss
//
// # What makes two requests the same
//
// Everything below; not the host, and no header but those named here. So a recording of
// amazonaws.com answers on loopback.
//
//	service  the signing service of SigV4: from the credential scope of Authorization or X-Amz-Credential if there is
//	         one, else from an AWS host name. A request or a recording that has neither matches any service.
//	method   as it is; none is GET
//	path     segment by segment, each percent-decoded and encoded again: %7E is ~, %2f is %2F but not a slash, + is a plus.
//	         Empty segments, dots and a slash at the end count. No path is /
//	query    by name, in any order; values of one name keep theirs. + is a space, as %20 is; %2B is a plus. a is a=.
//	         The parameters of a SigV4 signature (X-Amz-Signature, X-Amz-Date, …) do not count
//	target   the header X-Amz-Target
//	body     a JSON object or array by its value: the order of members, white space, escapes and the spelling of numbers do not
//	         matter; numbers are compared exactly, never as floating point. Members of one name keep no order.
//	         Everything else byte by byte. It is decoded by its Content-Encoding first, where that can be done; then
//	         [ReplayOptions.Mask] may change it
//
// A match costs the same however many interactions there are.
//
// # Sessions
//
// A URL of the form
//
//	http://HOST/_c/CASSETTE/SESSION/…
//
// is answered from one cassette alone, at a position of its own: give each of your parallel tests a
// session of its own, by making it the endpoint of its client. CASSETTE is the name of the source,
// below the folder that is served, with slashes or with %2F; SESSION is any one segment. Requests
// without such a prefix share one session over all the sources.
//
// # Misses
//
// A miss answers 400 with X-Amzn-Errortype: CrcheckReplayMiss and a JSON body with __type, code and
// message: not 404, which many programs take for "it does not exist"; not a status or a code that
// an SDK retries.
package recorder
