package replay_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cleanrooms"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/serve"
	"github.com/crcheck/crcheck/replay"
	"github.com/crcheck/crcheck/traffic"
)

const membership = "10000000-0000-4000-8000-000000000001"

func job(number string) string { return "00000000-0000-4000-8000-" + number }

// counting counts the attempts of a client.
type counting struct {
	http.Handler
	requests atomic.Int32
}

func (c *counting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.requests.Add(1)
	c.Handler.ServeHTTP(w, r)
}

func sdkClient(endpoint string, transport http.RoundTripper) *cleanrooms.Client {
	return cleanrooms.New(cleanrooms.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(endpoint),
		HTTPClient:   &http.Client{Transport: transport},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "none"}, nil
		}),
		RetryMaxAttempts: 5,
	})
}

func getJob(ctx context.Context, c *cleanrooms.Client, id string) (*cleanrooms.GetProtectedJobOutput, error) {
	return c.GetProtectedJob(ctx, &cleanrooms.GetProtectedJobInput{
		MembershipIdentifier: aws.String(membership), ProtectedJobIdentifier: aws.String(id),
	})
}

// The real AWS SDK for Go reads the project's cassettes: over a socket, over TLS with HTTP/2, and
// in process.
func TestGoSDK(t *testing.T) {
	for _, kind := range []string{"loopback", "TLS", "in process"} {
		t.Run(kind, func(t *testing.T) {
			r, err := replay.Open([]string{"../cassettes/good"}, replay.Options{})
			require.NoError(t, err)
			count := &counting{Handler: r}
			server := httptest.NewUnstartedServer(count)
			defer server.Close()
			transport := http.RoundTripper(r)
			endpoint := "https://cleanrooms.us-east-1.amazonaws.com"
			switch kind {
			case "loopback":
				server.Start()
			case "TLS":
				server.EnableHTTP2 = true
				server.StartTLS()
			}
			if server.URL != "" {
				transport, endpoint = server.Client().Transport, server.URL
			}
			client := sdkClient(endpoint, transport)
			out, err := getJob(t.Context(), client, job("000000000134"))
			require.NoError(t, err)
			require.Equal(t, "SUCCESS", string(out.ProtectedJob.Status))
			if server.URL != "" {
				require.EqualValues(t, 1, count.requests.Load())
			}

			session := sdkClient(endpoint+"/_c/polled-to-success.yaml/one", transport)
			var statuses []string
			for range 3 {
				out, err := getJob(t.Context(), session, idOf(t, "polled-to-success.yaml"))
				require.NoError(t, err)
				statuses = append(statuses, string(out.ProtectedJob.Status))
			}
			require.Equal(t, "SUCCESS", statuses[2])
			require.NotEqual(t, statuses[0], statuses[2])
			require.Zero(t, r.Missed())
		})
	}
}

func idOf(t *testing.T, cassette string) string {
	path := filepath.Join("../cassettes/good", cassette)
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	for in, err := range traffic.Read(path, f) {
		require.NoError(t, err)
		return in.Request.URL[strings.LastIndexByte(in.Request.URL, '/')+1:]
	}
	return ""
}

func TestGoSDKDoesNotRetryAMiss(t *testing.T) {
	r, err := replay.Open([]string{"../cassettes/good"}, replay.Options{})
	require.NoError(t, err)
	count := &counting{Handler: r}
	server := httptest.NewServer(count)
	defer server.Close()
	_, err = getJob(t.Context(), sdkClient(server.URL, nil), job("999999999999"))
	var api smithy.APIError
	require.True(t, errors.As(err, &api), "%v", err)
	require.Equal(t, replay.MissCode, api.ErrorCode())
	require.Contains(t, api.ErrorMessage(), "path segment 4")
	require.EqualValues(t, 1, count.requests.Load())
}

// Serve takes a listener of crypto/tls as it is.
func TestServeOverTLS(t *testing.T) {
	donor := httptest.NewTLSServer(nil)
	certificate := donor.TLS.Certificates[0]
	transport := donor.Client().Transport
	donor.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	r, err := replay.Open([]string{"../cassettes/good"}, replay.Options{})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() {
		served <- serve.Serve(ctx, tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{certificate}}), r)
	}()
	_, err = getJob(t.Context(), sdkClient("https://"+l.Addr().String(), transport), job("000000000134"))
	require.NoError(t, err)
	cancel()
	require.NoError(t, <-served)
}

// boto3 is pinned: what it does not retry is a property of its version.
const boto3 = "boto3==1.42.90"

const boto3Program = `
import boto3, botocore.exceptions, sys
client = boto3.client("cleanrooms")
sent = []
client.meta.events.register("before-send.cleanrooms", lambda request, **kw: sent.append(request.url))
def get(job):
    return client.get_protected_job(membershipIdentifier="` + membership + `", protectedJobIdentifier=job)
print(get("` + "00000000-0000-4000-8000-000000000134" + `")["protectedJob"]["status"])
sent.clear()
try:
    get("00000000-0000-4000-8000-999999999999")
except botocore.exceptions.ClientError as e:
    print(e.response["Error"]["Code"], len(sent))
    print(e.response["Error"]["Message"])
`

func TestBoto3(t *testing.T) {
	python := pythonWithBoto3(t)
	r, err := replay.Open([]string{"../cassettes/good"}, replay.Options{})
	require.NoError(t, err)
	var out strings.Builder
	run := serve.Run{Handler: r, Command: []string{python, "-c", boto3Program}, Stdout: &out, Stderr: os.Stderr}
	status, err := run.Do(t.Context())
	require.NoError(t, err)
	require.Zero(t, status)
	require.Equal(t, 1, r.Missed())
	lines := strings.Split(out.String(), "\n")
	require.Equal(t, "SUCCESS", lines[0])
	require.Equal(t, replay.MissCode+" 1", lines[1])
	require.Contains(t, lines[2], "path segment 4")
}

// pythonWithBoto3 makes an environment for this test: five seconds where packages come fast.
func pythonWithBoto3(t *testing.T) string {
	if testing.Short() {
		t.Skip("skipped with -short: it installs " + boto3)
	}
	dir := t.TempDir()
	python := filepath.Join(dir, "bin", "python")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, step := range [][]string{
		{"python3", "-m", "venv", "--without-pip", dir},
		{"python3", "-m", "pip", "--python", python, "install", "--quiet", "--disable-pip-version-check", "--no-compile", boto3},
	} {
		cmd := exec.CommandContext(ctx, step[0], step[1:]...)
		cmd.WaitDelay = time.Second
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Skipf("skipped: %s cannot be had here: %v: %s", boto3, err, out)
		}
	}
	return python
}
