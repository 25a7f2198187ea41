package bycontract_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/redact/bycontract"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/schema/source"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
	"github.com/stretchr/testify/require"
)

var key = redact.Key{7}

const host = "https://cleanrooms.us-east-1.amazonaws.com"

func job(body string) *traffic.Interaction {
	return &traffic.Interaction{Kind: traffic.Cassette,
		Request:  &traffic.Request{Method: "GET", URL: host + "/memberships/0f0e1d2c-3b4a-4958-8776-655443322110/protectedJobs/1f0e1d2c-3b4a-4958-8776-655443322110"},
		Response: traffic.Response{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: traffic.BodyOf([]byte(body))}}
}

// TestPlaces checks the class of each kind of string in the built-in contract.
func TestPlaces(t *testing.T) {
	x := job(`{"protectedJob":{"id":"1f0e1d2c-3b4a-4958-8776-655443322110","membershipId":"0f0e1d2c-3b4a-4958-8776-655443322110",` +
		`"membershipArn":"arn:aws:cleanrooms:us-east-1:111122223333:membership/0f0e1d2c-3b4a-4958-8776-655443322110","createTime":1700000000.1,"status":"SUCCESS",` +
		`"jobParameters":{"analysisTemplateArn":"arn:aws:cleanrooms:us-east-1:111122223333:membership/m1/analysistemplate/t1","parameters":{"a_name":"its value","other":"SUCCESS"}},` +
		`"resultConfiguration":{"outputConfiguration":{"s3":{"bucket":"reports","keyPrefix":"in/reports"}}},` +
		`"computeConfiguration":{"worker":{"type":"CR.1X","number":4,"properties":{"spark":{"spark.key":"spark value"}}}},` +
		`"error":{"code":"x","message":"reports: its value"}}}`)
	catalog := schema.NewCatalog(contracts.MustLoad(contracts.Newest))
	r := redact.New(redact.Options{Key: key, Classify: bycontract.New(catalog)})
	y, found := r.Redact(x)
	require.Nil(t, found)
	body := string(y.Response.Body.Bytes)
	for _, gone := range []string{"1f0e1d2c", "0f0e1d2c", "111122223333", "its value", "reports", "spark value", "m1/", "/t1", "a_name"} {
		require.NotContains(t, body, gone)
	}
	for _, kept := range []string{`"status":"SUCCESS"`, `"type":"CR.1X"`, `"createTime":1700000000.1`, `"spark.key"`, "/analysistemplate/", "arn:aws:cleanrooms:us-east-1:"} {
		require.Contains(t, body, kept)
	}
	require.Contains(t, y.Request.URL, "/memberships/")
	require.Equal(t, body[strings.Index(body, `"id":"`)+6:][:36], y.Request.URL[len(y.Request.URL)-36:], "the echo")
}

// TestPayload checks that the members of a payload are redacted as those of a body.
func TestPayload(t *testing.T) {
	c, err := schema.Parse([]byte(`{"crcheckContract":1,"service":"test","operation":"Get","protocol":"restJson1","method":"GET","uri":"/x","status":200,
		"input":"In","output":"Out","shapes":{"In":{"type":"structure"},
		"Out":{"type":"structure","members":[{"name":"body","location":"payload","shape":"Body"}]},
		"Body":{"type":"structure","members":[{"name":"pin","shape":{"type":"string","sensitive":true}},{"name":"mood","shape":{"type":"string","enum":["GOOD"]}}]}}}`))
	require.NoError(t, err)
	x := job(`{"pin":"open sesame","mood":"GOOD"}`)
	x.Request.URL = "https://test.us-east-1.amazonaws.com/x"
	y, found := redact.New(redact.Options{Key: key, Classify: bycontract.New(schema.NewCatalog(c))}).Redact(x)
	require.Empty(t, found)
	require.NotContains(t, string(y.Response.Body.Bytes), "sesame")
	require.Contains(t, string(y.Response.Body.Bytes), `"mood":"GOOD"`)
}

// TestErrors checks that the name of an error and its enums are kept, and its message is redacted.
func TestErrors(t *testing.T) {
	x := job(`{"__type":"ValidationException","reason":"INVALID_QUERY","message":"job 1f0e1d2c-3b4a-4958-8776-655443322110","fieldList":[{"name":"n","message":"111122223333"}]}`)
	x.Response.Status = 400
	x.Response.Header.Set("X-Amzn-Errortype", "ValidationException:http://internal/")
	for _, all := range []bool{false, true} {
		t.Run(fmt.Sprint("all=", all), func(t *testing.T) {
			r := redact.New(redact.Options{Key: key, All: all, Classify: bycontract.New(schema.NewCatalog(contracts.MustLoad(contracts.Newest)))})
			y, found := r.Redact(x)
			require.Nil(t, found)
			body := string(y.Response.Body.Bytes)
			require.Contains(t, body, `{"__type":"ValidationException","reason":"INVALID_QUERY","message":"`)
			require.NotContains(t, body, "1f0e1d2c")
			require.NotContains(t, body, "111122223333")
			require.Equal(t, all, !strings.Contains(body, `"message":"job `))
			require.Equal(t, "ValidationException:http://internal/", y.Response.Header.Get("X-Amzn-Errortype"))
		})
	}
}

// TestLiterals checks that literals in the URI of an operation are kept, so that the recorded
// request is routed to it, even if a map takes the other parameters or the operation has no input.
func TestLiterals(t *testing.T) {
	text, err := os.ReadFile("../../live/testdata/shed.json")
	require.NoError(t, err)
	bare := strings.Replace(string(text), `"input": {"shape": "DescribeToolRequest"}`, `"documentation": ""`, 1)
	simple := strings.Replace(string(text), `"more": {"shape": "TextMap", "location": "querystring"},`, "", 1)
	require.NotEqual(t, bare, simple)
	for _, model := range []string{string(text), bare, simple} {
		read, err := source.Read([]byte(model), "1")
		require.NoError(t, err)
		catalog := schema.NewCatalog(read.Contracts...)
		for _, all := range []bool{false, true} {
			for _, query := range []string{"view=full", "view=full&owner=Anneliese", "colour=Anneliese&view=full&since=2020-01-01T00%3A00%3A00Z"} {
				t.Run(fmt.Sprint(query, " ", all), func(t *testing.T) {
					x := &traffic.Interaction{Kind: traffic.Cassette, Request: &traffic.Request{Method: "GET", URL: "https://localhost/sheds/garden/tools/left/saw?" + query}, Response: traffic.Response{Status: 200}}
					r := redact.New(redact.Options{Key: key, All: all, Classify: bycontract.New(catalog)})
					y, found := r.Redact(x)
					require.Empty(t, found)
					u, err := url.Parse(y.Request.URL)
					require.NoError(t, err)
					route, unrouted := catalog.Route(schema.Request{Method: "GET", URL: u})
					require.Nil(t, unrouted, y.Request.URL)
					require.Equal(t, "DescribeTool", route.Contract.Operation)
					require.Equal(t, "full", u.Query().Get("view"))
					if all {
						require.NotContains(t, y.Request.URL, "Anneliese")
					}
				})
			}
		}
	}
}

func modelFiles() []string {
	files, _ := filepath.Glob("../../../../shared/data/models/*-1.43.67.service-2.json")
	return files
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return text
}

// models returns the contracts of five services, and skips the test if their models are not available.
func models(t *testing.T) [][]*schema.Contract {
	t.Helper()
	all := available(t)
	if len(all) == 0 {
		t.Skip("skipped: the models of the services are not available")
	}
	return all
}

// available returns the contracts of five services, or nothing if their models are not available.
func available(t *testing.T) (all [][]*schema.Contract) {
	t.Helper()
	for _, file := range modelFiles() {
		read, err := source.Read(readFile(t, file), "1.43.67")
		require.NoError(t, err, file)
		all = append(all, read.Contracts)
	}
	return all
}

// TestRedactedIsValid checks that a redacted interaction has no more findings against the contract
// than the original, is restored byte for byte, and that the live request maps to the recorded one.
func TestRedactedIsValid(t *testing.T) {
	operations, interactions, kinds, broken := 0, 0, map[finding.RuleID]int{}, 0
	for _, service := range models(t) {
		catalog := schema.NewCatalog(service...)
		validator, err := validate.CompileCatalog(catalog, validate.Options{})
		require.NoError(t, err)
		classify := bycontract.New(catalog)
		for i, c := range service {
			if testing.Short() && i%10 > 0 {
				continue
			}
			s, err := synth.New(c, schema.HTTP)
			require.NoError(t, err)
			operations++
			for seed := range uint64(2) {
				for _, part := range c.Parts() {
					if part == schema.InputPart {
						continue
					}
					x := recorded(t, s, part, seed)
					if x == nil {
						continue
					}
					interactions++
					for _, all := range []bool{false, true} {
						r := redact.New(redact.Options{Key: key, Classify: classify, All: all})
						y, found := r.Redact(x)
						for _, f := range found {
							kinds[f.Rule]++
						}
						at := fmt.Sprintf("%s %s seed %d all %v", c, part, seed, all)
						before, err := validator.Check(x, validate.Bare{})
						require.NoError(t, err)
						after, err := validator.Check(y, validate.Bare{})
						require.NoError(t, err)
						require.Equal(t, before.Contract, after.Contract, at)
						if len(found) > 0 {
							broken++
							continue
						}
						require.Equal(t, before.Findings.Rules(), after.Findings.Rules(), "%s\n%s\n%s\n%v", at, x.Response.Body.Bytes, y.Response.Body.Bytes, after.Findings)
					}
				}
			}
		}
	}
	t.Logf("%d operations, %d interactions, each with and without All; with findings: %d %v", operations, interactions, broken, kinds)
}

// recorded returns a synthesised interaction, or nil if there is none.
func recorded(t *testing.T, s *synth.Synth, part schema.Part, seed uint64) *traffic.Interaction {
	t.Helper()
	q, err := s.RandomRequest(seed)
	if err != nil {
		return nil
	}
	a, err := s.RandomResponse(part, seed, q)
	if err != nil {
		return nil
	}
	c := s.Contract()
	header := q.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/"+c.Signing.Or(c.Service)+"/aws4_request, SignedHeaders=host, Signature="+strings.Repeat("0", 64))
	return &traffic.Interaction{Kind: traffic.Cassette,
		Request:  &traffic.Request{Method: q.Method, URL: "https://" + c.Service + ".us-east-1.amazonaws.com" + q.Target(), Header: header, Body: traffic.BodyOf(q.Body)},
		Response: traffic.Response{Status: a.Status, Header: a.Header, Body: traffic.BodyOf(a.Body)}}
}

func ExampleNew() {
	catalog := schema.NewCatalog(contracts.MustLoad(contracts.Newest))
	r := redact.New(redact.Options{Key: redact.Key{1, 2, 3}, Classify: bycontract.New(catalog)})
	// The parameters of a job are sensitive, its status is an enum.
	redacted, _ := r.Redact(job(`{"protectedJob":{"status":"SUCCESS","jobParameters":{"parameters":{"who":"Jane Doe"}}}}`))
	fmt.Println(string(redacted.Response.Body.Bytes))
	// Output:
	// {"protectedJob":{"status":"SUCCESS","jobParameters":{"parameters":{"xxx":"Vrhs Tvf"}}}}
}
