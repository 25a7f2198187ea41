package redact

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

// TestStatusText checks that a text after the number of a status is kept only if it is the standard
// one.
func TestStatusText(t *testing.T) {
	for _, v := range []struct {
		status     int
		text, want string
		found      []finding.RuleID // by Scan
	}{
		{403, "403 Forbidden", "403 Forbidden", nil},
		{403, "Forbidden", "Forbidden", nil},
		{403, "403 ", "403 ", nil},
		{403, "", "", nil},
		{403, "403 arn:aws:iam::" + account + ":role/the-analyst " + keyID, "403 Forbidden", []finding.RuleID{finding.SecretFound}},
		{403, "403 the-analyst may not", "403 Forbidden", nil},
		{599, "599 " + keyID, "599", []finding.RuleID{finding.SecretFound}},
	} {
		t.Run(fmt.Sprint(v.status, " ", v.text), func(t *testing.T) {
			x := exchange("https://example.com/", `{}`, `{}`)
			x.Response.Status, x.Response.StatusText = v.status, v.text
			require.Equal(t, v.found, Scan(x, nil).Rules(), v.text)
			y, found := New(Options{Key: testKey}).Redact(x)
			require.Nil(t, found)
			require.Equal(t, v.want, y.Response.StatusText)
			require.Equal(t, v.text, x.Response.StatusText, "the original must not change")
		})
	}
}

// TestErrorNames checks that the name of an error does not change, unlike identifiers in it and the
// same text in other bodies.
func TestErrorNames(t *testing.T) {
	const learnt = `"arn":"arn:aws:iam::` + account + `:role/ThrottlingException"`
	for _, v := range []struct {
		status     int
		body, want string
		all        bool
	}{
		{400, `{` + learnt + `,"__type":"ThrottlingException","code":"ThrottlingException"}`, `"__type":"ThrottlingException","code":"ThrottlingException"`, false},
		{400, `{` + learnt + `,"__type":"ThrottlingException","code":"ThrottlingException"}`, `"__type":"ThrottlingException","code":"ThrottlingException"`, true},
		{400, `{` + learnt + `,"__type":"ns#ThrottlingException","Code":"` + uuid + `"}`, `"__type":"ns#ThrottlingException","Code":"[0-9a-f]{8}-[0-9a-f-]{27}"`, false},
		{400, `{"code":"arn:aws:iam::` + account + `:role/the-analyst"}`, `{"code":"arn:aws:iam::901015145457:role/.{11}"}`, true},
		{400, `{` + learnt + `,"x":{"code":"ThrottlingException"}}`, `"x":{"code":"[A-Z][a-z]{9}[A-Z][a-z]{8}"}`, false},
		{200, `{` + learnt + `,"code":"ThrottlingException"}`, `"code":"[A-Z][a-z]{9}[A-Z][a-z]{8}"`, false},
	} {
		t.Run(fmt.Sprint(v.status, " ", v.all, " ", v.body), func(t *testing.T) {
			x := exchange("https://example.com/", v.body, v.body)
			x.Response.Status = v.status
			options := Options{Key: testKey, All: v.all, Classify: func(*traffic.Interaction) Places {
				return Places{Response: &Node{Members: map[string]*Node{"__type": {Place: Place{Class: Keep}}, "Code": {Place: Place{Class: Keep}}}}}
			}}
			written, found := recording(t, options, x)
			require.Nil(t, found)
			response := string(written[0].Response.Body.Bytes)
			require.Regexp(t, v.want, response)
			require.Equal(t, strings.Contains(v.want, "Throttling"), strings.Contains(response, "Throttling"))
			for _, name := range []string{account, uuid, "the-analyst"} {
				require.NotContains(t, bytesOf(written[0]), name)
			}
			require.NotContains(t, string(written[0].Request.Body.Bytes), "Throttling")
		})
	}
}

// TestBucketsOfURLs checks that the bucket and the key of a request to S3 have the same pseudonyms
// as in texts.
func TestBucketsOfURLs(t *testing.T) {
	const bucket, key = "my-bucket", "reports/the-analyst.csv"
	texts, _ := New(Options{Key: testKey}).Redact(exchange("https://example.com/", `{"a":"s3://`+bucket+`/`+key+`"}`, `{}`))
	names := regexp.MustCompile(`s3://([^/]*)/([^"]*)`).FindStringSubmatch(string(texts.Request.Body.Bytes))
	for live, want := range map[string]string{
		"https://s3.us-east-1.amazonaws.com/" + bucket + "/" + key:          "https://s3.us-east-1.amazonaws.com/" + names[1] + "/" + names[2],
		"https://s3.us-east-1.amazonaws.com:443/" + bucket:                  "https://s3.us-east-1.amazonaws.com:443/" + names[1],
		"https://s3.amazonaws.com/" + bucket + "/?list-type=2":              "https://s3.amazonaws.com/" + names[1] + "/?list-type=2",
		"https://s3.dualstack.eu-west-1.amazonaws.com/" + bucket:            "https://s3.dualstack.eu-west-1.amazonaws.com/" + names[1],
		"https://" + bucket + ".s3.us-east-1.amazonaws.com/" + key:          "https://" + names[1] + ".s3.us-east-1.amazonaws.com/" + names[2],
		"https://" + bucket + ".s3-us-west-2.amazonaws.com/" + key + "?x=1": "https://" + names[1] + ".s3-us-west-2.amazonaws.com/" + names[2] + "?x=1",
		"https://s3.us-east-1.amazonaws.com/":                               "https://s3.us-east-1.amazonaws.com/",
		"https://s3.us-east-1.amazonaws.com":                                "https://s3.us-east-1.amazonaws.com",
		"https://s3-control.us-east-1.amazonaws.com/v20180820/jobs":         "https://s3-control.us-east-1.amazonaws.com/v20180820/jobs",
		"https://cleanrooms.us-east-1.amazonaws.com/memberships":            "https://cleanrooms.us-east-1.amazonaws.com/memberships",
	} {
		for _, all := range []bool{false, true} {
			t.Run(fmt.Sprint(live, " ", all), func(t *testing.T) {
				x := exchange(live, `{}`, `{}`)
				options := Options{Key: testKey, All: all}
				written, found := recording(t, options, x)
				require.Nil(t, found)
				if !all {
					require.Equal(t, want, written[0].Request.URL)
				}
			})
		}
	}
	kept := func(*traffic.Interaction) Places { return Places{Path: []Place{{Class: Keep}, {}}} }
	y, _ := New(Options{Key: testKey, Classify: kept}).Redact(exchange("https://s3.us-east-1.amazonaws.com/literal/"+bucket, ``, ``))
	require.Equal(t, "https://s3.us-east-1.amazonaws.com/literal/"+names[1], y.Request.URL)
}
