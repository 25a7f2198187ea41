package schema

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// calling returns a request, from lines such as those of an HTTP message.
func calling(t testing.TB, lines string) Request {
	t.Helper()
	head, body, _ := strings.Cut(lines, "\n\n")
	first, rest, _ := strings.Cut(head, "\n")
	method, address, _ := strings.Cut(first, " ")
	u, err := url.Parse(address)
	require.NoError(t, err)
	r := Request{Method: method, URL: u, Header: http.Header{}, Body: []byte(body)}
	for line := range strings.SplitSeq(rest, "\n") {
		if name, value, ok := strings.Cut(line, ": "); ok {
			r.Header[name] = append(r.Header[name], value)
		}
	}
	return r
}

func signed(service string) string {
	return "\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/" + service + "/aws4_request, SignedHeaders=host, Signature=0"
}

// services is a catalog of several services that have routes in common.
func services() *Catalog {
	of := func(service, signing, protocol, route string) *Contract {
		c := routed(route)
		c.Service, c.Operation = service, service+" "+route
		if signing != "" {
			c.Signing = Is(signing)
		}
		c.Protocol = Is(protocol)
		if target, ok := strings.CutPrefix(route, "POST / "); ok {
			c.URI, c.Target = Is("/"), Is(target)
		}
		return c
	}
	untold := of("untold", "", "awsJson1_1", "POST /")
	return NewCatalog(
		of("jobs", "jobs", "restJson1", "GET /tags/{arn}"),
		of("queues", "queues", "restJson1", "GET /tags/{arn}"),
		of("rooms", "rooms", "restJson1", "GET /tags/all"),
		of("page", "", "restJson1", "GET /pages/{id}"),
		of("page-two", "pages", "restJson1", "GET /pages/{id}"),
		of("bedrock-runtime", "bedrock", "restJson1", "POST /model/{id}/invoke"),
		of("bedrock", "bedrock", "restJson1", "GET /agents"),
		of("bedrock-agent", "bedrock", "restJson1", "GET /agents"),
		of("dynamodb", "dynamodb", "awsJson1_0", "POST / DynamoDB_20120810.ListTables"),
		of("dynamodb", "dynamodb", "awsJson1_0", "POST / DynamoDB_20120810.DescribeTable"),
		of("copy", "copy", "awsJson1_0", "POST / DynamoDB_20120810.ListTables"),
		of("cloudtrail", "cloudtrail", "awsJson1_1", "POST / com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.ListTrails"),
		of("exact-a", "exact", "awsJson1_1", "POST / a.Exact_1.Get"),
		of("exact-b", "exact", "awsJson1_1", "POST / b.Exact_1.Get"),
		of("iam", "iam", "awsQuery", "POST /"),
		of("s3", "s3", "restXml", "GET /{Bucket}/{Key+}?tagging"),
		untold,
	)
}

func TestRouteByService(t *testing.T) {
	k := services()
	presigned := "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260101%2Fus-east-1%2Fqueues%2Faws4_request"
	for _, v := range []struct{ name, request, want string }{
		{"signed", "GET /tags/a" + signed("queues"), "queues GET /tags/{arn}"},
		{"signed for another", "GET /tags/a" + signed("rooms"), ""},
		{"a literal of another service", "GET /tags/all" + signed("queues"), "queues GET /tags/{arn}"},
		{"a literal of its own", "GET /tags/all" + signed("rooms"), "rooms GET /tags/all"},
		{"not signed", "GET /tags/all", "rooms GET /tags/all"},
		{"not signed, several", "GET /tags/a", "jobs GET /tags/{arn}"},
		{"the host breaks the tie", "GET https://queues.eu-west-1.amazonaws.com/tags/a", "queues GET /tags/{arn}"},
		{"the signature goes before the host", "GET https://jobs.eu-west-1.amazonaws.com/tags/a" + signed("queues"), "queues GET /tags/{arn}"},
		{"a host excludes nothing", "GET https://other.eu-west-1.amazonaws.com/tags/a", "jobs GET /tags/{arn}"},
		{"header in lower case", "GET /tags/a" + strings.Replace(signed("queues"), "Authorization", "authorization", 1), "queues GET /tags/{arn}"},
		{"redacted key, date, region", "GET /tags/a\nAuthorization: AWS4-HMAC-SHA256 Credential=***/***/***/queues/aws4_request, Signature=***", "queues GET /tags/{arn}"},
		{"redacted service", "GET /tags/a\nAuthorization: AWS4-HMAC-SHA256 Credential=REDACTED/REDACTED/REDACTED/REDACTED/aws4_request", "jobs GET /tags/{arn}"},
		{"redacted altogether", "GET /tags/a\nAuthorization: REDACTED", "jobs GET /tags/{arn}"},
		{"SigV4a", "GET /tags/a\nAuthorization: AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE/20260101/queues/aws4_request, Signature=0", "queues GET /tags/{arn}"},
		{"presigned", "GET /tags/a" + presigned, "queues GET /tags/{arn}"},
		{"bearer", "GET /tags/a\nAuthorization: Bearer x", "jobs GET /tags/{arn}"},
		{"silent about signing", "GET /pages/1" + signed("other"), "page GET /pages/{id}"},
		{"what states it goes first", "GET /pages/1" + signed("pages"), "page-two GET /pages/{id}"},
		{"one signing name, two hosts", "GET https://bedrock-agent.us-east-1.amazonaws.com/agents" + signed("bedrock"), "bedrock-agent GET /agents"},
		{"a host that is no signing name", "POST https://bedrock-runtime.us-east-1.amazonaws.com/model/m/invoke" + signed("bedrock"), "bedrock-runtime POST /model/{id}/invoke"},
		{"target", "POST /\nX-Amz-Target: DynamoDB_20120810.ListTables" + signed("dynamodb"), "dynamodb POST / DynamoDB_20120810.ListTables"},
		{"another target", "POST /\nx-amz-target: DynamoDB_20120810.DescribeTable", "dynamodb POST / DynamoDB_20120810.DescribeTable"},
		{"the target of another service", "POST /\nX-Amz-Target: DynamoDB_20120810.ListTables" + signed("copy"), "copy POST / DynamoDB_20120810.ListTables"},
		{"an unknown operation", "POST /\nX-Amz-Target: DynamoDB_20120810.DropTables", ""},
		{"a longer prefix", "POST /\nX-Amz-Target: com.amazonaws.dynamodb.v20120810.DynamoDB_20120810.DescribeTable", "dynamodb POST / DynamoDB_20120810.DescribeTable"},
		{"a longer prefix of another service", "POST /\nX-Amz-Target: com.amazonaws.dynamodb.v20120810.DynamoDB_20120810.ListTables" + signed("copy"), "copy POST / DynamoDB_20120810.ListTables"},
		{"a shorter prefix", "POST /\nX-Amz-Target: CloudTrail_20131101.ListTrails", "cloudtrail POST / com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.ListTrails"},
		{"another long prefix", "POST /\nX-Amz-Target: other.CloudTrail_20131101.ListTrails", "cloudtrail POST / com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.ListTrails"},
		{"a prefix cut elsewhere", "POST /\nX-Amz-Target: Trail_20131101.ListTrails", ""},
		{"an exact target goes first", "POST /\nX-Amz-Target: b.Exact_1.Get", "exact-b POST / b.Exact_1.Get"},
		{"a longer prefix, signed for another", "POST /\nX-Amz-Target: a.CloudTrail_20131101.ListTrails" + signed("dynamodb"), ""},
		{"an unknown prefix", "POST /\nX-Amz-Target: DynamoDB_20111205.ListTables", ""},
		{"no prefix", "POST /\nX-Amz-Target: ListTables", ""},
		{"a target goes before a path", "GET /tags/all\nX-Amz-Target: Rooms.List", ""},
		{"no target", "POST /", ""},
		{"another protocol", "GET /b/k?tagging", "s3 GET /{Bucket}/{Key+}?tagging"},
	} {
		t.Run(v.name, func(t *testing.T) {
			got, why := k.Route(calling(t, v.request))
			require.Equal(t, v.want != "", why == nil)
			if why == nil {
				require.Equal(t, v.want, got.Contract.Operation)
			}
		})
	}
}

func TestRouteNotJSON(t *testing.T) {
	for _, v := range []struct{ protocol, want string }{{"restJson1", ""}, {"", ""}, {"awsQuery", "iam (query)"}, {"restXml", "iam (rest-xml)"}} {
		t.Run(v.protocol, func(t *testing.T) {
			c := &Contract{Service: "identity", Signing: Is("iam"), Protocol: Is(v.protocol)}
			why, ok := Route{Contract: c}.NotJSON()
			require.Equal(t, v.want, why)
			require.Equal(t, v.want != "", ok)
		})
	}
}

func TestUnrouted(t *testing.T) {
	k := services()
	form := "\nContent-Type: application/x-www-form-urlencoded; charset=utf-8"
	for request, want := range map[string]string{
		"POST https://iam.amazonaws.com/" + signed("iam") + form + "\n\nAction=ListUsers&Version=2010-05-08": "iam (query)",
		"POST https://iam.amazonaws.com/" + form + "\n\nVersion=2010-05-08&Action=ListUsers":                 "iam (query)",
		"GET https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15":                         "sts (query)",
		"POST http://127.0.0.1:4566/" + form + "\n\nAction=ListUsers":                                        "unknown service at 127.0.0.1 (query)",
		"POST http://localhost/" + form + "\n\nname=x":                                                       "unknown service at localhost (rest)",
		"POST http://localhost/\nX-Amz-Target: Other.List":                                                   "unknown service at localhost (awsJson)",
		"POST http://localhost/\nX-Amz-Target: Kinesis_20131202.List" + signed("kinesis"):                    "kinesis (awsJson)",
		"POST http://localhost/\nX-Amz-Target: DynamoDB_20120810.X" + signed("dynamodb"):                     "dynamodb (no such operation)",
		"POST https://dynamodb.us-east-1.amazonaws.com/\nX-Amz-Target: DynamoDB_20120810.X":                  "dynamodb (no such operation)",
		"GET https://bedrock-runtime.us-east-1.amazonaws.com/x":                                              "bedrock-runtime (no such operation)",
		"GET https://bedrock-runtime.us-east-1.amazonaws.com/x" + signed("bedrock"):                          "bedrock (no such operation)",
		"POST http://[::1]:80/service/Jobs/operation/List\nsmithy-protocol: rpc-v2-cbor" + signed("jobs"):    "jobs (rpc-v2-cbor)",
		"PUT https://my.bucket.s3.dualstack.us-west-2.amazonaws.com/k?x\nContent-Type: application/xml":      "s3 (rest-xml)",
		"DELETE https://bucket.s3.amazonaws.com/k":                                                           "s3 (no such operation)",
		"GET https://abc.execute-api.us-gov-west-1.amazonaws.com/prod":                                       "execute-api (rest)",
		"GET https://cleanrooms-fips.us-east-1.api.aws/memberships":                                          "cleanrooms (rest)",
		"GET https://ec2.cn-north-1.amazonaws.com.cn/":                                                       "ec2 (rest)",
		"GET https://us-west-2.queue.amazonaws.com/":                                                         "queue (rest)",
		"GET https://s3.us-east-1.amazonaws.com.example.org/":                                                "unknown service at s3.us-east-1.amazonaws.com.example.org (rest)",
		"GET https://111122223333.amazonaws.com/":                                                            "unknown service at 111122223333.amazonaws.com (rest)",
		"GET https://example.com/":                                                                           "unknown service at example.com (rest)",
	} {
		t.Run(request, func(t *testing.T) {
			_, why := k.Route(calling(t, request))
			require.NotNil(t, why)
			require.Equal(t, want, why.String())
		})
	}
}

func TestNamed(t *testing.T) {
	k := services()
	require.Equal(t, 17, k.Len())
	require.Len(t, k.Named(""), 17)
	require.Len(t, k.Named("s3 GET /{Bucket}/{Key+}?tagging"), 1)
	require.Len(t, k.Named("s3.s3 GET /{Bucket}/{Key+}?tagging"), 1)
	require.Empty(t, k.Named("s3"))
	k.Named("untold POST /")[0] = nil
	require.NotNil(t, k.Named("untold POST /")[0], "nobody changes a catalog from outside")
}

func TestContractWithoutJSON(t *testing.T) {
	for protocol, want := range map[string]string{"restXml": "rest-xml", "awsQuery": "query", "ec2Query": "ec2", "rpcv2Cbor": "rpc-v2-cbor", "restJson1": "", "awsJson1_0": "", "awsJson1_1": ""} {
		t.Run(protocol, func(t *testing.T) {
			got, ok := (&Contract{Protocol: Is(protocol)}).NotJSON()
			require.Equal(t, want, got)
			require.Equal(t, want != "", ok)
		})
	}
	_, ok := (&Contract{}).NotJSON()
	require.False(t, ok)
}

// BenchmarkRoutes: what a route costs does not grow with the catalog.
func BenchmarkRoutes(b *testing.B) {
	for _, n := range []int{1, 2000} {
		var contracts []*Contract
		for i := range n {
			c := routed(fmt.Sprintf("GET /things%d/{id}/parts/{name}", i))
			c.Signing = Is("service")
			rpc := routed("POST /")
			rpc.Protocol, rpc.Target = Is("awsJson1_0"), Is(fmt.Sprintf("Things_1.Get%d", i))
			contracts = append(contracts, c, rpc)
		}
		k := NewCatalog(contracts...)
		for name, r := range map[string]Request{
			"rest":    calling(b, fmt.Sprintf("GET https://service.us-east-1.amazonaws.com/things%d/7/parts/x", n-1)+signed("service")),
			"awsJson": calling(b, fmt.Sprintf("POST https://service.us-east-1.amazonaws.com/\nX-Amz-Target: Things_1.Get%d", n-1)+signed("service")),
		} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, why := k.Route(r); why != nil {
						b.Fatal("not found")
					}
				}
			})
		}
	}
}

// FuzzRoute: a request leads somewhere, or there is a short reason why not.
func FuzzRoute(f *testing.F) {
	k := services()
	f.Add("GET", "https://queues.eu-west-1.amazonaws.com/tags/a%2Fb?tagging", "AWS4-HMAC-SHA256 Credential=A/B/C/queues/aws4_request, Signature=0", "", "")
	f.Add("POST", "/?X-Amz-Credential=A/B/C/iam/aws4_request", "", "DynamoDB_20120810.ListTables", "Action=List")
	f.Add("GET", "//b//x/?&&=", "Credential=/aws4_request", "", "&Action=")
	f.Fuzz(func(t *testing.T, method, address, authorization, target, body string) {
		u, err := url.Parse(address)
		if err != nil {
			return
		}
		r := Request{method, u, http.Header{"authorization": {authorization}, "X-Amz-Target": {target}, "content-type": {"application/x-www-form-urlencoded"}}, []byte(body)}
		route, why := k.Route(r)
		require.Equal(t, why == nil, route.Contract != nil)
		for _, value := range route.Labels {
			require.NotEmpty(t, value)
		}
		if why == nil {
			return
		}
		require.Regexp(t, `^(unknown service|unknown service at [a-z0-9.:_-]{1,80}|[A-Za-z0-9-]{1,64}) \((no such operation|query|awsJson|rest|rest-xml|rpc-v2-cbor|rpc-v2-json)\)$`, why.String())
	})
}
