package tables

import (
	"context"

	"github.com/aws/smithy-go/middleware"
)

func (m *awsAwsjson10_serializeOpListTables) HandleSerialize(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (out middleware.SerializeOutput, metadata middleware.Metadata, err error) {
	operationPath := "/"
	request.Request.URL.Path = smithyhttp.JoinPath(request.Request.URL.Path, operationPath)
	request.Request.Method = "POST"
	httpBindingEncoder.SetHeader("Content-Type").String("application/x-amz-json-1.0")
	httpBindingEncoder.SetHeader("X-Amz-Target").String("Tables_20120810.ListTables")
	return next.HandleSerialize(ctx, in)
}

func awsAwsjson10_serializeOpDocumentListTablesInput(v *ListTablesInput, value smithyjson.Value) error {
	object := value.Object()
	if v.Limit != nil {
		ok := object.Key("Limit")
		ok.Integer(*v.Limit)
	}
	return nil
}
