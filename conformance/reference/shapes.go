package reference

// The shapes of GetProtectedJob, in the service's names.
var (
	getProtectedJobOutput = structure(members{"protectedJob": protectedJob})

	protectedJob = structure(members{
		"id":                       text,
		"membershipId":             text,
		"membershipArn":            text,
		"createTime":               timestamp,
		"jobParameters":            structure(members{"analysisTemplateArn": text, "parameters": mapOf(text)}),
		"status":                   enum("SUBMITTED", "STARTED", "CANCELLED", "CANCELLING", "FAILED", "SUCCESS"),
		"resultConfiguration":      structure(members{"outputConfiguration": outputConfiguration}),
		"statistics":               statistics,
		"result":                   structure(members{"output": jobOutput}),
		"error":                    structure(members{"message": text, "code": text}),
		"computeConfiguration":     union(members{"worker": worker}),
		"jobComputePayerAccountId": text,
	})

	outputConfiguration = union(members{
		"s3":     structure(members{"bucket": text, "keyPrefix": text}),
		"member": structure(members{"accountId": text}),
	})

	statistics = structure(members{
		"totalDurationInMillis":     integer(64),
		"billedResourceUtilization": structure(members{"units": float}),
	})

	jobOutput = union(members{
		"s3":         structure(members{"location": text}),
		"memberList": listOf(structure(members{"accountId": text})),
	})

	worker = structure(members{
		"type":       enum("CR.1X", "CR.4X"),
		"number":     integer(32),
		"properties": union(members{"spark": mapOf(text)}),
	})
)

// exceptions are the errors of the operation with their members but the message.
var exceptions = map[string]reader{
	"ResourceNotFoundException": structure(members{
		"resourceId":   text,
		"resourceType": enum("CONFIGURED_TABLE", "COLLABORATION", "MEMBERSHIP", "CONFIGURED_TABLE_ASSOCIATION"),
	}),
	"InternalServerException": structure(members{}),
	"ValidationException": structure(members{
		"reason":    enum("FIELD_VALIDATION_FAILED", "INVALID_CONFIGURATION", "INVALID_QUERY", "IAM_SYNCHRONIZATION_DELAY"),
		"fieldList": listOf(structure(members{"name": text, "message": text})),
	}),
	"ThrottlingException":   structure(members{}),
	"AccessDeniedException": structure(members{"reason": enum("INSUFFICIENT_PERMISSIONS")}),
}
