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

// tags is a contract of PUT /tags/{arn} that takes and gives these members.
func tags(t testing.TB, service, version, input, output string) *schema.Contract {
	t.Helper()
	c, err := schema.Parse(fmt.Appendf(nil, `{"crcheckContract": 1, "service": %q, "version": %q, "operation": "Tag", "protocol": "restJson1", "signing": "lex",
		"method": "PUT", "uri": "/tags/{arn}", "input": "In", "output": "Out", "errors": [{"name": "Gone", "status": 404, "shape": "Gone"}], "shapes": {
		"Gone": {"type": "structure", "members": [{"name": "message", "shape": {"type": "string"}}]},
		"In": {"type": "structure", "members": [{"name": "arn", "shape": {"type": "string"}, "location": "label"}%s]},
		"Out": {"type": "structure", "members": [%s]}}}`, service, version, input, output))
	require.NoError(t, err)
	return c
}

func inBody(name, shape string) string {
	return fmt.Sprintf(`{"name": %q, "shape": %s, "location": "body"}`, name, shape)
}

// TestSeveralContracts checks which of several contracts with one route an exchange is validated
// against.
func TestSeveralContracts(t *testing.T) {
	text := `{"type": "string"}`
	list, number := `{"type": "list", "element": {"type": "string"}}`, `{"type": "integer"}`
	lists := tags(t, "lex-models", "", ", "+inBody("reason", text), inBody("tags", list))
	texts := tags(t, "lexv2-models", "", ", "+inBody("reason", text), inBody("tags", text))
	others := tags(t, "lexv3-models", "", ", "+inBody("why", text), inBody("labels", text))
	renamed := tags(t, "another-name", "", ", "+inBody("reason", text), inBody("tags", list))
	newer := tags(t, "lex-models", "2", ", "+inBody("reason", text), inBody("tags", list)+", "+inBody("more", text))
	older := tags(t, "lex-models", "1", ", "+inBody("reason", text), inBody("tags", list))
	numbers := tags(t, "lexv4-models", "", ", "+inBody("reason", number), inBody("tags", number))
	for name, v := range map[string]struct {
		contracts         []*schema.Contract
		request, response string
		status            int
		want, notChecked  string
		rules             []finding.RuleID
	}{
		"the response fits the first":       {[]*schema.Contract{lists, texts}, `{}`, `{"tags":["a"]}`, 200, "lex-models.Tag", "", nil},
		"the response fits the second":      {[]*schema.Contract{lists, texts}, `{}`, `{"tags":"a"}`, 200, "lexv2-models.Tag", "", nil},
		"it fits both":                      {[]*schema.Contract{lists, texts}, `{}`, `{}`, 200, "", "ambiguous: lex-models or lexv2-models Tag", nil},
		"an error fits both":                {[]*schema.Contract{lists, texts}, `{}`, `{"message":"m"}`, 404, "", "ambiguous: lex-models or lexv2-models Tag", nil},
		"it fits three":                     {[]*schema.Contract{lists, texts, others}, `{}`, `{}`, 200, "", "ambiguous: lex-models or lexv2-models or lexv3-models Tag", nil},
		"only one knows the member":         {[]*schema.Contract{texts, others}, `{}`, `{"labels":"a"}`, 200, "lexv3-models.Tag", "", nil},
		"the request decides":               {[]*schema.Contract{texts, others}, `{"why":"x"}`, `{}`, 200, "lexv3-models.Tag", "", nil},
		"the response fits none":            {[]*schema.Contract{lists, texts}, `{}`, `{"tags":1}`, 200, "", "ambiguous: lex-models or lexv2-models Tag", nil},
		"none, but the request":             {[]*schema.Contract{lists, others}, `{"reason":"x"}`, `{"tags":1,"labels":1}`, 200, "lex-models.Tag", "", []finding.RuleID{finding.MemberUnknown, finding.TypeMismatch}},
		"worse in one way, better in none":  {[]*schema.Contract{lists, others}, `{}`, `{"tags":["a"],"x":1}`, 200, "lex-models.Tag", "", []finding.RuleID{finding.MemberUnknown}},
		"one has errors, one warnings":      {[]*schema.Contract{others, numbers}, `{}`, `{"tags":"a"}`, 200, "", "ambiguous: lexv3-models or lexv4-models Tag", nil},
		"the same under two names":          {[]*schema.Contract{lists, renamed}, `{}`, `{"tags":[1]}`, 200, "another-name.Tag", "", []finding.RuleID{finding.TypeMismatch}},
		"versions, of which one fits":       {[]*schema.Contract{older, newer}, `{}`, `{"more":"x"}`, 200, "lex-models.Tag@2", "", nil},
		"versions that both fit":            {[]*schema.Contract{older, newer}, `{}`, `{"tags":["a"]}`, 200, "", "ambiguous: lex-models.Tag@1 or lex-models.Tag@2", nil},
		"versions that promise the same":    {[]*schema.Contract{older, lists}, `{}`, `{"tags":["a"]}`, 200, "lex-models.Tag", "", nil},
		"one contract, whatever its errors": {[]*schema.Contract{lists}, `{"why":1}`, `{"tags":1}`, 200, "lex-models.Tag", "", []finding.RuleID{finding.MemberUnknown, finding.TypeMismatch}},
	} {
		for _, profile := range []finding.Profile{finding.Default, finding.Lenient, finding.Strict} {
			t.Run(fmt.Sprint(name, " ", profile), func(t *testing.T) {
				all := v.contracts
				for range all {
					all = append(all[1:len(all):len(all)], all[0])
					k, err := CompileCatalog(schema.NewCatalog(all...), Options{Profile: profile})
					require.NoError(t, err)
					header := http.Header{"Content-Type": {"application/json"}, "X-Amzn-Errortype": nil}
					if v.status >= 300 {
						header["X-Amzn-Errortype"] = []string{"Gone"}
					}
					x := &traffic.Interaction{Request: &traffic.Request{Method: "PUT", URL: "http://localhost/tags/a", Body: traffic.BodyOf([]byte(v.request)), Header: http.Header{
						"Content-Type":  {"application/json"},
						"Authorization": {"AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/us-east-1/lex/aws4_request, SignedHeaders=host, Signature=0"}}},
						Response: traffic.Response{Status: v.status, Header: header, Body: traffic.BodyOf([]byte(v.response))}}
					outcome, err := k.Check(x, Bare{})
					require.NoError(t, err)
					require.Equal(t, v.notChecked, outcome.NotChecked)
					got := ""
					if outcome.Contract != nil {
						got = outcome.Contract.String()
					}
					require.Equal(t, v.want, got)
					require.Equal(t, v.rules, outcome.Findings.Rules())
				}
			})
		}
	}
}

// TestSeveralProtocols checks that the response decides between a contract of JSON and one of XML.
func TestSeveralProtocols(t *testing.T) {
	json := tags(t, "rest", "", "", inBody("tags", `{"type": "string"}`))
	xml := json.Clone()
	xml.Service, xml.Protocol = "xml", schema.Is("restXml")
	for name, v := range map[string]struct{ media, body, want, notChecked string }{
		"JSON":               {"application/json", `{"tags":"a"}`, "rest.Tag", ""},
		"XML":                {"application/xml", `<a/>`, "", "lex (rest-xml)"},
		"XML by its looks":   {"", "\n<a/>", "", "lex (rest-xml)"},
		"neither, thus JSON": {"text/plain", `"a"`, "rest.Tag", ""},
	} {
		t.Run(name, func(t *testing.T) {
			k, err := CompileCatalog(schema.NewCatalog(xml, json), Options{})
			require.NoError(t, err)
			x := &traffic.Interaction{Request: &traffic.Request{Method: "PUT", URL: "http://localhost/tags/a"},
				Response: traffic.Response{Status: 200, Header: http.Header{"Content-Type": {v.media}}, Body: traffic.BodyOf([]byte(v.body))}}
			outcome, err := k.Check(x, Bare{})
			require.NoError(t, err)
			require.Equal(t, v.notChecked, outcome.NotChecked)
			if v.want != "" {
				require.Equal(t, v.want, outcome.Contract.Name())
			}
		})
	}
}

// TestBareOfNoJSON checks that a contract without a JSON protocol is refused for HTTP bodies, and
// read for SDK output.
func TestBareOfNoJSON(t *testing.T) {
	for protocol, what := range map[string]string{"restXml": "XML", "awsQuery": "form data", "ec2Query": "form data", "rpcv2Cbor": "CBOR"} {
		t.Run(protocol, func(t *testing.T) {
			c := tags(t, "s3", "", "", inBody("tags", `{"type": "string"}`))
			c.Protocol = schema.Is(protocol)
			x := &traffic.Interaction{Response: traffic.Response{Body: traffic.BodyOf([]byte(`{"tags":1}`))}}
			for _, bare := range []Bare{{}, {Operation: "s3.Tag"}, {Part: schema.OutputPart}, {Status: 404}} {
				k, err := CompileCatalog(schema.NewCatalog(c), Options{})
				require.NoError(t, err)
				_, err = k.Check(x, bare)
				var refused *BareError
				require.ErrorAs(t, err, &refused)
				require.ErrorContains(t, err, what)
			}
			k, err := CompileCatalog(schema.NewCatalog(c), Options{Encoding: schema.SDK})
			require.NoError(t, err)
			outcome, err := k.Check(x, Bare{})
			require.NoError(t, err)
			require.Equal(t, []finding.RuleID{finding.TypeMismatch}, outcome.Findings.Rules())
		})
	}
}

// TestOnDemand checks that a service is loaded and checked when it is first used.
func TestOnDemand(t *testing.T) {
	good := tags(t, "lex-models", "", "", inBody("tags", `{"type": "string"}`))
	broken := good.Clone()
	broken.Output = "Nothing"
	for name, v := range map[string]struct {
		contract         *schema.Contract
		want, notChecked string
	}{
		"sound":  {good, "lex-models.Tag", ""},
		"broken": {broken, "", `contract lex-models.Tag cannot be used`},
	} {
		t.Run(name, func(t *testing.T) {
			k, err := CompileCatalog(schema.NewServiceCatalog([]schema.Service{{Name: "lex-models", Signing: "lex", Protocol: "restJson1", Load: func() []*schema.Contract { return []*schema.Contract{v.contract} }}}), Options{})
			require.NoError(t, err)
			x := &traffic.Interaction{Request: &traffic.Request{Method: "PUT", URL: "http://localhost/tags/a"}, Response: traffic.Response{Status: 200, Body: traffic.BodyOf([]byte(`{}`))}}
			outcome, err := k.Check(x, Bare{})
			require.NoError(t, err)
			require.Contains(t, outcome.NotChecked, v.notChecked)
			require.Equal(t, v.want != "", outcome.Contract != nil)

			x.Request = nil
			_, err = k.Check(x, Bare{})
			require.ErrorContains(t, err, "name one with --operation", "nothing is loaded to say which there are")
			_, err = k.Check(x, Bare{Operation: "lex-models.Tag"})
			require.Equal(t, v.notChecked != "", err != nil)
		})
	}
}
