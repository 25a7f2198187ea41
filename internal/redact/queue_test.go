package redact

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

// TestQueueURLs checks that the URL of a queue keeps the host that programs send requests to, and
// has the account and the name that they have elsewhere. Another host is part of the name.
func TestQueueURLs(t *testing.T) {
	whole := func(*traffic.Interaction) Places {
		node := &Node{Place: Place{Class: Whole}}
		return Places{Response: &Node{Members: map[string]*Node{"url": node, "name": node, "account": node}}}
	}
	for _, v := range []struct {
		host string
		kept bool
	}{
		{"https://sqs.us-east-1.amazonaws.com/", true},
		{"https://sqs.cn-north-1.amazonaws.com.cn/", true},
		{"http://localhost:4566/", true},
		{"http://127.0.0.1:5000/", true},
		{"https://queues.acme-corp.example/", false},
		{"https://user@localhost/", false},
		{"https://localhost/acme-corp/", false},
	} {
		t.Run(v.host, func(t *testing.T) {
			x := exchange("https://example.com/", "", `{"url":"`+v.host+`987654321098/acme-orders","name":"acme-orders","account":"987654321098"}`)
			y, _ := New(Options{Key: testKey, Classify: whole}).Redact(x)
			var got struct{ URL, Name, Account string }
			require.NoError(t, json.Unmarshal(y.Response.Body.Bytes, &got))
			require.NotContains(t, string(y.Response.Body.Bytes), "acme")
			require.NotContains(t, string(y.Response.Body.Bytes), "987654321098")
			require.Equal(t, v.kept, got.URL == v.host+got.Account+"/"+got.Name, got.URL)
		})
	}
}

// TestLogGroups checks that a log group has one pseudonym, by its name and by its ARN: the folder of a
// service of AWS, as in /aws/lambda/NAME, is readable in both.
func TestLogGroups(t *testing.T) {
	for _, v := range []struct{ name, folder string }{
		{"/aws/lambda/acme-orders-group", "/aws/lambda/"},
		{"/aws/vendedlogs/acme-states/acme-orders", "/aws/vendedlogs/"},
		{"/aws/acme-orders-group", "/"},
		{"/acme-corporation/acme-orders", "/"},
		{"acme-orders-group", ""},
	} {
		t.Run(v.name, func(t *testing.T) {
			whole := func(*traffic.Interaction) Places {
				node := &Node{Place: Place{Class: Whole}}
				return Places{Response: &Node{Members: map[string]*Node{"name": node, "arn": node}}}
			}
			arn := "arn:aws:logs:us-east-1:987654321098:log-group:"
			y, _ := New(Options{Key: testKey, Classify: whole}).Redact(exchange("https://example.com/", "", `{"name":"`+v.name+`","arn":"`+arn+v.name+`:*"}`))
			var got struct{ Name, ARN string }
			require.NoError(t, json.Unmarshal(y.Response.Body.Bytes, &got))
			require.NotContains(t, string(y.Response.Body.Bytes), "acme")
			require.Equal(t, v.folder, got.Name[:len(v.folder)])
			require.Equal(t, got.Name+":*", got.ARN[len(arn):])
		})
	}
}

// TestWholeURIs checks that a string that begins with the URI of an object ends with it, whatever the
// name of its member, and that a list of URIs has several.
func TestWholeURIs(t *testing.T) {
	for _, v := range []struct{ text, stays string }{
		{"s3://acme-x1/a acme-corp/b acme", "s3://"},
		{"s3a://acme-x1/a 'acme' (acme), \"acme\"", "s3a://"},
		{"s3://acme-x1/a,s3://acme-x2/b with acme1", " with acme1"},
		{"in s3://acme-x1/acme-key and acme2", " and acme2"},
	} {
		t.Run(v.text, func(t *testing.T) {
			text, err := json.Marshal(map[string]string{"location": v.text})
			require.NoError(t, err)
			y, _ := New(Options{Key: testKey}).Redact(exchange("https://example.com/", "", string(text)))
			var got struct{ Location string }
			require.NoError(t, json.Unmarshal(y.Response.Body.Bytes, &got))
			require.Contains(t, got.Location, v.stays)
			require.NotContains(t, strings.ReplaceAll(got.Location, v.stays, ""), "acme")
		})
	}
}
