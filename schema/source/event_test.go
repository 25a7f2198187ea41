package source_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
)

// TestEventLocations: both models say where the members of an event travel in its
// message, and which members of a stream are errors. Outside of events the same
// structures follow HTTP.
func TestEventLocations(t *testing.T) {
	for _, v := range []struct{ name, model string }{
		{"botocore, rest", boto("rest-json", "")},
		{"botocore, rpc", boto("json", `"jsonVersion": "1.1", `)},
		{"smithy, rest", ast("restJson1")},
		{"smithy, rpc", ast("awsJson1_1")},
	} {
		t.Run(v.name, func(t *testing.T) {
			result, err := source.Read([]byte(v.model), "")
			require.NoError(t, err)
			c := result.Contracts[0]
			require.NoError(t, c.Check())
			for pointer, want := range map[string]schema.Location{
				"/stream/said":         "",
				"/stream/gone":         "exception",
				"/stream/said/at":      "eventHeader",
				"/stream/said/body":    "eventPayload",
				"/stream/plain/at":     "",
				"/stream/gone/message": "",
			} {
				_, m, ok := c.At(schema.Place{Part: schema.OutputPart, Pointer: pointer})
				require.True(t, ok, pointer)
				require.Equal(t, want, m.InEvent(), pointer)
				require.True(t, m.InBody(), pointer)
				require.Equal(t, schema.LocationBody, c.Location(m), pointer)
				if want == "" {
					require.Equal(t, schema.LocationBody, m.Location.Or("silent"), pointer)
				}
				require.Equal(t, m.Name, m.Wire(), pointer)
			}
		})
	}
}

func boto(protocol, version string) string {
	return `{"metadata": {"serviceId": "Talk", ` + version + `"protocol": "` + protocol + `", "endpointPrefix": "talk", "targetPrefix": "Talk"},
	"operations": {"Hear": {"http": {"method": "POST", "requestUri": "/"}, "output": {"shape": "Out"}}},
	"shapes": {"Out": {"type": "structure", "members": {"stream": {"shape": "Stream"}}, "payload": "stream"},
	"Stream": {"type": "structure", "eventstream": true, "members": {"said": {"shape": "Said"}, "plain": {"shape": "Plain"}, "gone": {"shape": "Gone"}}},
	"Said": {"type": "structure", "event": true, "members": {"at": {"shape": "Time", "eventheader": true}, "body": {"shape": "Plain", "eventpayload": true}}},
	"Plain": {"type": "structure", "event": true, "members": {"at": {"shape": "Time"}}},
	"Gone": {"type": "structure", "exception": true, "members": {"message": {"shape": "Text"}}},
	"Time": {"type": "timestamp"}, "Text": {"type": "string"}}}`
}

func ast(protocol string) string {
	return `{"smithy": "2.0", "shapes": {
	"t#Talk": {"type": "service", "version": "1", "operations": [{"target": "t#Hear"}], "traits": {"aws.protocols#` + protocol + `": {}}},
	"t#Hear": {"type": "operation", "output": {"target": "t#Out"}, "traits": {"smithy.api#http": {"method": "POST", "uri": "/"}}},
	"t#Out": {"type": "structure", "members": {"stream": {"target": "t#Stream", "traits": {"smithy.api#httpPayload": {}}}}},
	"t#Stream": {"type": "union", "members": {"said": {"target": "t#Said"}, "plain": {"target": "t#Plain"}, "gone": {"target": "t#Gone"}}, "traits": {"smithy.api#streaming": {}}},
	"t#Said": {"type": "structure", "members": {"at": {"target": "smithy.api#Timestamp", "traits": {"smithy.api#eventHeader": {}}}, "body": {"target": "t#Plain", "traits": {"smithy.api#eventPayload": {}}}}},
	"t#Plain": {"type": "structure", "members": {"at": {"target": "smithy.api#Timestamp"}}},
	"t#Gone": {"type": "structure", "members": {"message": {"target": "smithy.api#String"}}, "traits": {"smithy.api#error": "client"}}}}`
}
