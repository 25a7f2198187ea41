package reference

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/conformance"
)

// unknownError is the code of an error that cannot be identified.
const unknownError = "UnknownError"

// failure identifies the error in a response: by the header, else by the code in the body, else by
// its __type. A body that is not JSON has neither.
func (c client) failure(response *http.Response, body []byte) (*conformance.ErrorResult, error) {
	tree, err := parse(c, body)
	if err != nil && c.has(errorBodyMustBeJSON) {
		return nil, err
	}
	o, _ := tree.(object) // nil for the HTML page of a gateway, where only the status is known
	result := &conformance.ErrorResult{Code: unknownError, HTTPStatus: response.StatusCode}
	if len(body) == 0 && c.has(emptyErrorIsItsStatus) {
		result.Code = strconv.Itoa(response.StatusCode)
		return result, nil
	}
	for _, candidate := range c.names(response, o) {
		if name, ok := candidate.(string); ok && c.sanitised(name) != "" {
			result.Code = c.sanitised(name)
			break
		}
	}
	messages := []any{o.get("message"), o.get("Message")}
	switch {
	case c.has(capitalMessageIgnored):
		messages = messages[:1]
	case c.has(capitalMessageWins):
		slices.Reverse(messages)
	case c.has(lastMessageWins):
		for _, m := range o {
			if strings.EqualFold(m.name, "message") {
				messages = []any{m.value}
			}
		}
	}
	for _, candidate := range messages {
		if message, ok := candidate.(string); ok {
			result.Message = c.shortened(message)
			break
		}
	}
	if result.Message == "" && c.has(errorNeedsMessage) {
		return nil, errors.New("the error has no message")
	}
	read, modelled := exceptions[result.Code]
	if !modelled && c.has(unmodelledIsUnknown) {
		result.Code = unknownError
	}
	if !modelled || o == nil || c.has(errorFieldsDropped) {
		return result, nil
	}
	fields, err := read(c, o)
	if m, ok := fields.(map[string]any); ok && err == nil && c.has(unknownErrorMembersKept) {
		for _, extra := range o {
			if _, known := m[extra.name]; !known && !strings.EqualFold(extra.name, "message") {
				m[extra.name] = "kept"
			}
		}
	}
	if m, ok := fields.(map[string]any); ok && err == nil && len(m) > 0 {
		result.Fields = marshal(m)
	}
	return result, nil
}

// shortened returns the message as clients with a bug keep it.
func (c client) shortened(message string) string {
	switch {
	case c.has(errorMessageCut):
		return message[:min(1024, len(message))]
	case c.has(errorMessageOneLine):
		return strings.Join(strings.Fields(message), " ")
	}
	return message
}

// names returns the candidates for the name of an error. The first one that is set wins.
func (c client) names(response *http.Response, o object) []any {
	header, code, capital, kind := any(response.Header.Get("X-Amzn-Errortype")), o.get("code"), o.get("Code"), o.get("__type")
	inside, _ := o.get("cause").(object)
	switch {
	case c.has(errorByHeaderOnly):
		return []any{header}
	case c.has(errorHeaderIgnored):
		return []any{code, capital, kind}
	case c.has(errorCodeIgnored):
		return []any{header, kind}
	case c.has(errorCapitalCodeIgnored):
		return []any{header, code, kind}
	case c.has(errorTypeIgnored):
		return []any{header, code, capital}
	case c.has(errorBodyWins):
		return []any{code, capital, kind, header}
	case c.has(errorTypeBeforeCode):
		return []any{header, kind, code, capital}
	case c.has(errorNestedNameCounts):
		return []any{header, code, capital, kind, inside.get("__type")}
	case c.has(errorByStatus):
		return []any{byStatus[response.StatusCode], header, code, capital, kind}
	}
	return []any{header, code, capital, kind}
}

// byStatus are the errors of the operation by status. Intermediaries use the same statuses.
var byStatus = map[int]any{400: "ValidationException", 403: "AccessDeniedException", 404: "ResourceNotFoundException",
	429: "ThrottlingException", 500: "InternalServerException", 503: "InternalServerException"}

// sanitised cuts a name at the first ':' and removes a "namespace#" before it.
func (c client) sanitised(name string) string {
	if c.has(namespaceByLastHash) {
		name = name[strings.LastIndexByte(name, '#')+1:]
	}
	if !c.has(errorURIKept) {
		name, _, _ = strings.Cut(name, ":")
	}
	if !c.has(errorNamespaceKept) {
		namespace, _, _ := strings.Cut(name, ":") // a URI after the ':' may have a fragment
		name = name[strings.LastIndexByte(namespace, '#')+1:]
	}
	return strings.TrimSpace(name)
}

// throttling are the codes of AWS services for throttling, with any status.
var throttling = map[string]bool{
	"Throttling": true, "ThrottlingException": true, "ThrottledException": true, "RequestThrottled": true,
	"RequestThrottledException": true, "TooManyRequestsException": true, "RequestLimitExceeded": true,
	"ProvisionedThroughputExceededException": true, "TransactionInProgressException": true,
	"BandwidthLimitExceeded": true, "LimitExceededException": true, "SlowDown": true,
	"PriorRequestNotComplete": true, "EC2ThrottledException": true,
}

func (c client) isRetryable(e *conformance.ErrorResult) bool {
	switch e.HTTPStatus {
	case 429:
		return !c.has(tooManyRequestsIsFinal)
	case 500:
		return !c.has(retriesByName) || e.Code != unknownError
	case 502, 503, 504:
		return !c.has(retriesByName)
	}
	switch {
	case c.has(retriesOn4xx) && e.HTTPStatus >= 400:
		return true
	case throttling[e.Code]:
		return !c.has(throttlingByStatusOnly) && (e.Code == "ThrottlingException" || !c.has(oneThrottlingCode))
	}
	return (e.Code == "RequestTimeout" || e.Code == "RequestTimeoutException") && !c.has(requestTimeoutIsFinal)
}
