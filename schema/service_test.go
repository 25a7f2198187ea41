package schema

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// onDemand is a catalog of services that note when they are loaded. A line is
// NAME SIGNING ENDPOINT PROTOCOL, then routes or targets; "-" means nothing.
func onDemand(routes bool, lines ...string) (k *Catalog, loaded func() string) {
	var mu sync.Mutex
	var names []string
	var services []Service
	for _, line := range lines {
		fields := strings.Split(line, " ")
		for i := range fields {
			fields[i] = strings.TrimPrefix(fields[i], "-")
		}
		s := Service{Name: fields[0], Signing: fields[1], Endpoint: fields[2], Protocol: fields[3]}
		var all []*Contract
		var known []*Contract
		for i, route := range fields[4:] {
			c := &Contract{Service: s.Name, Operation: fmt.Sprintf("Op%d", i), Protocol: Is(s.Protocol)}
			if s.Signing != "" {
				c.Signing = Is(s.Signing)
			}
			method, uri, _ := strings.Cut(route, ":")
			if strings.HasPrefix(s.Protocol, "awsJson") {
				s.TargetPrefix = route[:strings.LastIndexByte(route, '.')]
				method, uri, c.Target = "POST", "/", Is(route)
			}
			c.Method, c.URI = Is(method), Is(uri)
			all = append(all, c)
			known = append(known, &Contract{Operation: c.Operation, Method: c.Method, URI: c.URI})
		}
		s.Load = func() []*Contract {
			mu.Lock()
			defer mu.Unlock()
			names = append(names, s.Name)
			return all
		}
		if routes {
			s.Routes = func() []*Contract { return known }
		}
		services = append(services, s)
	}
	return NewServiceCatalog(services), func() string {
		mu.Lock()
		defer mu.Unlock()
		slices.Sort(names)
		return strings.Join(names, " ")
	}
}

// TestLoadedOnDemand: a request loads the services that it may be for, and no other.
func TestLoadedOnDemand(t *testing.T) {
	lines := []string{
		"dynamodb dynamodb dynamodb awsJson1_0 DynamoDB_20120810.ListTables",
		"timestream-query timestream query.timestream awsJson1_0 Timestream_20181101.Query",
		"timestream-write timestream ingest.timestream awsJson1_0 Timestream_20181101.Write",
		"cloudtrail cloudtrail cloudtrail awsJson1_1 com.amazonaws.v1.CloudTrail_20131101.ListTrails",
		"lex-models lex models.lex restJson1 GET:/tags/{arn} GET:/bots/{name}",
		"lexv2-models lex models-v2-lex restJson1 GET:/tags/{arn}/ GET:/v2/{name}",
		"iot iot iot restJson1 GET:/things/{name}",
		"iot-data iotdata data-ats.iot restJson1 GET:/shadow/{name}",
		"s3 s3 s3 restXml GET:/{Bucket}/{Key+}",
		"unsigned - plain restJson1 GET:/open/{x}",
		"sqs sqs sqs awsQuery POST:/",
	}
	const agent = "\nUser-Agent: Boto3/1.43.67 md/Botocore#1.43.67"
	for name, v := range map[string]struct{ request, want, loaded string }{
		"a target":                             {"POST http://localhost/\nX-Amz-Target: DynamoDB_20120810.ListTables", "dynamodb.Op0", "dynamodb"},
		"a signed target":                      {"POST http://localhost/\nX-Amz-Target: DynamoDB_20120810.ListTables" + signed("dynamodb"), "dynamodb.Op0", "dynamodb"},
		"a target signed for another":          {"POST http://localhost/\nX-Amz-Target: DynamoDB_20120810.ListTables" + signed("lex"), "", ""},
		"a shorter target":                     {"POST http://localhost/\nX-Amz-Target: CloudTrail_20131101.ListTrails", "cloudtrail.Op0", "cloudtrail"},
		"an unknown target":                    {"POST http://localhost/\nX-Amz-Target: Kinesis_20131202.ListStreams", "", ""},
		"a target of two services":             {"POST http://localhost/\nX-Amz-Target: Timestream_20181101.Write" + signed("timestream"), "timestream-write.Op0", "timestream-query timestream-write"},
		"a target of two services, and a host": {"POST https://ingest.timestream.us-east-1.amazonaws.com/\nX-Amz-Target: Timestream_20181101.Write" + signed("timestream"), "timestream-write.Op0", "timestream-write"},
		"signed":                               {"GET http://localhost/bots/b" + signed("lex"), "lex-models.Op1", "lex-models lexv2-models"},
		"signed, equal routes":                 {"GET http://localhost/tags/a" + signed("lex"), "lex-models.Op0 lexv2-models.Op0", "lex-models lexv2-models"},
		"signed, and a host":                   {"GET https://models-v2-lex.eu-west-1.amazonaws.com/tags/a" + signed("lex"), "lexv2-models.Op0", "lexv2-models"},
		"signed, and the host of another":      {"GET https://models-v2-lex.eu-west-1.amazonaws.com/bots/b" + signed("lex"), "lex-models.Op1", "lex-models lexv2-models"},
		"signed for what there is not":         {"GET http://localhost/bots/b" + signed("kafka"), "", ""},
		"signed, of a service that is not":     {"GET http://localhost/open/b" + signed("kafka"), "unsigned.Op0", "unsigned"},
		"a host":                               {"GET https://models.lex.us-east-1.amazonaws.com/bots/b", "lex-models.Op1", "lex-models"},
		"a bucket's host":                      {"GET https://my.bucket.s3.us-east-1.amazonaws.com/a/b", "s3.Op0", "s3"},
		"an account's host":                    {"GET https://abc-ats.iot.us-east-1.amazonaws.com/shadow/s", "iot-data.Op0", "iot iot-data"},
		"a host that none has":                 {"GET https://held.us-east-1.amazonaws.com/a/x", "", ""},
		"nothing but a path":                   {"GET http://127.0.0.1:5000/bots/b", "lex-models.Op1", "lex-models s3"},
		"nothing but a path, in a network":     {"GET http://localstack:4566/things/t", "iot.Op0", "iot s3"},
		"nothing but a path, without a match":  {"DELETE http://localhost/things/t", "", ""},
		"the public Internet":                  {"GET https://api.example.com/bots/b", "", ""},
		"the public Internet, a client of AWS": {"GET https://moto.example.com/bots/b" + agent, "lex-models.Op1", "lex-models s3"},
		"a form":                               {"POST http://localhost/\nContent-Type: application/x-www-form-urlencoded\n\nAction=SendMessage", "", ""},
		"a signed form":                        {"POST http://localhost/\nContent-Type: application/x-www-form-urlencoded" + signed("sqs") + "\n\nAction=SendMessage", "", ""},
		"CBOR":                                 {"POST http://localhost/service/X/operation/Y\nSmithy-Protocol: rpc-v2-cbor" + signed("lex"), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			k, loaded := onDemand(true, lines...)
			var got []string
			for range 2 { // what is loaded stays so
				got = nil
				found, _ := k.Candidates(calling(t, v.request))
				for _, route := range found {
					got = append(got, route.Contract.Name())
				}
			}
			require.Equal(t, v.want, strings.Join(got, " "))
			require.Equal(t, v.loaded, loaded())
			reversed := slices.Clone(lines)
			slices.Reverse(reversed)
			k, _ = onDemand(false, reversed...)
			var again []string
			found, _ := k.Candidates(calling(t, v.request))
			for _, route := range found {
				again = append(again, route.Contract.Name())
			}
			require.Equal(t, got, again, "neither the order nor what routes save decides")
		})
	}
}

func TestNamedOnDemand(t *testing.T) {
	for name, v := range map[string]struct{ operation, found, loaded string }{
		"with its service": {"b.Op0", "b.Op0", "b"},
		"without":          {"Op1", "b.Op1", "b"},
		"of two":           {"Op0", "a.Op0 b.Op0", "a b"},
		"no service":       {"c.Op0", "", ""},
		"no operation":     {"Op9", "", ""},
		"all":              {"", "a.Op0 b.Op0 b.Op1", "a b"},
	} {
		t.Run(name, func(t *testing.T) {
			k, loaded := onDemand(true, "b b b restJson1 GET:/b GET:/c", "a a a restJson1 GET:/a")
			var found []string
			for _, c := range k.Named(v.operation) {
				found = append(found, c.Name())
			}
			require.Equal(t, v.found, strings.Join(found, " "))
			require.Equal(t, v.loaded, loaded())
		})
	}
}

// TestLoadedOnce: many goroutines, one load.
func TestLoadedOnce(t *testing.T) {
	var loads atomic.Int32
	k := NewServiceCatalog([]Service{{Name: "jobs", Signing: "jobs", Protocol: "restJson1", Load: func() []*Contract {
		loads.Add(1)
		return []*Contract{routed("GET /jobs/{id}")}
	}}})
	r := calling(t, "GET http://localhost/jobs/1"+signed("jobs"))
	var wait sync.WaitGroup
	var found atomic.Int32
	for range 32 {
		wait.Go(func() {
			if _, why := k.Route(r); why == nil {
				found.Add(1)
			}
			k.Named("jobs.x")
		})
	}
	wait.Wait()
	require.EqualValues(t, 32, found.Load())
	require.EqualValues(t, 1, loads.Load())
}

// TestCandidates: contracts at hand that route alike, in whatever order.
func TestCandidates(t *testing.T) {
	of := func(service, version, route string) *Contract {
		c := routed(route)
		c.Service, c.Version, c.Operation, c.Signing = service, version, "Tag", Is("lex")
		return c
	}
	all := []*Contract{of("lexv2", "1", "GET /tags/{arn}/"), of("lex", "2", "GET /tags/{ARN}"), of("lex", "1", "GET /tags/{x}"), of("other", "1", "GET /{y}/{x}")}
	for range len(all) {
		all = append(all[1:], all[0])
		var names []string
		found, why := NewCatalog(all...).Candidates(calling(t, "GET http://localhost/tags/a"+signed("lex")))
		require.Nil(t, why)
		for _, r := range found {
			names = append(names, r.Contract.String())
			require.Len(t, r.Labels, 1)
		}
		require.Equal(t, []string{"lex.Tag@1", "lex.Tag@2", "lexv2.Tag@1"}, names)
	}
}
