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

// TestEverySecret checks each rule of the scan: a secret is found as it is, encoded, and escaped,
// and a redacted interaction does not contain any.
func TestEverySecret(t *testing.T) {
	for _, rule := range secrets {
		t.Run(rule.what, func(t *testing.T) {
			vector, ok := secretVectors[rule.what]
			require.True(t, ok, "%s has no vector", rule.what)
			for _, s := range vector.hits {
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
			for _, s := range vector.neighbours {
				require.Empty(t, find(s, maxDepth), s)
			}
		})
	}
}

func TestSecretMembers(t *testing.T) {
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

// TestNotSearched checks that a body that cannot be decoded is reported: its absence from the
// findings would be taken for the absence of secrets.
func TestNotSearched(t *testing.T) {
	x := exchange("https://example.com/", `{}`, "\x1f\x8b\xff broken")
	x.Response.Header.Set("Content-Encoding", "gzip")
	require.Equal(t, []finding.RuleID{finding.RecordNotRedacted}, Scan(x, nil).Rules())
}

// TestSignedQueries checks that the signatures of other schemes are masked without a finding in the
// query of a request, and found elsewhere.
func TestSignedQueries(t *testing.T) {
	long := fake(170) + "~" + fake(100) + "__"
	for _, query := range []string{
		"AWSAccessKeyId=" + keyID + "&Expires=1767225600&Signature=" + fake(27) + "%3D",
		"Expires=1767225600&Signature=" + long + "&Key-Pair-Id=K2JCJMDEHXQW5F",
		"Policy=eyJ" + fake(120) + "__&Signature=" + long + "&Key-Pair-Id=K2JCJMDEHXQW5F",
		"sv=2024-01-01&se=2026-01-01&sp=r&sig=" + fake(43) + "%3D",
	} {
		t.Run(query[:40], func(t *testing.T) {
			x := exchange("https://example.com/k?"+query, "", `{"a":"see https://example.com/k?`+query+`"}`)
			require.NotEmpty(t, Scan(x, nil))
			y, found := New(Options{Key: testKey}).Redact(x)
			for _, f := range found {
				require.Equal(t, "/a", f.Pointer)
			}
			require.NotEmpty(t, found)
			for _, secret := range []string{fake(27), fake(43), fake(100), fake(120), keyID, "K2JCJMDEHXQW5F"} {
				require.NotContains(t, y.Request.URL+string(y.Response.Body.Bytes), secret)
			}
			require.Nil(t, Scan(y, nil))
		})
	}
}

// TestMembersByWords checks the names of members: what their last words say, in any case, and where
// the value is beside the name or one level deeper.
func TestMembersByWords(t *testing.T) {
	for body, found := range map[string]bool{
		`{"dbPassword":"a"}`: true, `{"DB_PASSWORD":"a"}`: true, `{"new-password-2":"a"}`: true, `{"MASTERUSERPASSWORD":"a"}`: true, `{"passwordConfirmation":"a"}`: true, `{"ClientSecretValue":"a"}`: true,
		`{"password":{"S":"a"}}`: true, `{"password":{"value":["a"]}}`: true, `{"environment":[{"name":"DB_PASSWORD","value":"a"}]}`: true, `{"ParameterKey":"ApiKey","ParameterValue":"a"}`: true,
		`{"SSECustomerKey":"a"}`: true, `{"signature":"` + fake(27) + `="}`: true, `{"policy":"` + base64.StdEncoding.EncodeToString([]byte(`{"expiration":"2026-01-01T00:00:00Z","conditions":[]}`)) + `"}`: true,
		`{"body":"{\"dbPassword\":\"a\"}"}`: true, `{"body":"<a><Password>hunter2</Password></a>"}`: true, `{"body":"x=1&amp;password=hunter22"}`: true, `{"body":"{&quot;password&quot;:&quot;hunter22&quot;}"}`: true, `{"body":"password&#x3d;hunter22"}`: true,
		`{"passwordPolicy":"a"}`: false, `{"hasPassword":"a"}`: false, `{"password":"true"}`: false, `{"NextToken":"a"}`: false, `{"clientRequestToken":"a"}`: false, `{"tokenType":"Bearer"}`: false, `{"SecretArn":"a"}`: false,
		`{"name":"DB_HOST","value":"a"}`: false, `{"password":{"length":"a"}}`: false, `{"signature":"void f()"}`: false, `{"policy":"` + base64.StdEncoding.EncodeToString([]byte(`{"Version":"2012-10-17","Statement":[]}`)) + `"}`: false,
		`{"keyId":"a"}`: false, `{"PasswordLastUsed":"2026-01-01"}`: false, `{"SSECustomerKeyMD5":"a"}`: false,
	} {
		t.Run(body, func(t *testing.T) {
			x := exchange("https://example.com/", "", body)
			require.Equal(t, found, len(Scan(x, nil)) > 0)
			y, _ := New(Options{Key: testKey}).Redact(x)
			require.Nil(t, Scan(y, nil))
		})
	}
}
