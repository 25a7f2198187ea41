package schema

import (
	"regexp"
	"strings"
)

// signingService is the service that a request is signed for, which its
// credential scope names in the header Authorization or, of a presigned URL, in
// the query (AWS SigV4). It is empty where neither says, or where that was redacted.
func (r Request) signingService() string {
	if _, credential, ok := strings.Cut(r.header("Authorization"), "Credential="); ok {
		if service := serviceOfScope(credential); service != "" {
			return service
		}
	}
	if !strings.Contains(r.URL.RawQuery, "X-Amz-Credential=") {
		return ""
	}
	return serviceOfScope(r.URL.Query().Get("X-Amz-Credential"))
}

// serviceOfScope reads KEY/DATE/REGION/SERVICE/aws4_request; SigV4a leaves the
// region out. Only the service and what follows it need be there.
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

// serviceName returns a name that a service could have, or nothing: counts go by
// it, and masks are no names.
func serviceName(text string) string {
	if len(text) > 64 || !serviceNames.MatchString(text) || text == strings.ToUpper(text) {
		return ""
	}
	return text
}

var (
	serviceNames = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*$`)
	regions      = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]$`)
)

// awsDomains are the suffixes of AWS endpoints in the partitions that the public
// Internet reaches.
var awsDomains = []string{".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".api.aws", ".api.amazonwebservices.com.cn", ".api.amazonwebservices.eu"}

// serviceOfHost is the label of an AWS host that names the service: the one
// before the region, or the last. It is an endpoint prefix, which may be another
// name than the signing service's. It is empty for every other host.
func serviceOfHost(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, domain := range awsDomains {
		if name, ok := strings.CutSuffix(host, domain); ok {
			labels := strings.Split(name, ".")
			at := len(labels) - 1
			for i, l := range labels {
				if regions.MatchString(l) && i > 0 {
					at = i - 1
				}
			}
			if labels[at] == "dualstack" && at > 0 {
				at--
			}
			return serviceName(strings.TrimSuffix(labels[at], "-fips"))
		}
	}
	return ""
}

// NotRouted says why a request is not routed, in few words that many requests
// share: its service and its protocol, as far as they can be told, as in
// "iam (query)"; or that the catalog has the service but not the operation.
func (k *Catalog) NotRouted(r Request) string {
	service, protocol := r.signingService(), r.protocol()
	host := serviceOfHost(r.URL.Hostname())
	known := k.services[service] || service == "" && k.services[host]
	if service == "" {
		service = host
	}
	switch {
	case service == "":
		return "unknown service (" + protocol + ")"
	case known && (protocol == "awsJson" || protocol == "rest"):
		return service + " (no such operation)"
	}
	return service + " (" + protocol + ")"
}

// protocol guesses the protocol of a request from its looks.
func (r Request) protocol() string {
	media := strings.ToLower(r.header("Content-Type"))
	switch smithy := r.header("Smithy-Protocol"); {
	case strings.EqualFold(smithy, "rpc-v2-cbor") || strings.EqualFold(smithy, "rpc-v2-json"):
		return strings.ToLower(smithy)
	case r.header("X-Amz-Target") != "":
		return "awsJson"
	case strings.HasPrefix(media, "application/x-www-form-urlencoded") && namesAction(string(r.Body)), namesAction(r.URL.RawQuery):
		return "query"
	case strings.Contains(media, "xml"):
		return "rest-xml"
	}
	return "rest"
}

// namesAction reports a form of the query protocol, which names the operation.
func namesAction(form string) bool {
	return strings.HasPrefix(form, "Action=") || strings.Contains(form, "&Action=")
}
