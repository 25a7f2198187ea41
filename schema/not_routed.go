package schema

import (
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// NotRouted says why a request is not routed, in few words that many requests
// share: its service and its protocol, as far as they can be told, as in
// "iam (query)"; or that the catalog has the service but not the operation.
func (k *Catalog) NotRouted(r Request) string {
	service, protocol := awshttp.Scope(r.Header, r.URL.RawQuery), r.protocol()
	host := awshttp.EndpointName(r.URL.Hostname())
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
	media := strings.ToLower(awshttp.Value(r.Header, "Content-Type"))
	switch smithy := awshttp.Value(r.Header, "Smithy-Protocol"); {
	case strings.EqualFold(smithy, "rpc-v2-cbor") || strings.EqualFold(smithy, "rpc-v2-json"):
		return strings.ToLower(smithy)
	case awshttp.Value(r.Header, "X-Amz-Target") != "":
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
