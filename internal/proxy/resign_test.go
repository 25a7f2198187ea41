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

// TestResignAmbiguous checks that a request in which a service may read another operation is not
// signed. A refusal of Allow comes first, since it is more specific.
func TestResignAmbiguous(t *testing.T) {
	rpc := func(change func(*http.Request)) func(*http.Request) {
		return func(r *http.Request) {
			r.Method = "POST"
			r.Header.Set("X-Amz-Target", "Ledger.GetEntry")
			r.Header.Set("Content-Type", "application/x-amz-json-1.1")
			change(r)
		}
	}
	for _, c := range []struct {
		name, path string
		change     func(*http.Request)
		refused    string // part of the refusal; empty if the request is allowed
	}{
		{"two targets", "/", rpc(func(r *http.Request) { r.Header.Add("X-Amz-Target", "Ledger.PutEntry") }), "X-Amz-Target has several values"},
		{"duplicate target", "/", rpc(func(r *http.Request) { r.Header.Add("X-Amz-Target", "Ledger.GetEntry") }), "X-Amz-Target has several values"},
		{"targets with a comma", "/", rpc(func(r *http.Request) { r.Header.Set("X-Amz-Target", "Ledger.GetEntry,Ledger.PutEntry") }), "X-Amz-Target has several values"},
		{"target with underscores", "/", rpc(func(r *http.Request) { r.Header["X_Amz_Target"] = []string{"Ledger.PutEntry"} }), "may be taken for X-Amz-Target"},
		{"target in the query", "/a?x-amz-target=Ledger.PutEntry", nil, "the query has a target"},
		{"semicolon in the query", "/a?id=1;x=2", nil, "can be read in several ways"},
		{"malformed escape in the query", "/a?id=%zz", nil, "can be read in several ways"},
		{"target and a path", "/entries", rpc(func(*http.Request) {}), "not POST /"},
		{"target and a query", "/?Action=PutEntry", rpc(func(*http.Request) {}), "not POST /"},
		{"target and another method", "/", rpc(func(r *http.Request) { r.Method = "PUT" }), "not POST /"},
		{"target and a form", "/", rpc(func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }), "Content-Type is not"},
		{"target and CBOR", "/", rpc(func(r *http.Request) { r.Header.Set("Smithy-Protocol", "rpc-v2-cbor") }), "Smithy-Protocol"},
		{"two content types", "/", rpc(func(r *http.Request) { r.Header.Add("Content-Type", "application/x-www-form-urlencoded") }), "Content-Type has several values"},
		{"another method by header", "/a", func(r *http.Request) { r.Header.Set("X-HTTP-Method-Override", "DELETE") }, "may override the operation"},
		{"another path by header", "/a", func(r *http.Request) { r.Header.Set("X-Original-URL", "/b") }, "may override the operation"},
		{"dot segments", "/a/../b", nil, "dot segments"},
		{"encoded dot segments", "/a/x%2F%2e%2E/b", nil, "dot segments"},
		{"refused anyway", "/", rpc(func(r *http.Request) { r.Header.Set("Smithy-Protocol", "rpc-v2-cbor") }), "by Allow"},
		{"one content type with a comma in quotes", "/a", func(r *http.Request) { r.Header.Set("Content-Type", `multipart/form-data; boundary="a,\"b"`) }, ""},
		{"a regular call", "/", rpc(func(*http.Request) {}), ""},
		{"repeated headers and parameters that do not determine the operation", "/a%2Fb/c.d?id=1&id=2", func(r *http.Request) { r.Header["X-Odd"] = []string{"1", "2,3"} }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := resigned(t, &standin.Service{}, func(p *proxy.Resign) {
				p.Allow = func(*http.Request, []byte) error {
					if c.name == "refused anyway" {
						return errors.New(c.refused)
					}
					return nil
				}
			})
			response, err := send(t, b.http, b.url+c.path, "", b.signer, c.change)
			require.NoError(t, err)
			if c.refused == "" {
				require.Equal(t, 200, response.StatusCode)
				return
			}
			code, message := refusalOf(t, response)
			require.Equal(t, string(proxy.Refused), code)
			require.Contains(t, message, c.refused)
			require.Empty(t, b.service.Received())

			all := resigned(t, &standin.Service{}) // without Allow, every request is allowed
			response, err = send(t, all.http, all.url+c.path, "", all.signer, c.change)
			require.NoError(t, err)
			require.Equal(t, 200, response.StatusCode)
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

// TestResignTooLarge checks that a body above the limit is refused.
func TestResignTooLarge(t *testing.T) {
	b := resigned(t, &standin.Service{})
	r, err := http.NewRequest("PUT", b.url, io.LimitReader(zeros{}, proxy.MaxBody+1))
	require.NoError(t, err)
	response, err := b.http.Do(r)
	require.NoError(t, err)
	_, message := refusalOf(t, response)
	require.Equal(t, 413, response.StatusCode)
	require.Contains(t, message, "forward mode")
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
