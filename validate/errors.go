package validate

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/schema"
)

// identified finds out which error the response is, and validates it against that error.
func (e *exchange) identified() {
	c, status := e.v.contract, e.response.Status
	name := ErrorName(e.response.Header, e.response.Body.Bytes)
	if name == "" {
		e.unidentified()
		return
	}
	declared, ok := c.Error(name)
	if !ok {
		e.unmodeled(name)
		return
	}
	if want, known := declared.Status.Get(); known && want != status && status != 0 {
		e.add(finding.ErrorStatusMismatch, fmt.Sprint(status), fmt.Sprint(want),
			fmt.Sprintf("%s came with status %d, its own is %d", declared.Name, status, want))
	}
	e.queryError(declared)
	e.message(e.answer(schema.ErrorPart(declared.Name)))
}

// unidentified is about a response that names no error. Where headers were left out,
// or the one that names it is masked, it may have.
func (e *exchange) unidentified() {
	status := e.response.Status
	if e.recorded("X-Amzn-Errortype") {
		e.add(finding.ErrorUnidentified, fmt.Sprintf("status %d", status), "X-Amzn-Errortype, or code or __type in the body",
			"the response does not name its error")
	}
	if !e.known(status) {
		e.noSuchStatus("a status of one of the operation's errors")
	}
	e.bytesOnly()
}

// unmodeled is about an error that the contract does not list. Those that AWS's
// front ends and protocols produce for any operation weigh less, unless an emulator
// sends them.
func (e *exchange) unmodeled(name string) {
	statuses, common := commonErrors[name]
	want, text := "", fmt.Sprintf("the operation has no error %s", quote(name))
	if common {
		text += ", which any operation of AWS may return"
	}
	for i, d := range e.v.contract.Errors {
		if i > 0 {
			want += ", "
		}
		want += d.Name
	}
	e.add(finding.ErrorUnmodeled, clip(name), "one of "+want, text)
	if status := e.response.Status; common && status != 0 && !slices.Contains(statuses, status) {
		e.add(finding.ErrorStatusMismatch, fmt.Sprint(status), orList(statuses),
			fmt.Sprintf("%s came with status %d, AWS sends it with %s", name, status, orList(statuses)))
	}
	e.queryError(nil)
	e.bytesOnly()
}

func orList(numbers []int) string {
	var texts []string
	for _, n := range numbers {
		texts = append(texts, fmt.Sprint(n))
	}
	return strings.Join(texts, " or ")
}

// commonErrors are the errors that any operation may return though no model lists
// them, with the statuses that they come with: those of the pages "Common Errors" and
// "Common Error Types" of AWS's API references, those that the protocols define
// (Smithy, aws-json-1_1-protocol.html and aws-restjson1-protocol.html), and those that
// the SDKs retry for every service (botocore 1.43.67, retries/standard.py). Services
// of awsJson answer 400 to most of what others answer 403 or 404 to.
var commonErrors = map[string][]int{
	"AccessDenied": {400, 403}, "AccessDeniedException": {400, 403}, "NotAuthorized": {400, 401, 403}, "UnauthorizedException": {401, 403},
	"ExpiredToken": {400, 403}, "ExpiredTokenException": {400, 403}, "RequestExpired": {400, 403},
	"IncompleteSignature": {400, 403}, "IncompleteSignatureException": {400, 403},
	"InvalidClientTokenId": {400, 403}, "UnrecognizedClientException": {400, 401, 403},
	"InvalidSignatureException": {400, 403}, "SignatureDoesNotMatch": {400, 403}, "InvalidAccessKeyId": {403},
	"MissingAuthenticationToken": {400, 403}, "MissingAuthenticationTokenException": {400, 403},
	"OptInRequired": {400, 403}, "SubscriptionRequiredException": {400, 403},
	"RequestTimeTooSkewed": {400, 403},

	"ValidationError": {400}, "ValidationException": {400}, "SerializationException": {400}, "MalformedHttpRequestException": {400},
	"InvalidParameterCombination": {400}, "InvalidParameterValue": {400}, "InvalidQueryParameter": {400},
	"MissingAction": {400}, "MissingParameter": {400}, "MalformedQueryString": {400, 404},
	"InvalidAction": {400, 404}, "UnknownOperationException": {400, 404}, "UnknownOperation": {400, 404},
	"RequestAbortedException": {400}, "RequestTimeout": {400, 408}, "RequestTimeoutException": {400, 408},
	"NotAcceptableException": {406}, "UnsupportedMediaTypeException": {415},
	"RequestEntityTooLarge": {413}, "RequestEntityTooLargeException": {413},

	"Throttling": {400, 429}, "ThrottlingException": {400, 429}, "ThrottledException": {400, 429}, "TooManyRequestsException": {400, 429},
	"RequestThrottled": {400, 429}, "RequestThrottledException": {400, 429}, "RequestLimitExceeded": {400, 429, 503},

	"InternalFailure": {500}, "InternalError": {500}, "InternalServerError": {500}, "InternalServerException": {500},
	"ServiceUnavailable": {503}, "ServiceUnavailableException": {503},
}

// queryErrorHeader names an error as the query protocol did.
const queryErrorHeader = "X-Amzn-Query-Error"

// queryError checks how the error of a service that once spoke the query protocol
// names itself for clients of that time: CODE;Sender or CODE;Receiver (Smithy,
// aws-query-protocol.html#awsquerycompatible). An error that the contract does not
// list, or whose code it does not state, may have any.
func (e *exchange) queryError(declared *schema.Error) {
	got := awshttp.Value(e.response.Header, queryErrorHeader)
	if e.bare && got == "" || !e.v.contract.QueryCompatible.Or(false) || !e.recorded(queryErrorHeader) {
		return
	}
	code, fault, stated := "CODE", "Sender or Receiver", false
	if declared != nil {
		if own, ok := declared.Code.Get(); ok {
			code, stated = own, true
		}
		switch declared.Fault.Or("") {
		case "client":
			fault = "Sender"
		case "server":
			fault = "Receiver"
		}
	}
	want := code + ";" + fault
	if got == "" {
		if declared != nil {
			e.add(finding.ErrorQueryCode, "none", want, "the header X-Amzn-Query-Error is missing")
		}
		return
	}
	gotCode, gotFault, ok := strings.Cut(got, ";")
	switch {
	case !ok || gotCode == "" || gotFault != "Sender" && gotFault != "Receiver":
		e.add(finding.ErrorQueryCode, clip(got), want, "the header X-Amzn-Query-Error is not of the form CODE;Sender or CODE;Receiver")
	case stated && gotCode != code:
		e.add(finding.ErrorQueryCode, clip(got), want, fmt.Sprintf("the header X-Amzn-Query-Error names %s, the code of %s is %s", quote(gotCode), declared.Name, code))
	case declared != nil && !strings.Contains(fault, gotFault):
		e.add(finding.ErrorQueryCode, clip(got), want, fmt.Sprintf("the header X-Amzn-Query-Error says %s, %s is the fault of the %s", gotFault, declared.Name, strings.ToLower(fault)))
	}
}

func (e *exchange) noSuchStatus(want string) {
	status := e.response.Status
	e.add(finding.HTTPStatus, fmt.Sprint(status), want, fmt.Sprintf("unexpected status %d", status))
}

func (e *exchange) known(status int) bool {
	for _, d := range e.v.contract.Errors {
		if want, ok := d.Status.Get(); !ok || want == status {
			return true
		}
	}
	return false
}

// bytesOnly checks that the body of an error that the contract does not list is JSON,
// unless it says that it is something else.
func (e *exchange) bytesOnly() {
	if len(e.response.Body.Bytes) > 0 && !e.bare {
		e.contentType(e.answer(schema.OutputPart), nil)
	}
	media, _, _ := mime.ParseMediaType(awshttp.Value(e.response.Header, "Content-Type"))
	if len(e.response.Body.Bytes) == 0 || media != "" && !strings.Contains(media, "json") {
		return
	}
	unknown := &document{node: anything}
	if !accepts(unknown.node, e.response.Body.Bytes) {
		e.findings = append(e.findings, e.v.place(schema.OutputPart, unknown.explain(e.response.Body.Bytes), e.response.Body)...)
	}
}

// ErrorName identifies the error that a response is: by the header
// X-Amzn-Errortype, then the body's code or Code, then its __type
// (Smithy, aws-restjson1-protocol.html#operation-error-serialization). Empty: it
// names none.
func ErrorName(h http.Header, body []byte) string {
	if value := awshttp.Value(h, "X-Amzn-Errortype"); !awshttp.Masked(value) {
		if name := sanitize(value); name != "" {
			return name
		}
	}
	body = bytes.TrimPrefix(body, []byte(bom))
	for _, pointer := range []jsontext.Pointer{"/code", "/Code", "/__type"} {
		if found := scalarAt(body, pointer); found.quoted {
			if name := sanitize(found.value); name != "" {
				return name
			}
		}
	}
	return ""
}

// sanitize cuts at the first colon, then keeps what follows the number sign.
func sanitize(name string) string {
	name, _, _ = strings.Cut(name, ":")
	if _, shape, ok := strings.Cut(name, "#"); ok {
		name = shape
	}
	return strings.TrimSpace(name)
}
