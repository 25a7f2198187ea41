package validate

import (
	"net/http"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/pattern"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

// answer is a recorded answer to a request for job 1 of membership 2.
func answer(status int, body string, header ...string) *traffic.Interaction {
	h := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &traffic.Interaction{Live: true, Kind: traffic.Cassette, Source: "test.yaml", Request: &traffic.Request{Method: "GET",
		URL: "https://cleanrooms.us-east-1.amazonaws.com/memberships/00000000-0000-4000-8000-000000000002/protectedJobs/00000000-0000-4000-8000-000000000001"},
		Response: traffic.Response{Status: status, Header: h, Body: traffic.BodyOf([]byte(body))}}
}

// lowerCase spells the headers as some recorders do.
func lowerCase(x *traffic.Interaction) *traffic.Interaction {
	lower := http.Header{}
	for name, values := range x.Response.Header {
		lower[strings.ToLower(name)] = values
	}
	x.Response.Header = lower
	return x
}

const (
	throttled   = `{"message":"slow down"}`
	errorHeader = "X-Amzn-Errortype"
)

// exchanges are the vectors of the HTTP layer.
var exchanges = map[finding.RuleID]struct{ refuses, passes []*traffic.Interaction }{
	finding.HTTPStatus: {
		[]*traffic.Interaction{answer(201, with("")), answer(204, with("")), answer(204, ""), answer(101, "")},
		[]*traffic.Interaction{answer(200, with("")), answer(0, with(""))},
	},
	finding.HTTPContentType: {
		[]*traffic.Interaction{answer(200, with(""), "Content-Type", "text/html"), answer(200, with(""), "Content-Type", ""), answer(429, throttled, errorHeader, "ThrottlingException", "Content-Type", "application/x-amz-json-1.1")},
		[]*traffic.Interaction{answer(200, with(""), "Content-Type", "application/json; charset=utf-8")},
	},
	finding.ErrorUnidentified: {
		[]*traffic.Interaction{answer(500, `{"message":"x"}`), answer(429, ``), answer(403, `{"__type":5}`), answer(400, `{"nested":{"__type":"ValidationException"}}`), answer(429, `{"__TYPE":"ThrottlingException"}`)},
		[]*traffic.Interaction{answer(500, `{"message":"x","__type":"InternalServerException"}`)},
	},
	finding.ErrorUnmodeled: {
		[]*traffic.Interaction{answer(409, `{}`, errorHeader, "ConflictException"), answer(402, `{"code":"ServiceQuotaExceededException"}`)},
		[]*traffic.Interaction{answer(429, throttled, errorHeader, "ThrottlingException")},
	},
	finding.ErrorStatusMismatch: {
		[]*traffic.Interaction{answer(400, throttled, errorHeader, "ThrottlingException")},
		[]*traffic.Interaction{answer(429, throttled, errorHeader, "aws.protocoltests#ThrottlingException:http://internal/"), answer(429, `{"message":"x","code":"ThrottlingException"}`), lowerCase(answer(429, throttled, errorHeader, "ThrottlingException"))},
	},
	finding.EchoMismatch: {
		[]*traffic.Interaction{answer(200, strings.Replace(with(""), "000000000001", "000000000009", 1)), answer(200, strings.Replace(with(""), `"membershipId":"00000000-0000-4000-8000-000000000002`, `"membershipId":"00000000-0000-4000-8000-000000000009`, 1))},
		[]*traffic.Interaction{answer(200, with(""))},
	},
}

func checkExchange(rule finding.RuleID) func(*testing.T) {
	return func(t *testing.T) {
		k, err := CompileCatalog(schema.NewCatalog(contracts.MustLoad(contracts.Newest)), Options{})
		require.NoError(t, err)
		for i, x := range exchanges[rule].refuses {
			outcome, err := k.Check(x, Bare{})
			require.NoError(t, err)
			require.Equal(t, []finding.RuleID{rule}, without(outcome.Findings.Rules(), finding.MemberUnknown), "refused answer %d: %v", i, outcome.Findings)
		}
		for i, x := range exchanges[rule].passes {
			outcome, err := k.Check(x, Bare{})
			require.NoError(t, err)
			require.Empty(t, without(outcome.Findings.Rules(), finding.MemberUnknown), "answer %d that passes: %v", i, outcome.Findings)
		}
	}
}

func without(rules []finding.RuleID, but finding.RuleID) []finding.RuleID {
	var rest []finding.RuleID
	for _, r := range rules {
		if r != but {
			rest = append(rest, r)
		}
	}
	return rest
}

// otherVectors are the vectors of rules that no body alone can break.
var otherVectors = map[finding.RuleID]func(*testing.T){
	finding.HTTPStatus:          checkExchange(finding.HTTPStatus),
	finding.HTTPContentType:     checkExchange(finding.HTTPContentType),
	finding.HTTPAccept:          TestAcceptHeader,
	finding.ErrorUnidentified:   checkExchange(finding.ErrorUnidentified),
	finding.ErrorUnmodeled:      checkExchange(finding.ErrorUnmodeled),
	finding.ErrorStatusMismatch: checkExchange(finding.ErrorStatusMismatch),
	finding.EchoMismatch:        checkExchange(finding.EchoMismatch),
	finding.StreamFraming:       checkFraming,

	// An oracle that is given another contract's schema must be found out.
	finding.OracleDisagreement: func(t *testing.T) {
		v := newest(t)
		require.Empty(t, v.Output([]byte(with(""))))
		v.parts[schema.OutputPart].oracle = newOracle(v.contract, schema.ErrorPart("ThrottlingException"), schema.HTTP)
		require.Equal(t, []finding.RuleID{finding.EnumUnknownValue, finding.OracleDisagreement},
			v.Output([]byte(strings.Replace(with(""), "SUCCESS", "x", 1))).Rules())
	},
	finding.ErrorQueryCode:          TestQueryError,
	finding.HTTPNotRecorded:         TestNote,
	finding.EncodingMixed:           TestEvidence,
	finding.ConstraintEmpty:         TestEmpty,
	finding.ConstraintUnique:        TestUnique,
	finding.MemberMissingCollection: TestMissingCollection,

	finding.PatternUnsupported: func(t *testing.T) {
		c := contracts.MustLoad(contracts.Newest).Clone()
		require.Nil(t, c.UnsupportedPatterns())
		shape, _, _ := c.At(schema.Place{Part: schema.OutputPart, Pointer: "/protectedJob/error/message"})
		shape.Pattern = schema.Is(`^\p{NoSuch}$`)
		require.Equal(t, []finding.RuleID{finding.PatternUnsupported}, c.UnsupportedPatterns().Rules())
		v, err := Compile(c, Options{})
		require.NoError(t, err)
		require.Nil(t, v.Output([]byte(with(`,"error":{"code":"x","message":"-"}`))), "strings are not compared with it")
	},
	finding.PatternTimeout: func(t *testing.T) {
		c := contracts.MustLoad(contracts.Newest).Clone()
		shape, _, _ := c.At(schema.Place{Part: schema.OutputPart, Pointer: "/protectedJob/error/message"})
		shape.Pattern = schema.Is(`^(?=a)(a+)+$`)
		v, err := Compile(c, Options{})
		require.NoError(t, err)
		require.Equal(t, []finding.RuleID{finding.PatternTimeout},
			v.Output([]byte(with(`,"error":{"code":"x","message":"`+strings.Repeat("a", 50)+`!"}`))).Rules())
		require.Nil(t, v.Output([]byte(with(`,"error":{"code":"x","message":"aaa"}`))))

		// What a run does not try is reported, too.
		v = compile(c, Options{}, &patterns{budget: pattern.Budget{Limit: 1}}) // the filter spends it
		for i := range 200 {
			found := v.Output([]byte(with(`,"error":{"code":"x","message":"` + strings.Repeat("a", 50+i) + `!"}`)))
			require.Len(t, found, 1)
			require.Equal(t, finding.PatternTimeout, found[0].Rule)
			require.Equal(t, finding.RunBudget, found[0].Problem)
		}
	},
	finding.SourceConflict: func(t *testing.T) {
		a, b := contracts.MustLoad("cleanrooms.GetProtectedJob@1.42.90"), contracts.MustLoad(contracts.Newest)
		_, conflicts := schema.Merge(a, b)
		require.Equal(t, []finding.RuleID{finding.SourceConflict}, conflicts.Rules())
		_, conflicts = schema.Merge(a, a)
		require.Nil(t, conflicts)
	},
	finding.OverlayStale: func(t *testing.T) {
		c := contracts.MustLoad(contracts.Newest)
		for required, want := range map[string][]finding.RuleID{"true": {finding.OverlayStale}, "false": nil} {
			o, err := schema.ParseOverlay("o.yaml", []byte("overlay: 1\noperation: cleanrooms.GetProtectedJob\nreason: test\nfacets:\n- at: output#/protectedJob\n  required: "+required))
			require.NoError(t, err)
			_, stale := o.Apply(c)
			require.Equal(t, want, stale.Rules())
		}
	},
}

// TestBytesOfUnknownErrors checks that the body of an unknown error must be JSON, unless its
// Content-Type says otherwise.
func TestBytesOfUnknownErrors(t *testing.T) {
	k, err := CompileCatalog(schema.NewCatalog(contracts.MustLoad(contracts.Newest)), Options{})
	require.NoError(t, err)
	for _, v := range []struct {
		x    *traffic.Interaction
		want []finding.RuleID
	}{
		{answer(429, `{"code":"ThrottlingException","message":"x`), []finding.RuleID{finding.ErrorUnidentified, finding.SyntaxInvalid}},
		{answer(429, `{"code":"ThrottlingException","message":"x"} x`), []finding.RuleID{finding.SyntaxTrailing}},
		{answer(409, `{"a":1,"a":2}`, errorHeader, "ConflictException"), []finding.RuleID{finding.ErrorUnmodeled, finding.SyntaxDuplicateMember}},
		{answer(503, `<html>`, "Content-Type", "text/html"), []finding.RuleID{finding.ErrorUnidentified, finding.HTTPContentType, finding.HTTPStatus}},
		{answer(503, ``), []finding.RuleID{finding.ErrorUnidentified, finding.HTTPStatus}},
	} {
		outcome, err := k.Check(v.x, Bare{})
		require.NoError(t, err)
		require.Equal(t, v.want, outcome.Findings.Rules())
	}
}
