package proxy_test

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/crcheck/crcheck/internal/sigv4"
	"github.com/stretchr/testify/require"
)

// through is a client of a forward proxy that trusts an authority alone.
func through(t *testing.T, proxyURL string, authority []byte) *http.Client {
	u, err := url.Parse(proxyURL)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(authority))
	transport := &http.Transport{Proxy: http.ProxyURL(u), TLSClientConfig: &tls.Config{RootCAs: pool}, DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// send signs a request and sends it; change comes before the signature.
func send(t *testing.T, client *http.Client, target, body string, c sigv4.Credentials, change func(*http.Request)) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", target, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Accept-Encoding", "gzip")
	if change != nil {
		change(r)
	}
	hash := r.Header.Get("X-Amz-Content-Sha256")
	if hash == "" {
		sum := sha256.Sum256([]byte(body))
		hash = hex.EncodeToString(sum[:])
	}
	err = v4.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken},
		r, hash, "cleanrooms", "us-east-1", time.Now())
	require.NoError(t, err)
	bare := *client
	bare.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return bare.Do(r)
}
