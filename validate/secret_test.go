package validate

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
)

// TestSecretsOutOfPlace: a value of the wrong type, in the place of one that holds something
// sensitive, may be sensitive itself and is withheld.
func TestSecretsOutOfPlace(t *testing.T) {
	const secret = `{"type":"string","sensitive":true}`
	for name, shape := range map[string]string{
		"list":         `{"type":"list","element":` + secret + `}`,
		"list of maps": `{"type":"list","element":{"type":"map","key":{"type":"string"},"value":` + secret + `}}`,
		"keys":         `{"type":"map","key":` + secret + `,"value":{"type":"string"}}`,
		"structure":    `"Login"`,
		"blob":         `{"type":"blob","sensitive":true}`,
	} {
		c, err := schema.Parse([]byte(`{"crcheckContract":1,"service":"s","operation":"O","output":"Out","shapes":{"Out":{"type":"structure","members":[{"name":"m","shape":` + shape + `}]},
			"Login":{"type":"structure","members":[{"name":"password","shape":` + secret + `}]}}}`))
		require.NoError(t, err)
		for _, encoding := range []schema.Encoding{schema.HTTP, schema.SDK} {
			v, err := Compile(c, Options{Encoding: encoding})
			require.NoError(t, err)
			found := v.Output([]byte(`{"m":12345678}`))
			require.Len(t, found, 1, name)
			require.True(t, found[0].Sensitive, name)
			require.NotContains(t, found[0].Got+found[0].Message, "1234", name)
		}
	}
}
