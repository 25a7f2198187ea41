package models

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
)

func TestUnrouted(t *testing.T) {
	dynamodb := schema.Unrouted{Service: "dynamodb", Endpoint: "dynamodb", Protocol: "awsJson"}
	for _, row := range []struct {
		name string
		of   []schema.Unrouted
		want string
	}{
		{"one", []schema.Unrouted{dynamodb}, "the response matches no loaded contract (1 dynamodb); add --contract botocore:dynamodb"},
		{"the most frequent first", []schema.Unrouted{{Service: "bedrock", Protocol: "rest"}, dynamodb, dynamodb},
			"none of the 3 responses matches a loaded contract (2 dynamodb, 1 bedrock); add --contract botocore:bedrock --contract botocore:dynamodb"},
		{"of a protocol that is not read", []schema.Unrouted{{Service: "iam", Protocol: "query"}},
			"the response matches no loaded contract (1 iam (query)); choose the contracts of these services with --contract"},
		{"of a service that has no such operation", []schema.Unrouted{{Kind: schema.NoSuchOperation, Service: "dynamodb"}},
			"the response matches no loaded contract (1 dynamodb (no such operation)); add --contract botocore:dynamodb"},
		{"of a host that says nothing", []schema.Unrouted{{Host: "localhost"}},
			"the response matches no loaded contract (1 unknown service at localhost); choose the contracts of these services with --contract"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var u Unrouted
			for _, why := range row.of {
				u.Count(&why)
			}
			require.Equal(t, row.want, u.String()+"; "+u.Add())
		})
	}
}
