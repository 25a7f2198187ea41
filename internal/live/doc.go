// Package live calls a real service the way an SDK does, from nothing but a contract: it writes an
// input as an HTTP request, signs it, sends it once and returns the response as received.
//
// The model:
//
//	input (JSON, the API's names) ──▶ Request ──▶ Caller.Call ──▶ response, for package validate
//	                                     ▲             ▲
//	                                  contract     credentials
//
// An input is the JSON that the AWS CLI takes as --cli-input-json: members by the API's names,
// timestamps as ISO 8601 text or epoch seconds, blobs in base64. null means absent. An input that
// cannot be written as a request is an [*InputError]. Package validate decides whether the contract
// allows the request.
//
// # The request
//
// Smithy, aws/protocols/aws-restjson1-protocol.html, aws-json-1_0-protocol.html
// and spec/http-bindings.html:
//
//	label            percent-encoded, all but unreserved characters; a greedy one keeps its slashes
//	query            a list as several parameters of one name; of a map each entry, where no member has the name
//	header, headers  a list joined by commas, strings with commas in quotes; documents as base64 of their JSON
//	payload          text and bytes as they are, everything else as JSON
//	body             an object of the members' wire names
//	awsJson          the whole input as the body, the operation in X-Amz-Target
//
//	timestamps       as their shape says, else epoch seconds in bodies, HTTP dates in headers, RFC 3339 in labels and
//	                 queries; to the millisecond
//	numbers          digit by digit as they were written
//	tokens           idempotency tokens that are absent are made at random
//
// Inputs that are event streams are not sent.
package live
