package proxy_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cleanrooms"
	"github.com/crcheck/crcheck/internal/proxy"
	"github.com/crcheck/crcheck/internal/sigv4"
	"github.com/crcheck/crcheck/internal/standin"
	"github.com/stretchr/testify/require"
)

const upstreamHost = "cleanrooms.us-east-1.amazonaws.com"

// ours are the user's credentials, which the stand-in accepts.
var ours = sigv4.Credentials{AccessKeyID: "AKIAEXAMPLEEXAMPLE00", SecretAccessKey: "no-secret/of+anybody", SessionToken: "no-token/of+anybody=="}

func provider(c sigv4.Credentials) aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(c.AccessKeyID, c.SecretAccessKey, c.SessionToken)
}

// refusals collects the refusals of a proxy.
type refusals struct {
	mu  sync.Mutex
	all []*proxy.Refusal
}

func (r *refusals) add(one *proxy.Refusal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, one)
}

func (r *refusals) take() []*proxy.Refusal {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.all
	r.all = nil
	return all
}

// between is a proxy of either mode between the SDK for Go and a stand-in.
type between struct {
	service *standin.Service
	server  *standin.Server
	refused *refusals
	client  func(sigv4.Credentials) *cleanrooms.Client
	signer  sigv4.Credentials // the credentials of the client
	http    *http.Client      // sends requests to the proxy or through it
	url     string            // the endpoint of the client
}

func newTarget(t *testing.T, service *standin.Service) (proxy.Target, *standin.Server, *refusals) {
	service.Credentials = ours
	server := standin.Start(t, service, upstreamHost)
	upstream, err := proxy.ParseUpstream("https://" + upstreamHost)
	require.NoError(t, err)
	refused := &refusals{}
	return proxy.Target{Upstream: upstream, Transport: server.Transport(t), Refused: refused.add}, server, refused
}

func resigned(t *testing.T, service *standin.Service, change ...func(*proxy.Resign)) *between {
	target, server, refused := newTarget(t, service)
	p := &proxy.Resign{Target: target, Session: proxy.NewSession(), User: provider(ours)}
	front := httptest.NewServer(p)
	t.Cleanup(front.Close)
	for _, f := range change {
		f(p)
	}
	b := &between{service: service, server: server, refused: refused, signer: p.Session, http: front.Client(), url: front.URL}
	b.http.Transport.(*http.Transport).DisableCompression = true
	b.client = func(c sigv4.Credentials) *cleanrooms.Client { return sdk(b.url, b.http, c) }
	return b
}

func forwarded(t *testing.T, service *standin.Service) (*between, *proxy.Forward, *httptest.Server) {
	target, server, refused := newTarget(t, service)
	f, err := proxy.NewForward(target)
	require.NoError(t, err)
	front := httptest.NewServer(f)
	t.Cleanup(front.Close)
	through := through(t, f.URL(front.Listener.Addr().String()), f.Authority())
	b := &between{service: service, server: server, refused: refused, signer: ours, http: through, url: "https://" + upstreamHost}
	b.client = func(c sigv4.Credentials) *cleanrooms.Client { return sdk(b.url, b.http, c) }
	return b, f, front
}

func sdk(endpoint string, client *http.Client, c sigv4.Credentials) *cleanrooms.Client {
	return cleanrooms.New(cleanrooms.Options{Region: "us-east-1", BaseEndpoint: &endpoint, RetryMaxAttempts: 1, HTTPClient: client, Credentials: provider(c)})
}

func ask(t *testing.T, c *cleanrooms.Client) (*cleanrooms.GetProtectedJobOutput, error) {
	return c.GetProtectedJob(t.Context(), &cleanrooms.GetProtectedJobInput{MembershipIdentifier: aws.String("m/1 é"), ProtectedJobIdentifier: aws.String("j")})
}

// through returns a client of a forward proxy that trusts only the given authority.
func through(t *testing.T, proxyURL string, authority []byte) *http.Client {
	u, err := url.Parse(proxyURL)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(authority))
	transport := &http.Transport{Proxy: http.ProxyURL(u), TLSClientConfig: &tls.Config{RootCAs: pool}, DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// send signs a request and sends it. It calls change before signing.
func send(t *testing.T, client *http.Client, target, body string, c sigv4.Credentials, change func(*http.Request)) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", target, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Accept-Encoding", "gzip")
	if change != nil {
		change(r)
	}
	if hash := r.Header.Get("X-Amz-Content-Sha256"); hash != "" {
		err = v4.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken},
			r, hash, "cleanrooms", "us-east-1", time.Now())
		require.NoError(t, err)
	} else { // keeps the query as it is
		sigv4.Sign(r, []byte(body), c, "us-east-1", "cleanrooms", time.Now())
	}
	bare := *client
	bare.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return bare.Do(r)
}

// both runs a test in both modes.
func both(t *testing.T, service func() *standin.Service, test func(*testing.T, *between)) {
	t.Run("resign", func(t *testing.T) { test(t, resigned(t, service())) })
	t.Run("forward", func(t *testing.T) {
		b, _, _ := forwarded(t, service())
		test(t, b)
	})
}

// TestSDK checks that the service receives requests of the SDK for Go addressed to itself and
// signed by the user.
func TestSDK(t *testing.T) {
	both(t, func() *standin.Service { return &standin.Service{Name: "cleanrooms", Region: "us-east-1"} }, func(t *testing.T, b *between) {
		_, err := ask(t, b.client(b.signer))
		require.NoError(t, err)
		token := "a+b/c== &%20é"
		_, err = b.client(b.signer).ListProtectedJobs(t.Context(), &cleanrooms.ListProtectedJobsInput{MembershipIdentifier: aws.String("m"), NextToken: &token})
		require.NoError(t, err)
		received := b.service.Received()
		require.Len(t, received, 2)
		require.Equal(t, "/memberships/m%2F1%20%C3%A9/protectedJobs/j", received[0].URI)
		for _, r := range received {
			require.Equal(t, upstreamHost, r.Host)
			require.Equal(t, "HTTP/2.0", r.Proto)
			require.Equal(t, ours.AccessKeyID, r.Scope.AccessKeyID)
			require.Contains(t, r.Header.Get("User-Agent"), "api/cleanrooms", "the client's user agent passes")
			for name, values := range r.Header {
				require.NotContains(t, strings.Join(values, ","), "127.0.0.1", name)
				require.NotContains(t, []string{"X-Forwarded-For", "Proxy-Authorization", "Via", "Connection"}, name)
				if b.signer != ours {
					for _, secret := range []string{b.signer.AccessKeyID, b.signer.SecretAccessKey, b.signer.SessionToken} {
						require.NotContains(t, strings.Join(values, ","), secret, name)
					}
				}
			}
		}
		require.Empty(t, b.refused.take())
	})
}

// TestBodies checks that the status, headers and body of a response reach the client unchanged.
func TestBodies(t *testing.T) {
	binary := make([]byte, 3<<20)
	for i := range binary {
		binary[i] = byte(i * i >> 3)
	}
	for name, want := range map[string]standin.Response{
		"plain":          {Body: `{"a":1}`},
		"empty":          {},
		"no content":     {Status: 204},
		"chunked":        {Body: `{"a":1}`, Chunked: true},
		"gzip":           {Body: strings.Repeat(`{"a":1}`, 1000), Gzip: true},
		"gzip, chunked":  {Body: strings.Repeat(`{"a":1}`, 1000), Gzip: true, Chunked: true},
		"binary":         {Body: string(binary)},
		"binary chunked": {Body: string(binary), Chunked: true},
		"error":          standin.Error(404, "ResourceNotFoundException", "not found"),
		"server error":   standin.Error(500, "InternalServerException", ""),
		"redirect":       {Status: 302, Header: http.Header{"Location": {"https://elsewhere.example.com/"}}},
	} {
		service := func() *standin.Service {
			return &standin.Service{Respond: func(*http.Request, []byte) standin.Response { return want }}
		}
		t.Run(name, func(t *testing.T) {
			both(t, service, func(t *testing.T, b *between) {
				direct, want := get(t, b, &http.Client{Transport: b.server.Transport(t)}, b.server.URL, ours)
				through, got := get(t, b, b.http, b.url, b.signer)
				require.Equal(t, want, got)
				require.Equal(t, direct.StatusCode, through.StatusCode)
				for _, h := range []http.Header{direct.Header, through.Header} {
					h.Del("Date")
					h.Del("Content-Length") // for an empty body, HTTP/1.1 may state it where HTTP/2 does not
				}
				require.Equal(t, direct.Header, through.Header)
				require.Empty(t, b.refused.take())
			})
		})
	}
}

// get sends a signed request and returns the response as it is on the wire.
func get(t *testing.T, b *between, client *http.Client, endpoint string, c sigv4.Credentials) (*http.Response, []byte) {
	t.Helper()
	response, err := send(t, client, endpoint+"/a", "", c, nil)
	require.NoError(t, err)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response, body
}

// TestRequests checks that bodies, methods, paths, queries and odd headers reach the service.
func TestRequests(t *testing.T) {
	both(t, func() *standin.Service { return &standin.Service{} }, func(t *testing.T, b *between) {
		for _, body := range []string{"", `{"a":"é"}`, strings.Repeat("\x00\xff", 1<<20)} {
			response, err := send(t, b.http, b.url+"/x//y/../%7e?b=1&a=%20&c", body, b.signer, func(r *http.Request) {
				r.Method = "PUT"
				r.Header.Set("X-Odd", "  a   b ")
				if b.signer != ours { // in forward mode, the signature would cover a header that the proxy drops
					r.Header.Set("Keep-Alive", "1")
				}
				r.Header.Set("X-Amz-Target", "A.B")
			})
			require.NoError(t, err)
			response.Body.Close()
			received := b.service.Received()
			got := received[len(received)-1]
			require.Equal(t, 200, response.StatusCode, got.Refused)
			require.Equal(t, body, string(got.Body))
			require.Equal(t, "PUT", got.Method)
			require.Equal(t, "A.B", got.Header.Get("X-Amz-Target"))
			require.Empty(t, got.Header.Get("Keep-Alive"))
			path, query, _ := strings.Cut(got.URI, "?")
			require.Equal(t, "/x//y/../%7e", path)
			require.Equal(t, "b=1&a=%20&c", query)
		}
	})
}

// TestBroken checks that a response that breaks off also breaks off for the client.
func TestBroken(t *testing.T) {
	both(t, func() *standin.Service {
		return &standin.Service{Respond: func(*http.Request, []byte) standin.Response {
			return standin.Response{Body: strings.Repeat("x", 1<<20), Cut: true}
		}}
	}, func(t *testing.T, b *between) {
		response, err := send(t, b.http, b.url, "", b.signer, nil)
		if err != nil {
			return // it may have broken off before the headers
		}
		_, err = io.ReadAll(response.Body)
		require.Error(t, err)
	})
}

var errDown = errors.New("the network is down")

// TestUpstreamDown checks the refusal if the upstream cannot be reached.
func TestUpstreamDown(t *testing.T) {
	down := func(*http.Request) (*http.Response, error) { return nil, errDown }
	b := resigned(t, &standin.Service{}, func(p *proxy.Resign) { p.Transport = roundTrip(down) })
	_, err := ask(t, b.client(b.signer))
	require.ErrorContains(t, err, string(proxy.UpstreamFailed))
	refused := b.refused.take()
	require.Len(t, refused, 1)
	require.Equal(t, proxy.UpstreamFailed, refused[0].Code)
	require.Equal(t, 502, refused[0].Status)
	require.ErrorContains(t, refused[0], errDown.Error())

	target, _, reported := newTarget(t, &standin.Service{})
	target.Transport = roundTrip(down)
	f, err := proxy.NewForward(target)
	require.NoError(t, err)
	front := httptest.NewServer(f)
	t.Cleanup(front.Close)
	_, err = ask(t, sdk("https://"+upstreamHost, through(t, f.URL(front.Listener.Addr().String()), f.Authority()), ours))
	require.ErrorContains(t, err, string(proxy.UpstreamFailed))
	require.Len(t, reported.take(), 1)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// noCredentials is a provider without credentials.
type noCredentials struct{}

func (noCredentials) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{}, errors.New("no such profile")
}

// TestHopByHop checks that headers for one connection do not pass, in either direction.
func TestHopByHop(t *testing.T) {
	var sent http.Header
	upstream := roundTrip(func(r *http.Request) (*http.Response, error) {
		sent = r.Header
		return &http.Response{StatusCode: 200, Body: http.NoBody, Request: r,
			Header: http.Header{"Connection": {"X-Gone"}, "X-Gone": {"1"}, "Keep-Alive": {"1"}, "Proxy-Authenticate": {"1"}, "X-Kept": {"1"}}}, nil
	})
	check := func(t *testing.T, client *http.Client, url string, c sigv4.Credentials) {
		response, err := send(t, client, url, "", c, func(r *http.Request) {
			for _, name := range []string{"X-Gone", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection", "X-Kept"} {
				r.Header.Set(name, "1")
			}
			r.Header.Set("Connection", "X-Gone")
		})
		require.NoError(t, err)
		require.Equal(t, 200, response.StatusCode)
		for _, h := range []http.Header{sent, response.Header} {
			require.Equal(t, "1", h.Get("X-Kept"))
			for _, name := range []string{"X-Gone", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection", "Proxy-Authenticate", "Connection"} {
				require.Empty(t, h.Get(name), name)
			}
		}
	}
	b := resigned(t, &standin.Service{}, func(p *proxy.Resign) { p.Transport = upstream })
	check(t, b.http, b.url, b.signer)
	target, _, _ := newTarget(t, &standin.Service{})
	target.Transport = upstream
	f, err := proxy.NewForward(target)
	require.NoError(t, err)
	front := httptest.NewServer(f)
	t.Cleanup(front.Close)
	check(t, through(t, f.URL(front.Listener.Addr().String()), f.Authority()), "https://"+upstreamHost, ours)
}
