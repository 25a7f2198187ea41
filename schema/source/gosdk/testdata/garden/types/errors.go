package types

import "github.com/aws/smithy-go"

type FrostException struct {
	Message *string

	ErrorCodeOverride *string

	Degrees *int32

	noSmithyDocumentSerde
}

func (e *FrostException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

type DroughtException struct {
	Message *string

	ErrorCodeOverride *string

	noSmithyDocumentSerde
}

func (e *DroughtException) ErrorFault() smithy.ErrorFault { return smithy.FaultServer }
