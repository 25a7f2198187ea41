package garden

import (
	"context"
	"fmt"

	"github.com/aws/smithy-go/encoding/httpbinding"
	"github.com/aws/smithy-go/middleware"
)

type awsRestjson1_serializeOpGetBed struct {
}

func (*awsRestjson1_serializeOpGetBed) ID() string { return "OperationSerializer" }

func (m *awsRestjson1_serializeOpGetBed) HandleSerialize(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (out middleware.SerializeOutput, metadata middleware.Metadata, err error) {
	opPath, opQuery := httpbinding.SplitURI("/beds/{bedId}")
	request.Method = "POST"
	restEncoder.SetHeader("Content-Type").String("application/json")
	return next.HandleSerialize(ctx, in)
}

func awsRestjson1_serializeOpHttpBindingsGetBedInput(v *GetBedInput, encoder *httpbinding.Encoder) error {
	if v.Asker != nil {
		locationName := "X-Garden-Asker"
		encoder.SetHeader(locationName).String(*v.Asker)
	}

	if v.BedId != nil {
		if err := encoder.SetURI("bedId").String(*v.BedId); err != nil {
			return err
		}
	}

	if v.Kinds != nil {
		for i := range v.Kinds {
			encoder.AddQuery("kinds").String(string(v.Kinds[i]))
		}
	}

	if v.MaxRows != nil {
		encoder.SetQuery("maxRows").Integer(*v.MaxRows)
	}

	return nil
}

func awsRestjson1_serializeOpDocumentGetBedInput(v *GetBedInput, value smithyjson.Value) error {
	object := value.Object()
	defer object.Close()

	if v.Filter != nil {
		ok := object.Key("filter")
		if err := awsRestjson1_serializeDocumentFilter(v.Filter, ok); err != nil {
			return err
		}
	}

	return nil
}

func awsRestjson1_serializeDocumentFilter(v types.Filter, value smithyjson.Value) error {
	object := value.Object()
	defer object.Close()

	switch uv := v.(type) {
	case *types.FilterMemberByKind:
		av := object.Key("byKind")
		av.String(string(uv.Value))

	case *types.FilterMemberByName:
		av := object.Key("named")
		av.String(uv.Value)

	default:
		return fmt.Errorf("attempted to serialize unknown member type %T for union %T", uv, v)

	}
	return nil
}
