package main

import (
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/finding"
)

// oddErrors has errors as gateways and older services write them.
func oddErrors() []scenario {
	named := func(name string, status int, body string) response {
		return response{status: status, body: body}.with("X-Amzn-Errortype", name)
	}
	unknown := func(place string) finding.Expected {
		return expect(finding.MemberUnknown, place, "the error does not have it")
	}
	noBody := expect(finding.SyntaxInvalid, "", "an error's body is a JSON object, even when it is empty")
	long := strings.Repeat("Rate exceeded; ", 2<<10/15+1)
	return []scenario{
		good(681, "error-code-with-namespace-and-uri", "The error is named by code in the body, with a namespace and a URI.",
			failure("access-denied").inBody("code", "com.amazonaws.cleanrooms#AccessDeniedException"+internal)),
		good(682, "error-uri-with-fragment", "The URI after the name of the error has a fragment.",
			failure("validation").named().with("X-Amzn-Errortype", "ValidationException:http://internal.amazon.com/coral/#Other")),
		good(683, "error-long-message", "The message of an error has 2 KiB.", named("ThrottlingException", 429, `{"message":"`+long+`"}`)),
		good(684, "error-message-with-text", "The message of an error has escapes, entities, line breaks and letters beyond ASCII.",
			named("AccessDeniedException", 403, `{"message":"a\r\n\"b\" &amp; 100%25 {{x}} Größe 🧪"}`)),
		hostile(3161, "error-error-message", "The message of an error is called errorMessage.", named("AccessDeniedException", 403, `{"errorMessage":"You may not do that."}`),
			unknown("/errorMessage")),
		good(685, "error-message-before-capital", "The error has a message and a Message, in this order.",
			named("AccessDeniedException", 403, `{"message":"You may not do that.","Message":"Forbidden"}`)),
		good(686, "error-message-after-capital", "The error has a Message and a message, in this order.",
			named("AccessDeniedException", 403, `{"Message":"Forbidden","message":"You may not do that."}`)),
		hostile(3164, "error-not-found-empty", "A ResourceNotFoundException is named in the header and has no body.", named("ResourceNotFoundException", 404, ""), noBody),
		hostile(3165, "error-throttling-empty", "A ThrottlingException is named in the header and has no body.", named("ThrottlingException", 429, ""), noBody),
		hostile(3166, "error-html-403", "A firewall responds in HTML with 403.",
			response{status: 403, body: "<html>\n<head><title>403 Forbidden</title></head>\n</html>\n"}.with("Content-Type", "text/html"),
			expect(finding.ErrorUnidentified, "", "HTML names no error"),
			expect(finding.HTTPContentType, "", "restJson1 says application/json")),
		hostile(3167, "error-unknown-members", "An error has members of every type that are unknown to the client.",
			named("ValidationException", 400, `{"message":"Invalid.","reason":"INVALID_QUERY","retryable":true,"count":3,"details":{"a":[1,null]},"none":null}`),
			unknown("/retryable"), unknown("/count"), unknown("/details")),
		hostile(3168, "error-field-list-text", "The list of fields is a string.",
			named("ValidationException", 400, `{"message":"Invalid.","fieldList":"id"}`), expect(finding.TypeMismatch, "/fieldList", "a list is an array")),
		hostile(3169, "error-body-is-a-list", "The body of an error is a list.", named("ThrottlingException", 429, `[{"message":"Rate exceeded."}]`),
			expect(finding.TypeMismatch, "", "an error is an object")),
		hostile(3170, "error-body-is-null", "The body of an error is null.", named("ThrottlingException", 429, `null`),
			expect(finding.TypeMismatch, "", "an error is an object")),
	}
}

// throttlingCodes are the codes by which AWS services throttle, with any status (AWS SDKs and Tools
// reference guide, retry behavior).
var throttlingCodes = []string{"Throttling", "ThrottledException", "RequestThrottled", "RequestThrottledException", "TooManyRequestsException",
	"RequestLimitExceeded", "ProvisionedThroughputExceededException", "TransactionInProgressException", "BandwidthLimitExceeded",
	"LimitExceededException", "SlowDown", "PriorRequestNotComplete", "EC2ThrottledException"}

// retriedCodes has an error with status 400 that is retried by its name, then a success.
func retriedCodes() []scenario {
	var all []scenario
	for i, code := range append(throttlingCodes, "RequestTimeout", "RequestTimeoutException") {
		s := hostile(3201+i, "retried-"+strings.ToLower(code)+"-then-success", code+" with status 400, then a success.",
			response{status: 400, body: `{"message":"Please try again."}`}.with("X-Amzn-Errortype", code),
			expect(finding.ErrorUnmodeled, "", "not an error of the operation"))
		s.responses = append(s.responses, ok(job()))
		all = append(all, s)
	}
	return all
}

// oddStatuses has statuses at the edges of success.
func oddStatuses() []scenario {
	status := func(of, code int, body string, expected ...finding.Expected) scenario {
		return hostile(of, fmt.Sprintf("status-%d", code), fmt.Sprintf("The status is %d.", code), response{status: code, body: body}, expected...)
	}
	noStatus := expect(finding.HTTPStatus, "", "the operation has no such status")
	unidentified := expect(finding.ErrorUnidentified, "", "nothing names an error")
	return []scenario{
		status(3181, 204, "", noStatus),
		status(3182, 299, job(), noStatus),
		status(3183, 300, job(), noStatus, unidentified),
		status(3184, 304, "", noStatus, unidentified),
	}
}
