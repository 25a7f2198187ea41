package proxy_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/internal/proxy"
	"github.com/stretchr/testify/require"
)

// fronted returns the URL and the authority of a forward proxy before a service that is a function.
func fronted(t *testing.T, service roundTrip) (proxyURL string, authority []byte) {
	upstream, err := proxy.ParseUpstream("https://" + upstreamHost)
	require.NoError(t, err)
	f, err := proxy.NewForward(proxy.Target{Upstream: upstream, Transport: service})
	require.NoError(t, err)
	front := httptest.NewServer(f)
	t.Cleanup(front.Close)
	return f.URL(front.Listener.Addr().String()), f.Authority()
}

// TestForwardResponse checks that the client receives exactly the response of the service, without
// the headers for one connection, and that it notices a body that broke off.
func TestForwardResponse(t *testing.T) {
	broken := errors.New("broken off")
	for _, c := range []struct {
		name     string
		response http.Response
		body     io.Reader
		want     http.Header
		err      error
	}{
		{"no header", http.Response{StatusCode: 200, ContentLength: 2}, strings.NewReader("{}"), http.Header{}, nil},
		{"several values", http.Response{StatusCode: 404, Header: http.Header{"A": {"1", "2"}, "Date": {"then"}, "Content-Type": {"x/y"}}}, strings.NewReader(""),
			http.Header{"A": {"1", "2"}, "Date": {"then"}, "Content-Type": {"x/y"}}, nil},
		{"for one connection", http.Response{StatusCode: 200, Header: http.Header{"Connection": {"Gone"}, "Gone": {"1"}, "Keep-Alive": {"1"}}}, strings.NewReader(""), http.Header{}, nil},
		{"unknown length", http.Response{StatusCode: 200, ContentLength: -1}, strings.NewReader("abc"), http.Header{}, nil},
		{"broken off", http.Response{StatusCode: 200, ContentLength: -1}, io.MultiReader(strings.NewReader("abc"), failing{broken}), http.Header{}, io.ErrUnexpectedEOF},
	} {
		t.Run(c.name, func(t *testing.T) {
			var text strings.Builder
			c.response.Body = io.NopCloser(io.TeeReader(c.body, &text))
			if c.response.Header == nil {
				c.response.Header = http.Header{}
			}
			proxyURL, authority := fronted(t, func(*http.Request) (*http.Response, error) { return &c.response, nil })
			got, err := through(t, proxyURL, authority).Get("https://" + upstreamHost)
			require.NoError(t, err)
			defer got.Body.Close()
			body, err := io.ReadAll(got.Body)
			require.ErrorIs(t, err, c.err)
			require.Equal(t, text.String(), string(body))
			require.Equal(t, c.response.StatusCode, got.StatusCode)
			got.Header.Del("Content-Length")
			require.Equal(t, c.want, got.Header)
		})
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestForwardCancelled checks that a client that disconnects ends its request to the service.
func TestForwardCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	proxyURL, authority := fronted(t, func(r *http.Request) (*http.Response, error) {
		cancel()
		<-r.Context().Done()
		ended <- r.Context().Err()
		return nil, r.Context().Err()
	})
	r, err := http.NewRequestWithContext(ctx, "GET", "https://"+upstreamHost, nil)
	require.NoError(t, err)
	_, err = through(t, proxyURL, authority).Do(r)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, <-ended, context.Canceled)
}

// TestForwardEarly checks that a client may begin TLS before it has the response to CONNECT.
func TestForwardEarly(t *testing.T) {
	proxyURL, authority := fronted(t, func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 204, Header: http.Header{}, Body: http.NoBody}, nil
	})
	u, err := url.Parse(proxyURL)
	require.NoError(t, err)
	raw, err := net.Dial("tcp", u.Host)
	require.NoError(t, err)
	defer raw.Close()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	r := &http.Request{Header: http.Header{}}
	password, _ := u.User.Password()
	r.SetBasicAuth(u.User.Username(), password)
	head := fmt.Sprintf("CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\nProxy-Authorization: %s\r\n\r\n", upstreamHost, upstreamHost, r.Header.Get("Authorization"))
	c := tls.Client(&eager{Conn: raw, head: head}, &tls.Config{RootCAs: pool, ServerName: upstreamHost})
	require.NoError(t, c.Handshake())
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", upstreamHost)
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	require.Equal(t, 204, response.StatusCode)
}

// eager is a connection to a proxy that sends CONNECT and the first bytes of TLS in one segment, and
// skips the response to CONNECT.
type eager struct {
	net.Conn
	head    string
	skipped *bufio.Reader
}

func (e *eager) Write(b []byte) (int, error) {
	head := e.head
	e.head = ""
	n, err := e.Conn.Write(append([]byte(head), b...))
	return n - len(head), err
}

func (e *eager) Read(b []byte) (int, error) {
	if e.skipped == nil {
		e.skipped = bufio.NewReader(e.Conn)
		for line := "first"; strings.TrimSpace(line) != ""; {
			var err error
			if line, err = e.skipped.ReadString('\n'); err != nil {
				return 0, err
			}
		}
	}
	return e.skipped.Read(b)
}
