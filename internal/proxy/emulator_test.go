package proxy_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/internal/proxy"
	"github.com/stretchr/testify/require"
)

// TestEmulator checks which requests reach an emulator, and that they do so as they came.
func TestEmulator(t *testing.T) {
	const issued = "ASIAZXCVBNMASDFGHJKL"
	signed := func(key string) string {
		return "AWS4-HMAC-SHA256 Credential=" + key + "/20000101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=" + strings.Repeat("0", 64)
	}
	for _, c := range []struct {
		name          string
		authorization string
		request       func(*http.Request)
		refused       string // in the message; empty: it passes
	}{
		{"no signature", "", nil, ""},
		{"a word, and a clock that is decades late", signed("test"), nil, ""},
		{"an account", signed("111122223333"), nil, ""},
		{"the key of the documentation", signed("AKIAIOSFODNN7EXAMPLE"), nil, ""},
		{"a key that no account has, by its digits", signed("AKIA0000111100001111"), nil, ""},
		{"a key that the emulator issued", signed(issued), nil, ""},
		{"a bearer token", "Bearer fake", nil, ""},
		{"a signature of version 2", "AWS test:c2lnbmF0dXJl", nil, ""},
		{"a long-term key", signed("AKIAQWERTZUIOPASDFGH"), nil, "AKIA…"},
		{"a session key", signed("ASIAQWERTZUIOPASDFGH"), nil, "ASIA…"},
		{"a long-term key in a signature of version 2", "AWS AKIAQWERTZUIOPASDFGH:c2lnbmF0dXJl", nil, "AKIA…"},
		{"a long-term key in the query", "", func(r *http.Request) { r.URL.RawQuery = "X-Amz-Credential=AKIAQWERTZUIOPASDFGH%2F2000" }, "AKIA…"},
		{"a bucket before the host", "", func(r *http.Request) { r.Host = "bucket.localhost:" + r.URL.Port() }, ""},
		{"another host", "", func(r *http.Request) { r.Host = "rebound.example.com" }, "Host"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var came *http.Request
			upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				came = r
				text, _ := io.ReadAll(r.Body)
				w.Write(text)
			}))
			defer upstream.Close()
			at, err := url.Parse(upstream.URL)
			require.NoError(t, err)
			p := &proxy.Emulator{Target: proxy.Target{Upstream: at, Transport: http.DefaultTransport}}
			p.Learn([]byte("<AccessKeyId>" + issued + "</AccessKeyId>"))
			server := httptest.NewServer(p)
			defer server.Close()
			r, err := http.NewRequest(http.MethodPost, server.URL+"/a%2fb", strings.NewReader("body"))
			require.NoError(t, err)
			r.Header.Set("X-Forwarded-For", "10.0.0.1")
			if c.authorization != "" {
				r.Header.Set("Authorization", c.authorization)
			}
			if c.request != nil {
				c.request(r)
			}
			host := r.Host
			res, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			defer res.Body.Close()
			if c.refused != "" {
				code, message := refusalOf(t, res)
				require.Equal(t, string(proxy.Refused), code)
				require.Contains(t, message, c.refused)
				require.NotContains(t, message, "QWERTZ")
				require.Nil(t, came)
				return
			}
			text, err := io.ReadAll(res.Body)
			require.NoError(t, err)
			require.Equal(t, "body", string(text))
			require.Equal(t, host, came.Host)
			require.Equal(t, "/a%2fb", came.URL.EscapedPath())
			require.Equal(t, c.authorization, came.Header.Get("Authorization"))
			require.Equal(t, "10.0.0.1", came.Header.Get("X-Forwarded-For"))
		})
	}
}

// TestOnThisMachine checks which upstreams are on this machine by their name.
func TestOnThisMachine(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost:4566": true, "127.0.0.1": true, "127.8.9.1:1": true, "[::1]:1": true, "s3.localhost:1": true,
		"localhost.example.com": false, "127.0.0.1.example.com": false, "0.0.0.0:1": false, "192.168.0.1": false, "notlocalhost": false, "cleanrooms.us-east-1.amazonaws.com": false,
	} {
		t.Run(host, func(t *testing.T) {
			u, err := proxy.ParseUpstream("http://" + host)
			require.NoError(t, err)
			require.Equal(t, want, proxy.OnThisMachine(u))
		})
	}
}
