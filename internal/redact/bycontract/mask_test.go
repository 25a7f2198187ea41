package bycontract_test

import (
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/redact/bycontract"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/validate"
	"github.com/stretchr/testify/require"
)

// TestMask checks that a secret is masked by a value of the type and form that the contract
// demands, and that the finding says so if there is none.
func TestMask(t *testing.T) {
	for _, tt := range []struct{ name, shape, value, want string }{
		{"string", `{"type":"string"}`, `"hunter2-hunter2"`, `"` + redact.Mask + `"`},
		{"blob", `{"type":"blob"}`, `"AAEC"`, `"` + base64.StdEncoding.EncodeToString([]byte(redact.Mask)) + `"`},
		{"sensitive blob", `{"type":"blob","sensitive":true}`, `"AAEC"`, `"` + base64.StdEncoding.EncodeToString([]byte(redact.Mask)) + `"`},
		{"blob of bounded length", `{"type":"blob","length":{"max":4}}`, `"AAEC"`, `"TUFTSw=="`},
		{"maximum length", `{"type":"string","length":{"max":8}}`, `"hunter22"`, `"MASKED-B"`},
		{"minimum length", `{"type":"string","length":{"min":20}}`, `"hunter22hunter22hunter22"`, `"MASKED-BY-CRCHECKMASKED-BY-CRCHECK"`},
		{"pattern", `{"type":"string","pattern":"^[a-z0-9]{8,12}$"}`, `"hunter22"`, `"xxxxxxxx"`},
		{"pattern and length", `{"type":"string","pattern":"^tok_[a-z]+$","length":{"min":10}}`, `"tok_hunterhunter"`, `"tok_xxxxxx"`},
		{"pattern of a UUID", `{"type":"string","pattern":"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}`, `"0f0e1d2c-3b4a-4958-8776-655443322110"`, `"00000000-0000-0000-0000-000000000000"`},
		{"enum", `{"type":"string","enum":["NONE","ALL"]}`, `"hunter2-hunter2"`, `"NONE"`},
		{"integer", `{"type":"integer","sensitive":true,"range":{"min":1000}}`, `4711`, `1000`},
		{"timestamp", `{"type":"timestamp","sensitive":true}`, `1700000000`, `0`},
		{"nothing conforms", `{"type":"string","pattern":"^hunter[^\\x00-\\u{10FFFF}]*$","length":{"min":99}}`, `"hunter"`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := schema.Parse([]byte(fmt.Sprintf(`{"crcheckContract":1,"service":"test","operation":"Get","protocol":"restJson1","method":"GET","uri":"/x","status":200,
				"input":"In","output":"Out","shapes":{"In":{"type":"structure"},"Out":{"type":"structure","members":[{"name":"password","shape":%s}]}}}`, tt.shape)))
			require.NoError(t, err)
			x := job(`{"password":` + tt.value + `}`)
			x.Request.URL = "https://test.us-east-1.amazonaws.com/x"
			catalog := schema.NewCatalog(c)
			y, found := redact.New(redact.Options{Key: key, Classify: bycontract.New(catalog)}).Redact(x)
			if tt.want == "" {
				require.Contains(t, fmt.Sprint(found), "no mask conforms to the contract")
				return
			}
			require.Equal(t, `{"password":`+tt.want+`}`, string(y.Response.Body.Bytes))
			require.NotContains(t, fmt.Sprint(found), "no mask conforms")
			require.Empty(t, redact.Scan(y, bycontract.New(catalog)))
			validator, err := validate.CompileCatalog(catalog, validate.Options{})
			require.NoError(t, err)
			result, err := validator.Check(y, validate.Bare{})
			require.NoError(t, err)
			require.Empty(t, result.Findings.Rules(), "%v", result.Findings)
		})
	}
}
