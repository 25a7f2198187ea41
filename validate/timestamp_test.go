package validate

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

const clockContract = `{"crcheckContract":1,"service":"clock","operation":"Set","protocol":"restJson1","signing":"clock","method":"POST","uri":"/{label}","status":200,
 "input":"In","output":"Out","shapes":{
 "In":{"type":"structure","members":[
  {"name":"label","shape":{"type":"timestamp"},"required":true,"location":"label"},
  {"name":"query","shape":{"type":"timestamp"},"location":"query","wireName":"q"},
  {"name":"header","shape":{"type":"timestamp"},"location":"header","wireName":"X-At"},
  {"name":"body","shape":{"type":"timestamp","timestampFormat":"date-time"}}]},
 "Out":{"type":"structure","members":[
  {"name":"header","shape":{"type":"timestamp"},"location":"header","wireName":"X-At"},
  {"name":"headers","shape":{"type":"list","element":{"type":"timestamp"}},"location":"header","wireName":"X-All"},
  {"name":"day","shape":{"type":"timestamp","timestampFormat":"date-time"},"location":"header","wireName":"X-Day"},
  {"name":"body","shape":{"type":"timestamp","timestampFormat":"http-date"}},
  {"name":"epoch","shape":{"type":"timestamp"}},
  {"name":"all","shape":{"type":"map","key":{"type":"string"},"value":{"type":"timestamp","timestampFormat":"date-time"}}},
  {"name":"secret","shape":{"type":"timestamp","timestampFormat":"date-time","sensitive":true}}]}}}`

// TestTimestampsOfExchanges checks valid and invalid timestamps wherever a member may travel.
func TestTimestampsOfExchanges(t *testing.T) {
	c, err := schema.Parse([]byte(clockContract))
	require.NoError(t, err)
	const real, unreal = "2024-02-29T00:00:00Z", "2023-02-29T00:00:00Z"
	const realHTTP, unrealHTTP, otherDay = "Thu, 29 Feb 2024 00:00:00 GMT", "Wed, 29 Feb 2023 00:00:00 GMT", "Fri, 29 Feb 2024 00:00:00 GMT"
	for _, v := range []struct {
		place      string
		good, bads []string
		put        func(*traffic.Interaction, string)
	}{
		{"input#/label", []string{real}, []string{unreal}, func(x *traffic.Interaction, text string) {
			x.Request.URL = strings.Replace(x.Request.URL, url.PathEscape(real), url.PathEscape(text), 1)
		}},
		{"input#/query", []string{real}, []string{unreal, "2024-01-01T00:00:60Z", "2024-02-29T00:00:00-08:00"}, func(x *traffic.Interaction, text string) {
			x.Request.URL += "?q=" + url.QueryEscape(text)
		}},
		{"input#/header", []string{realHTTP}, []string{unrealHTTP, otherDay}, func(x *traffic.Interaction, text string) { x.Request.Header["X-At"] = []string{text} }},
		{"input#/body", []string{real}, []string{unreal, "2024-02-29T00:00:00+00:00"}, func(x *traffic.Interaction, text string) { x.Request.Body = traffic.BodyOf(object("body", text)) }},
		{"/header", []string{realHTTP}, []string{unrealHTTP, otherDay}, func(x *traffic.Interaction, text string) { x.Response.Header["X-At"] = []string{text} }},
		{"/headers/1", []string{realHTTP}, []string{unrealHTTP, otherDay}, func(x *traffic.Interaction, text string) {
			x.Response.Header["X-All"] = []string{realHTTP + ", " + text}
		}},
		{"/day", []string{real, "2024-02-29T00:00:00-08:00"}, []string{unreal}, func(x *traffic.Interaction, text string) { x.Response.Header["X-Day"] = []string{text} }},
		{"/body", []string{realHTTP}, []string{unrealHTTP, otherDay}, func(x *traffic.Interaction, text string) { x.Response.Body = traffic.BodyOf(object("body", text)) }},
		{"/secret", []string{real}, []string{unreal}, func(x *traffic.Interaction, text string) { x.Response.Body = traffic.BodyOf(object("secret", text)) }},
		{"/all/k", []string{real}, []string{unreal}, func(x *traffic.Interaction, text string) {
			x.Response.Body = traffic.BodyOf([]byte(`{"all":` + string(object("k", text)) + `}`))
		}},
	} {
		for i, text := range append(v.good, v.bads...) {
			t.Run(v.place+" "+text, func(t *testing.T) {
				x := &traffic.Interaction{Source: "parcel.yaml", Kind: traffic.Cassette,
					Request: &traffic.Request{Method: "POST", URL: "https://clock.us-east-1.amazonaws.com/" + url.PathEscape(real),
						Header: http.Header{"Content-Type": {"application/json"}}, Body: traffic.BodyOf([]byte(`{}`))},
					Response: traffic.Response{Status: 200, Header: http.Header{"Content-Type": {"application/json"}, "X-Amzn-Requestid": {"r"}}, Body: traffic.BodyOf([]byte(`{"epoch":1}`))}}
				v.put(x, text)
				var want []string
				if i >= len(v.good) {
					want = []string{"type.mismatch " + v.place}
				}
				require.Equal(t, want, said(t, c, x))
			})
		}
	}
}

func object(name, text string) []byte {
	object, _ := json.Marshal(map[string]string{name: text})
	return object
}

// TestTimestampMessage checks that the message says what is wrong, and shows nothing sensitive.
func TestTimestampMessage(t *testing.T) {
	c, err := schema.Parse([]byte(clockContract))
	require.NoError(t, err)
	v, err := Compile(c, Options{})
	require.NoError(t, err)
	for member, want := range map[string]string{"body": "29 February 2024 is a Thursday", "secret": "want RFC 3339 date-time such as 1994-11-06T08:49:37Z"} {
		t.Run(member, func(t *testing.T) {
			text := map[string]string{"body": "Fri, 29 Feb 2024 00:00:00 GMT", "secret": "2023-02-29T00:00:00Z"}[member]
			found, err := v.Part(schema.OutputPart, object(member, text))
			require.NoError(t, err)
			require.Equal(t, []finding.RuleID{finding.TypeMismatch}, found.Rules())
			require.True(t, strings.HasSuffix(found[0].Message, want), found[0].Message)
			require.Equal(t, member == "secret", !strings.Contains(found[0].Message, "2024"))
		})
	}
}
