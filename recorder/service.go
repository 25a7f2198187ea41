package recorder

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// serviceOf is the signing service of a request: what its signature says, else what its host is known for, else "".
func serviceOf(header http.Header, query, host string) string {
	if scope := headerValue(header, "Authorization"); scope != "" {
		if _, credential, ok := strings.Cut(scope, "Credential="); ok {
			if service := serviceOfCredential(credential); service != "" {
				return service
			}
		}
	}
	if _, credential, ok := strings.Cut(query, "X-Amz-Credential="); ok {
		credential, _, _ = strings.Cut(credential, "&")
		if credential, err := url.QueryUnescape(credential); err == nil {
			if service := serviceOfCredential(credential); service != "" {
				return service
			}
		}
	}
	return serviceOfHost(host)
}

// serviceOfCredential reads KEY/DATE/REGION/SERVICE/aws4_request; SigV4a leaves the region out.
func serviceOfCredential(credential string) string {
	if end := strings.IndexAny(credential, ", \t"); end >= 0 {
		credential = credential[:end]
	}
	scope, ok := strings.CutSuffix(credential, "/aws4_request")
	slash := strings.LastIndexByte(scope, '/')
	if !ok || slash < 0 {
		return ""
	}
	return scope[slash+1:]
}

// awsDomains are the suffixes of AWS endpoints, by partition (botocore 1.43.67, endpoints.json).
var awsDomains = []string{
	".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".api.aws",
	".api.amazonwebservices.com.cn", ".api.amazonwebservices.eu",
	".c2s.ic.gov", ".sc2s.sgov.gov", ".cloud.adc-e.uk", ".csp.hci.ic.gov",
}

// serviceOfHost is the signing service behind an AWS host name; "" for every other host.
func serviceOfHost(host string) string {
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		host = host[:i]
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return ""
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, domain := range awsDomains {
		if labels, ok := strings.CutSuffix(host, domain); ok && labels != "" {
			return signingName(strings.Split(labels, "."))
		}
	}
	return ""
}

func signingName(labels []string) string {
	for i, label := range labels {
		labels[i] = strings.TrimSuffix(label, "-fips")
	}
	if len(labels) > 1 {
		if name, ok := signingNames[labels[0]+"."+labels[1]]; ok {
			return name
		}
	}
	for _, label := range labels { // BUCKET.s3.REGION, ACCOUNT.s3-control.REGION
		if label == "s3" || label == "s3-control" {
			return "s3"
		}
	}
	if name, ok := signingNames[labels[0]]; ok {
		return name
	}
	return labels[0]
}

// signingNames are the services that sign with another name than the first label of their host (botocore 1.43.67, endpointPrefix and
// signingName of every model).
var signingNames = map[string]string{
	"a2i-runtime.sagemaker":             "sagemaker",
	"admin.wickr":                       "wickr",
	"agent-registry-control":            "agent-registry",
	"agreement-marketplace":             "aws-marketplace",
	"api.detective":                     "detective",
	"api.ecr":                           "ecr",
	"api.ecr-public":                    "ecr-public",
	"api.iotdeviceadvisor":              "iotdeviceadvisor",
	"api.iotmanagedintegrations":        "iotmanagedintegrations",
	"api.iotwireless":                   "iotwireless",
	"api.mediatailor":                   "mediatailor",
	"api.pricing":                       "pricing",
	"api.sagemaker":                     "sagemaker",
	"api.tunneling":                     "IoTSecuredTunneling",
	"appconfigdata":                     "appconfig",
	"appstream2":                        "appstream",
	"bedrock-agent":                     "bedrock",
	"bedrock-agent-runtime":             "bedrock",
	"bedrock-agentcore-control":         "bedrock-agentcore",
	"bedrock-data-automation":           "bedrock",
	"bedrock-data-automation-runtime":   "bedrock",
	"bedrock-runtime":                   "bedrock",
	"cassandra-streams":                 "cassandra",
	"catalog.marketplace":               "aws-marketplace",
	"cloudhsmv2":                        "cloudhsm",
	"cloudsearchdomain":                 "cloudsearch",
	"contact-lens":                      "connect",
	"controlplane.payment-cryptography": "payment-cryptography",
	"data-ats.iot":                      "iotdata",
	"data-signer":                       "signer",
	"data.jobs":                         "iot-jobs-data",
	"data.mediastore":                   "mediastore",
	"data.qapps":                        "qapps",
	"dataplane.payment-cryptography":    "payment-cryptography",
	"deployment-marketplace":            "aws-marketplace",
	"discovery-marketplace":             "aws-marketplace",
	"edge.sagemaker":                    "sagemaker",
	"email":                             "ses",
	"entitlement.marketplace":           "aws-marketplace",
	"featurestore-runtime.sagemaker":    "sagemaker",
	"forecastquery":                     "forecast",
	"identity-chime":                    "chime",
	"ingest.timestream":                 "timestream",
	"ivsrealtime":                       "ivs",
	"job-runtime.sagemaker":             "sagemaker",
	"mail-manager":                      "ses",
	"media-pipelines-chime":             "chime",
	"meetings-chime":                    "chime",
	"memory-db":                         "memorydb",
	"messaging-chime":                   "chime",
	"metering.marketplace":              "aws-marketplace",
	"metrics.sagemaker":                 "sagemaker",
	"migrationhub-config":               "mgh",
	"models-v2-lex":                     "lex",
	"models.lex":                        "lex",
	"oidc":                              "sso-oauth",
	"participant.connect":               "execute-api",
	"partnercentral-prm":                "partnercentral",
	"personalize-events":                "personalize",
	"personalize-runtime":               "personalize",
	"pinpoint":                          "mobiletargeting",
	"portal.sso":                        "awsssoportal",
	"query.timestream":                  "timestream",
	"reporting-marketplace":             "aws-marketplace",
	"runtime-v2-lex":                    "lex",
	"runtime.lex":                       "lex",
	"runtime.sagemaker":                 "sagemaker",
	"servicecatalog-appregistry":        "servicecatalog",
	"sms-voice.pinpoint":                "sms-voice",
	"streams.dynamodb":                  "dynamodb",
	"voice-chime":                       "chime",
}

// headerValue finds a header whatever its case: a cassette need not have it in Go's spelling.
func headerValue(h http.Header, name string) string {
	if values := h[name]; len(values) > 0 {
		return values[0]
	}
	for key, values := range h {
		if len(key) == len(name) && len(values) > 0 && strings.EqualFold(key, name) {
			return values[0]
		}
	}
	return ""
}
