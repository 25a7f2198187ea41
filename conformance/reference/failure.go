package reference

import (
	"net/http"
	"strings"

	"github.com/crcheck/crcheck/conformance"
)

// unknownError is the code of an error that does not say what it is.
const unknownError = "UnknownError"

// failure says which error of the service an answer is: by the header, else by
// the body's code, else by its __type. A body that is no JSON has none.
func (c client) failure(response *http.Response, body []byte) *conformance.ErrorResult {
	tree, _ := parse(body) //nolint:errcheck // such as a gateway's HTML page; the status still says something
	o, _ := tree.(object)
	result := &conformance.ErrorResult{Code: unknownError, HTTPStatus: response.StatusCode}
	names := []any{response.Header.Get("X-Amzn-Errortype"), o.get("code"), o.get("Code"), o.get("__type")}
	if c.has(errorByHeaderOnly) {
		names = names[:1]
	}
	for _, candidate := range names {
		if name, ok := candidate.(string); ok && c.sanitised(name) != "" {
			result.Code = c.sanitised(name)
			break
		}
	}
	for _, candidate := range []any{o.get("message"), o.get("Message")} {
		if message, ok := candidate.(string); ok {
			result.Message = message
			break
		}
	}
	read, modelled := exceptions[result.Code]
	if !modelled || o == nil {
		return result
	}
	fields, err := read(c, o)
	if m, ok := fields.(map[string]any); ok && err == nil && len(m) > 0 {
		result.Fields = marshal(m)
	}
	return result
}

// sanitised cuts a name at the first ':', before which "namespace#" goes.
func (c client) sanitised(name string) string {
	if c.has(errorCodeNotSanitised) {
		return name
	}
	name, _, _ = strings.Cut(name, ":")
	return strings.TrimSpace(name[strings.LastIndexByte(name, '#')+1:])
}

// throttling are the codes by which services of AWS say that they are throttling,
// whatever the status.
var throttling = map[string]bool{
	"Throttling": true, "ThrottlingException": true, "ThrottledException": true, "RequestThrottled": true,
	"RequestThrottledException": true, "TooManyRequestsException": true, "RequestLimitExceeded": true,
	"ProvisionedThroughputExceededException": true, "TransactionInProgressException": true,
	"BandwidthLimitExceeded": true, "LimitExceededException": true, "SlowDown": true,
	"PriorRequestNotComplete": true, "EC2ThrottledException": true,
}

func (c client) isRetryable(e *conformance.ErrorResult) bool {
	switch e.HTTPStatus {
	case 429, 500, 502, 503, 504:
		return true
	}
	return throttling[e.Code] || c.has(retriesOn4xx) && e.HTTPStatus >= 400
}
