package sigv4_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/crcheck/crcheck/internal/sigv4"
	"github.com/stretchr/testify/require"
)

// TestVerifyHeaders checks what is refused before the body of a request is read.
func TestVerifyHeaders(t *testing.T) {
	const stated = "X-Amz-Content-Sha256"
	body, now := []byte("body"), time.Now()
	sum := sha256.Sum256(body)
	digest := hex.EncodeToString(sum[:])
	for _, v := range []struct {
		name    string
		states  bool                // X-Amz-Content-Sha256 is sent
		change  func(*http.Request) // after signing
		body    string
		headers sigv4.Reason // empty: the headers are accepted
		whole   sigv4.Reason // empty: the body is accepted, too
	}{
		{"stated", true, nil, "body", "", ""},
		{"stated, another body", true, nil, "else", "", sigv4.Wrong},
		{"stated, no body", true, nil, "", "", sigv4.Wrong},
		{"stated, another path", true, func(r *http.Request) { r.URL.Path = "/b" }, "body", sigv4.Wrong, ""},
		{"stated, another digest", true, func(r *http.Request) { r.Header.Set(stated, hex.EncodeToString(make([]byte, 32))) }, "body", sigv4.Wrong, ""},
		{"stated, not a digest", true, func(r *http.Request) { r.Header.Set(stated, "00") }, "body", sigv4.Malformed, ""},
		{"not stated", false, nil, "body", "", ""},
		{"not stated, another body", false, nil, "else", "", sigv4.Wrong},
		{"not stated, another path", false, func(r *http.Request) { r.URL.Path = "/b" }, "body", "", sigv4.Wrong},
		{"not stated, another token", false, func(r *http.Request) { r.Header.Set("X-Amz-Security-Token", "a") }, "body", sigv4.UnknownKey, ""},
		{"not stated, not signed", false, func(r *http.Request) { r.Header.Del("Authorization") }, "body", sigv4.Missing, ""},
		{"not stated, another date", false, func(r *http.Request) { r.Header.Set("X-Amz-Date", "20150830T123600Z") }, "body", sigv4.Malformed, ""},
		{"not stated, a header that is not signed", false, func(r *http.Request) { r.Header.Set("X-Amz-Target", "A.B") }, "body", sigv4.Wrong, ""},
	} {
		t.Run(v.name, func(t *testing.T) {
			r, err := http.NewRequest("PUT", "https://example.com/a", bytes.NewReader(body))
			require.NoError(t, err)
			if v.states {
				r.Header.Set(stated, digest)
			}
			c := sigv4.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "no-secret", SessionToken: "no-token"}
			require.NoError(t, v4.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}, r, digest, "cleanrooms", "us-east-1", now))
			if v.change != nil {
				v.change(r)
			}
			for range 2 { // an identical signature is not refused
				signed, err := sigv4.VerifyHeaders(r, c, now)
				reason := func(err error) sigv4.Reason {
					if err == nil {
						return ""
					}
					return err.(*sigv4.Error).Reason
				}
				require.Equal(t, v.headers, reason(err))
				if v.headers == "" {
					require.Equal(t, v.whole, reason(signed.VerifyBody([]byte(v.body))))
				}
			}
		})
	}
}
