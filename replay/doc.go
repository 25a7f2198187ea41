// Package replay plays recorded HTTP traffic back to a client, as often as needed, in process or as
// a server.
//
// A [Player] holds interactions and, for each session, the position of each request. It finds the
// recorded responses of a request by its canonical form and returns the next one. A request that was
// not recorded is a [Miss]: a response that no SDK retries and that says what differs. Nothing ever
// reaches the network, and recorded durations are not replayed. A client may use its real identifiers
// where a recording has pseudonyms.
//
//	request ──▶ session ──▶ canonical request ──▶ digest ──▶ chain of responses ──▶ names ──▶ response
//	                                                  ├────▶ binder ──▶ digest
//	                                                  └────▶ nearest interaction ──▶ Miss
//
// # Equal requests
//
// Two requests are equal if all parts below are equal. The host and all other headers do not count,
// so a recording of amazonaws.com replays on loopback.
//
//	service  the signing service of SigV4: from the credential scope of Authorization or X-Amz-Credential if there is
//	         one, else from an AWS host name. A request or a recording that has neither matches any service.
//	method   unchanged; an empty one is GET
//	path     segment by segment, each percent-decoded and encoded again: %7E is ~, %2f is %2F but not a slash, + is a plus.
//	         Empty segments, dots and a slash at the end count. An empty path is /
//	query    sorted by name; values of one name keep their order. + is a space, as %20 is; %2B is a plus. a is a=.
//	         The parameters of a SigV4 signature (X-Amz-Signature, X-Amz-Date, …) do not count
//	target   the header X-Amz-Target
//	body     a JSON object or array by its value: the order of members, white space, escapes and the spelling of numbers do not
//	         matter; numbers are compared exactly, never as floating point. Duplicate members have no order.
//	         Any other body byte by byte. It is first decoded by its Content-Encoding, if that is known; then
//	         [Options.Mask] may change it
//	ignored  idempotency tokens of [Options.Catalog], and [Options.Ignore]: they never decide
//
// The cost of a match does not depend on the number of interactions.
//
// # Names
//
// The metadata of a recording lists its pseudonyms. A request that is not recorded as it is may be a
// recorded one with other names: every difference is a pseudonym on one side and a value of the same
// class (account ID, UUID, other name) on the other, as a whole or in the middle of a string.
//
//   - [NamesExact]: the value must have that pseudonym under [Options.Key]. A wrong name is a miss.
//   - [NamesBind], without the key: value and pseudonym are bound to each other for the session, if
//     neither is bound to another. If several recorded requests fit, those count whose pseudonyms have
//     the lengths and classes of characters of the values; if several still fit, it is a miss with the
//     reason [AmbiguousNames].
//
// A pseudonym that all names of a short form share matches any name of that form, and a mask matches
// anything. In the responses, pseudonyms of the session's names are replaced by those names. Names
// that only the service gave stay pseudonyms; a client may send them, also beside real names. The host
// and headers do not decide a match, but their names are bound too.
//
// A recording of an earlier crcheck has no list; account IDs, UUIDs, and names in ARNs and S3 URLs of
// its requests are then bound.
//
// # Sessions
//
// A URL of the form
//
//	http://HOST/_c/CASSETTE/SESSION/…
//
// gets the responses of one cassette, at a separate position: give each of your parallel tests its
// own session by making this URL the endpoint of its client. CASSETTE is the path of the cassette
// below the served folder, with slashes or with %2F; SESSION is any single segment. Requests without
// such a prefix share one session over all sources.
//
// # Misses
//
// The response to a miss has status 400, the header X-Amzn-Errortype: CrcheckReplayMiss and a JSON
// body with __type, code and message. It is not 404, which many programs interpret as "does not
// exist", and no SDK retries this status or code.
package replay
