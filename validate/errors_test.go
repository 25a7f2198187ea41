package validate

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// bagged is a call of the operation Bag and the response to it.
func bagged(request string, status int, response string, header ...string) *traffic.Interaction {
	h := http.Header{"Content-Type": {"application/x-amz-json-1.0"}, "X-Amzn-Requestid": {"1"}}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &traffic.Interaction{Live: true, Source: "bag.yaml", Kind: traffic.Cassette,
		Request:  &traffic.Request{Method: "POST", URL: "http://localhost/", Header: http.Header{"X-Amz-Target": {"Test.Bag"}}, Body: traffic.BodyOf([]byte(request))},
		Response: traffic.Response{Status: status, Header: h, Body: traffic.BodyOf([]byte(response))}}
}

func checkBag(t *testing.T, options Options, x *traffic.Interaction) finding.Set {
	t.Helper()
	k, err := CompileCatalog(schema.NewCatalog(bagOf(t, options).contract), options)
	require.NoError(t, err)
	outcome, err := k.Check(x, Bare{})
	require.NoError(t, err)
	return outcome.Findings
}

// TestQueryError checks the header X-Amzn-Query-Error, which names the error for clients of the
// query protocol.
func TestQueryError(t *testing.T) {
	const header = "X-Amzn-Query-Error"
	const torn = `{"__type":"Torn","items":[],"tags":{},"id":"1"}`
	for name, test := range map[string]struct {
		status int
		body   string
		header []string
		wrong  bool
	}{
		"right":                   {400, torn, []string{header, "Bag.Torn;Sender"}, false},
		"missing":                 {400, torn, nil, true},
		"empty":                   {400, torn, []string{header, ""}, true},
		"another code":            {400, torn, []string{header, "Torn;Sender"}, true},
		"another case":            {400, torn, []string{header, "bag.torn;Sender"}, true},
		"no fault":                {400, torn, []string{header, "Bag.Torn"}, true},
		"no code":                 {400, torn, []string{header, ";Sender"}, true},
		"no such fault":           {400, torn, []string{header, "Bag.Torn;Client"}, true},
		"another fault":           {400, torn, []string{header, "Bag.Torn;Receiver"}, true},
		"three parts":             {400, torn, []string{header, "Bag.Torn;Sender;x"}, true},
		"masked":                  {400, torn, []string{header, "REDACTED"}, false},
		"named by its own name":   {500, `{"__type":"Lost","message":"m"}`, []string{header, "Lost;Receiver"}, false},
		"a code not stated":       {500, `{"__type":"Lost","message":"m"}`, []string{header, "Bag.Lost;Receiver"}, false},
		"not stated, missing":     {500, `{"__type":"Lost","message":"m"}`, nil, true},
		"not stated, malformed":   {500, `{"__type":"Lost","message":"m"}`, []string{header, "Bag.Lost"}, true},
		"masked by its name":      {400, torn, []string{header, "x-amzn-query-error-XXX"}, false},
		"a fault of the server":   {500, `{"__type":"Lost","message":"m"}`, []string{header, "Lost;Sender"}, true},
		"an unlisted error":       {400, `{"__type":"AccessDenied"}`, []string{header, "Whatever;Sender"}, false},
		"an unlisted, malformed":  {400, `{"__type":"AccessDenied"}`, []string{header, "Whatever"}, true},
		"an unlisted, without it": {400, `{"__type":"AccessDenied"}`, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			found := checkBag(t, Options{}, bagged(`{"items":[],"tags":{},"id":"1"}`, test.status, test.body, test.header...))
			if test.wrong {
				require.Contains(t, found.Rules(), finding.ErrorQueryCode)
			} else {
				require.NotContains(t, found.Rules(), finding.ErrorQueryCode)
			}
		})
	}
	t.Run("not of such a service", func(t *testing.T) {
		x := answer(429, throttled, errorHeader, "ThrottlingException", header, "x")
		k, err := CompileCatalog(schema.NewCatalog(newest(t).contract), Options{})
		require.NoError(t, err)
		outcome, err := k.Check(x, Bare{})
		require.NoError(t, err)
		require.Empty(t, outcome.Findings)
	})
	t.Run("headers not recorded", func(t *testing.T) {
		x := bagged(`{"items":[],"tags":{},"id":"1"}`, 400, torn)
		x.Live, x.Response.Header = false, http.Header{"Content-Type": {"application/json"}}
		require.NotContains(t, checkBag(t, Options{}, x).Rules(), finding.ErrorQueryCode)
	})
}

// TestQueryErrorOfSDK checks that boto3's Code is the code of the header, and QueryErrorCode the
// name of the error.
func TestQueryErrorOfSDK(t *testing.T) {
	k, err := CompileCatalog(schema.NewCatalog(bagOf(t, Options{}).contract), Options{Encoding: schema.SDK})
	require.NoError(t, err)
	for name, test := range map[string]struct {
		fault string
		wrong bool
	}{
		"right":              {`"Code":"Bag.Torn","QueryErrorCode":"Torn","Type":"Sender"`, false},
		"another code":       {`"Code":"Other","QueryErrorCode":"Torn","Type":"Sender"`, true},
		"another fault":      {`"Code":"Bag.Torn","QueryErrorCode":"Torn","Type":"Receiver"`, true},
		"of an unlisted one": {`"Code":"Other","QueryErrorCode":"AccessDenied","Type":"Sender"`, false},
		"without the header": {`"Code":"Torn"`, false},
		"by its code alone":  {`"Code":"Bag.Torn"`, false},
	} {
		t.Run(name, func(t *testing.T) {
			body := `{"Error":{` + test.fault + `},"ResponseMetadata":{"HTTPStatusCode":400},"items":[],"tags":{},"id":"1"}`
			outcome, err := k.Check(&traffic.Interaction{Response: traffic.Response{Body: traffic.BodyOf([]byte(body))}}, Bare{})
			require.NoError(t, err)
			if test.wrong {
				require.Equal(t, []finding.RuleID{finding.ErrorQueryCode}, outcome.Findings.Rules())
			} else {
				require.NotContains(t, outcome.Findings.Rules(), finding.ErrorQueryCode)
			}
		})
	}
}

// TestCommonErrors checks that an error of any AWS operation has a lower severity, unless an
// emulator sends it.
func TestCommonErrors(t *testing.T) {
	for name, test := range map[string]struct {
		status   int
		code     string
		aws      finding.Severity
		emulator finding.Severity
		status2  bool // it also has the wrong status
	}{
		"access denied":      {403, "AccessDeniedException", finding.Info, finding.Warning, false},
		"as awsJson has it":  {400, "AccessDeniedException", finding.Info, finding.Warning, false},
		"an expired token":   {400, "ExpiredTokenException", finding.Info, finding.Warning, false},
		"with a namespace":   {400, "com.amazon.coral.validate#ValidationException", finding.Info, finding.Warning, false},
		"an internal fault":  {500, "InternalFailure", finding.Info, finding.Warning, false},
		"with the wrong one": {500, "ThrottlingException", finding.Info, finding.Warning, true},
		"unlisted":           {400, "BagIsFullException", finding.Warning, finding.Warning, false},
		"misspelt":           {400, "AccessDeniedExeption", finding.Warning, finding.Warning, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, from := range []finding.Origin{finding.OriginUnknown, finding.OriginAWS, finding.OriginFixtures, finding.OriginEmulator} {
				want := test.aws
				if from == finding.OriginEmulator {
					want = test.emulator
				}
				found := checkBag(t, Options{From: from}, bagged(`{"items":[],"tags":{},"id":"1"}`, test.status, `{"__type":"`+test.code+`","message":"m"}`))
				rules := []finding.RuleID{finding.ErrorUnmodeled}
				if test.status2 {
					rules = []finding.RuleID{finding.ErrorStatusMismatch, finding.ErrorUnmodeled}
				}
				require.Equal(t, rules, found.Rules(), from)
				require.Equal(t, want, found[len(found)-1].Severity, from)
			}
		})
	}
}

// TestErrorMessages checks that message and Message are the same member, whichever the model has.
func TestErrorMessages(t *testing.T) {
	const rest = `"__type":"E","reason":"r"`
	for name, test := range map[string]struct {
		members string // of the error
		body    string
		sdk     bool
		want    []finding.RuleID
	}{
		"as modelled":              {`{"name":"message","shape":{"type":"string"},"required":true}`, `"message":"m"`, false, nil},
		"the other spelling":       {`{"name":"message","shape":{"type":"string"},"required":true}`, `"Message":"m"`, false, nil},
		"the other way round":      {`{"name":"Message","shape":{"type":"string"},"required":true}`, `"message":"m"`, false, nil},
		"both":                     {`{"name":"Message","shape":{"type":"string"},"required":true}`, `"message":"m","Message":"m"`, false, nil},
		"neither":                  {`{"name":"Message","shape":{"type":"string"},"required":true}`, `"x":null`, false, []finding.RuleID{finding.MemberMissing}},
		"null":                     {`{"name":"Message","shape":{"type":"string"},"required":true}`, `"message":null`, false, []finding.RuleID{finding.MemberMissing}},
		"a third spelling":         {`{"name":"Message","shape":{"type":"string"},"required":true}`, `"MESSAGE":"m"`, false, []finding.RuleID{finding.MemberMissing, finding.MemberUnknown}},
		"a wrong type":             {`{"name":"message","shape":{"type":"string"},"required":true}`, `"message":1`, false, []finding.RuleID{finding.TypeMismatch}},
		"not modelled":             {`{"name":"other","shape":{"type":"string"}}`, `"message":"m","Message":"m"`, false, nil},
		"both are modelled":        {`{"name":"message","shape":{"type":"string"},"required":true},{"name":"Message","shape":{"type":"string"},"required":true}`, `"message":"m"`, false, []finding.RuleID{finding.MemberMissing}},
		"sdk: as modelled":         {`{"name":"message","shape":{"type":"string"},"required":true}`, `"message":"m","Error":{"Code":"E"}`, true, nil},
		"sdk: in Error":            {`{"name":"message","shape":{"type":"string"},"required":true}`, `"Error":{"Code":"E","Message":"m"}`, true, nil},
		"sdk: the other spelling":  {`{"name":"Message","shape":{"type":"string"},"required":true}`, `"message":"m"`, true, nil},
		"sdk: nowhere":             {`{"name":"Message","shape":{"type":"string"},"required":true}`, `"ResponseMetadata":{}`, true, []finding.RuleID{finding.MemberMissing}},
		"not a nested one":         {`{"name":"message","shape":{"type":"string"},"required":true},{"name":"list","shape":{"type":"list","element":"Item"}}`, `"message":"m","list":[{"Message":"m"}]`, false, []finding.RuleID{finding.MemberMissing, finding.MemberUnknown}},
		"not required, other kind": {`{"name":"message","shape":{"type":"string"}}`, `"Message":"m"`, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := schema.Parse([]byte(`{"crcheckContract":1,"service":"test","operation":"Get","protocol":"restJson1","errors":[{"name":"E","shape":"E"}],"shapes":{
				"Item":{"type":"structure","members":[{"name":"message","shape":{"type":"string"},"required":true}]},
				"E":{"type":"structure","members":[{"name":"reason","shape":{"type":"string"},"required":true},` + test.members + `]}}}`))
			require.NoError(t, err)
			options := Options{}
			if test.sdk {
				options.Encoding = schema.SDK
			}
			v, err := Compile(c, options)
			require.NoError(t, err)
			document := []byte(`{` + rest + `,` + test.body + `}`)
			found, err := v.Part(schema.ErrorPart("E"), document)
			require.NoError(t, err)
			require.Equal(t, test.want, found.Rules(), found)
			require.Equal(t, len(test.want) == 0, v.Accepts(schema.ErrorPart("E"), document))
			newVerdictsOf(t, c, schema.ErrorPart("E"), options.Encoding).agree(t, document)
		})
	}
}
