package recording

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/traffic"
)

// TestElsewhere checks that a client that may have left the proxy is told which setting keeps it.
func TestElsewhere(t *testing.T) {
	type call struct{ target, request, response string }
	create := call{"AmazonSQS.CreateQueue", `{"QueueName":"q"}`, `{"QueueUrl":"https://sqs.us-east-1.amazonaws.com/1/q"}`}
	for _, c := range []struct {
		name  string
		calls []call
		left  bool
	}{
		{"told and never used", []call{create}, true},
		{"told and used", []call{create, {"AmazonSQS.SendMessage", `{"QueueUrl":"https://sqs.us-east-1.amazonaws.com/1/q","MessageBody":"b"}`, `{}`}}, false},
		{"used without being told", []call{{"AmazonSQS.SendMessage", `{"QueueUrl":"https://sqs.us-east-1.amazonaws.com/1/q"}`, `{}`}}, false},
		{"not told", []call{{"AmazonSQS.ListQueues", `{}`, `{}`}}, false},
		{"nested", []call{{"AmazonSQS.ListQueues", `{}`, `{"a":{"QueueUrl":"x"}}`}}, false},
		{"an error", []call{{"AmazonSQS.GetQueueUrl", `{"QueueName":"q"}`, `{"message":"QueueUrl"`}}, false},
		{"another service", []call{{"Other.CreateQueue", `{}`, `{"QueueUrl":"x"}`}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := newElsewhere()
			for _, call := range c.calls {
				e.see(&traffic.Interaction{
					Request:  &traffic.Request{Header: http.Header{"X-Amz-Target": {call.target}}, Body: traffic.BodyOf([]byte(call.request))},
					Response: traffic.Response{Body: traffic.BodyOf([]byte(call.response))},
				})
			}
			found := e.findings()
			require.Len(t, found, map[bool]int{true: 1}[c.left])
			if c.left {
				require.Equal(t, finding.RecordElsewhere, found[0].Rule)
				require.Contains(t, found[0].Message, "useQueueUrlAsEndpoint: false")
			}
		})
	}
}
