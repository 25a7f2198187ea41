package proxy_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/crcheck/crcheck/internal/proxy"
	"github.com/crcheck/crcheck/internal/standin"
	"github.com/stretchr/testify/require"
)

// TestForwardRefuses checks that the proxy refuses a wrong password and every host but the
// upstream.
func TestForwardRefuses(t *testing.T) {
	b, f, front := forwarded(t, &standin.Service{})
	address := front.Listener.Addr().String()
	good, err := url.Parse(f.URL(address))
	require.NoError(t, err)
	password, _ := good.User.Password()
	require.Len(t, password, 26)
	for _, c := range []struct {
		name   string
		proxy  *url.URL
		target string
		status int
		text   string
	}{
		{"no password", &url.URL{Scheme: "http", Host: address}, b.url, 407, "Proxy Authentication Required"},
		{"another password", &url.URL{Scheme: "http", Host: address, User: url.UserPassword("crcheck", "guess")}, b.url, 407, "Proxy Authentication Required"},
		{"another user", &url.URL{Scheme: "http", Host: address, User: url.UserPassword("root", password)}, b.url, 407, "Proxy Authentication Required"},
		{"another host", good, "https://sts.amazonaws.com", 403, "Forbidden"},
		{"another port", good, b.url + ":8443", 403, "Forbidden"},
		{"a longer host", good, b.url + ".example.com", 403, "Forbidden"},
		{"the proxy itself", good, "https://" + address, 403, "Forbidden"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := through(t, c.proxy.String(), f.Authority())
			_, err := send(t, client, c.target, "", ours, nil)
			require.ErrorContains(t, err, c.text)
			refused := b.refused.take()
			require.Len(t, refused, 1)
			require.Equal(t, c.status, refused[0].Status)
			require.NotContains(t, refused[0].Error(), password)
		})
	}
	t.Run("plain http", func(t *testing.T) {
		response, err := through(t, good.String(), f.Authority()).Get("http://" + upstreamHost)
		require.NoError(t, err)
		require.Equal(t, 403, response.StatusCode)
		_, message := refusalOf(t, response)
		require.Contains(t, message, "CONNECT")
	})
	t.Run("not a proxy request", func(t *testing.T) {
		response, err := http.Get(front.URL)
		require.NoError(t, err)
		require.Equal(t, 407, response.StatusCode)
	})
	t.Run("another host in an intercepted request", func(t *testing.T) {
		response, err := send(t, b.http, b.url, "", ours, func(r *http.Request) { r.Host = "s3.amazonaws.com" })
		require.NoError(t, err)
		require.Equal(t, 421, response.StatusCode)
	})
	require.Empty(t, b.service.Received())
}

// TestForwardSignature checks that the service receives exactly the headers that the client has
// signed.
func TestForwardSignature(t *testing.T) {
	b, _, _ := forwarded(t, &standin.Service{})
	var sent http.Header
	inner := b.http.Transport
	b.http.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		sent = r.Header.Clone()
		return inner.RoundTrip(r)
	})
	_, err := ask(t, b.client(ours))
	require.NoError(t, err)
	got := b.service.Received()[0].Header
	for name := range sent {
		require.Equal(t, sent[name], got[name], name)
	}
	got.Del("Content-Length")
	for name := range got {
		require.Contains(t, sent, name, "nothing is added")
	}
}

// TestForwardCertificate checks that an authority is valid for the upstream only, and new for each
// session.
func TestForwardCertificate(t *testing.T) {
	for _, host := range []string{upstreamHost, "192.0.2.7", "[2001:db8::7]:8443"} {
		t.Run(host, func(t *testing.T) {
			upstream, err := proxy.ParseUpstream("https://" + host)
			require.NoError(t, err)
			f, err := proxy.NewForward(proxy.Target{Upstream: upstream})
			require.NoError(t, err)
			block, rest := pem.Decode(f.Authority())
			require.Empty(t, rest)
			require.Equal(t, "CERTIFICATE", block.Type)
			authority, err := x509.ParseCertificate(block.Bytes)
			require.NoError(t, err)
			require.True(t, authority.IsCA && authority.MaxPathLenZero && authority.PermittedDNSDomainsCritical)
			require.Equal(t, 1, len(authority.PermittedDNSDomains)+len(authority.PermittedIPRanges))
			other, err := proxy.NewForward(proxy.Target{Upstream: upstream})
			require.NoError(t, err)
			require.NotEqual(t, f.Authority(), other.Authority())
			require.NotEqual(t, f.URL(host), other.URL(host))
		})
	}
	upstream, err := proxy.ParseUpstream("http://localhost:4566")
	require.NoError(t, err)
	_, err = proxy.NewForward(proxy.Target{Upstream: upstream})
	require.Error(t, err)
}

// TestForwardHTTP1 checks that the proxy offers clients neither HTTP/2 nor TLS before 1.2, and that
// a second request on a connection works.
func TestForwardHTTP1(t *testing.T) {
	b, f, front := forwarded(t, &standin.Service{})
	proxyURL, err := url.Parse(f.URL(front.Listener.Addr().String()))
	require.NoError(t, err)
	connect := func(config *tls.Config) (*tls.Conn, error) {
		raw, err := net.Dial("tcp", proxyURL.Host)
		require.NoError(t, err)
		t.Cleanup(func() { raw.Close() })
		r, err := http.NewRequest("CONNECT", "http://"+upstreamHost+":443", nil)
		require.NoError(t, err)
		r.URL.Opaque = upstreamHost + ":443"
		password, _ := proxyURL.User.Password()
		r.SetBasicAuth("crcheck", password)
		fmt.Fprintf(raw, "CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\nProxy-Authorization: %s\r\n\r\n", upstreamHost, upstreamHost, r.Header.Get("Authorization"))
		response, err := http.ReadResponse(bufio.NewReader(raw), r)
		require.NoError(t, err)
		require.Equal(t, 200, response.StatusCode)
		config.RootCAs = x509.NewCertPool()
		config.RootCAs.AppendCertsFromPEM(f.Authority())
		config.ServerName = upstreamHost
		c := tls.Client(raw, config)
		return c, c.Handshake()
	}
	c, err := connect(&tls.Config{NextProtos: []string{"h2", "http/1.1"}})
	require.NoError(t, err)
	require.Equal(t, "http/1.1", c.ConnectionState().NegotiatedProtocol)
	responses := bufio.NewReader(c)
	for range 2 {
		fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", upstreamHost)
		response, err := http.ReadResponse(responses, nil)
		require.NoError(t, err)
		require.Equal(t, 403, response.StatusCode) // of the service, since the request is not signed
		require.Equal(t, "MissingAuthenticationTokenException", response.Header.Get("X-Amzn-Errortype"))
		response.Body.Close()
	}
	require.Len(t, b.service.Received(), 2)
	require.Equal(t, "", b.service.Received()[0].Header.Get("User-Agent"), "net/http adds none")
	_, err = connect(&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	require.Error(t, err)
}

// TestForwardEnd checks that End waits for requests in flight and refuses new ones.
func TestForwardEnd(t *testing.T) {
	started, release := make(chan struct{}), make(chan struct{})
	b, f, _ := forwarded(t, &standin.Service{Respond: func(*http.Request, []byte) standin.Response {
		close(started)
		<-release
		return standin.Response{Body: `{}`}
	}})
	done := make(chan error, 1)
	go func() {
		_, err := ask(t, b.client(ours))
		done <- err
	}()
	<-started
	soon, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, f.End(soon), context.DeadlineExceeded)
	_, err := ask(t, b.client(ours))
	require.ErrorContains(t, err, "the recording has ended")
	close(release)
	require.NoError(t, f.End(t.Context()))
	require.NoError(t, <-done)
	require.NoError(t, f.End(t.Context()))
	require.True(t, strings.HasPrefix(b.service.Received()[0].URI, "/memberships/"))
}
