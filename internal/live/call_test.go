package live_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/live"
	"github.com/crcheck/crcheck/internal/sigv4"
	"github.com/crcheck/crcheck/internal/standin"
	"github.com/crcheck/crcheck/schema"
)

var credentials = sigv4.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}

// caller returns a caller that reaches a stand-in.
func caller(t *testing.T, s *standin.Service) (*live.Caller, *url.URL) {
	server := standin.Start(t, s)
	u, err := url.Parse(server.URL)
	require.NoError(t, err)
	return &live.Caller{Transport: server.Transport(t), Region: s.Region, Service: s.Name, Credentials: aws.Credentials{
		AccessKeyID: s.Credentials.AccessKeyID, SecretAccessKey: s.Credentials.SecretAccessKey, SessionToken: s.Credentials.SessionToken}}, u
}

// TestCallIsSignedWell checks that a verifier that shares no code with the signer accepts every
// kind of request.
func TestCallIsSignedWell(t *testing.T) {
	temporary := credentials
	temporary.SessionToken = "IQoJb3JpZ2luX2VjEXAMPLE/+=="
	for _, v := range []struct{ model, operation, input string }{
		{"shed.json", "DescribeTool", `{"shedName": "a b/ü+%", "path": "x/y z/*", "colours": ["light blue", "+", "%"], "more": {"a": "~é"}, "labels": {"Size": " L  L "}, "brands": ["a,b"]}`},
		{"shed.json", "PutTool", `{"shedName": "arn:aws:x:::y", "tool": {"name": "ü"}}`},
		{"shed.json", "PutPicture", `{"picture": "/wAA"}`},
		{"shed.json", "PutPicture", `{}`},
		{"ledger.json", "GetEntry", `{"Number": 1}`},
	} {
		t.Run(v.operation, func(t *testing.T) {
			for _, c := range []sigv4.Credentials{credentials, temporary} {
				service := &standin.Service{Credentials: c, Name: "shed", Region: "eu-west-1"}
				caller, u := caller(t, service)
				request, err := live.Request(contract(t, v.model, v.operation), u, []byte(v.input))
				require.NoError(t, err)
				x, err := caller.Call(t.Context(), request)
				require.NoError(t, err)
				received := service.Received()
				require.Len(t, received, 1)
				require.Empty(t, received[0].Refused, v)
				require.Equal(t, 200, x.Response.Status)
				require.Equal(t, string(x.Request.Body.Bytes), string(received[0].Body))
				require.Empty(t, x.Request.Header.Get("Authorization"), "the interaction has no signature")
			}
		})
	}
}

func TestCallTakesEveryAnswer(t *testing.T) {
	for _, v := range []struct {
		name     string
		response standin.Response
		status   int
		body     string
	}{
		{"success", standin.Response{Body: `{"a":1}`}, 200, `{"a":1}`},
		{"chunked", standin.Response{Body: `{"a":1}`, Chunked: true}, 200, `{"a":1}`},
		{"not compressed", standin.Response{Body: `{"a":1}`, Gzip: true}, 200, `{"a":1}`},
		{"error", standin.Error(429, "ThrottlingException", "slow down"), 429, `{"message":"slow down"}`},
		{"redirect", standin.Response{Status: 307, Header: http.Header{"Location": {"/elsewhere"}}, Body: "{}"}, 307, `{}`},
	} {
		t.Run(v.name, func(t *testing.T) {
			service := &standin.Service{Credentials: credentials, Name: "shed", Region: "us-east-1", Respond: func(*http.Request, []byte) standin.Response { return v.response }}
			caller, u := caller(t, service)
			request, err := live.Request(contract(t, "shed.json", "ListSheds"), u, []byte(`{}`))
			require.NoError(t, err)
			x, err := caller.Call(t.Context(), request)
			require.NoError(t, err)
			require.Equal(t, v.status, x.Response.Status)
			require.Equal(t, v.body, string(x.Response.Body.Bytes))
			require.Len(t, service.Received(), 1)
		})
	}
}

func TestCallFails(t *testing.T) {
	const closed = "127.0.0.1:1" // a port that was free may be taken by now
	cut, u := caller(t, &standin.Service{Credentials: credentials, Name: "shed", Region: "us-east-1", Respond: func(*http.Request, []byte) standin.Response {
		return standin.Response{Body: strings.Repeat("x", 1000), Cut: true}
	}})
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		block := make([]byte, 1<<20)
		for range 80 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}))
	defer endless.Close()
	for _, v := range []struct {
		name, endpoint, says string
		transport            http.RoundTripper
	}{
		{"refused", "http://" + closed, "connection refused", &http.Transport{}},
		{"untrusted", u.String(), "certificate", &http.Transport{}},
		{"cut off", u.String(), "stream error", cut.Transport}, // of HTTP/2
		{"too long", endless.URL, "longer than 64 MiB", &http.Transport{}},
	} {
		t.Run(v.name, func(t *testing.T) {
			to, err := url.Parse(v.endpoint)
			require.NoError(t, err)
			request, err := live.Request(contract(t, "shed.json", "PutNote"), to, []byte(`{}`))
			require.NoError(t, err)
			failing := &live.Caller{Transport: v.transport, Credentials: cut.Credentials, Region: "us-east-1", Service: "shed"}
			_, err = failing.Call(t.Context(), request)
			var failure *live.CallError
			require.ErrorAs(t, err, &failure)
			require.Contains(t, failure.Error(), v.says)
			require.Equal(t, v.endpoint+"/notes", failure.URL, "without its query")
		})
	}
}

// TestCallSignsAnyQuery checks queries that the signer of the SDK for Go sorts differently from the
// service.
func TestCallSignsAnyQuery(t *testing.T) {
	for _, colours := range []string{`["é", "z"]`, `["a:", "a0"]`, `["z", "a"]`} {
		t.Run(colours, func(t *testing.T) {
			service := &standin.Service{Credentials: credentials, Name: "shed", Region: "us-east-1"}
			caller, u := caller(t, service)
			request, err := live.Request(contract(t, "shed.json", "DescribeTool"), u, []byte(`{"shedName": "a", "path": "b", "colours": `+colours+`}`))
			require.NoError(t, err)
			_, err = caller.Call(t.Context(), request)
			require.NoError(t, err)
			require.Empty(t, service.Received()[0].Refused)
		})
	}
}

func TestCallEnds(t *testing.T) {
	slow, u := caller(t, &standin.Service{Credentials: credentials, Name: "shed", Region: "us-east-1", Respond: func(*http.Request, []byte) standin.Response {
		return standin.Response{Delay: time.Minute}
	}})
	request, err := live.Request(contract(t, "shed.json", "ListSheds"), u, []byte(`{}`))
	require.NoError(t, err)
	cancelled, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err = slow.Call(cancelled, request)
	require.Equal(t, context.Canceled, err)

	late, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = slow.Call(late, request)
	var failure *live.CallError
	require.ErrorAs(t, err, &failure)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestCredentialsRefused(t *testing.T) {
	c := contract(t, "ledger.json", "GetEntry")
	for name, want := range map[string]bool{
		"UnrecognizedClientException": true, "InvalidSignatureException": true, "ExpiredTokenException": true, "ExpiredToken": true,
		"MissingAuthenticationTokenException": true, "IncompleteSignature": true,
		"AccessDeniedException": false, "NoSuchEntryException": false, "": false, "Exception": false,
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, want, live.CredentialsRefused(c, name), name)
		})
	}
	c = c.Clone()
	c.Errors = append(c.Errors, schema.Error{Name: "ExpiredTokenException"})
	require.False(t, live.CredentialsRefused(c, "ExpiredTokenException"), "it is the operation's own")
}
