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
