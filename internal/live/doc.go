// Package live calls a real service the way an SDK does, from nothing but a
// contract: it writes an input down as an HTTP request, signs it, sends it once
// and hands back the response as it came.
//
// The model:
//
//	input (JSON, the API's names) ──▶ Request ──▶ Caller.Call ──▶ response, for package validate
//	                                     ▲             ▲
//	                                  contract     credentials
//
// An input is what the AWS CLI takes as --cli-input-json: members by the API's
// names, timestamps as ISO 8601 text or epoch seconds, blobs in base64. null is
// absence. What no request can be made of is an [*InputError]; whether the
// request is one that the contract allows is for package validate to say.
//
// # How an input travels
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
// Not sent are inputs that are event streams, and queries that the signer of the
// SDK for Go would sort otherwise than the service does.
package live
