package redact

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/traffic"
)

const scope = "/20260101/us-east-1/sts/aws4_request"

func authorization(key, signature string) string {
	return "AWS4-HMAC-SHA256 Credential=" + key + scope + ", SignedHeaders=host;x-amz-date, Signature=" + signature
}

func basicOf(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(s)) }

// TestExemptHeaders checks headers for secrets with a placeholder, and with a secret beside it.
func TestExemptHeaders(t *testing.T) {
	const shown = "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ"
	head := "eyJ" + "hbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
	trueID := "AKIA" + random(50, 16, upperDigits)
	for _, v := range []struct {
		name, value string
		found       bool
	}{
		{"Set-Cookie", "test_set_cookie", false},
		{"Set-Cookie", "session=REDACTED; Path=/; HttpOnly", false},
		{"Set-Cookie", "session=" + twin("REDACTED") + "; Path=/; HttpOnly", true},
		{"Cookie", "a=test; b=xxx", false},
		{"Cookie", "a=test; b=" + twin("xxx"), true},
		{"Cookie", "REDACTED, " + twin("session"), true},
		{"X-Amz-Security-Token", "X-AMZ-SECURITY-TOKEN-XXX", false},
		{"X-Amz-Security-Token", "testing", false},
		{"X-Amz-Security-Token", twin("testing"), true},
		{"X-Amz-Security-Token", "testing " + twin("testing"), true},
		{"X-Amz-Security-Token", "IQoJEXAMPLE" + random(52, 60, alphabet64) + "/IQoJ" + random(53, 200, alphabet64), true},
		{"X-Api-Key", "<API_KEY>", false},
		{"X-Api-Key", "<API_KEY>" + twin("API_KEY"), true},
		{"Proxy-Authorization", basicOf("user:test"), false},
		{"Proxy-Authorization", basicOf("user:" + twin("test")), true},
		{"Authorization", "Bearer test_aws_authorization", false},
		{"Authorization", "AUTHORIZATION-XXX", false},
		{"Authorization", "REDACTED", false},
		{"Authorization", "Bearer " + twin("test_aws_authorization"), true},
		{"Authorization", "Bearer test_aws_authorization " + twin("test_aws_authorization"), true},
		{"Authorization", twin("test_aws_authorization"), true},
		{"Authorization", basicOf("user:dummy-password"), false},
		{"Authorization", basicOf("test:" + twin("dummy-password")), true},
		{"Authorization", "Bearer " + head + shown + ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c", false},
		{"Authorization", "Bearer " + head + twin(shown) + ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c", true},
		{"Authorization", authorization("testing", hex64), false},
		{"Authorization", authorization("AKIAIOSFODNN7EXAMPLE", hex64), false},
		{"Authorization", authorization(trueID, hex64), true},
		{"Authorization", authorization(trueID, "REDACTED"), true},
		{"Authorization", authorization("REDACTED", hex64), true}, // signed with what was there before
		{"Authorization", authorization("AKIAXXXXXXXXXXXXXXXX", hex64), true},
		{"Authorization", authorization("REDACTED", strings.Repeat("x", 64)), false},
		{"Authorization", authorization(Mask, Mask), false},
	} {
		t.Run(v.name+"/"+v.value[:min(len(v.value), 70)], func(t *testing.T) {
			x := exchange("https://example.com/", "", "{}")
			x.Request.Header = http.Header{v.name: {v.value}}
			require.Equal(t, v.found, len(Scan(x, nil)) > 0)
			y, _ := New(Options{Key: testKey}).Redact(x)
			require.Nil(t, Scan(y, nil))
		})
	}
}

// TestExemptQuery checks URLs that were presigned with a fake key.
func TestExemptQuery(t *testing.T) {
	for _, v := range []struct {
		query string
		found bool
	}{
		{"X-Amz-Credential=AKIAIOSFODNN7EXAMPLE" + scope + "&X-Amz-Signature=" + hex64, false},
		{"X-Amz-Signature=" + hex64 + "&X-Amz-Credential=testing" + scope, false},
		{"X-Amz-Credential=" + twin("AKIAIOSFODNN7EXAMPLE") + scope + "&X-Amz-Signature=REDACTED", true},
		{"X-Amz-Credential=REDACTED" + scope + "&X-Amz-Signature=" + hex64, true},
		{"X-Amz-Credential=testing" + scope + "&X-Amz-Signature=" + hex64 + "&X-Amz-Security-Token=" + twin("some-session-token"), true},
		{"X-Amz-Credential=testing" + scope + "&X-Amz-Signature=" + hex64 + "&X-Amz-Security-Token=testing", false},
		{"password=test&x=1", false},
		{"password=test&x=" + random(51, 40, upperDigits+lowerLetters), true},
	} {
		t.Run(v.query[:min(len(v.query), 70)], func(t *testing.T) {
			x := exchange("https://example.com/?"+strings.ReplaceAll(v.query, "/", "%2F"), "", "{}")
			require.Equal(t, v.found, len(Scan(x, nil)) > 0)
		})
	}
}

// TestExemptText checks placeholders in free text that match a rule with context, and neighbours
// with a secret in the same place or right beside it.
func TestExemptText(t *testing.T) {
	begin, end := "-----BEGIN RSA "+"PRIVATE KEY-----", "-----END RSA "+"PRIVATE KEY-----"
	for _, v := range []struct {
		text  string
		found bool
	}{
		{"postgres://me:${DB_PASSWORD}@host/db", false},
		{"postgres://me:****@host/db", false},
		{"postgres://me:" + twin("****") + "@host/db", true},
		{"postgres://me:****@host/db postgres://me:" + twin("****") + "@host/db", true},
		{begin + "\nREDACTED\n" + end, false},
		{begin + "\n" + end, false},
		{begin + "\nREDACTED\n" + twin("REDACTED") + "\n" + end, true},
		{begin + "\nREDACTED\n" + end + "\n" + begin + "\nMIIE\n" + end, true},
		{begin + "\nMIIE\n" + end, true},
		{"password=[REDACTED], token: x", false},
		{"password=[REDACTED]" + twin("hunter"), true},
		{"password=${PASSWORD}" + twin("hunter"), true},
		{"password=${PASSWORD:-" + twin("hunter") + "}", true},
		{"password=<password> " + "secret_key=" + twin("hunter22"), true},
		{"password=" + Mask, false},
		{"password=" + Mask + "/" + twin("hunter"), true},
		{"password=test4921833312079" + "1", true},
		{"Signature=" + strings.Repeat("0123456789abcdef", 4), false},
		{"Signature=" + strings.Repeat("0123456789abcdef", 2) + hex64, true},
		{"Bearer fake-bearer-token-value", false},
		{"Bearer fake-bearer-token-value, Bearer " + twin("fake-bearer-token-value"), true},
		{"api_key=AKIAIOSFODNN7EXAMPLE/" + twin("hunter22"), true},
	} {
		t.Run(v.text[:min(len(v.text), 70)], func(t *testing.T) {
			requireScan(t, v.found, map[string]string{"text": v.text})
			for _, text := range encoded(`note: ` + v.text + ` :end`)[:4] {
				requireScan(t, v.found, map[string]string{"text": text})
			}
		})
	}
}

// TestSecretMembersInJSON checks that members of JSON within strings are recognised by name,
// however short their values are.
func TestSecretMembersInJSON(t *testing.T) {
	for text, found := range map[string]bool{
		`{"secretKey":"abcd"}`:                 true,
		`{"a":[1,{"secretKey":["test",7]}]}`:   true,
		`{"a":"{\"secretKey\":\"abcd\"}"}`:     true,
		`{"a":"{\"secretKey\":\"test\"}"}`:     false,
		`{"secretKey":"","b":null,"a":"abcd"}`: false,
		`{"secretKey":{"arn":"abcd"}}`:         false,
		`{"secretKey":"test","b":`:             false,
	} {
		t.Run(text, func(t *testing.T) {
			requireScan(t, found, map[string]string{"text": text})
			requireScan(t, found, map[string]string{"text": encoded(text)[3]})
		})
	}
}

// TestExemptBlob checks that base64 by contract may look like a secret key as a whole, but that its
// decoded bytes and the text beside it may not.
func TestExemptBlob(t *testing.T) {
	key := strings.Repeat("fakeFAKE0", 4) + "/+fa"
	blob := func(*traffic.Interaction) Places {
		return Places{Response: &Node{Members: map[string]*Node{"data": {Place: Place{Blob: true}}}}}
	}
	for value, found := range map[string]bool{
		key:             false,
		key + " " + key: true,
		base64.StdEncoding.EncodeToString([]byte(`{"k":"` + secretSix + `"}`)): true,
	} {
		t.Run(value, func(t *testing.T) {
			x := exchanged(t, map[string]string{"data": value})
			require.Equal(t, found, len(Scan(x, blob)) > 0)
			_, recorded := New(Options{Key: testKey, Classify: blob}).Redact(x)
			require.Equal(t, found, recorded.Rules() != nil && recorded.Rules()[0] == finding.SecretFound)
		})
	}
}

// TestPlaceholderIsKept checks that a placeholder in a secret member does not change even if its
// words are names elsewhere, whose pseudonyms would look like secrets.
func TestPlaceholderIsKept(t *testing.T) {
	x := exchanged(t, map[string]string{"arn": "arn:aws:s3:::testing", "password": "testing", "secret": "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-a1b2c3"})
	r := New(Options{Key: testKey})
	y, found := r.Redact(x)
	require.Nil(t, found)
	require.Contains(t, string(y.Response.Body.Bytes), `"password":"testing"`)
	require.NotContains(t, string(y.Response.Body.Bytes), "111122223333")
	require.NotContains(t, string(y.Response.Body.Bytes), ":::testing")
	whole := func(*traffic.Interaction) Places {
		return Places{Response: &Node{Members: map[string]*Node{"password": {Place: Place{Class: Whole}}}}}
	}
	y, found = New(Options{Key: testKey, Classify: whole}).Redact(x)
	require.Nil(t, found)
	require.Contains(t, string(y.Response.Body.Bytes), `"password":"`+Mask+`"`, "by contract it is sensitive")
}
