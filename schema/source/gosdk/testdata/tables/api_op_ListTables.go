package tables

import (
	"context"

	"github.com/aws/smithy-go/middleware"
)

func (c *Client) ListTables(ctx context.Context, params *ListTablesInput) (*ListTablesOutput, error) {
	return nil, nil
}

type ListTablesInput struct {
	Limit *int32
}

type ListTablesOutput struct {
	TableNames []string

	ResultMetadata middleware.Metadata
}
