package awshttp

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// domains are the domains of AWS endpoints, by partition (botocore 1.43.67, endpoints.json).
var domains = []string{
	"amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "api.aws",
	"api.amazonwebservices.com.cn", "api.amazonwebservices.eu",
	"c2s.ic.gov", "sc2s.sgov.gov", "cloud.adc-e.uk", "csp.hci.ic.gov",
}

// IsAWS reports whether a host, without its port, belongs to AWS: an endpoint, or the address that
// AWS assigned to a function or application.
func IsAWS(host string) bool {
	host = normal(host)
	if _, ok := cut(host); ok {
		return true
	}
	return slices.Contains(domains, host) || host == "on.aws" || strings.HasSuffix(host, ".on.aws")
}

// EndpointName returns the label of an AWS host, without its port, that names the service, as in
// cleanrooms.us-east-1.amazonaws.com. It is the last label of an endpoint prefix and may differ
// from the signing name. It returns "" for other hosts.
func EndpointName(host string) string {
	if labels := serviceLabels(host); len(labels) > 0 {
		return serviceName(labels[len(labels)-1])
	}
	return ""
}

// Endpoint returns the labels of an AWS host, without its port, up to and including its endpoint
// prefix: models.lex for models.lex.us-east-1.amazonaws.com, and my.bucket.s3 for
// my.bucket.s3.amazonaws.com. It returns "" for other hosts.
func Endpoint(host string) string { return strings.Join(serviceLabels(host), ".") }

// SigningName returns the signing name of the service of an AWS host, without its port. It returns
// "" for other hosts.
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

// Owned returns the index in a host, without its port, of the part that AWS itself names: the
// service, the region and the domain. The labels before it are named by somebody else. For a host
// that is not of AWS, the index is its length.
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

// cut removes the domain from the name of an AWS host.
func cut(host string) (name string, ok bool) {
	for _, domain := range domains {
		if name, ok := strings.CutSuffix(host, "."+domain); ok {
			return name, true
		}
	}
	return "", false
}

var regions = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]$`)
})

// serviceLabels returns the labels of an AWS host up to the one that names the service: those
// before the region, as in SERVICE.REGION and BUCKET.s3.dualstack.REGION, or all, as in
// DOMAIN.REGION.es. The host of a VPC endpoint ends in vpce.
func serviceLabels(host string) []string {
	name, ok := cut(normal(host))
	if !ok {
		return nil
	}
	labels := strings.Split(name, ".")
	if last := len(labels) - 1; last > 0 && labels[last] == "vpce" {
		labels = labels[:last]
	}
	if last := len(labels) - 1; last > 0 && regions().MatchString(labels[last]) {
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

// serviceName returns the text if it is a possible name of a service, and "" otherwise. Callers
// count by this name, so a mask must not pass for one.
func serviceName(text string) string {
	if text == "" || len(text) > 64 || text[0] == '-' {
		return ""
	}
	small := false // a mask may have capitals only
	for i := range len(text) {
		switch c := text[i]; {
		case c >= 'a' && c <= 'z':
			small = true
		case c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-':
		default:
			return ""
		}
	}
	if !small {
		return ""
	}
	return text
}

// Scope returns the service that a request is signed for, from the credential scope in the header
// Authorization or in the query of a presigned URL. It returns "" if neither has a credential
// scope, or if it was redacted.
func Scope(h http.Header, rawQuery string) string {
	if _, credential, ok := strings.Cut(Value(h, "Authorization"), "Credential="); ok {
		if service := serviceOfScope(credential); service != "" {
			return service
		}
	}
	_, credential, ok := strings.Cut(rawQuery, "X-Amz-Credential=")
	if !ok {
		return ""
	}
	credential, _, _ = strings.Cut(credential, "&")
	credential, err := url.QueryUnescape(credential)
	if err != nil {
		return ""
	}
	return serviceOfScope(credential)
}

// serviceOfScope reads KEY/DATE/REGION/SERVICE/aws4_request; SigV4a omits the region. The parts
// before the service may be missing.
func serviceOfScope(credential string) string {
	if end := strings.IndexAny(credential, ", \t"); end >= 0 {
		credential = credential[:end]
	}
	scope, ok := strings.CutSuffix(credential, "/aws4_request")
	if !ok {
		return ""
	}
	return serviceName(scope[strings.LastIndexByte(scope, '/')+1:])
}
