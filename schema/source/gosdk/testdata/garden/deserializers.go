package garden

import (
	"strconv"
	"strings"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"github.com/aws/smithy-go/ptr"
)

func awsRestjson1_deserializeOpErrorGetBed(response *smithyhttp.Response, metadata *middleware.Metadata) error {
	switch {
	case strings.EqualFold("FrostException", errorCode):
		return awsRestjson1_deserializeErrorFrostException(response, errorBody)

	case strings.EqualFold("com.garden.Drought", errorCode):
		return awsRestjson1_deserializeErrorDroughtException(response, errorBody)

	default:
		return &smithy.GenericAPIError{}
	}
}

func awsRestjson1_deserializeOpHttpBindingsGetBedOutput(v *GetBedOutput, response *smithyhttp.Response) error {
	if headerValues := response.Header.Values("X-Garden-Age"); len(headerValues) != 0 {
		headerValues[0] = strings.TrimSpace(headerValues[0])
		vv, err := strconv.ParseInt(headerValues[0], 0, 64)
		if err != nil {
			return err
		}
		v.Age = ptr.Int64(vv)
	}

	v.StatusCode = int32(response.StatusCode)

	return nil
}

func awsRestjson1_deserializeOpDocumentGetBedOutput(v **GetBedOutput, value interface{}) error {
	for key, value := range shape {
		switch key {
		case "bed":
			if err := awsRestjson1_deserializeDocumentBed(&sv.Bed, value); err != nil {
				return err
			}

		default:
			_, _ = key, value

		}
	}
	return nil
}

func awsRestjson1_deserializeDocumentBed(v **types.Bed, value interface{}) error {
	for key, value := range shape {
		switch key {
		case "kind":
			if value != nil {
				sv.Kind = types.Kind(jtv)
			}

		case "a-b":
			if value != nil {
				sv.Odd = ptr.Bool(jtv)
			}

		case "uRL":
			if value != nil {
				sv.Url = ptr.String(jtv)
			}

		case "planted":
			if value != nil {
				sv.Planted = ptr.Time(smithytime.ParseEpochSeconds(f64))
			}

		}
	}
	return nil
}

func awsRestjson1_deserializeDocumentGrowth(v *types.Growth, value interface{}) error {
	var uv types.Growth
	for key, value := range shape {
		switch key {
		case "herb":
			var mv string
			uv = &types.GrowthMemberHerb{Value: mv}
			break loop

		case "tree":
			var mv types.Bed
			uv = &types.GrowthMemberTree{Value: mv}
			break loop

		default:
			uv = &types.UnknownUnionMember{Tag: key}
			break loop

		}
	}
	return nil
}
