package main

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
)

// The built-in contracts, which scenarios name.
const (
	v1_42_90 = "cleanrooms.GetProtectedJob@1.42.90"
	v1_43_67 = "cleanrooms.GetProtectedJob@1.43.67"
)

// Labels are replaced in bodies by the requested identifiers. All other bytes are unchanged: a body
// need not be JSON.
const (
	membership = "{membershipIdentifier}"
	asked      = "{protectedJobIdentifier}"
)

const membershipID = "10000000-0000-4000-8000-000000000001"

// scenario is one cassette: responses to one request, repeated as often as there are responses.
type scenario struct {
	file      string
	about     string
	contract  string
	job       int // number of the requested job, different in each scenario
	responses []response
	expected  []finding.Expected
	// from is the membership in the URL; empty: the default one.
	from   string
	accept string // the Accept header of the request; empty: it has none
}

// response is an HTTP response. Headers that are absent have the value of a good response; an empty
// value removes the header.
type response struct {
	status int
	header map[string]string
	body   string
}

func good(job int, name, about string, responses ...response) scenario {
	return scenario{"good/" + name + ".yaml", about, v1_43_67, job, responses, nil, "", ""}
}

func hostile(job int, name, about string, a response, expected ...finding.Expected) scenario {
	return scenario{"hostile/" + name + ".yaml", about, v1_43_67, job, []response{a}, expected, "", ""}
}

// under makes the scenario conform to another contract than the newest.
func (s scenario) under(contract string) scenario {
	s.contract = contract
	return s
}

// asking has the scenario ask for a membership whose identifier is escaped in the URL.
func (s scenario) asking(escaped string) scenario {
	s.from = escaped
	return s
}

// accepting has the request say which media types the client accepts.
func (s scenario) accepting(media string) scenario {
	s.accept = media
	return s
}

func expect(rule finding.RuleID, place, reason string) finding.Expected {
	return finding.Expected{Rule: rule, Place: place, Reason: reason}
}

// ok is a success with this body.
func ok(body string) response { return response{status: http.StatusOK, body: body} }

// with returns the response with a header set, or taken away by an empty value.
func (a response) with(name, value string) response {
	a.header = maps.Clone(a.header)
	if a.header == nil {
		a.header = map[string]string{}
	}
	a.header[name] = value
	return a
}

func (s scenario) meta() traffic.Meta {
	return traffic.Meta{Contract: s.contract, ContractDigest: contracts.MustLoad(s.contract).Digest(), Provenance: "synthesised"}
}

func (s scenario) interactions() []*traffic.Interaction {
	labels := strings.NewReplacer(membership, membershipID, asked, fmt.Sprintf("00000000-0000-4000-8000-%012d", s.job))
	var all []*traffic.Interaction
	asking := http.Header{"User-Agent": {"synthesised"}}
	if s.accept != "" {
		asking.Set("Accept", s.accept)
	}
	for i, a := range s.responses {
		body := labels.Replace(a.body)
		header := http.Header{
			"Content-Type":     {"application/json"},
			"Content-Length":   {strconv.Itoa(len(body))},
			"Date":             {"Thu, 01 Jan 2026 00:00:00 GMT"},
			"X-Amzn-Requestid": {fmt.Sprintf("f0000000-0000-4000-8000-%08d%04d", s.job, i+1)},
		}
		for name, value := range a.header {
			header.Del(name)
			if value != "" {
				header.Set(name, value)
			}
		}
		all = append(all, &traffic.Interaction{
			Index: i,
			Request: &traffic.Request{
				Method: http.MethodGet,
				URL:    labels.Replace("https://cleanrooms.us-east-1.amazonaws.com/memberships/" + cmp.Or(s.from, membership) + "/protectedJobs/" + asked),
				Header: asking.Clone(),
			},
			Response: traffic.Response{
				Status:     a.status,
				StatusText: strconv.Itoa(a.status) + " " + http.StatusText(a.status),
				Header:     header,
				Body:       traffic.BodyOf([]byte(body)),
			},
		})
	}
	return all
}

// Members of a job, as JSON text.
const (
	id            = `"id":"` + asked + `"`
	membershipRef = `"membershipId":"` + membership + `"`
	arnPrefix     = `arn:aws:cleanrooms:us-east-1:111122223333:membership/` + membership
	arn           = `"membershipArn":"` + arnPrefix + `"`
	created       = `"createTime":1767225600.123`
	success       = `"status":"SUCCESS"`

	s3Output     = `"s3":{"location":"s3://example-results/jobs/` + asked + `/"}`
	memberOutput = `"memberList":[{"accountId":"444455556666"}]`

	toS3     = `"s3":{"bucket":"example-results","keyPrefix":"jobs"}`
	toMember = `"member":{"accountId":"444455556666"}`

	template = `"analysisTemplateArn":"` + arnPrefix + `/analysistemplate/20000000-0000-4000-8000-000000000002"`

	jobError = `"error":{"message":"The job failed: ZeroDivisionError at line 42.","code":"USER_CODE_ERROR"}`
)

// object is a JSON object of members that are already text.
func object(members ...string) string { return "{" + strings.Join(members, ",") + "}" }

// document is a body whose job has exactly these members.
func document(members ...string) string { return `{"protectedJob":` + object(members...) + "}" }

// job is a body whose job has succeeded and has these members besides the required ones.
func job(members ...string) string {
	return document(append([]string{id, membershipRef, arn, created, success}, members...)...)
}

// The ways to the unions of a job, each around its members as text.
func output(members ...string) string {
	return `"result":{"output":` + object(members...) + "}"
}

func outputConfiguration(members ...string) string {
	return `"resultConfiguration":{"outputConfiguration":` + object(members...) + "}"
}

func compute(members ...string) string { return `"computeConfiguration":` + object(members...) }

func worker(members ...string) string { return compute(`"worker":` + object(members...)) }

func workers(number string) string { return worker(`"type":"CR.1X"`, `"number":`+number) }

func spark(entries ...string) string {
	return worker(`"type":"CR.4X"`, `"number":16`, `"properties":{"spark":`+object(entries...)+"}")
}

// sparkEntries returns so many entries of a map, each with a name of its own.
func sparkEntries(n int) []string {
	var entries []string
	for i := range n {
		entries = append(entries, fmt.Sprintf(`"spark.example.%02d":"on"`, i))
	}
	return entries
}

func parameters(entries ...string) string {
	return `"jobParameters":` + object(template, `"parameters":`+object(entries...))
}

func statistics(members ...string) string { return `"statistics":` + object(members...) }

func units(number string) string {
	return statistics(`"billedResourceUtilization":{"units":` + number + "}")
}

func duration(number string) string { return statistics(`"totalDurationInMillis":` + number) }
