package sigv4_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/crcheck/crcheck/internal/sigv4"
	"github.com/stretchr/testify/require"
)

// The example in the documentation of Signature Version 4.
var (
	documented   = sigv4.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
	documentedAt = time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
)

const documentedRequest = "GET /?Action=ListUsers&Version=2010-05-08 HTTP/1.1\r\n" +
	"Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\nHost: iam.amazonaws.com\r\nX-Amz-Date: 20150830T123600Z\r\n" +
	"Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, " +
	"Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7\r\n\r\n"

// received parses a request as a server does.
func received(t testing.TB, text string) (*http.Request, []byte) {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
	require.NoError(t, err)
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return r, body
}

func TestDocumentedExample(t *testing.T) {
	r, body := received(t, documentedRequest)
	scope, err := sigv4.Verify(r, body, documented, documentedAt)
	require.NoError(t, err)
	require.Equal(t, sigv4.Scope{AccessKeyID: "AKIDEXAMPLE", Date: "20150830", Region: "us-east-1", Service: "iam"}, scope)
}

// TestBroken checks that each change of a valid request is refused, and with which reason.
func TestBroken(t *testing.T) {
	token := documented
	token.SessionToken = "token"
	for _, c := range []struct {
		name     string
		old, new string
		reason   sigv4.Reason
	}{
		{"method", "GET /", "PUT /", sigv4.Wrong},
		{"path", "GET /?", "GET /x?", sigv4.Wrong},
		{"query", "ListUsers", "ListRoles", sigv4.Wrong},
		{"one more parameter", "05-08 HTTP", "05-08&a HTTP", sigv4.Wrong},
		{"host", "iam.amazonaws.com", "iam.example.com", sigv4.Wrong},
		{"signed header", "utf-8", "utf-9", sigv4.Wrong},
		{"duplicate signed header", "Content-Type:", "Content-Type: a\r\nContent-Type:", sigv4.Wrong},
		{"unsigned x-amz header", "Host:", "X-Amz-Target: a.b\r\nHost:", sigv4.Wrong},
		{"host not signed", "content-type;host;", "content-type;", sigv4.Wrong},
		{"body", "Host:", "Content-Length: 1\r\nHost:", sigv4.Wrong},
		{"stated hash of another body", "Host:", "X-Amz-Content-Sha256: 00\r\nHost:", sigv4.Wrong},
		{"region", "us-east-1", "us-east-2", sigv4.Wrong},
		{"service", "/iam/", "/sts/", sigv4.Wrong},
		{"signature", "5d672d79", "5d672d78", sigv4.Wrong},
		{"signature cut", "f2b5d7", "", sigv4.Wrong},
		{"signature not hexadecimal", "5d672d79", "5d672dxx", sigv4.Malformed},
		{"no signature", ", Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7", "", sigv4.Malformed},
		{"duplicate part", ", Signature=", ", Signature=00, Signature=", sigv4.Malformed},
		{"unsorted headers", "content-type;host", "host;content-type", sigv4.Malformed},
		{"scope without service", "/iam/aws4", "/aws4", sigv4.Malformed},
		{"scope without region", "us-east-1/iam", "/iam", sigv4.Malformed},
		{"scope of another date", "AKIDEXAMPLE/20150830", "AKIDEXAMPLE/20150829", sigv4.Malformed},
		{"two authorizations", "Authorization:", "Authorization: a\r\nAuthorization:", sigv4.Malformed},
		{"no date", "X-Amz-Date: 20150830T123600Z\r\n", "", sigv4.Malformed},
		{"malformed date", "X-Amz-Date: 20150830T123600Z", "X-Amz-Date: yesterday", sigv4.Malformed},
		{"not signed", "Authorization:", "X-Authorization:", sigv4.Missing},
		{"empty", "Authorization: AWS4", "Authorization:\r\nX: AWS4", sigv4.Missing},
		{"another header", "Authorization: ", "X: ", sigv4.Missing},
		{"SigV4a", "AWS4-HMAC-SHA256 ", "AWS4-ECDSA-P256-SHA256 ", sigv4.Unsupported},
		{"bearer", "AWS4-HMAC-SHA256 ", "Bearer ", sigv4.Unsupported},
		{"key", "Credential=AKIDEXAMPLE", "Credential=AKIDEXAMPLF", sigv4.UnknownKey},
		{"session token", "Host:", "X-Amz-Security-Token: token\r\nHost:", sigv4.UnknownKey},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Contains(t, documentedRequest, c.old)
			text := strings.Replace(documentedRequest, c.old, c.new, 1)
			r, body := received(t, text+"x")
			_, err := sigv4.Verify(r, body, documented, documentedAt)
			refused := &sigv4.Error{}
			require.ErrorAs(t, err, &refused)
			require.Equal(t, c.reason, refused.Reason, refused.Detail)
			require.NotContains(t, refused.Detail, "5d672d")
		})
	}
	t.Run("presigned", func(t *testing.T) {
		r, _ := received(t, "GET /?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00 HTTP/1.1\r\nHost: a\r\n\r\n")
		_, err := sigv4.Verify(r, nil, documented, documentedAt)
		require.Equal(t, sigv4.Unsupported, err.(*sigv4.Error).Reason)
	})
	t.Run("secret", func(t *testing.T) {
		other := documented
		other.SecretAccessKey += "x"
		r, body := received(t, documentedRequest)
		_, err := sigv4.Verify(r, body, other, documentedAt)
		require.Equal(t, sigv4.Wrong, err.(*sigv4.Error).Reason)
	})
	t.Run("session token required", func(t *testing.T) {
		r, body := received(t, documentedRequest)
		_, err := sigv4.Verify(r, body, token, documentedAt)
		require.Equal(t, sigv4.UnknownKey, err.(*sigv4.Error).Reason)
	})
	for skew, ok := range map[time.Duration]bool{sigv4.MaxSkew: true, -sigv4.MaxSkew: true, sigv4.MaxSkew + time.Second: false, -sigv4.MaxSkew - time.Second: false} {
		t.Run("skew of "+skew.String(), func(t *testing.T) {
			r, body := received(t, documentedRequest)
			_, err := sigv4.Verify(r, body, documented, documentedAt.Add(skew))
			if ok {
				require.NoError(t, err)
			} else {
				require.Equal(t, sigv4.Expired, err.(*sigv4.Error).Reason)
			}
		})
	}
	for _, payload := range []string{"UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"} {
		t.Run(payload, func(t *testing.T) {
			r, body := signed(t, "PUT", "/a", "body", "s3", http.Header{"X-Amz-Content-Sha256": {payload}})
			_, err := sigv4.Verify(r, body, documented, documentedAt)
			require.Equal(t, sigv4.Unsupported, err.(*sigv4.Error).Reason)
		})
	}
}

// signed returns a request signed by the SDK for Go, as a server receives it.
func signed(t testing.TB, method, target, body, service string, h http.Header) (*http.Request, []byte) {
	t.Helper()
	r, err := http.NewRequest(method, "https://service.us-east-1.example.com"+target, strings.NewReader(body))
	require.NoError(t, err)
	for name, values := range h {
		r.Header[name] = values
	}
	sum := sha256.Sum256([]byte(body))
	hash := hex.EncodeToString(sum[:])
	if stated := r.Header.Get("X-Amz-Content-Sha256"); stated != "" {
		hash = stated
	}
	credentials := aws.Credentials{AccessKeyID: documented.AccessKeyID, SecretAccessKey: documented.SecretAccessKey, SessionToken: h.Get("X-Amz-Security-Token")}
	err = v4.NewSigner().SignHTTP(t.Context(), credentials, r, hash, service, "us-east-1", documentedAt,
		func(o *v4.SignerOptions) { o.DisableURIPathEscaping = service == "s3" })
	require.NoError(t, err)
	var sent bytes.Buffer
	require.NoError(t, r.Write(&sent))
	return received(t, sent.String())
}

// TestSDKSigner checks that signatures of the SDK for Go verify, even for odd paths and queries.
func TestSDKSigner(t *testing.T) {
	for _, c := range []struct {
		method, target, body, service string
		header                        http.Header
	}{
		{"GET", "/", "", "cleanrooms", nil},
		{"GET", "", "", "cleanrooms", nil},
		{"GET", "/memberships/a%20b/protectedJobs/%C3%A9", "", "cleanrooms", nil},
		{"GET", "/a%2Fb/%252F/c%2B+d/~-._!$&'()*,;=:@", "", "cleanrooms", nil},
		{"GET", "//a//b/", "", "cleanrooms", nil},
		{"GET", "/a/../b/./c", "", "cleanrooms", nil},
		{"GET", "/arn%3Aaws%3As3%3A%3A%3Ab%2Fk", "", "cleanrooms", nil},
		{"GET", "/?", "", "cleanrooms", nil},
		{"GET", "/?b=2&a=1&a=0&A=3&a&=x", "", "cleanrooms", nil},
		{"GET", "/?q=a%20b+c&e=%C3%A9%26%3D%2B%2F~&d=2026-11-22T00:00:00Z&a-b=1&a=2", "", "cleanrooms", nil},
		{"POST", "/", `{"a":"é"}`, "dynamodb", http.Header{"X-Amz-Target": {"DynamoDB_20120810.ListTables"}, "Content-Type": {"application/x-amz-json-1.0"}}},
		{"POST", "/", strings.Repeat("\x00\xff", 1<<16), "cleanrooms", http.Header{"X-Odd": {"  a   b  ", "c,d"}, "X-Empty": {""}}},
		{"PUT", "/key%20with%C3%A9//x/../y%25", "data", "s3", nil},
		{"GET", "/", "", "cleanrooms", http.Header{"X-Amz-Security-Token": {"TOKEN/+=="}}},
	} {
		t.Run(c.method+" "+c.target, func(t *testing.T) {
			r, body := signed(t, c.method, c.target, c.body, c.service, c.header)
			credentials := documented
			credentials.SessionToken = c.header.Get("X-Amz-Security-Token")
			scope, err := sigv4.Verify(r, body, credentials, documentedAt)
			require.NoError(t, err)
			require.Equal(t, c.service, scope.Service)
			_, err = sigv4.Verify(r, append(body, 'x'), credentials, documentedAt)
			require.Error(t, err)
		})
	}
}

// TestNormalisedPath checks paths that are sent unchanged, but signed without empty and dot
// segments, as botocore does.
func TestNormalisedPath(t *testing.T) {
	for sent, signedAs := range map[string]string{"//a//b/": "/a/b/", "/a/../b/./c": "/b/c", "/a/..": "/", "/..": "/", "/a/.": "/a/"} {
		t.Run(sent, func(t *testing.T) {
			r, body := signed(t, "GET", signedAs, "", "cleanrooms", nil)
			r.RequestURI = sent
			_, err := sigv4.Verify(r, body, documented, documentedAt)
			require.NoError(t, err)
		})
	}
}

// FuzzVerify checks that no request makes Verify panic, and none passes with another secret.
func FuzzVerify(f *testing.F) {
	f.Add(documentedRequest)
	f.Add("GET http://[::1]/%zz?a;b=%&X-Amz-Signature= HTTP/1.1\r\nHost: a\r\nAuthorization: AWS4-HMAC-SHA256 Credential=////,SignedHeaders=;,Signature=0\r\n\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
		if err != nil {
			return
		}
		body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		if err != nil {
			return
		}
		other := documented
		other.SecretAccessKey = "another"
		if _, err := sigv4.Verify(r, body, other, documentedAt); err == nil {
			t.Fatal("a request signed with another secret passes")
		}
		_, _ = sigv4.Verify(r, body, documented, documentedAt)
	})
}
