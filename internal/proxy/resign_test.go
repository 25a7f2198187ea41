package proxy_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/internal/proxy"
	"github.com/crcheck/crcheck/internal/sigv4"
	"github.com/crcheck/crcheck/internal/standin"
	"github.com/stretchr/testify/require"
)

// refusalOf reads a refusal from a response.
func refusalOf(t *testing.T, response *http.Response) (code, message string) {
	t.Helper()
	var body struct{ Type, Code, Message string }
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal([]byte(strings.Replace(string(text), "__type", "type", 1)), &body), string(text))
	require.Equal(t, body.Code, body.Type)
	require.Equal(t, body.Code, response.Header.Get("X-Amzn-Errortype"))
	return body.Code, body.Message
}

// TestResignRefuses checks that requests of anybody but the client of the session are refused and
// do not reach the service.
func TestResignRefuses(t *testing.T) {
	other := func(change func(*sigv4.Credentials)) func(sigv4.Credentials) sigv4.Credentials {
		return func(c sigv4.Credentials) sigv4.Credentials { change(&c); return c }
	}
	for _, c := range []struct {
		name        string
		credentials func(sigv4.Credentials) sigv4.Credentials
		request     func(*http.Request)
		proxy       func(*proxy.Resign)
		status      int
		code        proxy.Code
		message     string
	}{
		{"another key", other(func(c *sigv4.Credentials) { c.AccessKeyID = ours.AccessKeyID }), nil, nil, 403, proxy.Refused, "other credentials"},
		{"the user's own credentials", other(func(c *sigv4.Credentials) { *c = ours }), nil, nil, 403, proxy.Refused, "other credentials"},
		{"another secret", other(func(c *sigv4.Credentials) { c.SecretAccessKey = "guess" }), nil, nil, 403, proxy.Refused, "signature does not match this request"},
		{"no session token", other(func(c *sigv4.Credentials) { c.SessionToken = "" }), nil, nil, 403, proxy.Refused, "other credentials"},
		{"another host", nil, func(r *http.Request) { r.Host = "rebound.example.com" }, nil, 421, proxy.Refused, "Host"},
		{"the upstream's host", nil, func(r *http.Request) { r.Host = upstreamHost }, nil, 421, proxy.Refused, "Host"},
		{"another port", nil, func(r *http.Request) { r.Host = "127.0.0.1:1" }, nil, 421, proxy.Refused, "Host"},
		{"a bucket before the host", nil, func(r *http.Request) { r.Host = "bucket." + r.URL.Host }, nil, 421, proxy.Refused, "forcePathStyle"},
		{"a prefix before the host", nil, func(r *http.Request) { r.Host = "sync-" + r.URL.Host }, nil, 421, proxy.Refused, "disableHostPrefix"},
		{"unsigned payload", nil, func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD") }, nil, 403, proxy.Refused, "not signed as a whole"},
		{"chunked signature", nil, func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD") }, nil, 403, proxy.Refused, "not signed as a whole"},
		{"not allowed", nil, nil, func(p *proxy.Resign) {
			p.Allow = func(r *http.Request, body []byte) error {
				require.Equal(t, "https://"+upstreamHost+"/a?query=1", r.URL.String())
				require.Contains(t, r.Header.Get("Authorization"), "/cleanrooms/aws4_request")
				return errors.New("it writes")
			}
		}, 403, proxy.Refused, "it writes"},
		{"no credentials", nil, nil, func(p *proxy.Resign) { p.User = noCredentials{} }, 403, proxy.CredentialsFailed, "no such profile"},
	} {
		t.Run(c.name, func(t *testing.T) {
			service := &standin.Service{}
			b := resigned(t, service)
			if c.proxy != nil {
				b = resigned(t, service, c.proxy)
			}
			signer := b.signer
			if c.credentials != nil {
				signer = c.credentials(signer)
			}
			response, err := send(t, b.http, b.url+"/a?query=1", "", signer, c.request)
			require.NoError(t, err)
			code, message := refusalOf(t, response)
			require.Equal(t, c.status, response.StatusCode)
			require.Equal(t, string(c.code), code)
			require.Contains(t, message, c.message)
			require.Empty(t, service.Received())
			refused := b.refused.take()
			require.Len(t, refused, 1)
			require.Equal(t, c.code, refused[0].Code)
			require.NotContains(t, refused[0].Error(), "query")
		})
	}
	for name, change := range map[string]func(*http.Request){
		"unsigned":  func(r *http.Request) {},
		"basic":     func(r *http.Request) { r.SetBasicAuth("a", "b") },
		"presigned": func(r *http.Request) { r.URL.RawQuery = "X-Amz-Signature=00" },
	} {
		t.Run(name, func(t *testing.T) {
			b := resigned(t, &standin.Service{})
			r, err := http.NewRequest("GET", b.url+"/a", nil)
			require.NoError(t, err)
			change(r)
			response, err := b.http.Do(r)
			require.NoError(t, err)
			code, _ := refusalOf(t, response)
			require.Equal(t, string(proxy.Refused), code)
			require.Empty(t, b.service.Received())
		})
	}
}

// TestResignAllowsWhatIsSent checks that Allow does not see headers that the proxy drops.
func TestResignAllowsWhatIsSent(t *testing.T) {
	b := resigned(t, &standin.Service{}, func(p *proxy.Resign) {
		p.Allow = func(r *http.Request, _ []byte) error {
			if r.Header.Get("X-Amz-Target") == "" {
				return errors.New("it has no target")
			}
			return nil
		}
	})
	response, err := send(t, b.http, b.url+"/", "", b.signer, func(r *http.Request) {
		r.Method = "POST"
		r.Header.Set("X-Amz-Target", "Ledger.GetEntry")
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
		r.Header.Set("Connection", "X-Amz-Target")
	})
	require.NoError(t, err)
	_, message := refusalOf(t, response)
	require.Equal(t, "crcheck record: it has no target", message)
	require.Empty(t, b.service.Received())
}

// TestResignAllowsOverrides checks that Allow sees headers that [httputil.ReverseProxy] drops: a client
// that sends them means something by it.
func TestResignAllowsOverrides(t *testing.T) {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Http-Method-Override"} {
		t.Run(name, func(t *testing.T) {
			b := resigned(t, &standin.Service{}, func(p *proxy.Resign) {
				p.Allow = func(r *http.Request, _ []byte) error {
					if r.Header.Get(name) == "it" {
						return errors.New("it overrides")
					}
					return nil
				}
			})
			response, err := send(t, b.http, b.url+"/", "", b.signer, func(r *http.Request) { r.Header.Set(name, "it") })
			require.NoError(t, err)
			_, message := refusalOf(t, response)
			require.Equal(t, "crcheck record: it overrides", message)
			require.Empty(t, b.service.Received())
		})
	}
}

// TestResignTooLarge checks that a body above the limit is refused: with a stated length before it is
// read, and without one while it is read.
func TestResignTooLarge(t *testing.T) {
	for name, length := range map[string]int64{"stated": proxy.MaxBody + 1, "not stated": -1} {
		t.Run(name, func(t *testing.T) {
			b := resigned(t, &standin.Service{})
			response, err := send(t, b.http, b.url, "", b.signer, func(r *http.Request) {
				r.Method, r.ContentLength = "PUT", length
				r.Body = io.NopCloser(io.LimitReader(zeros{}, proxy.MaxBody+1))
			})
			require.NoError(t, err)
			_, message := refusalOf(t, response)
			require.Equal(t, 413, response.StatusCode)
			require.Contains(t, message, "forward mode")
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestTampered checks that a request that was changed on the way to the proxy is refused.
func TestTampered(t *testing.T) {
	b := resigned(t, &standin.Service{})
	tamper := *b.http
	tamper.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		r.URL.Path = "/another"
		return b.http.Transport.RoundTrip(r)
	})
	response, err := send(t, &tamper, b.url+"/a", "", b.signer, nil)
	require.NoError(t, err)
	require.Equal(t, 403, response.StatusCode)
	require.Empty(t, b.service.Received())
}

// TestLongTermCredentials checks that the client's session token is not sent if the user does not
// have one.
func TestLongTermCredentials(t *testing.T) {
	longTerm := sigv4.Credentials{AccessKeyID: ours.AccessKeyID, SecretAccessKey: ours.SecretAccessKey}
	b := resigned(t, &standin.Service{}, func(p *proxy.Resign) { p.User = provider(longTerm) })
	b.service.Credentials = longTerm
	_, err := ask(t, b.client(b.signer))
	require.NoError(t, err)
	require.Empty(t, b.service.Received()[0].Header.Get("X-Amz-Security-Token"))
}

// TestUnsigned checks which requests without a signature pass: those for an operation that needs none,
// from a program. They get no signature of the user.
func TestUnsigned(t *testing.T) {
	for _, v := range []struct {
		name, path string
		change     func(*http.Request)
		allow      error
		status     int
	}{
		{"an operation that needs none", "/open", nil, nil, 200},
		{"an operation that needs one", "/closed", nil, nil, 403},
		{"an operation that is not allowed", "/open", nil, errors.New("it writes"), 403},
		{"another scheme", "/open", func(r *http.Request) { r.SetBasicAuth("a", "b") }, nil, 403},
		{"a wrong signature", "/open", func(r *http.Request) {
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/cleanrooms/aws4_request, SignedHeaders=host, Signature=00")
		}, nil, 403},
		{"a web page", "/open", func(r *http.Request) { r.Header.Set("Origin", "https://example.com") }, nil, 403},
		{"a web page, without an origin", "/open", func(r *http.Request) { r.Header.Set("Sec-Fetch-Mode", "no-cors") }, nil, 403},
		{"another host", "/open", func(r *http.Request) { r.Host = "rebound.example.com" }, nil, 421},
		{"a large body", "/open", func(r *http.Request) {
			r.Method, r.ContentLength = "POST", 2<<20
			r.Body = io.NopCloser(io.LimitReader(zeros{}, 2<<20))
		}, nil, 413},
	} {
		t.Run(v.name, func(t *testing.T) {
			var sent *http.Request
			b := resigned(t, &standin.Service{}, func(p *proxy.Resign) {
				p.Unsigned = func(r *http.Request) bool {
					require.Equal(t, upstreamHost, r.URL.Host)
					return r.URL.Path == "/open"
				}
				p.Allow = func(*http.Request, []byte) error { return v.allow }
				p.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
					sent = r
					return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
				})
			})
			r, err := http.NewRequest("GET", b.url+v.path, nil)
			require.NoError(t, err)
			if v.change != nil {
				v.change(r)
			}
			response, err := b.http.Do(r)
			require.NoError(t, err)
			response.Body.Close()
			require.Equal(t, v.status, response.StatusCode)
			require.Equal(t, v.status == 200, sent != nil)
			if sent != nil {
				require.Equal(t, upstreamHost, sent.URL.Host)
				require.Empty(t, sent.Header.Get("Authorization"))
			}
		})
	}
	// A client may sign such a request nevertheless.
	b := resigned(t, &standin.Service{}, func(p *proxy.Resign) { p.Unsigned = func(*http.Request) bool { return true } })
	response, err := send(t, b.http, b.url+"/open", "", b.signer, nil)
	require.NoError(t, err)
	response.Body.Close()
	require.Equal(t, 200, response.StatusCode)
	require.Equal(t, ours.AccessKeyID, b.service.Received()[0].Scope.AccessKeyID)
}
