package main

import (
	"strings"

	"github.com/crcheck/crcheck/finding"
)

// Places of a job, as findings name them.
const (
	atJob        = "/protectedJob"
	atOutput     = atJob + "/result/output"
	atAccount    = atOutput + "/memberList/*/accountId"
	atConfigured = atJob + "/resultConfiguration/outputConfiguration"
	atBucket     = atConfigured + "/s3/bucket"
	atWorker     = atJob + "/computeConfiguration/worker"
	atNumber     = atWorker + "/number"
	atSpark      = atWorker + "/properties/spark"
	atParameters = atJob + "/jobParameters/parameters"
	atUnits      = atJob + "/statistics/billedResourceUtilization/units"
	atDuration   = atJob + "/statistics/totalDurationInMillis"
)

// brokenTypes has values of another type than their shape's.
func brokenTypes() []scenario {
	mismatch := func(place, reason string) finding.Expected { return expect(finding.TypeMismatch, place, reason) }
	at := func(timestamp string) response {
		return ok(document(id, membershipRef, arn, `"createTime":`+timestamp, success))
	}
	return []scenario{
		hostile(1001, "timestamp-text", "The timestamp is ISO 8601 text, as emulators like to write it.", at(`"2026-01-01T00:00:00Z"`),
			mismatch(atJob+"/createTime", "restJson1 writes a timestamp as a number of epoch seconds")),
		hostile(1002, "timestamp-milliseconds", "The timestamp counts milliseconds.", at("1767225600123"),
			mismatch(atJob+"/createTime", "taken for seconds it lies after the year 9999, which no datetime can hold")),
		hostile(1003, "timestamp-just-too-late", "The first second of the year 10000.", at("253402300800"),
			mismatch(atJob+"/createTime", "the years that a timestamp can hold end before it")),
		hostile(1004, "job-is-a-list", "The job is inside a list.", ok(`{"protectedJob":[`+object(id)+`]}`),
			mismatch(atJob, "a structure is an object; what the list holds has no shape")),
		hostile(1005, "body-is-a-list", "The body is a list.", ok(`[`+job()+`]`),
			mismatch("", "the output is an object")),
		hostile(1006, "body-is-null", "The body is null.", ok("null"),
			mismatch("", "the output is an object; only a member may be null")),
		hostile(1007, "account-number", "An account ID is a number.", ok(job(output(`"memberList":[{"accountId":444455556666}]`))),
			mismatch(atAccount, "an account ID is a string, which may begin with zeros")),
		hostile(1008, "member-list-is-an-object", "The list of members is a single member.",
			ok(job(output(`"memberList":{"accountId":"444455556666"}`))),
			mismatch(atOutput+"/memberList", "a list is an array, also of one element")),
		hostile(1009, "workers-text", "The number of workers is text.", ok(job(workers(`"16"`))),
			mismatch(atNumber, "an integer is a number")),
		hostile(1010, "workers-fraction", "Half a worker.", ok(job(workers("16.5"))),
			mismatch(atNumber, "16.5 is not an integer")),
		hostile(1011, "workers-beyond-32-bits", "More workers than 32 bits can count.", ok(job(workers("2147483648"))),
			mismatch(atNumber, "2^31 does not fit a signed integer of 32 bits"),
			expect(finding.ConstraintRange, atNumber, "and is more than 1,024")),
		hostile(1012, "duration-beyond-64-bits", "A duration that 64 bits cannot hold.", ok(job(duration("9223372036854775808"))),
			mismatch(atDuration, "2^63 does not fit a signed integer of 64 bits")),
		hostile(1013, "units-text", "The billed units are text, and not one of the three that stand for a number.", ok(job(units(`"1.25"`))),
			mismatch(atUnits, "only NaN, Infinity and -Infinity are written as strings")),
		hostile(1014, "output-is-text", "The result's output, a union, is text.", ok(job(`"result":{"output":"s3://example-results/"}`)),
			mismatch(atOutput, "a union is an object")),
		hostile(1015, "spark-value-number", "A Spark property is a number.", ok(job(spark(`"spark.sql.shuffle.partitions":200`))),
			mismatch(atSpark+"/spark.sql.shuffle.partitions", "the map's values are strings")),
		hostile(1016, "error-message-number", "The message of an error is a number.",
			response{status: 500, body: `{"message":500}`}.with("X-Amzn-Errortype", "InternalServerException"),
			mismatch("/message", "a message is a string, in an error too")),

		hostile(1021, "null-in-member-list", "A null in the list of members.",
			ok(job(output(`"memberList":[{"accountId":"444455556666"},null]`))),
			expect(finding.TypeNull, atOutput+"/memberList/*", "the list is not sparse")),
		hostile(1022, "null-in-spark", "A Spark property is null.", ok(job(spark(`"spark.executor.memory":null`))),
			expect(finding.TypeNull, atSpark+"/spark.executor.memory", "the map is not sparse")),
		hostile(1023, "null-parameter", "A job parameter is null.", ok(job(parameters(`"since":null`))),
			expect(finding.TypeNull, atParameters+"/*", "the map is not sparse")),
		hostile(1024, "null-in-field-list", "A null in the fields of a ValidationException.",
			response{status: 400, body: `{"message":"Invalid.","fieldList":[null]}`}.with("X-Amzn-Errortype", "ValidationException"),
			expect(finding.TypeNull, "/fieldList/*", "the list is not sparse")),
	}
}

// brokenConstraints has values of the right type outside of what their shapes allow.
func brokenConstraints() []scenario {
	length := func(place, reason string) finding.Expected { return expect(finding.ConstraintLength, place, reason) }
	pattern := func(place, reason string) finding.Expected { return expect(finding.ConstraintPattern, place, reason) }
	outside := func(reason string) finding.Expected { return expect(finding.ConstraintRange, atNumber, reason) }
	bucket := func(name string) response { return ok(job(outputConfiguration(`"s3":{"bucket":"` + name + `"}`))) }
	arnOf := func(text string) response {
		return ok(document(id, membershipRef, `"membershipArn":"`+text+`"`, created, success))
	}
	return []scenario{
		hostile(1301, "account-too-short", "An account ID has lost its leading zero.", ok(job(output(`"memberList":[{"accountId":"11122223333"}]`))),
			length(atAccount, "11 digits where there must be 12")),
		hostile(1302, "bucket-too-short", "A bucket name of 2 characters.", bucket("ab"), length(atBucket, "at least 3")),
		hostile(1303, "bucket-too-long", "A bucket name of 64 characters.", bucket(strings.Repeat("b", 64)), length(atBucket, "at most 63")),
		hostile(1304, "membership-arn-too-long", "A membership ARN of more than 100 characters.",
			arnOf(arnPrefix+strings.Repeat("a", 20)), length(atJob+"/membershipArn", "at most 100")),
		hostile(1305, "spark-too-many", "51 Spark properties.", ok(job(spark(sparkEntries(51)...))), length(atSpark, "at most 50 entries")),
		hostile(1306, "spark-key-empty", "A Spark property without a name.", ok(job(spark(`"":"4g"`))),
			expect(finding.ConstraintEmpty, atSpark+"/", "a key has at least 1 character; its pointer ends in an empty token")),
		hostile(1307, "spark-value-too-long", "A Spark property of 501 emoji.", ok(job(spark(`"spark.example":"`+strings.Repeat("🧪", 501)+`"`))),
			length(atSpark+"/spark.example", "at most 500 code points")),
		hostile(1308, "parameter-too-long", "A job parameter, which is sensitive, of 1,001 characters.",
			ok(job(parameters(`"since":"`+strings.Repeat("v", 1001)+`"`))),
			length(atParameters+"/*", "at most 1,000")),

		hostile(1311, "workers-too-few", "3 workers.", ok(job(workers("3"))), outside("at least 4")),
		hostile(1312, "workers-too-many-1.42.90", "300 workers, which only 1.42.91 came to allow.",
			ok(job(workers("300"))), outside("at most 128 in 1.42.90")).under(v1_42_90),
		hostile(1313, "workers-too-many-1.43.67", "1,025 workers.", ok(job(workers("1025"))), outside("at most 1,024")),
		hostile(1314, "workers-just-too-many", "128 workers and a bit, which every double rounds to 128.",
			ok(job(workers("128.0000000000000000001"))),
			expect(finding.TypeMismatch, atNumber, "it has a fraction, so it is not an integer"),
			outside("it is more than 128: numbers are compared exactly")).under(v1_42_90),

		hostile(1321, "region-of-govcloud", "A membership in us-gov-west-1, whose name the pattern of regions does not allow.",
			arnOf("arn:aws:cleanrooms:us-gov-west-1:111122223333:membership/"+membership), pattern(atJob+"/membershipArn", "a region is two letters, a word of 4 to 9, a digit")),
		hostile(1322, "partition-of-china", "A membership in the partition aws-cn.",
			arnOf("arn:aws-cn:cleanrooms:cn-north-1:111122223333:membership/"+membership), pattern(atJob+"/membershipArn", "unlike that of analysis templates, this pattern knows the partition aws alone")),
		hostile(1323, "bucket-upper-case", "A bucket name with capitals.",
			bucket("Example-Results"), pattern(atBucket, "lower-case letters, digits, hyphens and dots")),
		hostile(1324, "bucket-is-an-address", "A bucket name that looks like an IP address, which a negative look-ahead refuses.",
			bucket("192.168.0.1"),
			pattern(atBucket, "the look-ahead refuses digits and dots alone")),
		hostile(1325, "account-with-a-letter", "An account ID of 12 characters that are not all digits.",
			ok(job(`"jobComputePayerAccountId":"44445555666x"`)),
			pattern(atJob+"/jobComputePayerAccountId", "digits alone")),
		hostile(1326, "key-prefix-with-space", "A key prefix with a space.",
			ok(job(outputConfiguration(`"s3":{"bucket":"example-results","keyPrefix":"my jobs"}`))),
			pattern(atConfigured+"/s3/keyPrefix", "word characters and !.=*/- alone")),
		hostile(1327, "parameter-name", "A job parameter whose name has a hyphen; parameters are sensitive.",
			ok(job(parameters(`"since-when":"2026-01-01"`))),
			pattern(atParameters+"/*", "the pattern of the map's keys")),
	}
}
