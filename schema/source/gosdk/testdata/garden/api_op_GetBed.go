package garden

import (
	"context"

	"github.com/aws/smithy-go/middleware"
)

func (c *Client) GetBed(ctx context.Context, params *GetBedInput, optFns ...func(*Options)) (*GetBedOutput, error) {
	return nil, nil
}

type GetBedInput struct {

	// Which bed.
	//
	// This member is required.
	BedId *string

	// How many rows.
	MaxRows *int32

	// Only these.
	Kinds []types.Kind

	// Who asks.
	Asker *string

	// What else is wanted.
	Filter types.Filter

	noSmithyDocumentSerde
}

type GetBedOutput struct {

	// The bed.
	//
	// This member is required.
	Bed *types.Bed

	// How old it is.
	Age *int64

	StatusCode int32

	// Metadata pertaining to the operation's result.
	ResultMetadata middleware.Metadata

	noSmithyDocumentSerde
}

type idempotencyToken_initializeOpGetBed struct {
	tokenProvider IdempotencyTokenProvider
}

func (*idempotencyToken_initializeOpGetBed) ID() string {
	return "OperationIdempotencyTokenAutoFill"
}

func (m *idempotencyToken_initializeOpGetBed) HandleInitialize(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
	out middleware.InitializeOutput, metadata middleware.Metadata, err error,
) {
	input, ok := in.Parameters.(*GetBedInput)
	if !ok {
		return out, metadata, fmt.Errorf("expected middleware input to be of type *GetBedInput ")
	}

	if input.Asker == nil {
		t, err := m.tokenProvider.GetIdempotencyToken()
		if err != nil {
			return out, metadata, err
		}
		input.Asker = &t
	}
	return next.HandleInitialize(ctx, in)
}
