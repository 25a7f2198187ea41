package redact

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

// The vectors are concatenated here, so that no scanner reports this file.
var (
	keyID     = "AKIA" + strings.Repeat("Q7", 8)
	secretSix = "aB3/" + strings.Repeat("xY7+kQ", 6)
	hex64     = strings.Repeat("0a1b", 16)
)

// secretVectors has, for each rule, secrets that it finds and similar texts that it does not.
var secretVectors = map[string]struct{ refuses, passes []string }{
	"an AWS access key ID":     {[]string{keyID, "key=" + keyID + ";", "ASIA" + keyID[4:]}, []string{"AKIAIOSFODNN7EXAMPLE", "AKIDEXAMPLE", "AKIA" + "short"}},
	"an AWS secret access key": {[]string{secretSix, "my key: " + secretSix, "a/" + strings.ReplaceAll(strings.ReplaceAll(secretSix, "/", "a"), "+", "b")}, []string{"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", strings.Repeat("0a", 20), secretSix + "aa", base64.StdEncoding.EncodeToString([]byte("this is a text of thirty bytes"))}},
	"an AWS session token":     {[]string{"IQoJ" + strings.Repeat("aZ8b", 30)}, []string{"IQoJ"}},
	"a SigV4 signature":        {[]string{"Signature=" + hex64, `"signature": "` + hex64 + `"`}, []string{hex64, "Signature=" + Mask}},
	"a private key":            {[]string{"-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "-----BEGIN " + "PRIVATE KEY-----\nMIIE"}, []string{"-----BEGIN CERTIFICATE-----\nMIIE", "a private key"}},
	"a JSON Web Token":         {[]string{"eyJ" + "hbGciOiJub25lIn0.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2ln"}, []string{"eyJ.a.b", "eyJhbGciOiJub25lIn0"}},
	"a bearer token":           {[]string{"Authorization: Bearer " + strings.Repeat("ab.", 8)}, []string{"the bearer of news", "bearer token"}},
	"basic credentials":        {[]string{"Basic " + base64.StdEncoding.EncodeToString([]byte("user:word"))}, []string{"Basic knowledge", "basic " + base64.StdEncoding.EncodeToString([]byte("no colon"))}},
	"a password":               {[]string{"password=hunter22", `{"dbPassword":"hunter22"}`, "api_key: 12345678", "aws_secret_access_key = whatever"}, []string{"password reset", "password=", "no passwords: x", "nextToken=abcdefgh"}},
	"a password in a URL":      {[]string{"postgres://me:word@host/db"}, []string{"https://host:8080/a@b", "https://me@host/"}},
	"a token of another service": {[]string{"ghp_" + strings.Repeat("a1", 18), "xoxb-" + "1234567890-abc", "glpat-" + strings.Repeat("a", 20)},
		[]string{"ghp_", "xoxo"}},
}

// TestEverySecret checks each rule of the scan: a secret is found as it is, encoded, and escaped,
// and a redacted interaction does not contain any.
func TestEverySecret(t *testing.T) {
	for _, rule := range secrets {
		t.Run(rule.what, func(t *testing.T) {
			vector, ok := secretVectors[rule.what]
			require.True(t, ok, "%s has no vector", rule.what)
			for _, s := range vector.refuses {
				hits := find(s, 0)
				require.True(t, slices.ContainsFunc(hits, func(h hit) bool { return h.what == rule.what }), "%s: %v", s, hits)
				quoted, _ := json.Marshal("the " + s)
				for _, form := range []string{s, url.QueryEscape(s), base64.StdEncoding.EncodeToString([]byte("x " + s)), base64.RawURLEncoding.EncodeToString([]byte("xy " + s)), string(quoted)} {
					body, _ := json.Marshal(map[string]any{"a": []string{"x", form}})
					x := exchange("https://example.com/", "", string(body))
					require.Equal(t, []finding.RuleID{finding.SecretFound}, Scan(x, nil).Rules(), form)
					y, found := New(Options{Key: testKey}).Redact(x)
					require.Equal(t, []finding.RuleID{finding.SecretFound}, found.Rules(), form)
					require.Equal(t, finding.Error, found[0].Severity)
					require.Equal(t, "/a/1", found[0].Pointer)
					require.Contains(t, string(y.Response.Body.Bytes), Mask)
					require.True(t, json.Valid(y.Response.Body.Bytes))
					require.Nil(t, Scan(y, nil))
				}
			}
			for _, s := range vector.passes {
				require.Empty(t, find(s, maxDepth), s)
			}
		})
	}
}

func TestSecretMembers(t *testing.T) {
	require.True(t, slices.IsSorted(secretMembers))
	x := exchange("https://example.com/?password=a&x=1", `{"Password":"a","pwd":12345,"nextToken":"abc","client_secret":"","SecretString":null,"session-token":["a","b"]}`, ``)
	y, found := New(Options{Key: testKey}).Redact(x)
	require.Len(t, found, 5)
	require.Equal(t, `{"Password":"`+Mask+`","pwd":"`+Mask+`","nextToken":"abc","client_secret":"","SecretString":null,"session-token":["`+Mask+`","`+Mask+`"]}`, string(y.Request.Body.Bytes))
	require.Equal(t, "https://example.com/?password="+Mask+"&x=1", y.Request.URL)
	require.Nil(t, Scan(y, nil))
	x.Request.Header["Content-Type"], x.Request.Body = []string{"application/x-www-form-urlencoded"}, traffic.BodyOf([]byte("a=1&password=a+b&c=arn%3Aaws%3As3%3A%3A%3Amy-bucket"))
	y, _ = New(Options{Key: testKey}).Redact(x)
	require.Equal(t, "a=1&password="+Mask+"&c=arn%3Aaws%3As3%3A%3A%3Ahk-onwwqw", string(y.Request.Body.Bytes))
}

// TestSignatures checks that credentials and signatures are masked without a finding in their
// place, and found elsewhere.
func TestSignatures(t *testing.T) {
	x := exchange("https://me:word@example.com/a?X-Amz-Credential="+keyID+"%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature="+hex64, `{}`, `{}`)
	x.Request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+keyID+"/20260101/us-east-1/cleanrooms/aws4_request, SignedHeaders=host, Signature="+hex64)
	x.Request.Header.Set("Cookie", "session="+hex64)
	x.Request.Header.Set("X-Amz-Security-Token", "some token or other")
	require.Len(t, Scan(x, nil), 3)
	y, found := New(Options{Key: testKey}).Redact(x)
	require.Nil(t, found)
	require.Equal(t, "https://example.com/a?X-Amz-Credential="+Mask+"%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature="+Mask, y.Request.URL)
	require.Equal(t, "AWS4-HMAC-SHA256 Credential="+Mask+"/20260101/us-east-1/cleanrooms/aws4_request, SignedHeaders=host, Signature="+Mask, y.Request.Header.Get("Authorization"))
	require.Empty(t, y.Request.Header.Get("Cookie")+y.Request.Header.Get("X-Amz-Security-Token"))
	x.Response.Body = traffic.BodyOf([]byte(`{"a":"it was some token or other"}`))
	y, found = New(Options{Key: testKey}).Redact(x)
	require.Equal(t, []finding.RuleID{finding.SecretFound}, found.Rules())
	require.Equal(t, `{"a":"it was `+Mask+`"}`, string(y.Response.Body.Bytes))
	x.Request.Header.Set("Authorization", "Bearer abc")
	y, _ = New(Options{Key: testKey}).Redact(x)
	require.Empty(t, y.Request.Header.Get("Authorization"))
}

// TestBlobIsNoSecret checks that thirty random bytes in base64, which look like a secret access
// key, are not one if the contract has a blob there.
func TestBlobIsNoSecret(t *testing.T) {
	x := exchange("https://example.com/", `{}`, `{"etag":"`+strings.Repeat("fakeFAKE0", 4)+`/+fa"}`)
	require.Equal(t, []finding.RuleID{finding.SecretFound}, Scan(x, nil).Rules())
	blob := func(*traffic.Interaction) Places {
		return Places{Response: &Node{Members: map[string]*Node{"etag": {Place: Place{Blob: true}}}}}
	}
	require.Nil(t, Scan(x, blob))
	x.Response.Body = traffic.BodyOf([]byte(`{"etag":"AKIAFAKEFAKEFAKEFAKE"}`))
	require.NotNil(t, Scan(x, blob), "other forms of secrets are still found")
}
