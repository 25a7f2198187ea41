package sdkgo

import (
	"context"
	"errors"
	"io"
	"net"
	"reflect"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/crcheck/crcheck/conformance"
)

// failure says which kind of result an error of the SDK is. The order matters:
// an error of the service is one whatever happened to its connection, and a
// call that ran out of time is a timeout whatever it was doing.
func failure(err error, w *wire) *conformance.Result {
	var (
		params        smithy.InvalidParamsError
		paramsPointer *smithy.InvalidParamsError
		serialization *smithy.SerializationError
		api           smithy.APIError
		undecodable   *smithy.DeserializationError
		unsent        *smithyhttp.RequestSendError
		response      *smithyhttp.ResponseError
	)
	message := err.Error()
	switch {
	case errors.As(err, &params):
		return rejected(params, message)
	case errors.As(err, &paramsPointer):
		return rejected(*paramsPointer, message)
	case errors.As(err, &serialization):
		return &conformance.Result{Rejected: &conformance.Failure{Message: message}}
	case errors.As(err, &api):
		return &conformance.Result{Error: apiError(api, err)}
	case isTimeout(err) || isTimeout(w.bodyFailure()):
		return transport(conformance.TransportTimeout, message)
	case errors.Is(w.bodyFailure(), io.ErrUnexpectedEOF):
		return transport(conformance.TransportTruncated, message)
	case w.bodyFailure() != nil:
		return transport(conformance.TransportConnection, message)
	case errors.As(err, &undecodable):
		return &conformance.Result{Broken: &conformance.Failure{Message: message}}
	case errors.As(err, &unsent): // the SDK wraps this in a ResponseError too
		return transport(conformance.TransportConnection, message)
	case errors.As(err, &response):
		// There was a response, and the SDK made no error of the service of it.
		return &conformance.Result{Broken: &conformance.Failure{Message: message}}
	}
	return transport(conformance.TransportOther, message)
}

func rejected(invalid smithy.InvalidParamsError, message string) *conformance.Result {
	r := &conformance.Failure{Message: message}
	var first smithy.InvalidParamError
	if errs := invalid.Errs(); len(errs) > 0 && errors.As(errs[0], &first) {
		r.Member = memberPath(first.Field())
	}
	return &conformance.Result{Rejected: r}
}

func transport(kind, message string) *conformance.Result {
	return &conformance.Result{Transport: &conformance.Failure{Kind: kind, Message: message}}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// apiError is an error of the service. A modelled one is a structure of its own,
// which has the members; others have only code and message.
func apiError(api smithy.APIError, err error) *conformance.ErrorResult {
	result := &conformance.ErrorResult{Code: api.ErrorCode(), Message: api.ErrorMessage()}
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		result.HTTPStatus = response.HTTPStatusCode()
	}
	if _, generic := api.(*smithy.GenericAPIError); generic {
		return result
	}
	fields := structure(reflect.Indirect(reflect.ValueOf(api)))
	delete(fields, "message")
	delete(fields, "errorCodeOverride") // the SDK's own
	if len(fields) > 0 {
		result.Fields = marshal(fields)
	}
	return result
}
