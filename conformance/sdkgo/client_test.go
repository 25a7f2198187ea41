package sdkgo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/conformance"
)

const (
	validInput = `{"membershipIdentifier":"11111111-1111-1111-1111-111111111111","protectedJobIdentifier":"22222222-2222-2222-2222-222222222222"}`
	amply      = 10_000 // ms
	hardly     = 300
)

// answer answers every attempt alike.
func answer(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// cut ends the connection after some bytes of a response that promises 100.
func cut(status, after int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "HTTP/1.1 %d X\r\nContent-Length: 100\r\n\r\n%s", status, body[:after])
	}
}

func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// TestSuite: what the SDK is known to do with the responses of the suite.
func TestSuite(t *testing.T) { conformance.Run(t, New(), ExpectedFailures()...) }

// TestCall has what no case of the suite can ask for.
func TestCall(t *testing.T) {
	tests := []struct {
		name     string
		input    string
		serve    http.HandlerFunc
		want     string // the result, without messages
		attempts int
	}{
		{"error without a name", validInput, answer(400, `{}`), `{"error":{"code":"UnknownError","message":"UnknownError","httpStatus":400}}`, 1},
		{"error with members", validInput, answer(400, `{"__type":"com.amazonaws.cleanrooms#ValidationException","message":"m","reason":"INVALID_QUERY","fieldList":[{"name":"n","message":"f"}]}`),
			`{"error":{"code":"ValidationException","message":"m","httpStatus":400,"fields":{"reason":"INVALID_QUERY","fieldList":[{"name":"n","message":"f"}]}}}`, 1},
		{"truncated error", validInput, cut(500, 20, `{"message":"it is cut"}`), `{"transport":{"kind":"truncated"}}`, 3},
		{"hang", validInput, hang, `{"transport":{"kind":"timeout"}}`, 1},

		{"no input", `{}`, answer(200, `{}`), `{"rejected":{"member":"membershipIdentifier"}}`, 0},
		{"null member", `{"membershipIdentifier":"m","protectedJobIdentifier":null}`, answer(200, `{}`), `{"rejected":{"member":"protectedJobIdentifier"}}`, 0},
		{"empty identifier", `{"membershipIdentifier":"","protectedJobIdentifier":"p"}`, answer(200, `{}`), `{"rejected":{}}`, 0},
		{"number for a string", `{"membershipIdentifier":1}`, answer(200, `{}`), `{"rejected":{"member":"membershipIdentifier"}}`, 0},
		{"unknown input member", `{"what":"m"}`, answer(200, `{}`), `{"rejected":{}}`, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var attempts atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				attempts.Add(1)
				test.serve(w, r)
			}))
			defer server.Close()
			c := call(server.URL, test.input)
			if strings.HasPrefix(test.name, "hang") {
				c.TimeoutMs = hardly
			}
			result, err := New().Call(t.Context(), c)
			require.NoError(t, err)
			require.JSONEq(t, test.want, withoutMessages(t, result))
			require.Equal(t, test.attempts, int(attempts.Load()), "attempts")
		})
	}
}

func call(endpoint, input string) conformance.Call {
	return conformance.Call{Endpoint: endpoint, Region: "us-east-1", Input: json.RawMessage(input), TimeoutMs: amply, MaxAttempts: 3,
		Credentials: conformance.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret", SessionToken: "token"}}
}

// withoutMessages drops the SDK's own words, which differ from version to version.
func withoutMessages(t *testing.T, r *conformance.Result) string {
	t.Helper()
	text, err := json.Marshal(r)
	require.NoError(t, err)
	var result map[string]any
	require.NoError(t, json.Unmarshal(text, &result))
	delete(result, "type")
	delete(result, "seq")
	if kind := r.Kind(); kind != "output" && kind != "error" {
		require.NotEmpty(t, result[kind].(map[string]any)["message"])
		delete(result[kind].(map[string]any), "message")
	}
	text, err = json.Marshal(result)
	require.NoError(t, err)
	return string(text)
}

func TestRequest(t *testing.T) {
	var got *http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		fmt.Fprint(w, "{}")
	}))
	defer server.Close()
	_, err := New().Call(t.Context(), call(server.URL, `{"membershipIdentifier":"a/b","protectedJobIdentifier":"c d"}`))
	require.NoError(t, err)
	require.Equal(t, "/memberships/a%2Fb/protectedJobs/c%20d", got.RequestURI)
	require.Contains(t, got.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
	require.Contains(t, got.Header.Get("Authorization"), "/us-east-1/cleanrooms/aws4_request")
	require.Equal(t, "token", got.Header.Get("X-Amz-Security-Token"))
}

func TestNoListener(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	result, err := New().Call(t.Context(), call(server.URL, validInput))
	require.NoError(t, err)
	require.NotNil(t, result.Transport)
	require.Equal(t, conformance.TransportConnection, result.Transport.Kind)
}

// TestNothingStays counts goroutines, of which an open connection has two.
func TestNothingStays(t *testing.T) {
	server := httptest.NewServer(answer(200, `{}`))
	defer server.Close()
	client, before := New(), runtime.NumGoroutine()
	for range 20 {
		_, err := client.Call(t.Context(), call(server.URL, validInput))
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+2 }, 2*time.Second, 5*time.Millisecond)
}
