package serve

import (
	"os"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// What a client under replay signs with: visibly no secret of anybody.
const (
	dummyAccessKeyID     = "CRCHECKREPLAYNOKEY00"
	dummySecretAccessKey = "crcheck-replay-this-is-no-secret"
)

// DefaultRegion is the region of a client under replay that is told no other.
const DefaultRegion = "us-east-1"

// Endpoints are the variables that name an endpoint for all services, and for these services alone,
// and that keep SDKs from choosing another: one that a service names (endpoint discovery), or that of
// an account.
func Endpoints(endpoint string, services []string) []string {
	all := []string{"AWS_ENABLE_ENDPOINT_DISCOVERY=false", "AWS_ACCOUNT_ID_ENDPOINT_MODE=disabled", "AWS_ENDPOINT_URL=" + endpoint}
	for _, service := range services {
		for _, name := range awshttp.EndpointVariables(service) {
			all = append(all, name+"="+endpoint)
		}
	}
	return all
}

// Environment is that of a client under replay: the given one, in the form of [os.Environ], without
// any variable of AWS, so that no credentials, profile or endpoint of the user gets into it; and
// with the endpoint, also as that of the services (boto3's names), the region and dummy credentials. Loopback is excepted from proxies, which
// botocore would ask for it otherwise.
func Environment(env []string, endpoint, region string, services ...string) []string {
	if region == "" {
		region = DefaultRegion
	}
	var clean []string
	exceptions := map[string]string{"NO_PROXY": "", "no_proxy": ""}
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		if _, ok := exceptions[name]; ok {
			exceptions[name] = value + ","
			continue
		}
		if !strings.HasPrefix(strings.ToUpper(name), "AWS_") {
			clean = append(clean, entry)
		}
	}
	const loopback = "127.0.0.1,localhost,::1"
	clean = append(clean, Endpoints(endpoint, services)...)
	return append(clean,
		"NO_PROXY="+exceptions["NO_PROXY"]+loopback,
		"no_proxy="+exceptions["no_proxy"]+loopback,
		"AWS_REGION="+region,
		"AWS_DEFAULT_REGION="+region,
		"AWS_ACCESS_KEY_ID="+dummyAccessKeyID,
		"AWS_SECRET_ACCESS_KEY="+dummySecretAccessKey,
		"AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE="+os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE="+os.DevNull,
	)
}
