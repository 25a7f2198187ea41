package live_test

import (
	"testing"

	"github.com/crcheck/crcheck/internal/live"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/stretchr/testify/require"
)

func TestEndpoint(t *testing.T) {
	known, silent := schema.Is[string], schema.Known[string]{}
	for _, v := range []struct {
		name         string
		api, signing schema.Known[string]
		region       string
		want         string
		problem      string
	}{
		{"the service's name", known("cleanrooms-2022-02-17"), known("cleanrooms"), "eu-west-1", "https://cleanrooms.eu-west-1.amazonaws.com", ""},
		{"China", known("dynamodb-2012-08-10"), known("dynamodb"), "cn-north-1", "https://dynamodb.cn-north-1.amazonaws.com.cn", ""},
		{"GovCloud", known("kinesis-2013-12-02"), known("kinesis"), "us-gov-west-1", "https://kinesis.us-gov-west-1.amazonaws.com", ""},
		{"Europe's own", known("kinesis-2013-12-02"), known("kinesis"), "eusc-de-east-1", "https://kinesis.eusc-de-east-1.amazonaws.eu", ""},
		{"not of the Internet", known("kinesis-2013-12-02"), known("kinesis"), "us-iso-east-1", "", "public Internet"},
		{"two names", known("runtime.lex.v2-2020-08-07"), known("lex"), "us-east-1", "", "the API is called runtime.lex.v2, but the signing service lex"},
		{"no API", silent, known("lex"), "us-east-1", "", "does not state"},
		{"no signature", known("lex-2020-08-07"), silent, "us-east-1", "", "does not state"},
		{"no region", known("cleanrooms-2022-02-17"), known("cleanrooms"), "", "", "not the name of a region"},
		{"a host for a region", known("cleanrooms-2022-02-17"), known("cleanrooms"), "example.com/", "", "not the name of a region"},
	} {
		t.Run(v.name, func(t *testing.T) {
			u, err := live.Endpoint(&schema.Contract{Service: "s", Operation: "O", API: v.api, Signing: v.signing}, v.region)
			if v.problem == "" {
				require.NoError(t, err)
				require.Equal(t, v.want, u.String())
				return
			}
			var unknown *live.EndpointError
			require.ErrorAs(t, err, &unknown)
			require.Contains(t, unknown.Problem, v.problem)
			require.Equal(t, v.region, unknown.Region)
			require.Contains(t, unknown.Error(), "--endpoint-url")
		})
	}
	for _, name := range contracts.Names() {
		_, err := live.Endpoint(contracts.MustLoad(name), "us-east-1")
		require.NoError(t, err, name)
	}
}
