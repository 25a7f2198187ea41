package validate

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// TestHeadersNotRecorded checks that headers that the recorder left out are not findings, and that
// others are.
func TestHeadersNotRecorded(t *testing.T) {
	const requestID = "X-Amzn-Requestid"
	for name, test := range map[string]struct {
		x       *traffic.Interaction
		kept    recorded // by other interactions of the source
		want    []finding.RuleID
		leftOut bool
	}{
		"no headers":                      {answer(500, `{"message":"x"}`, "Content-Type", ""), recorded{}, nil, true},
		"Content-Type alone":              {answer(500, `{"message":"x"}`), recorded{}, nil, true},
		"a service's header":              {answer(500, `{"message":"x"}`, requestID, "1"), recorded{}, []finding.RuleID{finding.ErrorUnidentified}, false},
		"a service's header, masked":      {answer(500, `{"message":"x"}`, requestID, "REDACTED"), recorded{}, []finding.RuleID{finding.ErrorUnidentified}, false},
		"a header of another interaction": {answer(500, `{"message":"x"}`), recorded{responseHeaders: true}, []finding.RuleID{finding.ErrorUnidentified}, false},
		"the masked header itself":        {answer(500, `{"message":"x"}`, requestID, "1", errorHeader, "**REDACTED**"), recorded{}, nil, false},
		"masked Content-Type":             {answer(200, with(""), requestID, "1", "Content-Type", "<masked>"), recorded{}, nil, false},
		"no Content-Type":                 {answer(200, with(""), "Content-Type", ""), recorded{}, nil, true},
		"no Content-Type, others":         {answer(200, with(""), "Content-Type", "", requestID, "1"), recorded{}, []finding.RuleID{finding.HTTPContentType}, false},
		"a wrong Content-Type":            {answer(200, with(""), "Content-Type", "text/html"), recorded{}, []finding.RuleID{finding.HTTPContentType}, true},
		"a body is checked all the same":  {answer(200, `{"protectedJob":7}`), recorded{}, []finding.RuleID{finding.TypeMismatch}, true},
	} {
		t.Run(name, func(t *testing.T) {
			k, err := CompileCatalog(schema.NewCatalog(newest(t).contract), Options{})
			require.NoError(t, err)
			test.x.Live = false
			kept := test.kept
			kept.see(test.x)
			outcome, err := k.check(test.x, Bare{}, kept)
			require.NoError(t, err)
			require.Equal(t, test.want, outcome.Findings.Rules(), outcome.Findings)
			require.Equal(t, test.leftOut, outcome.LeftOut.ResponseHeaders)
		})
	}
}

// TestBoundHeadersNotRecorded checks members that travel in headers that were not recorded.
func TestBoundHeadersNotRecorded(t *testing.T) {
	for name, test := range map[string]struct {
		header http.Header
		want   string
	}{
		"stripped":             {http.Header{"Content-Type": {"application/json"}}, ""},
		"masked":               {http.Header{"X-Amzn-Requestid": {"1"}, "X-Must": {"REDACTED"}}, ""},
		"absent":               {http.Header{"X-Amzn-Requestid": {"1"}}, "member.missing /must"},
		"present and wrong":    {http.Header{"X-Must": {"1"}, "X-Day": {"today"}}, "type.mismatch /day\ntype.mismatch /must"},
		"absent, no evidence":  {http.Header{"Vary": {"Origin"}}, ""},
		"absent, a date there": {http.Header{"Date": {"Tue, 03 Mar 2026 10:00:00 GMT"}}, "member.missing /must"},
	} {
		t.Run(name, func(t *testing.T) {
			x := parcelSent()
			x.Live = false
			test.header["Content-Type"] = []string{"application/json"}
			x.Response.Header = test.header
			require.Equal(t, test.want, strings.Join(said(t, parcel(t), x), "\n"))
		})
	}
}

// TestRequestBodiesNotRecorded checks that a missing request body is a finding only if the recorder
// keeps bodies.
func TestRequestBodiesNotRecorded(t *testing.T) {
	v := bagOf(t, Options{})
	k, err := CompileCatalog(schema.NewCatalog(v.contract), Options{})
	require.NoError(t, err)
	for name, test := range map[string]struct {
		body string
		kept recorded
		want []finding.RuleID
		left bool
	}{
		"no bodies in the source": {"", recorded{}, nil, true},
		"bodies of others":        {"", recorded{requestBodies: true}, []finding.RuleID{finding.SyntaxInvalid}, false},
		"a body":                  {`{}`, recorded{}, []finding.RuleID{finding.MemberMissing}, false},
	} {
		t.Run(name, func(t *testing.T) {
			x := bagged(test.body, 200, `{"items":[],"tags":{},"id":"1"}`)
			x.Live = false
			kept := test.kept
			kept.see(x)
			outcome, err := k.check(x, Bare{}, kept)
			require.NoError(t, err)
			require.Equal(t, test.want, outcome.Findings.Rules(), outcome.Findings)
			require.Equal(t, test.left, outcome.LeftOut.RequestBody)
		})
	}
}

func TestNote(t *testing.T) {
	require.Nil(t, Note(map[LeftOut]int{{}: 9}))
	found := Note(map[LeftOut]int{{ResponseHeaders: true}: 2, {ResponseHeaders: true, RequestBody: true}: 3})
	require.Len(t, found, 2)
	require.Equal(t, "3 without request bodies", found[0].Got)
	require.Equal(t, "5 without response headers", found[1].Got)
	for _, profile := range []finding.Profile{finding.Lenient, finding.Default, finding.Strict} {
		require.Equal(t, finding.Info, profile.Grade(found)[0].Severity)
	}
}

// TestNotRead checks that a response does not count as checked if no rule reads its body.
func TestNotRead(t *testing.T) {
	raw := func(kind string) *schema.Catalog {
		c, err := schema.Parse([]byte(`{"crcheckContract":1,"service":"test","operation":"Get","protocol":"restJson1","method":"GET","uri":"/o","status":200,"output":"Out","shapes":{
			"Out":{"type":"structure","members":[{"name":"body","location":"payload","shape":` + kind + `},
				{"name":"tag","location":"header","wireName":"X-Tag","required":true,"shape":{"type":"string"}}]}}}`))
		require.NoError(t, err)
		return schema.NewCatalog(c)
	}
	const blob, text = `{"type":"blob"}`, `{"type":"string"}`
	for name, test := range map[string]struct {
		kind, contentType, body string
		status                  int
		want                    string
		rules                   []finding.RuleID
	}{
		"blob":                {blob, "application/octet-stream", "\x00\x01", 200, "blob payload", nil},
		"blob that is JSON":   {blob, "application/json", "{}", 200, "blob payload", nil},
		"streamed blob":       {`{"type":"blob","streaming":true}`, "application/json", "{}", 200, "blob payload", nil},
		"empty blob":          {blob, "", "", 200, "", nil},
		"text":                {text, "text/plain", "x", 200, "", nil},
		"around the blob":     {blob, "application/json", "{}", 201, "blob payload", []finding.RuleID{finding.HTTPStatus}},
		"CBOR":                {text, "application/cbor", "\xa0", 200, "CBOR", nil},
		"CBOR of Kinesis":     {text, "application/x-amz-cbor-1.1", "\xa0", 200, "CBOR", nil},
		"CBOR with no bytes":  {blob, "application/cbor", "", 200, "", nil},
		"an error of a blob":  {blob, "application/json", `{"code":"AccessDeniedException"}`, 403, "", []finding.RuleID{finding.ErrorUnmodeled}},
		"an encoding unknown": {text, "text/plain", "\xff", 200, "compress encoding", nil},
	} {
		t.Run(name, func(t *testing.T) {
			k, err := CompileCatalog(raw(test.kind), Options{})
			require.NoError(t, err)
			x := &traffic.Interaction{Live: true, Request: &traffic.Request{Method: "GET", URL: "http://localhost/o"},
				Response: traffic.Response{Status: test.status, Header: http.Header{"X-Tag": {"t"}, "Content-Type": {test.contentType}}, Body: traffic.BodyOf([]byte(test.body))}}
			if test.want == "compress encoding" {
				x.Response.Header.Set("Content-Encoding", "compress")
			}
			outcome, err := k.Check(x, Bare{})
			require.NoError(t, err)
			require.Equal(t, test.want, outcome.NotRead)
			require.Equal(t, test.rules, outcome.Findings.Rules(), outcome.Findings)
		})
	}
}

// TestCBORWithoutHeaders checks that CBOR is detected although the recorder filters headers.
func TestCBORWithoutHeaders(t *testing.T) {
	k, err := CompileCatalog(schema.NewCatalog(bagOf(t, Options{}).contract), Options{})
	require.NoError(t, err)
	asked, smithy, none := http.Header{"Content-Type": {"application/x-amz-cbor-1.1"}}, http.Header{"Smithy-Protocol": {"rpc-v2-cbor"}}, http.Header{}
	for name, test := range map[string]struct {
		request, response http.Header
		body              string
		want              bool
	}{
		"asked for":             {asked, none, "\xa0", true},
		"asked for by protocol": {smithy, none, "\xbf\xff", true},
		"masked":                {asked, http.Header{"Content-Type": {"**REDACTED**"}}, "\xa0", true},
		"not asked for":         {none, none, "\xa0", false},
		"JSON in response":      {asked, none, `{"items":[]}`, true},
		"of another type":       {asked, http.Header{"Content-Type": {"application/x-amz-json-1.1"}}, "\xa0", false},
	} {
		t.Run(name, func(t *testing.T) {
			request := test.request.Clone()
			request["X-Amz-Target"] = []string{"Test.Bag"}
			outcome, err := k.Check(&traffic.Interaction{Request: &traffic.Request{Method: "POST", URL: "http://localhost/", Header: request},
				Response: traffic.Response{Status: 200, Header: test.response, Body: traffic.BodyOf([]byte(test.body))}}, Bare{})
			require.NoError(t, err)
			require.Empty(t, outcome.NotRead)
			require.Equal(t, test.want, !outcome.Findings.Has(finding.LayerBytes), outcome)
		})
	}
}
