package reference

// The shapes of GetProtectedJob, with the service's names and order.
var (
	getProtectedJobOutput = structure(required("protectedJob", protectedJob))

	protectedJob = structure(
		required("id", text),
		required("membershipId", text),
		required("membershipArn", arn),
		required("createTime", timestamp),
		optional("jobParameters", structure(
			required("analysisTemplateArn", arn),
			added(parametersUnknown, "parameters", mapOf(text)))),
		required("status", enum("SUBMITTED", "STARTED", "CANCELLED", "CANCELLING", "FAILED", "SUCCESS")),
		optional("resultConfiguration", structure(required("outputConfiguration", outputConfiguration))),
		optional("statistics", statistics),
		optional("result", structure(required("output", jobOutput))),
		optional("error", structure(required("message", text), required("code", text))),
		optional("computeConfiguration", union(optional("worker", worker))),
		added(payerUnknown, "jobComputePayerAccountId", account),
	)

	outputConfiguration = union(
		optional("s3", structure(required("bucket", bucket), optional("keyPrefix", keyPrefix))),
		optional("member", structure(required("accountId", account))),
	)

	statistics = structure(
		optional("totalDurationInMillis", integer(64)),
		optional("billedResourceUtilization", structure(required("units", float))),
	)

	jobOutput = union(
		optional("s3", structure(required("location", location))),
		optional("memberList", listOf(structure(required("accountId", account)))),
	)

	worker = structure(
		required("type", enum("CR.1X", "CR.4X")),
		required("number", workers),
		added(payerUnknown, "properties", union(optional("spark", mapOf(text)))),
	)
)

// exceptions are the errors of the operation, with all members except the message.
var exceptions = map[string]reader{
	"ResourceNotFoundException": structure(
		required("resourceId", text),
		required("resourceType", enum("CONFIGURED_TABLE", "COLLABORATION", "MEMBERSHIP", "CONFIGURED_TABLE_ASSOCIATION")),
	),
	"InternalServerException": structure(),
	"ValidationException": structure(
		optional("reason", enum("FIELD_VALIDATION_FAILED", "INVALID_CONFIGURATION", "INVALID_QUERY", "IAM_SYNCHRONIZATION_DELAY")),
		optional("fieldList", listOf(structure(required("name", text), required("message", text)))),
	),
	"ThrottlingException":   structure(),
	"AccessDeniedException": structure(optional("reason", enum("INSUFFICIENT_PERMISSIONS"))),
}
