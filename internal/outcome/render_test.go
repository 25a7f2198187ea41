package outcome

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"testing"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/cleanrooms/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/require"
)

type failedError struct{ cause error }

func (e *failedError) Error() string { return "failed" }
func (e *failedError) Unwrap() error { return e.cause }

type notFoundError string

func (e notFoundError) Error() string { return string(e) }

// called is an error of a client of the AWS SDK for Go.
func called(err error) error {
	response := &smithyhttp.Response{Response: &http.Response{StatusCode: http.StatusTooManyRequests}}
	return &smithy.OperationError{ServiceID: "CleanRooms", OperationName: "GetProtectedJob", Err: &awshttp.ResponseError{
		ResponseError: &smithyhttp.ResponseError{Response: response, Err: err}, RequestID: "00000000-0000-4000-8000-000000000003"}}
}

func TestRender(t *testing.T) {
	const endpoint = "http://127.0.0.1:40000/_c/s12"
	const prefix = `"message":"operation error CleanRooms: GetProtectedJob, https response error StatusCode: 429, RequestID: <request ID>, `
	throttled := called(&types.ThrottlingException{})
	text := "<&>"
	for _, v := range []struct {
		name string
		got  any
		err  error
		want string
	}{
		{"nothing", nil, nil, `{"returns":null}`},
		{"a text", text, nil, `{"returns":"<&>"}`},
		{"a pointer", &text, nil, `{"returns":"<&>"}`},
		{"a text of two lines", "a\nb", nil, `{"returns":"a\nb"}`},
		{"a map", map[string]int{"b": 1, "a": 2}, nil, `{"returns":{"a":2,"b":1}}`},
		{"a large number", int64(math.MaxInt64), nil, `{"returns":9223372036854775807}`},
		{"a time", time.Unix(1715730000, 123e6).UTC(), nil, `{"returns":"2024-05-14T23:40:00.123Z"}`},
		{"an empty struct", struct{}{}, nil, `{"returns":{}}`},
		{"fields that are left out", struct {
			A string `json:",omitempty"`
		}{}, nil, `{"returns":{}}`},
		{"the endpoint", "at " + endpoint + "/jobs", nil, `{"returns":"at <endpoint>/jobs"}`},
		{"an error and a value", 1, errors.New("no"), `{"raises":"error","message":"no"}`},
		{"an error without message", nil, notFoundError(""), `{"raises":"outcome.notFoundError"}`},
		{"an error in another", nil, fmt.Errorf("poll: %w", notFoundError("no job")), `{"raises":"outcome.notFoundError","message":"poll: no job"}`},
		{"joined errors", nil, errors.Join(notFoundError("a"), errors.New("b")), `{"raises":"outcome.notFoundError","message":"a\nb"}`},
		{"a deadline", nil, context.DeadlineExceeded, `{"raises":"context.deadlineExceededError","message":"context deadline exceeded"}`},
		{"an error of AWS", nil, throttled, `{"raises":"ThrottlingException",` + prefix + `ThrottlingException: "}`},
		{"an unknown error of AWS", nil, called(&smithy.GenericAPIError{Code: "NewException", Message: "m"}), `{"raises":"NewException",` + prefix + `api error NewException: m"}`},
		{"an error of the SDK", nil, called(&smithy.DeserializationError{Err: errors.New("no JSON")}), `{"raises":"smithy.DeserializationError",` + prefix + `deserialization failed, no JSON"}`},
		{"an error of the application around one of AWS", nil, &failedError{throttled}, `{"raises":"outcome.failedError","message":"failed"}`},
		{"an address", nil, fmt.Errorf("got %v", []*string{new(string)}), `{"raises":"error","message":"got [<address>]"}`},
		{"a number that is not an address", "0xc0ffee", nil, `{"returns":"0xc0ffee"}`},
		{"ports", nil, errors.New("read tcp 127.0.0.1:1->127.0.0.1:40000: reset; dial [::1]:9"), `{"raises":"error","message":"read tcp 127.0.0.1:<port>->127.0.0.1:<port>: reset; dial [::1]:<port>"}`},
	} {
		t.Run(v.name, func(t *testing.T) {
			line, err := render(v.got, v.err)
			require.NoError(t, err)
			require.Equal(t, v.want, steady(line, endpoint))
		})
	}
	for _, v := range []struct {
		name    string
		got     any
		problem string
	}{
		{"a function", func() {}, "unsupported type: func()"},
		{"not a number", math.NaN(), "unsupported value: NaN"},
		{"hidden fields", failedError{}, "the fields of outcome.failedError are not exported"},
		{"a pointer to hidden fields", &failedError{}, "the fields of *outcome.failedError are not exported"},
	} {
		t.Run(v.name, func(t *testing.T) {
			_, err := render(v.got, nil)
			require.ErrorContains(t, err, v.problem)
			require.ErrorContains(t, err, "pass a struct or map of what matters to Outcome")
		})
	}
}
