package awshttp

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHost(t *testing.T) {
	for _, v := range []struct{ host, endpoint, signing string }{
		{"cleanrooms.us-east-1.amazonaws.com", "cleanrooms", "cleanrooms"},
		{"CleanRooms-FIPS.us-east-1.amazonaws.com.", "cleanrooms", "cleanrooms"},
		{"cleanrooms.us-east-1.api.aws", "cleanrooms", "cleanrooms"},
		{"cleanrooms.cn-north-1.amazonaws.com.cn", "cleanrooms", "cleanrooms"},
		{"iam.amazonaws.com", "iam", "iam"},
		{"email.us-east-1.amazonaws.com", "email", "ses"},
		{"bedrock-runtime.us-east-1.amazonaws.com", "bedrock-runtime", "bedrock"},
		{"streams.dynamodb.us-east-1.amazonaws.com", "dynamodb", "dynamodb"},
		{"111122223333.ddb.us-east-1.amazonaws.com", "ddb", "dynamodb"},
		{"runtime.sagemaker.us-east-1.amazonaws.com", "sagemaker", "sagemaker"},
		{"data-ats.iot.us-east-1.amazonaws.com", "iot", "iotdata"},
		{"my.bucket.s3.us-east-1.amazonaws.com", "s3", "s3"},
		{"my.bucket.s3.dualstack.us-west-2.amazonaws.com", "s3", "s3"},
		{"bucket.s3.amazonaws.com", "s3", "s3"},
		{"111122223333.s3-control.us-east-1.amazonaws.com", "s3-control", "s3"},
		{"abc.execute-api.us-gov-west-1.amazonaws.com", "execute-api", "execute-api"},
		{"search-x.us-east-1.es.amazonaws.com", "es", "es"},
		{"vpce-0123-abcd.cleanrooms.us-east-1.vpce.amazonaws.com", "cleanrooms", "cleanrooms"},
		{"us-west-2.queue.amazonaws.com", "queue", "queue"},
		{"c2s.ic.gov", "", ""},
		{"ec2.us-iso-east-1.c2s.ic.gov", "ec2", "ec2"},
		{"amazonaws.com", "", ""},
		{"MASKED.amazonaws.com", "masked", "masked"},
		{"localhost", "", ""},
		{"::1", "", ""},
		{"s3.us-east-1.amazonaws.com.example.org", "", ""},
		{"", "", ""},
	} {
		t.Run(v.host, func(t *testing.T) {
			require.Equal(t, v.endpoint, EndpointName(v.host))
			require.Equal(t, v.signing, SigningName(v.host))
		})
	}
}

func TestOwned(t *testing.T) {
	for host, before := range map[string]string{
		"cleanrooms.us-east-1.amazonaws.com": "", "my-job.cleanrooms-fips.us-east-1.amazonaws.com.": "my-job.", "A.B.s3.dualstack.us-east-1.amazonaws.com": "A.B.",
		"search-x.us-east-1.es.amazonaws.com": "search-x.us-east-1.", "a.lambda-url.us-east-1.on.aws": "a.lambda-url.us-east-1.on.aws", "localhost": "localhost",
		"x.s3express-use1-az4.us-east-1.amazonaws.com": "x.", "": "", "amazonaws.com": "amazonaws.com",
	} {
		t.Run(host, func(t *testing.T) { require.Equal(t, before, host[:Owned(host)]) })
	}
}

func TestIsAWS(t *testing.T) {
	for host, want := range map[string]bool{
		"cleanrooms.us-east-1.amazonaws.com": true, "amazonaws.com": true, "AMAZONAWS.COM.": true, "x.lambda-url.us-east-1.on.aws": true, "on.aws": true,
		"ec2.us-isob-east-1.sc2s.sgov.gov": true, "localhost": false, "amazonaws.com.example.org": false, "xamazonaws.com": false, "aws": false, "": false,
	} {
		t.Run(host, func(t *testing.T) { require.Equal(t, want, IsAWS(host)) })
	}
}

func TestScope(t *testing.T) {
	const credential = "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/ses/aws4_request, SignedHeaders=host, Signature=0"
	for _, v := range []struct{ name, authorization, query, service string }{
		{"credential", credential, "", "ses"},
		{"SigV4a", "AWS4-ECDSA-P256-SHA256 Credential=AKID/20260101/s3/aws4_request, SignedHeaders=host", "", "s3"},
		{"presigned", "", "a=b&X-Amz-Credential=AKID%2F20260101%2Fus-east-1%2Fpolly%2Faws4_request&a=1", "polly"},
		{"header before query", credential, "X-Amz-Credential=A%2Fpolly%2Faws4_request", "ses"},
		{"masked, then query", "AWS4-HMAC-SHA256 Credential=MASKED", "X-Amz-Credential=A%2Fpolly%2Faws4_request", "polly"},
		{"masked service", "AWS4-HMAC-SHA256 Credential=A/B/C/MASKED/aws4_request", "", ""},
		{"bearer", "Bearer x", "", ""},
		{"bad escape", "", "X-Amz-Credential=%zz", ""},
		{"none", "", "", ""},
	} {
		t.Run(v.name, func(t *testing.T) {
			header := http.Header{}
			if v.authorization != "" {
				header["authorization"] = []string{v.authorization}
			}
			require.Equal(t, v.service, Scope(header, v.query))
		})
	}
}

// TestEndpointVariables checks the variables against those of the SDKs and Tools Reference Guide.
func TestEndpointVariables(t *testing.T) {
	for _, v := range []struct {
		id, name string
		want     []string
	}{
		{"CleanRooms", "cleanrooms", []string{"CLEANROOMS"}},
		{"Cognito Identity Provider", "cognito-idp", []string{"COGNITO_IDENTITY_PROVIDER"}},
		{"Cognito Identity", "cognito-identity", []string{"COGNITO_IDENTITY"}},
		{"Secrets Manager", "secretsmanager", []string{"SECRETS_MANAGER"}},
		{"Elastic Load Balancing v2", "elbv2", []string{"ELASTIC_LOAD_BALANCING_V2"}},
		{"Lex Models V2", "lexv2-models", []string{"LEX_MODELS_V2"}},
		{"EventBridge", "events", []string{"CLOUDWATCH_EVENTS", "EVENTBRIDGE"}},
		{"SFN", "stepfunctions", []string{"SFN"}},
		{"Route 53", "route53", []string{"ROUTE_53"}},
		{"DynamoDB", "dynamodb", []string{"DYNAMODB"}},
		{"Unheard Of", "unheard-of", []string{"UNHEARD_OF"}},
		{"Models.Lex", "models.lex", []string{"MODELS_LEX"}},
	} {
		t.Run(v.id, func(t *testing.T) {
			require.Equal(t, v.name, ServiceName(v.id))
			var want []string
			for _, name := range v.want {
				want = append(want, "AWS_ENDPOINT_URL_"+name)
			}
			require.Equal(t, want, EndpointVariables(v.name))
		})
	}
}
