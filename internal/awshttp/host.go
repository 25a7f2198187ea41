package awshttp

import (
	"regexp"
	"slices"
	"strings"
)

// domains are those of AWS's endpoints, by partition (botocore 1.43.67, endpoints.json).
var domains = []string{
	"amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "api.aws",
	"api.amazonwebservices.com.cn", "api.amazonwebservices.eu",
	"c2s.ic.gov", "sc2s.sgov.gov", "cloud.adc-e.uk", "csp.hci.ic.gov",
}

// IsAWS reports whether a host, without its port, is AWS's own: an endpoint, or
// the address that AWS gave a user's function or application.
func IsAWS(host string) bool {
	host = normal(host)
	if _, ok := cut(host); ok {
		return true
	}
	return slices.Contains(domains, host) || host == "on.aws" || strings.HasSuffix(host, ".on.aws")
}

// EndpointName returns the label of an AWS host, given without its port, that names
// the service, as in cleanrooms.us-east-1.amazonaws.com. It is an endpoint prefix,
// or the end of one, and may be another name than the signing service's. It is
// empty for every other host.
func EndpointName(host string) string {
	if labels := serviceLabels(host); len(labels) > 0 {
		return serviceName(labels[len(labels)-1])
	}
	return ""
}

// Endpoint returns the labels of an AWS host, given without its port, that end in
// its endpoint prefix, as in models.lex of models.lex.us-east-1.amazonaws.com and
// my.bucket.s3 of my.bucket.s3.amazonaws.com; "" for every other host.
func Endpoint(host string) string { return strings.Join(serviceLabels(host), ".") }

// SigningName returns the signing service behind an AWS host, given without its
// port; "" for every other host.
func SigningName(host string) string {
	labels := serviceLabels(host)
	if len(labels) == 0 {
		return ""
	}
	last := labels[len(labels)-1]
	if len(labels) > 1 {
		if name, ok := signingNames[labels[len(labels)-2]+"."+last]; ok {
			return name
		}
	}
	if name, ok := signingNames[last]; ok {
		return name
	}
	return serviceName(last)
}

// Owned returns where in an AWS host, given without its port, begins what AWS names itself: the
// service, the region and the domain. What stands before it, or all of another host, somebody else
// has named.
func Owned(host string) int {
	name, ok := cut(normal(host))
	if !ok {
		return len(host)
	}
	before := serviceLabels(host)
	at := 0
	for _, label := range strings.Split(name, ".")[:max(len(before)-1, 0)] {
		at += len(label) + 1
	}
	return at
}

func normal(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }

// cut cuts the domain off the name of an AWS host.
func cut(host string) (name string, ok bool) {
	for _, domain := range domains {
		if name, ok := strings.CutSuffix(host, "."+domain); ok {
			return name, true
		}
	}
	return "", false
}

var regions = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]$`)

// serviceLabels returns the labels of an AWS host up to the one that names the
// service: what stands before the region, as in SERVICE.REGION and
// BUCKET.s3.dualstack.REGION, or all, as in DOMAIN.REGION.es. Of a VPC's endpoint
// vpce follows.
func serviceLabels(host string) []string {
	name, ok := cut(normal(host))
	if !ok {
		return nil
	}
	labels := strings.Split(name, ".")
	if last := len(labels) - 1; last > 0 && labels[last] == "vpce" {
		labels = labels[:last]
	}
	if last := len(labels) - 1; last > 0 && regions.MatchString(labels[last]) {
		labels = labels[:last]
	}
	if last := len(labels) - 1; last > 0 && labels[last] == "dualstack" {
		labels = labels[:last]
	}
	for i, label := range labels {
		labels[i] = strings.TrimSuffix(label, "-fips")
	}
	return labels
}

// serviceName returns a name that a service could have, or nothing: counts go by
// it, and masks are no names.
func serviceName(text string) string {
	if len(text) > 64 || !serviceNames.MatchString(text) || text == strings.ToUpper(text) {
		return ""
	}
	return text
}

var serviceNames = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*$`)
