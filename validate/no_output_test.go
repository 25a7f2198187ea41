package validate

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// TestNoOutput checks that the body of an operation without output is ignored, unless it is an
// object.
func TestNoOutput(t *testing.T) {
	const bags = `{"crcheckContract":1,"service":"test","operation":"Bag","protocol":"awsJson1_0","target":"Test.Bag","input":"Empty",%s"errors":[],"shapes":{"Empty":{"type":"structure","members":[]}}}`
	mismatch, broken := []finding.RuleID{finding.TypeMismatch}, []finding.RuleID{finding.SyntaxInvalid}
	for name, test := range map[string]struct {
		body       string
		none       []finding.RuleID // of an operation without output
		empty      []finding.RuleID // whose output has no members
		emptyAlone []finding.RuleID // nil: as empty
	}{
		"nothing":       {"", nil, nil, broken},
		"blank":         {" \n", nil, broken, nil},
		"object":        {`{}`, nil, nil, nil},
		"null":          {`null`, nil, mismatch, nil},
		"blanks around": {" null\n", nil, mismatch, nil},
		"empty text":    {`""`, nil, mismatch, nil},
		"text":          {`"OK"`, nil, mismatch, nil},
		"array":         {`[]`, nil, mismatch, nil},
		"broken":        {`{"a":`, broken, []finding.RuleID{finding.MemberUnknown, finding.SyntaxInvalid}, nil},
		"HTML":          {`<html></html>`, broken, broken, nil},
		"two":           {`null null`, []finding.RuleID{finding.SyntaxTrailing, finding.TypeMismatch}, []finding.RuleID{finding.SyntaxTrailing, finding.TypeMismatch}, nil},
		"name twice":    {`{"a":1,"a":2}`, []finding.RuleID{finding.SyntaxDuplicateMember}, []finding.RuleID{finding.MemberUnknown, finding.SyntaxDuplicateMember}, nil},
	} {
		for output, want := range map[string][]finding.RuleID{"": test.none, `"output":"Empty",`: test.empty} {
			t.Run(name+" "+output, func(t *testing.T) {
				c, err := schema.Parse(fmt.Appendf(nil, bags, output))
				require.NoError(t, err)
				k, err := CompileCatalog(schema.NewCatalog(c), Options{})
				require.NoError(t, err)
				x := &traffic.Interaction{Live: true, Source: "bag.yaml", Kind: traffic.Cassette,
					Request: &traffic.Request{Method: "POST", URL: "http://localhost/", Header: http.Header{"X-Amz-Target": {"Test.Bag"}}, Body: traffic.BodyOf([]byte("{}"))},
					Response: traffic.Response{Status: 200, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}, "X-Amzn-Requestid": {"1"}},
						Body: traffic.BodyOf([]byte(test.body))}}
				outcome, err := k.Check(x, Bare{})
				require.NoError(t, err)
				require.Equal(t, want, outcome.Findings.Rules())
				outcome, err = k.Check(&traffic.Interaction{Source: "bag.json", Kind: traffic.JSON, Response: traffic.Response{Body: x.Response.Body}}, Bare{})
				require.NoError(t, err)
				if output != "" && test.emptyAlone != nil {
					want = test.emptyAlone
				}
				require.Equal(t, want, outcome.Findings.Rules())
			})
		}
	}
}
