package main

import "strings"

// statuses has a job in each of its states.
func statuses() []scenario {
	in := func(status string, more ...string) response {
		members := []string{id, membershipRef, arn, created, `"jobParameters":` + object(template), `"status":"` + status + `"`, outputConfiguration(toS3)}
		return ok(document(append(members, more...)...))
	}
	return []scenario{
		good(1, "status-submitted", "A job that waits to be started.", in("SUBMITTED")),
		good(2, "status-started", "A job that runs.", in("STARTED")),
		good(3, "status-cancelling", "A job that is about to be cancelled.", in("CANCELLING")),
		good(4, "status-cancelled", "A job that was cancelled.", in("CANCELLED", duration("1200"))),
		good(5, "status-failed", "A job that failed, with the error that it failed with.", in("FAILED", duration("61000"), jobError)),
		good(6, "status-success", "A job that succeeded, with its result and statistics.",
			in("SUCCESS", statistics(`"totalDurationInMillis":734000`, `"billedResourceUtilization":{"units":1.25}`), output(s3Output))),
	}
}

// documents has each part of a job but the compute configuration: full and
// minimal, each union member, the ends of what is allowed.
func documents() []scenario {
	full := []string{
		`"jobParameters":` + object(template, `"parameters":{"since":"2026-01-01","region_1":"eu"}`),
		outputConfiguration(toS3),
		statistics(`"totalDurationInMillis":734000`, `"billedResourceUtilization":{"units":1.25}`),
		output(s3Output),
		jobError,
	}
	full90 := append(full[:len(full):len(full)], workers("128"))
	full67 := append(full[:len(full):len(full)],
		worker(`"type":"CR.4X"`, `"number":1024`, `"properties":{"spark":{"spark.executor.memory":"4g"}}`),
		`"jobComputePayerAccountId":"444455556666"`)
	none := `"jobParameters":null,"resultConfiguration":null,"statistics":null,"result":null,"error":null,"computeConfiguration":null,"jobComputePayerAccountId":null`
	return []scenario{
		good(101, "full-1.42.90", "Every member that the contract of 1.42.90 knows.", ok(job(full90...))).under(v1_42_90),
		good(102, "full-1.43.67", "Every member that the contract of 1.43.67 knows.", ok(job(full67...))),
		good(103, "minimal-1.42.90", "The required members alone.", ok(job())).under(v1_42_90),
		good(104, "minimal-1.43.67", "The required members alone.", ok(job())),
		good(105, "null-members", "Optional members that are null, which is the same as absent.", ok(job(none))),
		good(106, "members-in-another-order", "The members of the job stand in reverse order.",
			ok(document(output(s3Output), success, created, arn, membershipRef, id))),

		good(111, "output-configuration-s3", "The result goes to S3.", ok(job(outputConfiguration(toS3)))),
		good(112, "output-configuration-s3-without-prefix", "The result goes to S3, without a key prefix.",
			ok(job(outputConfiguration(`"s3":{"bucket":"example-results"}`)))),
		good(113, "output-configuration-member", "The result goes to a member of the collaboration.", ok(job(outputConfiguration(toMember)))),
		good(114, "output-configuration-null-beside", "The union member that is not set is null, which does not count.",
			ok(job(outputConfiguration(`"s3":null`, toMember)))),
		good(115, "bucket-shortest", "A bucket name of 3 characters, and an empty key prefix.",
			ok(job(outputConfiguration(`"s3":{"bucket":"a-1","keyPrefix":""}`)))),
		good(116, "bucket-longest", "A bucket name of 63 characters, and a key prefix of 512.",
			ok(job(outputConfiguration(`"s3":{"bucket":"`+strings.Repeat("b", 63)+`","keyPrefix":"`+strings.Repeat("k", 512)+`"}`)))),

		good(121, "result-s3", "The result lies in S3.", ok(job(output(s3Output)))),
		good(122, "result-member-list", "The result went to one member.", ok(job(output(memberOutput)))),
		good(123, "result-member-list-several", "The result went to two members.",
			ok(job(output(`"memberList":[{"accountId":"111122223333"},{"accountId":"444455556666"}]`)))),
		good(126, "accept", "The client says that it reads JSON.", ok(job())).accepting("application/json"),
		good(124, "result-member-list-empty", "The list of members is empty, which the contract allows.", ok(job(output(`"memberList":[]`)))),
		good(125, "result-type-beside", "A __type beside the union's member, which clients ignore (aws-restjson1-protocol, unions).",
			ok(job(output(`"__type":"ProtectedJobOutput"`, memberOutput)))),

		good(131, "job-parameters", "Parameters of the analysis template.", ok(job(parameters(`"since":"2026-01-01"`, `"region_1":"eu"`)))),
		good(132, "job-parameters-empty", "A parameter whose value is empty.", ok(job(parameters(`"since":""`)))),
		good(135, "job-parameters-none", "A map of parameters without entries.", ok(job(parameters()))),
		good(133, "job-parameters-longest", "A parameter with a name of 100 characters and a value of 1,000.",
			ok(job(parameters(`"`+strings.Repeat("n", 100)+`":"`+strings.Repeat("v", 1000)+`"`)))),
		good(134, "analysis-template-of-another-partition", "An analysis template in the partition aws-cn, which its pattern allows.",
			ok(job(`"jobParameters":{"analysisTemplateArn":"arn:aws-cn:cleanrooms:cn-north-1:111122223333:membership/`+membership+`/analysistemplate/20000000-0000-4000-8000-000000000002"}`))),

		good(141, "payer", "Another account pays for the compute; new in 1.43.13.", ok(job(`"jobComputePayerAccountId":"444455556666"`))),
		good(142, "error-with-any-code", "The code of a job's error is not an enum: a client must accept any value.",
			ok(document(id, membershipRef, arn, created, `"status":"FAILED"`, `"error":{"message":"","code":"SOMETHING_NEW"}`))),
	}
}

// computeConfigurations has the workers and their properties.
func computeConfigurations() []scenario {
	return []scenario{
		good(201, "worker-1x", "Workers of type CR.1X, as few as the contract allows.", ok(job(workers("4")))),
		good(202, "worker-4x", "Workers of type CR.4X.", ok(job(worker(`"type":"CR.4X"`, `"number":32`)))),
		good(203, "workers-most-1.42.90", "128 workers, the most that 1.42.90 allows.", ok(job(workers("128")))).under(v1_42_90),
		good(204, "workers-most-1.43.67", "1,024 workers, the most since 1.42.91.", ok(job(workers("1024")))),
		good(205, "spark", "Spark properties; new in 1.42.91.",
			ok(job(spark(`"spark.executor.memory":"4g"`, `"spark.sql.shuffle.partitions":"200"`)))),
		good(206, "spark-empty", "A map of Spark properties without entries.", ok(job(spark()))),
		good(207, "spark-most", "50 Spark properties, the most that the contract allows.", ok(job(spark(sparkEntries(50)...)))),
		good(208, "spark-value-longest", "A Spark property of 500 emoji: lengths count code points, neither bytes (2,000) nor UTF-16 units (1,000).",
			ok(job(spark(`"`+strings.Repeat("k", 200)+`":"`+strings.Repeat("🧪", 500)+`"`)))),
		good(209, "properties-null", "The worker's properties are null, which is the same as absent.",
			ok(job(worker(`"type":"CR.1X"`, `"number":4`, `"properties":null`)))),
	}
}
