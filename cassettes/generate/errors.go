package main

import "strings"

const internal = ":http://internal.amazon.com/coral/com.amazon.coral.service/"

// modeled is an error of the operation and its members, as text.
type modeled struct {
	name    string
	slug    string
	status  int
	members []string
}

var modeledErrors = []modeled{
	{"ResourceNotFoundException", "not-found", 404, []string{`"message":"The job does not exist."`, `"resourceId":"` + asked + `"`, `"resourceType":"MEMBERSHIP"`}},
	{"InternalServerException", "internal", 500, []string{`"message":"Please try again."`}},
	{"ValidationException", "validation", 400, []string{`"message":"The request is invalid."`, `"reason":"FIELD_VALIDATION_FAILED"`,
		`"fieldList":[{"name":"protectedJobIdentifier","message":"must be a UUID"},{"name":"membershipIdentifier","message":"must be a UUID"}]`}},
	{"ThrottlingException", "throttling", 429, []string{`"message":"Rate exceeded."`}},
	{"AccessDeniedException", "access-denied", 403, []string{`"message":"You may not do that."`, `"reason":"INSUFFICIENT_PERMISSIONS"`}},
}

// named is the error with its name in the header, where the service writes it.
func (m modeled) named() response {
	return response{status: m.status, body: object(m.members...)}.with("X-Amzn-Errortype", m.name)
}

// inBody is the error with its name in the body.
func (m modeled) inBody(member, name string) response {
	return response{status: m.status, body: object(append([]string{`"` + member + `":"` + name + `"`}, m.members...)...)}
}

func failure(slug string) modeled {
	for _, m := range modeledErrors {
		if m.slug == slug {
			return m
		}
	}
	panic("no error " + slug)
}

// errorResponses has the operation's errors, each identified in each of the ways
// that clients must understand
// (Smithy, aws-restjson1-protocol.html#operation-error-serialization).
func errorResponses() []scenario {
	var all []scenario
	for i, m := range modeledErrors {
		all = append(all,
			good(401+i, "error-"+m.slug, m.name+", named in the header.", m.named()),
			good(411+i, "error-"+m.slug+"-by-code", m.name+", named by code in the body.", m.inBody("code", m.name)),
			good(421+i, "error-"+m.slug+"-by-type", m.name+", named by __type in the body, with a namespace and a URI.",
				m.inBody("__type", "com.amazonaws.cleanrooms#"+m.name+internal)),
		)
	}
	for i, resource := range []string{"CONFIGURED_TABLE", "COLLABORATION", "CONFIGURED_TABLE_ASSOCIATION"} {
		all = append(all, good(431+i, "error-not-found-"+strings.ToLower(strings.ReplaceAll(resource, "_", "-")), "What was not found is a "+resource+".",
			modeled{"ResourceNotFoundException", "", 404, []string{`"message":"Not found."`, `"resourceId":"` + membership + `"`, `"resourceType":"` + resource + `"`}}.named()))
	}
	for i, reason := range []string{"INVALID_CONFIGURATION", "INVALID_QUERY", "IAM_SYNCHRONIZATION_DELAY"} {
		all = append(all, good(441+i, "error-validation-"+strings.ToLower(strings.ReplaceAll(reason, "_", "-")), "The request is invalid: "+reason+", with no list of fields.",
			modeled{"ValidationException", "", 400, []string{`"message":"The request is invalid."`, `"reason":"` + reason + `"`}}.named()))
	}
	header := "X-Amzn-Errortype"
	throttling, denied, internalError := failure("throttling"), failure("access-denied"), failure("internal")
	return append(all,
		good(451, "error-header-with-uri", "The header has a URI after the name, which clients cut off.",
			throttling.named().with(header, throttling.name+internal)),
		good(452, "error-header-with-namespace", "The header has a namespace before the name, and a URI after it.",
			throttling.named().with(header, "com.amazonaws.cleanrooms#"+throttling.name+internal)),
		good(453, "error-header-wins", "Header and __type name different errors: the header wins.",
			denied.inBody("__type", "ThrottlingException").with(header, denied.name)),
		good(454, "error-code-wins", "Body members code and __type name different errors: code wins.",
			response{status: 429, body: `{"__type":"AccessDeniedException","code":"ThrottlingException","message":"Rate exceeded."}`}),
		good(455, "error-without-message", "An error without members, none of which is required.",
			response{status: 500, body: `{}`}.with(header, internalError.name)),
		good(456, "error-null-message", "The message is null, which is the same as absent.",
			response{status: 429, body: `{"message":null}`}.with(header, throttling.name)),
		good(457, "error-empty-field-list", "A list of fields that is empty.",
			response{status: 400, body: `{"message":"Invalid.","fieldList":[]}`}.with(header, "ValidationException")),
	)
}

// sequences has several responses to one request, as a client that retries or
// polls meets them.
func sequences() []scenario {
	status := func(s string) response {
		return ok(document(id, membershipRef, arn, created, `"status":"`+s+`"`))
	}
	throttled, broken := failure("throttling").named(), failure("internal").named()
	return []scenario{
		good(501, "throttled-then-success", "The first attempt is throttled, the second succeeds.", throttled, ok(job())),
		good(502, "throttled-twice-then-success", "Two attempts are throttled, the third succeeds.", throttled, throttled, ok(job())),
		good(503, "internal-error-then-success", "The service fails, then succeeds.", broken, ok(job())),
		good(504, "polled-to-success", "A client polls until the job has succeeded.",
			status("SUBMITTED"), status("STARTED"), ok(job(output(s3Output)))),
		good(511, "result-then-none", "A job has a result, then none: it was started again.",
			ok(job(output(s3Output), duration("1200"))), status("STARTED")),
		good(505, "polled-to-cancelled", "A client polls a job that is being cancelled.",
			status("STARTED"), status("CANCELLING"), status("CANCELLED")),
	}
}
