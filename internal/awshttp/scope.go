package awshttp

import (
	"net/http"
	"net/url"
	"strings"
)

// Scope returns the service that a request is signed for, which its credential
// scope names in the header Authorization or, of a presigned URL, in the query. It
// is empty where neither says, or where that was redacted.
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
