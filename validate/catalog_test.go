package validate

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
)

// tables is a catalog of awsJson 1.0 with two operations that differ by their
// target alone.
func tables(t testing.TB) *schema.Catalog {
	t.Helper()
	var all []*schema.Contract
	for operation, shapes := range map[string]string{
		"DescribeTable": `"In": {"type": "structure", "members": [{"name": "TableName", "shape": {"type": "string", "length": {"min": 3}}, "required": true, "location": "header"}]},
			"Out": {"type": "structure", "members": [{"name": "Table", "shape": "Table", "required": true}]},
			"Table": {"type": "structure", "members": [{"name": "TableName", "shape": {"type": "string"}}]}`,
		"ListTables": `"In": {"type": "structure", "members": [{"name": "Limit", "shape": {"type": "integer", "range": {"max": 100}}}]},
			"Out": {"type": "structure", "members": [{"name": "TableNames", "shape": {"type": "list", "element": {"type": "string"}}}]}`,
	} {
		echoes := ""
		if operation == "DescribeTable" {
			echoes = `"echoes": [{"output": "/Table/TableName", "input": "TableName"}],`
		}
		c, err := schema.Parse(fmt.Appendf(nil, `{"crcheckContract": 1, "service": "dynamodb", "operation": %q, "protocol": "awsJson1_0", "signing": "dynamodb",
			"target": "DynamoDB_20120810.%s", "method": "POST", "uri": "/", "input": "In", "output": "Out",
			"errors": [{"name": "ResourceNotFoundException", "shape": "NotFound"}], %s "shapes": {%s,
			"NotFound": {"type": "structure", "members": [{"name": "message", "shape": {"type": "string"}}]}}}`, operation, operation, echoes, shapes))
		require.NoError(t, err)
		all = append(all, c)
	}
	return schema.NewCatalog(all...)
}

// called is a call of an operation of tables.
func called(operation, request string, status int, answer string) *traffic.Interaction {
	const media = "application/x-amz-json-1.0"
	return &traffic.Interaction{Live: true, Source: "tables.yaml",
		Request: &traffic.Request{Method: "POST", URL: "https://dynamodb.us-east-1.amazonaws.com/", Body: traffic.BodyOf([]byte(request)),
			Header: http.Header{"x-amz-target": {"DynamoDB_20120810." + operation}, "Content-Type": {media},
				"Authorization": {"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"}}},
		Response: traffic.Response{Status: status, Header: http.Header{"Content-Type": {media}}, Body: traffic.BodyOf([]byte(answer))}}
}

// TestTargets checks calls that differ only by X-Amz-Target and body.
func TestTargets(t *testing.T) {
	k, err := CompileCatalog(tables(t), Options{})
	require.NoError(t, err)
	for range 2 {
		for _, v := range []struct {
			x    *traffic.Interaction
			want string
		}{
			{called("DescribeTable", `{"TableName":"aaa"}`, 200, `{"Table":{"TableName":"aaa"}}`), ""},
			{called("ListTables", `{}`, 200, `{"TableNames":["aaa","bbb"]}`), ""},
			{called("DescribeTable", `{"TableName":"bbb"}`, 200, `{"Table":{"TableName":"bbb"}}`), ""},
			{called("ListTables", ``, 200, `{}`), ""},
			{called("DescribeTable", `{"TableName":"bbb"}`, 200, `{"Table":{"TableName":"aaa"}}`), "echo.mismatch /Table/TableName"},
			{called("DescribeTable", `{"TableName":"bb"}`, 200, `{"Table":{}}`), "constraint.length input#/TableName"},
			{called("DescribeTable", `{"TableName":"bb"}`, 400, `{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"m"}`), ""},
			{called("DescribeTable", `{}`, 500, `{"__type":"InternalServerError"}`), "error.unmodeled the top\nmember.missing input#/TableName"},
			{called("ListTables", `{"Limit":101}`, 200, `{"TableNames":[1]}`), "constraint.range input#/Limit\ntype.mismatch /TableNames/0"},
			{called("ListTables", `{"limit":1}`, 200, `{"Table":{}}`), "member.unknown /Table\nmember.unknown input#/limit"},
		} {
			outcome, err := k.Check(v.x, Bare{})
			require.NoError(t, err)
			require.NotNil(t, outcome.Contract)
			require.True(t, strings.HasSuffix(awshttp.Value(v.x.Request.Header, "X-Amz-Target"), "."+outcome.Contract.Operation))
			var said []string
			for _, f := range outcome.Findings {
				said = append(said, string(f.Rule)+" "+finding.PlaceText(f.Part, f.Pointer))
			}
			require.ElementsMatch(t, strings.Fields(strings.ReplaceAll(v.want, "\n", " ")), strings.Fields(strings.Join(said, " ")))
		}
	}
}

// TestNotChecked checks that the reason for not checking is the same for similar exchanges.
func TestNotChecked(t *testing.T) {
	rest := contracts.MustLoad(contracts.Newest)
	xml := rest.Clone()
	xml.Service, xml.Signing, xml.URI, xml.Protocol = "s3", schema.Is("s3"), schema.Is("/{Bucket}"), schema.Is("restXml")
	k, err := CompileCatalog(schema.NewCatalog(rest, xml), Options{})
	require.NoError(t, err)
	for _, v := range []struct{ method, url, want string }{
		{"GET", "https://cleanrooms.us-east-1.amazonaws.com/memberships/m/other/x", "cleanrooms (no such operation)"},
		{"GET", "https://bucket.s3.amazonaws.com/x/y", "s3 (no such operation)"},
		{"GET", "http://127.0.0.1/bucket", "s3 (rest-xml)"},
		{"GET", "http://127.0.0.1/other/x", "unknown service at 127.0.0.1 (rest)"},
		{"GET", "http://a b/", "the request's URL is malformed"},
	} {
		outcome, err := k.Check(&traffic.Interaction{Request: &traffic.Request{Method: v.method, URL: v.url}}, Bare{})
		require.NoError(t, err)
		require.Equal(t, v.want, outcome.NotChecked, v.url)
		require.Nil(t, outcome.Contract, v.url)
		if outcome.Unrouted != nil {
			require.Equal(t, v.want, outcome.Unrouted.String(), v.url)
		}
	}
	iam := called("", "Action=ListUsers&Version=2010-05-08", 200, "<ListUsersResponse/>")
	iam.Request.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"},
		"Authorization": {"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/iam/aws4_request"}}
	outcome, err := k.Check(iam, Bare{})
	require.NoError(t, err)
	require.Equal(t, "iam (query)", outcome.NotChecked)
	require.Equal(t, &schema.Unrouted{Kind: schema.NoContract, Service: "iam", Endpoint: "dynamodb", Operation: "ListUsers", Protocol: "query"}, outcome.Unrouted)
}

// TestCatalogCompilesWhatIsUsed checks that each contract is compiled once, when it is first used.
func TestCatalogCompilesWhatIsUsed(t *testing.T) {
	k, err := CompileCatalog(tables(t), Options{})
	require.NoError(t, err)
	seen := make(chan *Validator, 64)
	var wait sync.WaitGroup
	for range cap(seen) {
		wait.Go(func() {
			v, err := k.operation("ListTables")
			if err == nil {
				v.Output([]byte(`{"TableNames":[1]}`))
			}
			seen <- v
		})
	}
	wait.Wait()
	first := <-seen
	require.NotNil(t, first)
	for range cap(seen) - 1 {
		require.Same(t, first, <-seen)
	}

	broken := contracts.MustLoad(contracts.Newest).Clone()
	broken.Output = "Nothing"
	_, err = CompileCatalog(schema.NewCatalog(broken), Options{})
	require.ErrorContains(t, err, `no shape "Nothing"`, "a contract is checked before anything is validated")
}

// TestClientError checks that the response of a boto3 ClientError is an error, whatever the other
// options.
func TestClientError(t *testing.T) {
	k, err := CompileCatalog(tables(t), Options{Encoding: schema.SDK})
	require.NoError(t, err)
	for _, v := range []struct {
		body  string
		rules []finding.RuleID
	}{
		{`{"Error":{"Code":"ResourceNotFoundException"},"ResponseMetadata":{"HTTPStatusCode":400},"message":"x"}`, nil},
		{`{"Error":{"Code":"ResourceNotFoundException"},"ResponseMetadata":{"HTTPStatusCode":400},"message":1}`, []finding.RuleID{finding.TypeMismatch}},
		{`{"Error":{"Code":"Other"},"ResponseMetadata":{"HTTPStatusCode":400}}`, []finding.RuleID{finding.ErrorUnmodeled}},
		{`{"Error":{"Code":""},"ResponseMetadata":{"HTTPStatusCode":400}}`, []finding.RuleID{finding.MemberMissing, finding.MemberUnknown}},
		{`{"Error":{"Code":"Other"},"ResponseMetadata":{"HTTPStatusCode":"400"}}`, []finding.RuleID{finding.ErrorUnmodeled}},
		{`{"Error":{"Code":"Other"},"ResponseMetadata":{}}`, []finding.RuleID{finding.ErrorUnmodeled}},
		{`{"Error":{"Code":"Other"}}`, []finding.RuleID{finding.ErrorUnmodeled}},
		{`{"Error":{"Code":"ResourceNotFoundException","Message":"m"}}`, nil},
		{`{"Error":{"Code":"Other"},"ResponseMetadata":{"HTTPStatusCode":200}}`, []finding.RuleID{finding.MemberMissing, finding.MemberUnknown}},
		{`{"Error":{"Message":"Other"}}`, []finding.RuleID{finding.MemberMissing, finding.MemberUnknown}},
		{`{"Error":[],"ResponseMetadata":{"HTTPStatusCode":1e400}}`, []finding.RuleID{finding.MemberMissing, finding.MemberUnknown}},
		{`{"Error":{"Code":"HTTPStatusCode"`, []finding.RuleID{finding.MemberUnknown, finding.SyntaxInvalid}},
	} {
		outcome, err := k.Check(&traffic.Interaction{Response: traffic.Response{Body: traffic.BodyOf([]byte(v.body))}}, Bare{Operation: "DescribeTable"})
		require.NoError(t, err)
		require.Equal(t, v.rules, outcome.Findings.Rules(), v.body)
	}
}

func TestBareBodies(t *testing.T) {
	k, err := CompileCatalog(tables(t), Options{})
	require.NoError(t, err)
	bare := &traffic.Interaction{Kind: traffic.JSON, Response: traffic.Response{Body: traffic.BodyOf([]byte(`{"Limit":101}`))}}
	for _, v := range []struct {
		bare Bare
		want string // a finding, or what is wrong
	}{
		{Bare{Operation: "ListTables", Part: schema.InputPart}, "1:10: warning constraint.range at input#/Limit: 101 is out of range, want at most 100"},
		{Bare{Operation: "dynamodb.DescribeTable", Part: "error:ResourceNotFoundException"}, `1:2: warning member.unknown at error:ResourceNotFoundException#/Limit: unknown member "Limit"`},
		{Bare{}, "a body without a request may belong to"},
		{Bare{Operation: "PutItem"}, "no loaded contract has the operation PutItem; choose its contract with --contract"},
	} {
		outcome, err := k.Check(bare, v.bare)
		if err != nil {
			require.ErrorContains(t, err, v.want)
			continue
		}
		require.Len(t, outcome.Findings, 1)
		require.Equal(t, v.want, outcome.Findings[0].String())
	}
}
