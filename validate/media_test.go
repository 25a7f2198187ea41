package validate

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// TestAcceptHeader checks that a request must accept the media type of the response, unless services
// ignore that or the response may have any.
func TestAcceptHeader(t *testing.T) {
	const (
		inBody   = `{"name":"m","shape":{"type":"string"}}`
		text     = `{"name":"m","shape":{"type":"string"},"location":"payload"}`
		blob     = `{"name":"m","shape":{"type":"blob"},"location":"payload"}`
		typed    = inBody + `,{"name":"t","shape":{"type":"string"},"location":"header","wireName":"content-type"}`
		accept   = `{"name":"a","shape":{"type":"string"},"location":"header","wireName":"accept"}`
		rest     = "restJson1"
		rejected = "http.accept"
	)
	for _, v := range []struct{ name, protocol, input, output, accept, want string }{
		{"none", rest, "", inBody, "", ""},
		{"the media type", rest, "", inBody, "Application/JSON; q=0.5", ""},
		{"any", rest, "", inBody, "text/html, */*;q=0.1", ""},
		{"any application", rest, "", inBody, "application/*", ""},
		{"masked", rest, "", inBody, "REDACTED", ""},
		{"another", rest, "", inBody, "application/hal+json", rejected},
		{"others", rest, "", inBody, "text/*, application/xml", rejected},
		{"text", rest, "", text, "text/plain", ""},
		{"JSON for text", rest, "", text, "application/json", rejected},
		{"bytes", rest, "", blob, "image/png", ""},
		{"a type that a member has", rest, "", typed, "image/png", ""},
		{"a member of the request", rest, accept, inBody, "image/png", ""},
		{"no output", rest, "", "", "image/png", ""},
		{"awsJson", "awsJson1_1", "", inBody, "image/png", ""},
	} {
		t.Run(v.name, func(t *testing.T) {
			output := ""
			if v.output != "" {
				output = `"output":"Out",`
			}
			c, err := schema.Parse(fmt.Appendf(nil, `{"crcheckContract":1,"service":"s","operation":"Get","protocol":%q,"method":"GET","uri":"/","status":200,"input":"In",%s
				"shapes":{"In":{"type":"structure","members":[%s]},"Out":{"type":"structure","members":[%s]}}}`, v.protocol, output, v.input, v.output))
			require.NoError(t, err)
			r := &traffic.Request{Method: "GET", URL: "http://localhost/", Header: http.Header{}}
			if v.accept != "" {
				r.Header["accept"] = strings.Split(v.accept, ", ")
			}
			var found []string
			for _, f := range MustCompile(c, Options{}).Request(r, map[string]string{}) {
				found = append(found, string(f.Rule))
				require.Equal(t, finding.Warning, f.Severity)
			}
			require.Equal(t, v.want, strings.Join(found, " "))
		})
	}
}
