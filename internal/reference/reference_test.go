package reference

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

const (
	validInput  = `{"membershipIdentifier":"11111111-1111-1111-1111-111111111111","protectedJobIdentifier":"22222222-2222-2222-2222-222222222222"}`
	longTimeout = 10_000 // ms
)

func call(endpoint, input string) conformance.Call {
	return conformance.Call{Endpoint: endpoint, Region: "us-east-1", Input: json.RawMessage(input), TimeoutMs: longTimeout, MaxAttempts: 3,
		Credentials: conformance.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret", SessionToken: "token"}}
}

// TestRequest checks the path that the server receives, and the signature against one that the test
// computes from the received request.
func TestRequest(t *testing.T) {
	tests := []struct{ name, bug, membership, job, path string }{
		{"identifiers", "", "m-1", "j_2.~", "/memberships/m-1/protectedJobs/j_2.~"},
		{"reserved characters", "", "a/b?c#d", "$&+,:;=@[]!'()*", "/memberships/a%2Fb%3Fc%23d/protectedJobs/%24%26%2B%2C%3A%3B%3D%40%5B%5D%21%27%28%29%2A"},
		{"percent and space", "", "%2F", "a b", "/memberships/%252F/protectedJobs/a%20b"},
		{"beyond ASCII", "", "é", "𝄞", "/memberships/%C3%A9/protectedJobs/%F0%9D%84%9E"},
		{"dots", "", "..", ".", "/memberships/../protectedJobs/."},
		{"not escaped", pathNotEscaped, "a/b", "c?d", "/memberships/a/b/protectedJobs/c?d"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got *http.Request
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = r
				fmt.Fprint(w, "{}")
			}))
			defer server.Close()
			input, err := json.Marshal(map[string]string{"membershipIdentifier": test.membership, "protectedJobIdentifier": test.job})
			require.NoError(t, err)
			result, err := New(test.bug).Call(t.Context(), call(server.URL, string(input)))
			require.NoError(t, err)
			require.Equal(t, "output", result.Kind())
			require.Equal(t, test.path, got.RequestURI)
			require.Equal(t, "token", got.Header.Get("X-Amz-Security-Token"))

			again, err := http.NewRequest(http.MethodGet, server.URL+got.RequestURI, nil)
			require.NoError(t, err)
			again.Header.Set("Accept", got.Header.Get("Accept"))
			at, err := time.Parse("20060102T150405Z", got.Header.Get("X-Amz-Date"))
			require.NoError(t, err)
			const noBody = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
			require.NoError(t, v4.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret", SessionToken: "token"},
				again, noBody, "cleanrooms", "us-east-1", at))
			require.Equal(t, again.Header.Get("Authorization"), got.Header.Get("Authorization"))
		})
	}
}

// TestShapes checks the hand-written shapes against the newest contract: a document with every
// member of the contract must be read completely.
func TestShapes(t *testing.T) {
	c := contracts.MustLoad(contracts.Newest)
	root, ok := c.Root(schema.OutputPart)
	require.True(t, ok)
	for i := range 2 { // a union shows its first member, then its last
		members := 0
		var document func(schema.Ref) any
		document = func(ref schema.Ref) any {
			switch s := c.Resolve(ref); s.Type {
			case schema.Structure:
				o := object{}
				from := s.Members
				if s.Union.Or(false) {
					from = from[i*(len(from)-1):][:1]
				}
				for _, m := range from {
					members++
					o = append(o, member{m.Wire(), document(m.Shape)})
				}
				return o
			case schema.List:
				return []any{document(*s.Element)}
			case schema.Map:
				return object{{"key", document(*s.Value)}}
			case schema.Timestamp, schema.Integer, schema.Float:
				return number("1")
			}
			return "text"
		}
		canonical, err := getProtectedJobOutput(client{bug: unknownMemberFails}, document(root))
		require.NoError(t, err)
		require.NotContains(t, string(marshal(canonical)), "$unknown")
		require.Greater(t, members, 25)
	}
	for _, e := range c.Errors {
		require.Contains(t, exceptions, e.Name)
	}
	require.Len(t, exceptions, len(c.Errors))
}

// TestNoLeak counts goroutines; an open connection has two.
func TestNoLeak(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") }))
	defer server.Close()
	client, before := New(""), runtime.NumGoroutine()
	for range 20 {
		_, err := client.Call(t.Context(), call(server.URL, validInput))
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+2 }, 2*time.Second, 5*time.Millisecond)
}
