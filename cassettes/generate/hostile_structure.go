package main

import "github.com/crcheck/crcheck/finding"

// brokenMembers has members that are missing or that nobody knows, and values
// that no enum has.
func brokenMembers() []scenario {
	missing := func(place, reason string) finding.Expected { return expect(finding.MemberMissing, place, reason) }
	unknown := func(place, reason string) finding.Expected { return expect(finding.MemberUnknown, place, reason) }
	value := func(place, reason string) finding.Expected {
		return expect(finding.EnumUnknownValue, place, reason)
	}
	of := func(status string) response {
		return ok(document(id, membershipRef, arn, created, `"status":"`+status+`"`))
	}
	failed := func(name string, status int, members ...string) response {
		return response{status: status, body: object(members...)}.with("X-Amzn-Errortype", name)
	}
	return []scenario{
		hostile(1101, "no-job", "The output is empty.", ok("{}"), missing(atJob, "the output's only member is required")),
		hostile(1102, "no-status", "The job has no status.", ok(document(id, membershipRef, arn, created)), missing(atJob+"/status", "required")),
		hostile(1103, "status-null", "The status is null.", ok(document(id, membershipRef, arn, created, `"status":null`)),
			missing(atJob+"/status", "null is the same as absent")),
		hostile(1104, "no-create-time", "The job has no time of creation.",
			ok(document(id, membershipRef, arn, success)), missing(atJob+"/createTime", "required")),
		hostile(1105, "no-identifier", "The job has no identifier.", ok(document(membershipRef, arn, created, success)),
			missing(atJob+"/id", "required; there is nothing to compare with what was asked")),
		hostile(1106, "result-without-output", "The result is empty.",
			ok(job(`"result":{}`)), missing(atJob+"/result/output", "required of a result")),
		hostile(1107, "no-bucket", "The result goes to a bucket without a name.",
			ok(job(outputConfiguration(`"s3":{"keyPrefix":"jobs"}`))), missing(atBucket, "required")),
		hostile(1108, "no-account", "One of two members has no account.",
			ok(job(output(`"memberList":[{"accountId":"444455556666"},{}]`))), missing(atAccount, "required of each element")),
		hostile(1109, "no-template", "Job parameters without an analysis template, as before 1.41.6.", ok(job(`"jobParameters":{"parameters":{}}`)),
			missing(atJob+"/jobParameters/analysisTemplateArn", "required since 1.41.6")),
		hostile(1110, "error-without-resource", "A ResourceNotFoundException does not name the resource.",
			failed("ResourceNotFoundException", 404, `"message":"Not found."`),
			missing("/resourceId", "required of this error"), missing("/resourceType", "required of this error")),

		hostile(1121, "member-unknown", "The job has a member that nobody knows.",
			ok(job(`"priority":"HIGH"`)), unknown(atJob+"/priority", "no contract has it")),
		hostile(1122, "member-of-a-later-version", "The job has jobComputePayerAccountId, which came with 1.43.13.",
			ok(job(`"jobComputePayerAccountId":"444455556666"`)),
			unknown(atJob+"/jobComputePayerAccountId", "the contract of 1.42.90 does not have it")).under(v1_42_90),
		hostile(1123, "properties-of-a-later-version", "The worker has properties, which came with 1.42.91.",
			ok(job(spark(`"spark.executor.memory":"4g"`))),
			unknown(atWorker+"/properties", "the contract of 1.42.90 does not have it; what is in it has no shape")).under(v1_42_90),
		hostile(1124, "member-unknown-in-a-list", "An element of a list has a member that nobody knows.",
			ok(job(output(`"memberList":[{"accountId":"444455556666","name":"B"}]`))),
			unknown(atOutput+"/memberList/*/name", "no contract has it")),
		hostile(1125, "member-in-capitals", "A member is spelt with a capital: names are compared exactly.",
			ok(job(`"Error":{"message":"m","code":"c"}`)),
			unknown(atJob+"/Error", "the member is error")),
		hostile(1126, "body-beside-the-job", "The output has a member beside the job.",
			ok(`{"protectedJob":`+object(id, membershipRef, arn, created, success)+`,"nextToken":null,"requestId":"r"}`),
			unknown("/requestId", "the output has protectedJob alone; nextToken is null, which is the same as absent")),

		hostile(1131, "status-unknown", "An unknown status.", of("PAUSED"), value(atJob+"/status", "not one of the six values")),
		hostile(1132, "status-lower-case", "A status in small letters.", of("success"), value(atJob+"/status", "values are compared exactly")),
		hostile(1133, "worker-type-unknown", "CR.8X, which is a size of the SQL workers.",
			ok(job(worker(`"type":"CR.8X"`, `"number":16`))), value(atWorker+"/type", "workers of jobs are CR.1X or CR.4X")),
		hostile(1134, "resource-type-unknown", "What was not found is a PROTECTED_JOB, for which the error has no value.",
			failed("ResourceNotFoundException", 404, `"message":"Not found."`, `"resourceId":"`+asked+`"`, `"resourceType":"PROTECTED_JOB"`),
			value("/resourceType", "not one of the four values")),
		hostile(1135, "reason-unknown", "Access is denied for a reason that nobody knows.",
			failed("AccessDeniedException", 403, `"message":"Denied."`, `"reason":"MOON_PHASE"`), value("/reason", "the only value is INSUFFICIENT_PERMISSIONS")),
	}
}

// brokenUnions has tagged unions of which not exactly one known member is set
// (Smithy, aggregate-types.html#union).
func brokenUnions() []scenario {
	multiple := func(place, reason string) finding.Expected {
		return expect(finding.UnionMultipleMembers, place, reason)
	}
	none := func(place, reason string) finding.Expected { return expect(finding.UnionNoMember, place, reason) }
	unknown := func(place, reason string) finding.Expected {
		return expect(finding.UnionUnknownMember, place, reason)
	}
	properties := func(members ...string) response {
		return ok(job(worker(`"type":"CR.1X"`, `"number":4`, `"properties":`+object(members...))))
	}
	const worker4 = `"worker":{"type":"CR.1X","number":4}`
	const elsewhere = `"redshift":{"database":"example"}`
	return []scenario{
		hostile(1201, "two-outputs", "A result lies in S3 and went to members too.",
			ok(job(output(s3Output, memberOutput))), multiple(atOutput, "s3 and memberList are set")),
		hostile(1202, "two-output-configurations", "The result shall go to S3 and to a member.",
			ok(job(outputConfiguration(toS3, toMember))), multiple(atConfigured, "s3 and member are set")),
		hostile(1203, "output-known-and-unknown", "A result lies in S3 and where nobody knows.",
			ok(job(output(s3Output, elsewhere))), multiple(atOutput, "a member that nobody knows counts too")),
		hostile(1204, "compute-known-and-unknown", "Workers, and something that nobody knows.", ok(job(compute(`"serverless":{}`, worker4))),
			multiple(atJob+"/computeConfiguration", "a member that nobody knows counts too, also when it comes first")),
		hostile(1205, "output-two-unknown", "Two members, neither of which anybody knows.",
			ok(job(output(elsewhere, `"kinesis":{}`))), multiple(atOutput, "two members are set; that they are unknown comes second")),

		hostile(1211, "output-empty", "An output with no member.", ok(job(output())), none(atOutput, "none is set")),
		hostile(1212, "output-null-members", "An output whose members are null.",
			ok(job(output(`"s3":null`, `"memberList":null`))), none(atOutput, "null is not set")),
		hostile(1213, "output-type-alone", "An output with a __type and nothing else.",
			ok(job(output(`"__type":"ProtectedJobOutput"`))), none(atOutput, "__type is not a member")),
		hostile(1214, "properties-empty", "Worker properties with no member.", properties(), none(atWorker+"/properties", "none is set")),
		hostile(1215, "compute-empty", "A compute configuration with no member.",
			ok(job(compute())), none(atJob+"/computeConfiguration", "none is set")),

		hostile(1221, "output-unknown", "The result lies where nobody knows.",
			ok(job(output(elsewhere))), unknown(atOutput, "the contract has s3 and memberList")),
		hostile(1222, "output-configuration-unknown", "The result shall go where nobody knows.",
			ok(job(outputConfiguration(elsewhere))), unknown(atConfigured, "the contract has s3 and member")),
		hostile(1223, "compute-unknown", "A compute configuration that nobody knows.",
			ok(job(compute(`"serverless":{}`))), unknown(atJob+"/computeConfiguration", "the contract has worker")),
		hostile(1224, "properties-unknown", "Worker properties that nobody knows.",
			properties(`"ray":{}`), unknown(atWorker+"/properties", "the contract has spark")),
		hostile(1225, "output-unknown-beside-null", "The result lies where nobody knows, and s3 is null.",
			ok(job(output(`"s3":null`, elsewhere))), unknown(atOutput, "a null s3 is not set")),
	}
}
