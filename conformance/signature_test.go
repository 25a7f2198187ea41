package conformance

import (
	"cmp"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/sigv4"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

// TestSignatures: a request must be signed as its call says, unless its operation needs no signature.
func TestSignatures(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	right := signing{credentials: Credentials{"AKIDEXAMPLE", "fake-secret-of-no-account", "fake-token"}, region: "us-east-1", service: "cleanrooms"}
	optional, anyService, streams := right, right, right
	optional.optional, anyService.service, streams.streams = true, "", true
	either, bearer, optionalBearer := right, right, right
	either.bearer, bearer.bearer, bearer.bearerOnly, optionalBearer.bearer, optionalBearer.optional = true, true, true, true, true
	token := func(r *http.Request) { r.Header.Set("Authorization", "Bearer a.b-c_d~e+f/0=") }
	unsigned := func(r *http.Request) { r.Header.Del("Authorization") }
	const form = "no well-formed SigV4 signature"
	for _, v := range []struct {
		name    string
		of      signing
		by      func(*signing) // how the client signs instead
		at      time.Duration  // the client's clock
		change  func(*http.Request)
		body    string // what arrives; what is signed is "{}"
		problem string // part of it; empty: accepted
	}{
		{name: "right", of: right},
		{name: "right within the skew", of: right, at: 14 * time.Minute},
		{name: "any service", of: anyService, by: func(s *signing) { s.service = "s3tables" }},
		{name: "late", of: right, at: -16 * time.Minute, problem: "15 minutes"},
		{name: "early", of: right, at: 16 * time.Minute, problem: "15 minutes"},
		{name: "local time", of: right, at: 5*time.Hour + 45*time.Minute, problem: "15 minutes"},
		{name: "another region", of: right, by: func(s *signing) { s.region = "us-east-2" }, problem: "signed for cleanrooms in us-east-2"},
		{name: "another service", of: right, by: func(s *signing) { s.service = "s3" }, problem: "signed for s3 in us-east-1"},
		{name: "another secret", of: right, by: func(s *signing) { s.credentials.SecretAccessKey += " " }, problem: "does not match"},
		{name: "another key", of: right, by: func(s *signing) { s.credentials.AccessKeyID = "AKIDOTHER" }, problem: "other credentials"},
		{name: "no token", of: right, by: func(s *signing) { s.credentials.SessionToken = "" }, problem: "session token"},
		{name: "another token", of: right, change: func(r *http.Request) { r.Header.Set("X-Amz-Security-Token", "x") }, problem: "session token"},
		{name: "token added after signing", of: right, by: func(s *signing) { s.credentials.SessionToken = "" },
			change: func(r *http.Request) { r.Header.Set("X-Amz-Security-Token", "fake-token") }, problem: "x-amz-security-token is not signed"},
		{name: "header added after signing", of: right, change: func(r *http.Request) { r.Header.Set("X-Amz-Target", "A.B") }, problem: "x-amz-target is not signed"},
		{name: "signed header changed", of: right, change: func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, problem: "does not match"},
		{name: "another method", of: right, change: func(r *http.Request) { r.Method = http.MethodPut }, problem: "does not match"},
		{name: "another host", of: right, change: func(r *http.Request) { r.Host = "127.0.0.1" }, problem: "does not match"},
		{name: "another path", of: right, change: func(r *http.Request) { r.URL.Path = "/b" }, problem: "does not match"},
		{name: "another query", of: right, change: func(r *http.Request) { r.URL.RawQuery = "a=1" }, problem: "does not match"},
		{name: "another body", of: right, body: "[]", problem: "does not match"},
		{name: "zeros", of: right, change: func(r *http.Request) {
			head, _, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
			r.Header.Set("Authorization", head+"Signature="+strings.Repeat("0", 64))
		}, problem: "does not match"},
		{name: "none", of: right, change: unsigned, problem: form},
		{name: "of another kind", of: right, change: func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") }, problem: form},
		{name: "short", of: right, change: func(r *http.Request) { r.Header.Set("Authorization", r.Header.Get("Authorization")[:100]) }, problem: form},
		{name: "optional, none", of: optional, change: unsigned},
		{name: "optional, right", of: optional},
		{name: "optional, wrong", of: optional, by: func(s *signing) { s.credentials.SecretAccessKey = "x" }, problem: "does not match"},
		{name: "a token or a signature, a token", of: either, change: token},
		{name: "a token or a signature, signed", of: either},
		{name: "a token or a signature, neither", of: either, change: unsigned, problem: form},
		{name: "a token, right", of: bearer, change: token},
		{name: "a token, signed", of: bearer, problem: "no well-formed bearer token"},
		{name: "a token, none", of: bearer, change: unsigned, problem: "no well-formed bearer token"},
		{name: "a token, empty", of: bearer, change: func(r *http.Request) { r.Header.Set("Authorization", "Bearer ") }, problem: "no well-formed bearer token"},
		{name: "a token, of another scheme", of: bearer, change: func(r *http.Request) { r.Header.Set("Authorization", "Basic YTpi") }, problem: "no well-formed bearer token"},
		{name: "an optional token, none", of: optionalBearer, change: unsigned},
		{name: "an optional token, given", of: optionalBearer, change: token},
		{name: "a token where a signature is needed", of: right, change: token, problem: form},
		{name: "unsigned body", of: right, change: func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD") }, problem: "not signed"},
	} {
		t.Run(v.name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1:4566/a%20b", nil)
			require.NoError(t, err)
			r.Header.Set("Content-Type", "application/json")
			by := v.of
			if v.by != nil {
				v.by(&by)
			}
			sigv4.Sign(r, []byte("{}"), sigv4.Credentials(by.credentials), by.region, cmp.Or(by.service, "test"), now.Add(v.at))
			if v.change != nil {
				v.change(r)
			}
			problem := v.of.verify(r, []byte(cmp.Or(v.body, "{}")), now)
			if v.problem == "" {
				require.Empty(t, problem)
				return
			}
			require.Contains(t, problem, v.problem)
			require.NotRegexp(t, `\d{4,}`, problem, "it differs from run to run")
		})
	}
}

// TestUnsignedOperations: an operation without authentication demands no signature, and any other
// operation does.
func TestUnsignedOperations(t *testing.T) {
	for name, optional := range map[string]bool{"authenticated": false, "without authentication": true} {
		t.Run(name, func(t *testing.T) {
			contract := contracts.MustLoad(contracts.Newest).Clone()
			contract.Unsigned = schema.Known[bool]{}
			if optional {
				contract.Unsigned = schema.Is(true)
			}
			plan, err := Generate([]*schema.Contract{contract}, 3)
			require.NoError(t, err)
			unchanged := func(*http.Request, *planned) {}
			signed, err := plan.Run(t.Context(), postman(plan, unchanged), Options{})
			require.NoError(t, err)
			require.Equal(t, plan.Len(), signed.Count(Passed), "a signature is always accepted")
			results, err := plan.Run(t.Context(), post(plan, false, unchanged), Options{})
			require.NoError(t, err)
			require.Equal(t, optional, results.Count(Passed) == plan.Len())
			require.Equal(t, optional, results.Outcomes[0].Wire[0].Signed)
		})
	}
}

// TestBearerOperations: an operation that takes only a bearer token demands one.
func TestBearerOperations(t *testing.T) {
	contract := contracts.MustLoad(contracts.Newest).Clone()
	contract.Bearer, contract.Signing = schema.Is(true), schema.Known[string]{}
	plan, err := Generate([]*schema.Contract{contract}, 3)
	require.NoError(t, err)
	for name, v := range map[string]struct {
		signs         bool
		authorization string
		passes        bool
	}{"signed": {true, "", false}, "none": {false, "", false}, "a token": {false, "Bearer example", true}} {
		t.Run(name, func(t *testing.T) {
			results, err := plan.Run(t.Context(), post(plan, v.signs, func(r *http.Request, _ *planned) {
				if v.authorization != "" {
					r.Header.Set("Authorization", v.authorization)
				}
			}), Options{})
			require.NoError(t, err)
			require.Equal(t, v.passes, results.Count(Passed) == plan.Len())
			require.Equal(t, v.passes, results.Outcomes[0].Wire[0].Signed)
		})
	}
}
