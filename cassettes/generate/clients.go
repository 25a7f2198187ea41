package main

import (
	"fmt"
	"net/http"

	"github.com/crcheck/crcheck/finding"
)

// clientSuccesses has good responses by which clients are told apart: values and
// texts that parsers like to take for something else.
func clientSuccesses() []scenario {
	at := func(timestamp string) response {
		return ok(document(id, membershipRef, arn, `"createTime":`+timestamp, success))
	}
	message := func(text string) response {
		return ok(document(id, membershipRef, arn, created, `"status":"FAILED"`, `"error":{"message":"`+text+`","code":"X"}`))
	}
	nested := []string{
		`"jobParameters":` + object(template, `"parameters":null`),
		outputConfiguration(`"s3":{"bucket":"example-results","keyPrefix":null}`),
		statistics(`"totalDurationInMillis":null`, `"billedResourceUtilization":null`),
		worker(`"type":"CR.1X"`, `"number":4`, `"properties":null`),
	}
	return []scenario{
		good(601, "timestamp-zero", "The timestamp is the epoch itself.", at("0")),
		good(602, "timestamp-tenths", "A timestamp with tenths of a second.", at("1767225600.5")),
		good(603, "timestamp-finer", "A timestamp that is finer than milliseconds.", at("1767225600.1236")),
		good(604, "nested-null-members", "The optional members inside the job's structures are null.", ok(job(nested...))),
		good(606, "text-like-values", "Texts that look like values of other types.",
			ok(job(parameters(`"a":"null"`, `"b":"true"`, `"c":"007"`, `"d":"1e3"`, `"e":"2026-01-01"`)))),
		good(607, "message-with-nul", "A message with U+0000, escaped.", message(`before\u0000after`)),
		good(608, "escapes-of-controls", "Every short escape of JSON.", message(`\b\f\n\r\t\"\\\/`)),
		good(609, "parameter-proto", "Parameters with names that objects of JavaScript already have.",
			ok(job(parameters(`"__proto__":"a"`, `"constructor":"b"`)))),
		good(610, "error-header-on-success", "A success with an error's header, which only counts with an error's status.",
			ok(job()).with("X-Amzn-Errortype", "ThrottlingException")),
		good(612, "type-in-structures", "Structures have a __type, as some services write it.",
			ok(`{"__type":"GetProtectedJobOutput","protectedJob":`+object(`"__type":"ProtectedJob"`, id, membershipRef, arn, created, success)+`}`)),
		good(611, "output-configuration-type-beside", "A known member, an unknown one that is null, and a __type: one is set.",
			ok(job(outputConfiguration(`"__type":"x"`, `"redshift":null`, toMember)))),
	}
}

// clientErrors has errors whose members are absent or null, and the spellings
// that clients know.
func clientErrors() []scenario {
	named := func(name string, status int, body string) response {
		return response{status: status, body: body}.with("X-Amzn-Errortype", name)
	}
	return []scenario{
		good(621, "error-validation-bare", "A ValidationException without members, none of which is required.", named("ValidationException", 400, "{}")),
		good(622, "error-validation-nulls", "A ValidationException whose members are null.",
			named("ValidationException", 400, `{"message":null,"reason":null,"fieldList":null}`)),
		good(623, "error-access-denied-bare", "An AccessDeniedException without members.", named("AccessDeniedException", 403, "{}")),
		good(624, "error-access-denied-nulls", "An AccessDeniedException whose members are null.",
			named("AccessDeniedException", 403, `{"message":null,"reason":null}`)),
		good(625, "error-internal-null", "An InternalServerException whose message is null.", named("InternalServerException", 500, `{"message":null}`)),
		good(626, "error-throttling-bare", "A ThrottlingException without members.", named("ThrottlingException", 429, "{}")),
		good(627, "error-by-capital-code", "The error is named by Code, as SDKs take it.",
			response{status: 403, body: `{"Code":"AccessDeniedException","message":"You may not do that."}`}),
		good(628, "error-capital-message", "The message of an error is called Message, as gateways write it.",
			named("AccessDeniedException", 403, `{"Message":"You may not do that."}`)),
	}
}

// clientSequences has responses that are tried again, or must not be.
func clientSequences() []scenario {
	throttled, denied := failure("throttling").named(), failure("access-denied").named()
	proxy := func(status int) response {
		return response{status: status, body: "<html>\n<head><title>" + http.StatusText(status) + "</title></head>\n</html>\n"}.with("Content-Type", "text/html")
	}
	from := func(of int, name, about string, status int) scenario {
		s := hostile(of, name, about, proxy(status),
			expect(finding.ErrorUnidentified, "", "HTML names no error"),
			expect(finding.HTTPStatus, "", "no error of the operation has it"),
			expect(finding.HTTPContentType, "", "restJson1 says application/json"))
		s.responses = append(s.responses, ok(job()))
		return s
	}
	older := hostile(3154, "throttled-with-400-then-success", "An attempt is throttled with status 400, as older services do it; the next succeeds.",
		throttled, expect(finding.ErrorStatusMismatch, "", "its own status is 429"))
	older.responses[0].status = 400
	older.responses = append(older.responses, ok(job()))
	unnamed := hostile(3155, "unnamed-error-then-success", "A failure that names no error, then a success.",
		response{status: 500, body: `{"message":"Something is wrong."}`}, expect(finding.ErrorUnidentified, "", "no header, no code, no __type"))
	unnamed.responses = append(unnamed.responses, ok(job()))
	return []scenario{
		good(631, "throttled-then-denied", "An attempt is throttled, the next is denied.", throttled, denied),
		good(632, "denied-then-success", "An attempt is denied; the next would succeed.", denied, ok(job())),
		from(3151, "bad-gateway-then-success", "A proxy says 502, then the service responds.", 502),
		from(3152, "unavailable-then-success", "A load balancer says 503, then the service responds.", 503),
		from(3153, "gateway-timeout-then-success", "A proxy says 504, then the service responds.", 504),
		older, unnamed,
	}
}

// clientHostile has what breaks clients, and requests whose paths they must escape.
func clientHostile() []scenario {
	unknown := func(place, reason string) finding.Expected { return expect(finding.MemberUnknown, place, reason) }
	asking := func(of int, name, about, escaped string) scenario {
		return hostile(of, name, about, ok(job()), expect(finding.EchoMismatch, atJob+"/membershipId", "the job is another membership's"),
			finding.Expected{Rule: finding.ConstraintPattern, Part: "input", Place: "/membershipIdentifier", Reason: "it is not an identifier of a membership"}).asking(escaped)
	}
	redirect := func(of, status int) scenario {
		return hostile(of, fmt.Sprintf("redirect-%d", status), "A redirect, which the protocol does not have.",
			response{status: status}.with("Location", "/elsewhere"),
			expect(finding.ErrorUnidentified, "", "nothing names an error"),
			expect(finding.HTTPStatus, "", "the operation has no such status"))
	}
	return []scenario{
		hostile(1127, "member-unknown-with-structure", "An unknown member holds what looks like a job, a list and a union.",
			ok(job(`"details":{"status":"FAILED","list":[{"a":null},[1,2.5,true]],"output":{"s3":{},"memberList":[]}}`)),
			unknown(atJob+"/details", "no contract has it")),
		hostile(1129, "job-null", "The job is null.", ok(`{"protectedJob":null}`), expect(finding.MemberMissing, atJob, "null is the same as absent")),
		hostile(1226, "output-unknown-scalar", "The unknown member of the union is a text.",
			ok(job(output(`"kinesis":"arn:aws:kinesis:us-east-1:111122223333:stream/x"`))),
			expect(finding.UnionUnknownMember, atOutput, "the contract has s3 and memberList")),

		asking(3021, "identifier-percent", "The membership that was asked for has a percent sign, a plus and an escaped slash as text.", "100%25%2B%252F0000000000000000000000000000"),
		asking(3022, "identifier-unicode", "The membership that was asked for has letters beyond ASCII.", "Gr%C3%B6%C3%9Fe-%F0%9F%A7%AA00000000000000000000000000000"),
		asking(3023, "identifier-reserved", "The membership that was asked for has characters that a path may hold as they are, but a label may not.", "a%3Ab%40c%24d%26e%3Df%2Cg%3Bh%2100000000000000000000"),
		asking(3024, "identifier-outer-blanks", "The membership that was asked for begins and ends with a blank.", "%200000000-0000-4000-8000-00000000001%20"),
		asking(3025, "identifier-tilde", "The membership that was asked for has a tilde, a dot, a hyphen and an underscore, which are not escaped.", "~0000000-0000_4000.8000-000000000~01"),
		redirect(3031, 301), redirect(3032, 302), redirect(3033, 307), redirect(3034, 308),
	}
}

// odderTimes has times before 1970 with a fraction, which clients round towards the wrong side.
func odderTimes() []scenario {
	at := func(timestamp string) response {
		return ok(document(id, membershipRef, arn, `"createTime":`+timestamp, success))
	}
	return []scenario{
		good(641, "timestamp-just-before-the-epoch", "A quarter of a second before 1970.", at("-0.25")),
		good(642, "timestamp-before-the-epoch-fraction", "A time before 1970 with milliseconds.", at("-86400.877")),
		good(643, "timestamp-two-digits", "A timestamp with hundredths of a second, the first of which is 0.", at("1767225600.05")),
	}
}
