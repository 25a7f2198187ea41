// Package replay plays recorded HTTP traffic back to a client, as often as needed, in process or as
// a server. It knows HTTP and traffic; it knows no schema.
//
// A [Player] holds interactions and, for each session, how far each request has got. A request is
// looked up by what it asks for, the next of its recorded responses is given, and a request that
// was not recorded is a [Miss]: a response that no SDK retries and that says why. Nothing ever reaches the
// network, and the recorded durations are not waited for.
//
//	request ──▶ session ──▶ canonical request ──▶ digest ──▶ chain of responses ──▶ response
//	                                                  └────▶ nearest interaction ──▶ Miss
//
// # What makes two requests the same
//
// Everything below; not the host, and no header but those named here. So a recording of
// amazonaws.com replays on loopback.
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
//	         [Options.Mask] may change it
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
package replay
