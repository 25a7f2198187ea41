package standin_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cleanrooms"
	"github.com/aws/aws-sdk-go-v2/service/cleanrooms/types"
	"github.com/aws/smithy-go"
	"github.com/crcheck/crcheck/internal/sigv4"
	"github.com/crcheck/crcheck/internal/standin"
	"github.com/stretchr/testify/require"
)

var known = sigv4.Credentials{AccessKeyID: "AKIAEXAMPLEEXAMPLE00", SecretAccessKey: "no-secret/of+anybody", SessionToken: "no-token/of+anybody=="}

// client returns a client of the SDK for Go for an endpoint.
func client(server *standin.Server, t *testing.T, endpoint string, c sigv4.Credentials) *cleanrooms.Client {
	return cleanrooms.New(cleanrooms.Options{
		Region: "us-east-1", BaseEndpoint: &endpoint, RetryMaxAttempts: 1,
		HTTPClient:  &http.Client{Transport: server.Transport(t)},
		Credentials: credentials.NewStaticCredentialsProvider(c.AccessKeyID, c.SecretAccessKey, c.SessionToken),
	})
}

func getJob(t *testing.T, c *cleanrooms.Client, membership, job string) (*cleanrooms.GetProtectedJobOutput, error) {
	return c.GetProtectedJob(t.Context(), &cleanrooms.GetProtectedJobInput{MembershipIdentifier: &membership, ProtectedJobIdentifier: &job})
}

func TestSDK(t *testing.T) {
	service := &standin.Service{Credentials: known, Name: "cleanrooms", Region: "us-east-1", Respond: func(r *http.Request, _ []byte) standin.Response {
		if strings.HasSuffix(r.URL.Path, "missing") {
			return standin.Error(404, "ResourceNotFoundException", "not found")
		}
		return standin.Response{Body: `{"protectedJob":{"status":"SUCCESS"}}`}
	}}
	server := standin.Start(t, service, "cleanrooms.us-east-1.amazonaws.com")
	good := client(server, t, "https://cleanrooms.us-east-1.amazonaws.com", known)
	for _, odd := range []string{"a", "a b", "a/b", "é%", "a+b", "~'()*!", "a:b@c", "..", "a//b"} {
		t.Run(odd, func(t *testing.T) {
			out, err := getJob(t, good, odd, odd)
			require.NoError(t, err)
			require.Equal(t, types.ProtectedJobStatusSuccess, out.ProtectedJob.Status)
		})
	}
	token := "a+b/c== é&x"
	_, err := good.ListProtectedJobs(t.Context(), &cleanrooms.ListProtectedJobsInput{MembershipIdentifier: aws.String("m"), NextToken: &token})
	require.NoError(t, err)
	_, err = getJob(t, good, "a", "missing")
	var none *types.ResourceNotFoundException
	require.ErrorAs(t, err, &none)

	for name, broken := range map[string]struct {
		credentials sigv4.Credentials
		region      string
		code        string
	}{
		"another key":    {sigv4.Credentials{AccessKeyID: "AKIAEXAMPLEEXAMPLE01", SecretAccessKey: known.SecretAccessKey, SessionToken: known.SessionToken}, "us-east-1", "UnrecognizedClientException"},
		"another secret": {sigv4.Credentials{AccessKeyID: known.AccessKeyID, SecretAccessKey: "x", SessionToken: known.SessionToken}, "us-east-1", "InvalidSignatureException"},
		"no token":       {sigv4.Credentials{AccessKeyID: known.AccessKeyID, SecretAccessKey: known.SecretAccessKey}, "us-east-1", "UnrecognizedClientException"},
		"another region": {known, "eu-west-1", "InvalidSignatureException"},
	} {
		t.Run(name, func(t *testing.T) {
			c := client(server, t, server.URL, broken.credentials)
			_, err := c.GetProtectedJob(t.Context(), &cleanrooms.GetProtectedJobInput{MembershipIdentifier: aws.String("a"), ProtectedJobIdentifier: aws.String("b")},
				func(o *cleanrooms.Options) { o.Region = broken.region })
			var failed smithy.APIError
			require.ErrorAs(t, err, &failed)
			require.Equal(t, broken.code, failed.ErrorCode())
		})
	}
	received := service.Received()
	require.Equal(t, "HTTP/2.0", received[0].Proto)
	require.Equal(t, "cleanrooms", received[0].Scope.Service)
}

// TestPlainReverseProxy checks that a request through a reverse proxy is refused, since it is
// signed for the host of the proxy.
func TestPlainReverseProxy(t *testing.T) {
	server := standin.Start(t, &standin.Service{Credentials: known})
	upstream, err := url.Parse(server.URL)
	require.NoError(t, err)
	plain := httptest.NewServer(&httputil.ReverseProxy{Transport: server.Transport(t), Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(upstream) }})
	t.Cleanup(plain.Close)
	c := cleanrooms.New(cleanrooms.Options{Region: "us-east-1", BaseEndpoint: &plain.URL, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(known.AccessKeyID, known.SecretAccessKey, known.SessionToken)})
	_, err = getJob(t, c, "a", "b")
	var failed smithy.APIError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, "InvalidSignatureException", failed.ErrorCode())
}

// TestResponses checks the encodings of a response, and clocks that differ.
func TestResponses(t *testing.T) {
	service := &standin.Service{}
	server := standin.Start(t, service)
	get := func() *http.Response {
		r, err := http.NewRequest("GET", server.URL, nil)
		require.NoError(t, err)
		r.Header.Set("Accept-Encoding", "gzip")
		response, err := server.Transport(t).RoundTrip(r)
		require.NoError(t, err)
		return response
	}
	response := get()
	require.Equal(t, 403, response.StatusCode)
	require.Equal(t, "MissingAuthenticationTokenException", response.Header.Get("X-Amzn-Errortype"))
	require.Equal(t, "MissingAuthenticationTokenException", service.Received()[0].Refused)

	service.Credentials = known
	service.Now = func() time.Time { return time.Now().Add(-time.Hour) }
	_, err := getJob(t, client(server, t, server.URL, known), "a", "b")
	require.ErrorContains(t, err, "Signature expired")
	service.Now = nil

	for _, a := range []standin.Response{{Body: `{"a":1}`}, {Body: `{"a":1}`, Gzip: true}, {Body: `{"a":1}`, Chunked: true}, {Status: 204}} {
		t.Run(fmt.Sprintf("%+v", a), func(t *testing.T) {
			w := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.Write(w, r) }))
			defer w.Close()
			response, err := http.Get(w.URL)
			require.NoError(t, err)
			body, err := io.ReadAll(response.Body)
			require.NoError(t, err)
			require.Equal(t, a.Body, string(body)) // net/http has decompressed it
			require.Equal(t, a.Gzip, response.Uncompressed)
		})
	}
	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { standin.Response{Body: `{"a":1}`, Cut: true}.Write(w, r) }))
	defer cut.Close()
	response, err = http.Get(cut.URL)
	require.NoError(t, err)
	_, err = io.ReadAll(response.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}
