package traffic_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

// TestLocalStack checks which responses of a snapshot are read, where they are, and what operation
// their names say.
func TestLocalStack(t *testing.T) {
	recorded, err := os.ReadFile("testdata/localstack.snapshot.json")
	require.NoError(t, err)
	real, err := os.ReadFile("testdata/recorders/localstack.snapshot.json") // see record.sh
	require.NoError(t, err)
	snapshot := func(test, content string) string {
		return `{"` + test + `":{"recorded-date":"01-01-2026, 00:00:00","recorded-content":` + content + `}}`
	}
	const response, sqs = `{"a":1,"ResponseMetadata":{"HTTPStatusCode":200}}`, "tests/aws/services/sqs/test_sqs.py::test_x"
	for _, tc := range []struct {
		name, text string
		calls      []string // the operation and the status of each response
		at         string   // the place of the first
	}{
		{"whole", string(recorded), []string{"dynamodb.DescribeTable 200", "dynamodb.Error 400"}, "5:25"},
		{"recorded", string(real), []string{"dynamodb.DescribeTable 200"}, "5:25"},
		{"snake case, and an ending", snapshot(sqs, `{"get_queue_url_response_2":`+response+`}`), []string{"sqs.GetQueueUrl 200"}, "1:134"},
		{"a service that is a keyword", snapshot("tests/aws/services/lambda_/test.py::x", `{"Invoke":`+response+`}`), []string{"lambda.Invoke 200"}, "1:111"},
		{"a list", snapshot(sqs, `{"get-url":[`+response+`,`+response+`,7]}`), []string{"sqs.GetUrl 200", "sqs.GetUrl 200"}, "1:118"},
		{"deeper", snapshot(sqs, `{"all":{"get-url":`+response+`}}`), []string{"sqs.GetUrl 200"}, "1:124"},
		{"no service", snapshot("test.py::x", `{"get-url":`+response+`}`), []string{" 200"}, "1:85"},
		{"no status", snapshot(sqs, `{"get-url":{"ResponseMetadata":{"HTTPStatusCode":"<status>"}}}`), []string{"sqs.GetUrl 0"}, "1:117"},
		{"not responses", snapshot(sqs, `{"a":7,"b":{"c":"d"},"e":[[]]}`), nil, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			all, err := readAll("x.snapshot.json", strings.NewReader(tc.text))
			require.NoError(t, err)
			var calls []string
			for i, x := range all {
				require.Equal(t, traffic.LocalStack, x.Kind)
				require.Equal(t, traffic.EncodingSDK, x.Encoding)
				require.Equal(t, i, x.Index)
				require.Nil(t, x.Request)
				calls = append(calls, fmt.Sprint(x.Operation, " ", x.Response.Status))
			}
			require.Equal(t, tc.calls, calls)
			if len(all) > 0 {
				require.Equal(t, tc.at, place(all[0].Response.Body.Position(0)))
				require.NoError(t, traffic.WriteNDJSON(&bytes.Buffer{}, all))
			}
		})
	}
	t.Run("cut off after a response", func(t *testing.T) {
		text := snapshot(sqs, `{"get-url":`+response+`}`)
		all, _, err := readEvery("x.snapshot.json", strings.NewReader(strings.TrimSuffix(text, "}")+`,"b":{"recorded-content":{`))
		require.ErrorIs(t, err, traffic.ErrMalformed)
		require.Len(t, all, 1)
	})
}
