package validate

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/schema"
)

// identified identifies the error of the response, and validates the response against it.
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
		e.add(finding.Finding{Rule: finding.ErrorStatusMismatch, Names: []string{declared.Name}, Found: statusValue(status), Wanted: statuses(want)})
	}
	e.queryError(declared)
	e.message(e.reply(schema.ErrorPart(declared.Name)))
}

// unidentified handles a response that names no error. If the recorder left out headers or masked
// the one that names the error, that is not a finding.
func (e *exchange) unidentified() {
	status := e.response.Status
	if e.recorded("X-Amzn-Errortype") {
		e.add(finding.Finding{Rule: finding.ErrorUnidentified, Found: statusValue(status)})
	}
	if !e.known(status) {
		e.unexpectedStatus()
	}
	e.bytesOnly()
}

// unmodeled handles an error that the contract does not list. An error that AWS's front ends and
// protocols produce for any operation has a lower severity, unless an emulator sends it.
func (e *exchange) unmodeled(name string) {
	want, common := commonErrors[name]
	f := finding.Finding{Rule: finding.ErrorUnmodeled, Names: []string{name}}
	if common {
		f.Problem = finding.Common
	}
	for _, d := range e.v.contract.Errors {
		f.Wanted.OneOf = append(f.Wanted.OneOf, d.Name)
	}
	e.add(f)
	if status := e.response.Status; common && status != 0 && !slices.Contains(want, status) {
		e.add(finding.Finding{Rule: finding.ErrorStatusMismatch, Problem: finding.Common, Names: []string{name}, Found: statusValue(status), Wanted: statuses(want...)})
	}
	e.queryError(nil)
	e.bytesOnly()
}

func statuses(all ...int) (want finding.Want) {
	for _, n := range all {
		want.OneOf = append(want.OneOf, strconv.Itoa(n))
	}
	return want
}

func statusValue(status int) finding.Value {
	return finding.ValueOf(finding.KindInteger, strconv.Itoa(status))
}

// commonErrors are the errors that any operation may return though no model lists them, with their
// statuses: those of the pages "Common Errors" and
// "Common Error Types" of AWS's API references, those that the protocols define
// (Smithy, aws-json-1_1-protocol.html and aws-restjson1-protocol.html), and those that
// the SDKs retry for every service (botocore 1.43.67, retries/standard.py). awsJson services
// return 400 for most errors that other services return with 403 or 404.
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

// queryErrorHeader has the code of an error in the query protocol.
const queryErrorHeader = "X-Amzn-Query-Error"

// queryError checks the legacy code of an error of a service that migrated from the query protocol:
// CODE;Sender or CODE;Receiver (Smithy, aws-query-protocol.html#awsquerycompatible). An error that
// the contract does not list, or whose code it does not state, may have any code.
func (e *exchange) queryError(declared *schema.Error) {
	got := awshttp.Value(e.response.Header, queryErrorHeader)
	if e.bare && got == "" || !e.v.contract.QueryCompatible.Or(false) || !e.recorded(queryErrorHeader) {
		return
	}
	code, faults, stated := "CODE", []string{"Sender", "Receiver"}, false
	f := finding.Finding{Rule: finding.ErrorQueryCode, Found: finding.Text(got)}
	if declared != nil {
		f.Names = []string{declared.Name}
		if own, ok := declared.Code.Get(); ok {
			code, stated = own, true
		}
		switch declared.Fault.Or("") {
		case "client":
			faults = faults[:1]
		case "server":
			faults = faults[1:]
		}
	}
	f.Wanted = finding.Want{Text: code, OneOf: faults}
	if got == "" {
		if declared != nil {
			f.Problem, f.Found = finding.NoErrorCode, finding.Value{Kind: finding.KindAbsent}
			e.add(f)
		}
		return
	}
	gotCode, gotFault, ok := strings.Cut(got, ";")
	switch {
	case !ok || gotCode == "" || gotFault != "Sender" && gotFault != "Receiver":
		f.Problem = finding.ErrorForm
	case stated && gotCode != code:
		f.Problem = finding.OtherCode
	case declared != nil && !slices.Contains(faults, gotFault):
		f.Problem = finding.OtherFault
	default:
		return
	}
	e.add(f)
}

func (e *exchange) unexpectedStatus(want ...int) {
	e.add(finding.Finding{Rule: finding.HTTPStatus, Found: statusValue(e.response.Status), Wanted: statuses(want...)})
}

func (e *exchange) known(status int) bool {
	for _, d := range e.v.contract.Errors {
		if want, ok := d.Status.Get(); !ok || want == status {
			return true
		}
	}
	return false
}

// bytesOnly checks that the body of an error that the contract does not list is JSON, unless its
// Content-Type is another.
func (e *exchange) bytesOnly() {
	if len(e.response.Body.Bytes) > 0 && !e.bare {
		e.contentType(e.reply(schema.OutputPart), nil)
	}
	media, _ := mediaType(awshttp.Value(e.response.Header, "Content-Type"))
	if len(e.response.Body.Bytes) == 0 || media != "" && !strings.Contains(media, "json") {
		return
	}
	unknown := &document{node: anything}
	if !accepts(unknown.node, e.response.Body.Bytes) {
		e.findings = append(e.findings, e.v.place(schema.OutputPart, unknown.explain(e.response.Body.Bytes), e.response.Body)...)
	}
}

// ErrorName returns the name of the error that a response has, from the header
// X-Amzn-Errortype, then the body's code or Code, then its __type
// (Smithy, aws-restjson1-protocol.html#operation-error-serialization). It is empty if the
// response names no error.
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
