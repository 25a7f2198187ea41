package main

import "github.com/crcheck/crcheck/finding"

// brokenExchanges has successes whose body is good and whose surroundings are not.
func brokenExchanges() []scenario {
	status := func(code int) response { return response{status: code, body: job()} }
	contentType := func(reason string) finding.Expected { return expect(finding.HTTPContentType, "", reason) }
	echo := func(place, reason string) finding.Expected { return expect(finding.EchoMismatch, place, reason) }
	return []scenario{
		hostile(3001, "status-201", "A good body with status 201.", status(201), expect(finding.HTTPStatus, "", "the operation succeeds with 200")),
		hostile(3002, "status-202", "A good body with status 202.", status(202), expect(finding.HTTPStatus, "", "the operation succeeds with 200")),
		hostile(3003, "content-type-missing", "No Content-Type.", ok(job()).with("Content-Type", ""), contentType("restJson1 says application/json")),
		hostile(3004, "content-type-text", "The body is called plain text.",
			ok(job()).with("Content-Type", "text/plain; charset=utf-8"), contentType("restJson1 says application/json")),
		hostile(3005, "content-type-of-another-protocol", "The Content-Type of awsJson1_1.",
			ok(job()).with("Content-Type", "application/x-amz-json-1.1"), contentType("restJson1 says application/json")),
		hostile(3006, "accept-another-type", "The client says that it reads HTML alone, and gets JSON.", ok(job()),
			finding.Expected{Rule: finding.HTTPAccept, Part: "input", Reason: "restJson1 responds with application/json"}).accepting("text/html, image/*;q=0.5"),

		hostile(3011, "another-job", "The response is about another job.",
			ok(document(`"id":"00000000-0000-4000-8000-999999999999"`, membershipRef, arn, created, success)), echo(atJob+"/id", "it is not the job that was asked for")),
		hostile(3012, "another-membership", "The response is about a job of another membership.",
			ok(document(id, `"membershipId":"10000000-0000-4000-8000-999999999999"`, arn, created, success)), echo(atJob+"/membershipId", "it is not the membership that was asked for")),
		hostile(3019, "identifier-escaped", "The membership that was asked for has characters which a path must escape.",
			ok(job()), echo(atJob+"/membershipId", "the job is another membership's"),
			finding.Expected{Rule: finding.ConstraintPattern, Part: "input", Place: "/membershipIdentifier", Reason: "it is not an identifier of a membership"}).asking("00000000%2F0000%204000%3F8000%23000000000001"),
		hostile(3013, "another-job-last", "The job has two identifiers; the last, which counts, is another's.",
			ok(job(`"id":"00000000-0000-4000-8000-999999999999"`)),
			expect(finding.SyntaxDuplicateMember, atJob+"/id", "duplicate member name"),
			echo(atJob+"/id", "the last value counts")),
		hostile(3014, "another-job-first", "The job has two identifiers; the last, which counts, is its own.",
			ok(document(`"id":"00000000-0000-4000-8000-999999999999"`, membershipRef, arn, created, success, id)),
			expect(finding.SyntaxDuplicateMember, atJob+"/id", "duplicate member name")),
	}
}

// brokenErrors has errors that clients cannot identify, do not know, or meet
// with another status.
func brokenErrors() []scenario {
	named := func(name string, status int, body string) response {
		return response{status: status, body: body}.with("X-Amzn-Errortype", name)
	}
	unidentified := func(reason string) finding.Expected { return expect(finding.ErrorUnidentified, "", reason) }
	unmodeled := func(reason string) finding.Expected { return expect(finding.ErrorUnmodeled, "", reason) }
	status := func(reason string) finding.Expected { return expect(finding.ErrorStatusMismatch, "", reason) }
	const message = `{"message":"Something is wrong."}`
	return []scenario{
		hostile(3101, "error-unnamed", "A failure of the service that names no error.",
			response{status: 500, body: message}, unidentified("no header, no code, no __type")),
		hostile(3102, "error-named-too-deep", "An error whose name is in a nested member of the body, where it does not count.",
			response{status: 429, body: `{"message":"Rate exceeded.","cause":{"__type":"ThrottlingException","code":"ThrottlingException"}}`}, unidentified("only the top of the body names an error")),
		hostile(3103, "error-code-is-a-number", "An error whose code repeats the status.",
			response{status: 403, body: `{"code":403,"message":"Forbidden"}`}, unidentified("a name is a string")),
		hostile(3104, "error-html", "A load balancer responds in HTML, with a status that the operation does not have.",
			response{status: 503, body: "<html>\n<head><title>503 Service Temporarily Unavailable</title></head>\n</html>\n"}.with("Content-Type", "text/html"),
			unidentified("HTML names no error"),
			expect(finding.HTTPStatus, "", "no error of the operation has 503"),
			expect(finding.HTTPContentType, "", "restJson1 says application/json")),
		hostile(3105, "error-empty-header", "The header is there, and empty but for a URI.",
			named(":http://internal.amazon.com/", 500, message), unidentified("nothing is left when the URI is cut off")),

		hostile(3111, "error-unmodeled", "The service's own error for clients that it does not know.",
			named("UnrecognizedClientException", 403, message), unmodeled("no error of the operation; 403 is the status of one")),
		hostile(3112, "error-of-another-operation", "ConflictException, which other operations of the service have, with its status.",
			named("ConflictException", 409, message),
			unmodeled("not an error of the operation; its status 409 is not reported separately")),
		hostile(3113, "error-unmodeled-by-type", "An error of the signature check, named by __type.",
			response{status: 403, body: `{"__type":"com.amazon.coral.service#ExpiredTokenException","message":"The security token has expired."}`}, unmodeled("no error of the operation")),
		hostile(3114, "error-name-in-small-letters", "The name of an error in small letters.",
			named("throttlingexception", 429, message), unmodeled("names are compared exactly")),

		hostile(3121, "error-status-400-throttling", "ThrottlingException with status 400, as older services send it.",
			named("ThrottlingException", 400, message), status("its own status is 429")),
		hostile(3122, "error-status-500-denied", "AccessDeniedException with status 500, which clients will retry without success.",
			named("AccessDeniedException", 500, message), status("its own status is 403")),
		hostile(3123, "error-status-503", "InternalServerException with status 503.", named("InternalServerException", 503, message),
			status("its own status is 500; that no error has 503 goes without saying")),

		hostile(3131, "error-content-type", "An error that is called plain text.",
			named("ThrottlingException", 429, message).with("Content-Type", "text/plain"),
			expect(finding.HTTPContentType, "", "restJson1 says application/json, of errors too")),
		hostile(3132, "error-empty", "An error that is named in the header and has no body.", named("InternalServerException", 500, ""),
			expect(finding.SyntaxInvalid, "", "an error's body is a JSON object, even when it is empty")),
		hostile(3133, "error-member-unknown", "An error with a member that nobody knows.",
			named("ThrottlingException", 429, `{"message":"Rate exceeded.","retryAfterSeconds":3}`),
			expect(finding.MemberUnknown, "/retryAfterSeconds", "the error has message alone")),
	}
}
