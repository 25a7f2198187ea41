package validate_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
	"github.com/stretchr/testify/require"
)

// TestDecoded checks that a body is validated after its Content-Encoding was undone.
func TestDecoded(t *testing.T) {
	c, err := contracts.Load(contracts.Newest)
	require.NoError(t, err)
	catalog, err := validate.CompileCatalog(schema.NewCatalog(c), validate.Options{})
	require.NoError(t, err)

	good := `{"protectedJob":{"id":"00000000-0000-4000-8000-000000000001","membershipId":"10000000-0000-4000-8000-000000000001","membershipArn":"arn:aws:cleanrooms:us-east-1:111122223333:membership/10000000-0000-4000-8000-000000000001","createTime":1767225600,"status":"SUCCESS"}}`
	compressed := func(text string) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write([]byte(text)) //nolint:errcheck // to memory
		require.NoError(t, w.Close())
		return b.Bytes()
	}
	for _, test := range []struct {
		name, coding string
		body         []byte
		missing      bool
		notChecked   string
		notRead      string
		rules        []finding.RuleID
	}{
		{name: "plain", body: []byte(good)},
		{name: "gzip", coding: "gzip", body: compressed(good)},
		{name: "said to be gzip, decoded by the recorder", coding: "gzip", body: []byte(good)},
		{name: "wrong inside of gzip", coding: "gzip", body: compressed(`{"protectedJob":7}`), rules: []finding.RuleID{finding.TypeMismatch}},
		{name: "cut gzip", coding: "gzip", body: compressed(good)[:40], rules: []finding.RuleID{finding.SyntaxInvalid}},
		{name: "brotli", coding: "br", body: []byte("\x8b\x00\x80\xff\x03"), rules: []finding.RuleID{finding.SyntaxInvalid}},
		{name: "unknown", coding: "compress", body: []byte("\x1f\x9d\xff"), notRead: "compress encoding"},
		{name: "not recorded", missing: true, notChecked: "body not recorded"},
		{name: "empty", rules: []finding.RuleID{finding.SyntaxInvalid}},
	} {
		t.Run(test.name, func(t *testing.T) {
			header := http.Header{"Content-Type": {"application/json"}}
			if test.coding != "" {
				header.Set("Content-Encoding", test.coding)
			}
			body := traffic.BodyOf(test.body)
			body.Missing = test.missing
			x := &traffic.Interaction{
				Request:  &traffic.Request{Method: "GET", URL: "https://cleanrooms.us-east-1.amazonaws.com/memberships/10000000-0000-4000-8000-000000000001/protectedJobs/00000000-0000-4000-8000-000000000001"},
				Response: traffic.Response{Status: 200, Header: header, Body: body},
			}
			outcome, err := catalog.Check(x, validate.Bare{})
			require.NoError(t, err)
			require.Equal(t, test.notChecked, outcome.NotChecked)
			require.Equal(t, test.notRead, outcome.NotRead)
			require.Equal(t, test.notChecked+test.notRead == "", outcome.Contract != nil)
			var rules []finding.RuleID
			for _, f := range outcome.Findings {
				rules = append(rules, f.Rule)
			}
			require.Equal(t, test.rules, rules, "%v", outcome.Findings)
		})
	}
}
