package main

import "github.com/crcheck/crcheck/finding"

// wrongTypes has values of types that clients convert in passing, such as a boolean to a number, and
// nulls where a value is required.
func wrongTypes() []scenario {
	mismatch := func(place, reason string) finding.Expected { return expect(finding.TypeMismatch, place, reason) }
	missing := func(place string) finding.Expected {
		return expect(finding.MemberMissing, place, "null is the same as absent")
	}
	at := func(timestamp string) response {
		return ok(document(id, membershipRef, arn, `"createTime":`+timestamp, success))
	}
	of := func(status string) response { return ok(document(id, membershipRef, arn, created, `"status":`+status)) }
	const seconds = "restJson1 writes a timestamp as a number of epoch seconds"
	return []scenario{
		hostile(1401, "create-time-null", "The time of creation is null.", at("null"), missing(atJob+"/createTime")),
		hostile(1402, "create-time-boolean", "The time of creation is true.", at("true"), mismatch(atJob+"/createTime", seconds)),
		hostile(1403, "create-time-digits", "The time of creation is a number in quotes.", at(`"1767225600"`), mismatch(atJob+"/createTime", seconds)),
		hostile(1404, "create-time-http-date", "The time of creation is a date as in HTTP.",
			at(`"Thu, 01 Jan 2026 00:00:00 GMT"`), mismatch(atJob+"/createTime", seconds)),
		hostile(1405, "create-time-garbage", "The time of creation is a word.", at(`"yesterday"`), mismatch(atJob+"/createTime", seconds)),
		hostile(1406, "create-time-1e18", "The time of creation is 1e18.", at("1e18"),
			mismatch(atJob+"/createTime", "it is later than the year 9999, which no datetime can hold")),
		hostile(1407, "create-time-object", "The time of creation is an object.", at(`{"seconds":1767225600}`), mismatch(atJob+"/createTime", seconds)),

		hostile(1411, "identifier-null", "The job's identifier is null.",
			ok(document(`"id":null`, membershipRef, arn, created, success)), missing(atJob+"/id")),
		hostile(1412, "identifier-number", "The job's identifier is a number.",
			ok(document(`"id":7`, membershipRef, arn, created, success)), mismatch(atJob+"/id", "an identifier is a string"),
			expect(finding.EchoMismatch, atJob+"/id", "7 is not the requested job")),
		hostile(1413, "workers-null", "The number of workers is null.", ok(job(workers("null"))), missing(atNumber)),
		hostile(1414, "workers-boolean", "The number of workers is true.", ok(job(workers("true"))), mismatch(atNumber, "an integer is a number")),
		hostile(1415, "duration-boolean", "A duration is false.", ok(job(duration("false"))), mismatch(atDuration, "a long is a number")),
		hostile(1416, "duration-text", "A duration is a number in quotes.", ok(job(duration(`"734000"`))), mismatch(atDuration, "a long is a number")),
		hostile(1417, "units-boolean", "The billed units are true.", ok(job(units("true"))), mismatch(atUnits, "a double is a number")),
		hostile(1418, "units-null", "The billed units are null.", ok(job(units("null"))), missing(atUnits)),
		hostile(1419, "status-number", "The status is a number.", of("5"), mismatch(atJob+"/status", "an enum is a string")),
		hostile(1420, "status-empty", "The status is an empty string.", of(`""`),
			expect(finding.EnumUnknownValue, atJob+"/status", "not one of the six values")),
		hostile(1421, "status-boolean", "The status is true.", of("true"), mismatch(atJob+"/status", "an enum is a string")),

		hostile(1431, "job-empty", "The job has no members.", ok(`{"protectedJob":{}}`),
			expect(finding.MemberMissing, atJob+"/id", "required"), expect(finding.MemberMissing, atJob+"/membershipId", "required"),
			expect(finding.MemberMissing, atJob+"/membershipArn", "required"), expect(finding.MemberMissing, atJob+"/createTime", "required"),
			expect(finding.MemberMissing, atJob+"/status", "required")),
		hostile(1432, "job-is-text", "The job is a string.", ok(`{"protectedJob":"{}"}`), mismatch(atJob, "a structure is an object")),
		hostile(1433, "body-is-text", "The body is a string that holds the document.", ok(`"{\"protectedJob\":{\"status\":\"SUCCESS\"}}"`),
			mismatch("", "the output is an object")),
		hostile(1434, "body-is-number", "The body is a number.", ok("7"), mismatch("", "the output is an object")),

		hostile(1441, "parameter-number", "A job parameter is a number.", ok(job(parameters(`"since":2026`))), mismatch(atParameters+"/*", "the map's values are strings")),
		hostile(1442, "parameter-list", "A job parameter is a list.", ok(job(parameters(`"since":["2026-01-01"]`))),
			mismatch(atParameters+"/*", "the map's values are strings")),
		hostile(1443, "parameters-list", "The job parameters, a map, are a list of pairs.",
			ok(job(`"jobParameters":`+object(template, `"parameters":[{"key":"since","value":"2026-01-01"}]`))), mismatch(atParameters, "a map is an object")),
		hostile(1444, "member-list-text", "The list of members is a string.", ok(job(output(`"memberList":"444455556666"`))),
			mismatch(atOutput+"/memberList", "a list is an array")),
		hostile(1445, "member-list-of-texts", "The elements of the list of members are strings.", ok(job(output(`"memberList":["444455556666"]`))),
			mismatch(atOutput+"/memberList/*", "an element is an object")),
		hostile(1446, "account-list", "An account ID is a list.", ok(job(output(`"memberList":[{"accountId":["444455556666"]}]`))),
			mismatch(atAccount, "an account ID is a string")),
	}
}

// wrongUnions has unions that are null, of another type, or have a member with a name that clients
// use for themselves.
func wrongUnions() []scenario {
	mismatch := expect(finding.TypeMismatch, atOutput, "a union is an object")
	unknown := expect(finding.UnionUnknownMember, atOutput, "the contract has s3 and memberList")
	return []scenario{
		hostile(1451, "output-null", "The result's output, a union that is required, is null.", ok(job(`"result":{"output":null}`)),
			expect(finding.MemberMissing, atOutput, "null is the same as absent")),
		hostile(1452, "output-unknown-null", "The only member of the union is unknown, and null.", ok(job(output(`"redshift":null`))),
			expect(finding.UnionNoMember, atOutput, "a null is not set")),
		hostile(1453, "output-is-a-list", "The result's output, a union, is a list.", ok(job(`"result":{"output":[`+object(s3Output)+`]}`)), mismatch),
		hostile(1454, "output-is-a-number", "The result's output, a union, is a number.", ok(job(`"result":{"output":7}`)), mismatch),
		hostile(1455, "output-is-false", "The result's output, a union, is false.", ok(job(`"result":{"output":false}`)), mismatch),
		hostile(1456, "output-sdk-unknown-member", "A member of the union is named as boto3 names unknown members.",
			ok(job(output(`"SDK_UNKNOWN_MEMBER":{"name":"s3"}`))), unknown),
		hostile(1457, "output-dollar-unknown", "A member of the union is named as JavaScript names unknown members.",
			ok(job(output(`"$unknown":["s3",{}]`))), unknown),
		hostile(1458, "output-member-wrong-type", "The member of the union, a structure, is a string.", ok(job(output(`"s3":"s3://example-results/jobs/"`))),
			expect(finding.TypeMismatch, atOutput+"/s3", "a structure is an object")),
	}
}
