package redact

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/traffic"
)

// random returns n characters of an alphabet, determined by the seed.
func random(seed uint64, n int, alphabet string) string {
	r := rand.New(rand.NewPCG(seed, 7))
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

const (
	upperDigits  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	lowerLetters = "abcdefghijklmnopqrstuvwxyz"
)

// twin returns a string of the same length in which every letter and digit is replaced by another
// one of its class, as in a real secret in the same place. It keeps the prefixes of secrets, and
// replaces masks by lower-case letters.
func twin(s string) string {
	seed := uint64(len(s))
	b := []byte(s)
	for i, c := range b {
		seed++
		switch {
		case digit(c):
			b[i] = random(seed, 1, "23579")[0]
		case 'a' <= c && c <= 'z':
			b[i] = random(seed, 1, lowerLetters)[0]
		case letter(c):
			b[i] = random(seed, 1, strings.ToUpper(lowerLetters))[0]
		case strings.Trim(s, string(c)) == "":
			b[i] = random(seed, 1, lowerLetters)[0]
		}
	}
	for _, prefix := range []string{"AKIA", "ASIA", "IQoJ", "AQo", "eyJ"} {
		if strings.HasPrefix(s, prefix) {
			copy(b, prefix)
		}
	}
	return string(b)
}

// exempt are values of secret members that are not secrets.
var exempt = map[string][]string{
	"examples of AWS's documentation": {"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY",
		"AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE", "AKIAEXAMPLE123456789", "AKIDEXAMPLE", "eyJra12345EXAMPLE",
		"AQoEXAMPLEH4aoAH0gNCAPyJxz4BlCFFxWNE1OPTgk5TthT+FvwqnKwRcOIfrRh3c/LTo6UDdyJwOOvEVPvLXCrrrUtdnniCEXAMPLE/IvU1dYUg2RVAJBanLiHb4IgRmpRV3zrkuWJOgQs8IZZaIv2BXIa2R4OlgkBN9bkUDNCJiBeb/AXlzBBko7b15fjrBs2+cTQtpZ3CYWFXG8C5zqx37wnOE49mRl/+OtkIKGO7fAE",
		"AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==",
		"IQoJb3JpZ2luX2VjEJr8s2Qx7Yt1Lk9Pw3Vn5Rm0Bz4Cd6Fg8Hj2KsEXAMPLETOKEN", "AQoDYXdzEJr...<remainder of security token>", "eyJhbGciOi..."},
	"what emulators and tests sign with": {"testing", "test", "tests", "mock", "dummy", "fake", "foobar", "foo", "FOOBARKEY", "foobar_key", "mock_access_key", "fake-secret-key", "dummyAccessKeyId",
		"DUMMYIDEXAMPLE", "DUMMYEXAMPLEKEY", "fakeSecretAccessKey", "test_aws_authorization", "test_set_cookie", "test1234", "fake_token_1", "ACCESS_KEY", "AWS_SECRET_ACCESS_KEY",
		"access_key", "secret_key", "your-api-key-here", "changeme", "not-a-real-key-test", "example-token", "thisIsAFakeSecretAccessKeyForTesting1234"},
	"masks of recorders": {"REDACTED", "<REDACTED>", "[REDACTED]", "**REDACTED**", "***REDACTED***", "__REDACTED__", "XXXX", "xxxxxxxx", "****", "********", "FILTERED", "[FILTERED]", "scrubbed", "SCRUBBED", "DUMMY",
		"DUMMY_TOKEN", "<AWS_ACCESS_KEY_ID>", "<AUTH_TOKEN>", "<password>", "X-AMZ-SECURITY-TOKEN-XXX", "AUTHORIZATION-XXX", "Masked", "••••••••", "--------", "****************WXYZ", "sanitized", "[removed]", "hidden",
		"AKIAXXXXXXXXXXXXXXXX", "xxx-xxx", "…", "...", Mask},
	"references": {"${AWS_SECRET_ACCESS_KEY}", "${DB_PASSWORD}", "{{ password }}", "{{resolve:secretsmanager:MySecret:SecretString:password}}", "$AWS_SESSION_TOKEN", "%(secret_key)s", "$(SECRET_TOKEN)", "<%= api_key %>", "#{token}",
		"arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-a1b2c3"},
	"sequences": {"0123456789abcdef0123456789abcdef", "abcdefghijklmnopqrstuvwxyz0123456789ABCD", "1234567890123456", "AKIAABCDEFGHIJKLMNOP", "0000000000000000", strings.Repeat("0123456789abcdef", 4)},
	"words":     {"HIDDEN_DUE_TO_SECURITY_REASONS", "sk-fake-key", "sk-test-1234", "sk-xxxxxxxxxxxxxxxx", "client-secret", "@@PASSWORD@@", "dGVzdA==", "Zm9vc2VjcmV0LXRlc3Q=", "null", "None", "undefined", "minutes", "hours"},
}

// exchanged returns an interaction with the value as the JSON of a response.
func exchanged(t *testing.T, value any) *traffic.Interaction {
	body, err := json.Marshal(value)
	require.NoError(t, err)
	return exchange("https://example.com/", "", string(body))
}

// requireScan asserts the result of the scan of files and of recording, which are the same scan.
func requireScan(t *testing.T, found bool, value any) {
	t.Helper()
	x := exchanged(t, value)
	var want []finding.RuleID
	if found {
		want = []finding.RuleID{finding.SecretFound}
	}
	scanned := Scan(x, nil)
	require.Equal(t, want, scanned.Rules(), "%.400v", value)
	y, recorded := New(Options{Key: testKey}).Redact(x)
	require.Equal(t, want, recorded.Rules(), "recording: %.400v", value)
	require.Nil(t, Scan(y, nil), "after redaction: %s", y.Response.Body.Bytes)
}

// encoded returns a text in each encoding of base64.
func encoded(s string) []string {
	return []string{base64.StdEncoding.EncodeToString([]byte(s)), base64.RawStdEncoding.EncodeToString([]byte(s)), base64.URLEncoding.EncodeToString([]byte(s)),
		base64.RawURLEncoding.EncodeToString([]byte(s)), wrap(base64.StdEncoding.EncodeToString([]byte(s)), 76, "\n"), base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(s))))}
}

func wrap(s string, width int, lineBreak string) string {
	var lines []string
	for ; len(s) > width; s = s[width:] {
		lines = append(lines, s[:width])
	}
	return strings.Join(append(lines, s), lineBreak)
}

var delimiters = []string{" ", `"`, `'`, ",", ":", ";", "\n", "\r\n", "\t", "|", "=", ", ", `": "`}

// TestExemptPlaceholder checks that each placeholder passes, and that a secret of the same length
// and alphabet does not: in its place, beside it, within the same string, and in base64.
func TestExemptPlaceholder(t *testing.T) {
	for kind, values := range exempt {
		for _, value := range values {
			t.Run(kind+"/"+value[:min(len(value), 60)], func(t *testing.T) {
				secret := twin(value)
				if secret == value || placeholder(secret) { // no alphabet of its own: … and "…"
					secret = random(1, 8, lowerLetters)
				}
				requireScan(t, false, map[string]string{"password": value})
				requireScan(t, false, map[string]string{"text": "the password=" + value})
				requireScan(t, true, map[string]string{"password": secret})
				requireScan(t, true, map[string]string{"password": value, "secretKey": secret})
				for _, d := range delimiters {
					requireScan(t, true, map[string]string{"password": value + d + secret})
					requireScan(t, true, map[string]string{"password": secret + d + value})
					if d == `"` || d == `'` || len(secret) < 6 || strings.ContainsAny(secret, "&)}] ") {
						continue
					}
					requireScan(t, true, map[string]string{"text": "password=" + value + d + "password=" + secret + d})
					requireScan(t, true, map[string]string{"text": "password=" + secret + d + "password=" + value + d})
				}
				clean, _ := json.Marshal(map[string]string{"v": "1", "password": value})
				dirty, _ := json.Marshal(map[string]string{"v": "1", "password": value, "secretKey": secret})
				for i, text := range encoded(string(dirty)) {
					requireScan(t, false, map[string]string{"nextToken": encoded(string(clean))[i]})
					requireScan(t, true, map[string]string{"nextToken": text})
				}
			})
		}
	}
}

// TestExemptKeyID checks fake access key IDs in text, and a real one beside each.
func TestExemptKeyID(t *testing.T) {
	account := func(number uint64) string { // RFC 4648, section 6: as AWS writes the account in a key ID
		bits := 1<<47 | number<<7
		return base32.StdEncoding.EncodeToString([]byte{byte(bits >> 40), byte(bits >> 32), byte(bits >> 24), byte(bits >> 16), byte(bits >> 8), byte(bits), 0xA5, 0x3C, 0x96, 0x7E})
	}
	for _, id := range []string{"AKIAIOSFODNN7EXAMPLE", "ASIAEXAMPLE7Q2W9E4RT", "AKIAXXXXXXXXXXXXXXXX", "AKIA0000000000000000", "AKIAAAAAAAAAAAAAAAAA", "AKIATESTTESTTESTTEST", "AKIA1234567890ABCDEF", "AKIAFOOBARKEYQ7W2E5R",
		"AKIA" + account(0), "ASIA" + account(111122223333), "AKIA" + account(123456789012), "AKIAQAAAAAAAF7W2E5RZ"} {
		t.Run(id, func(t *testing.T) {
			secret := twin(id)
			requireScan(t, false, map[string]string{"note": "key " + id})
			requireScan(t, true, map[string]string{"note": id, "other": secret})
			for _, d := range append(delimiters, "/", "+", "-", "_", "") {
				requireScan(t, true, map[string]string{"note": id + d + secret})
				requireScan(t, true, map[string]string{"note": secret + d + id})
			}
			for i, text := range encoded(`{"key":"` + id + `","other":"` + secret + `"}`) {
				requireScan(t, false, map[string]string{"note": encoded(`{"key":"` + id + `"}`)[i]})
				requireScan(t, true, map[string]string{"note": text})
			}
		})
	}
	requireScan(t, true, map[string]string{"note": "AKIA" + account(111122223334)}) // somebody's
}

const alphabetURL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// noise returns n bytes that look random.
func noise(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 9))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// data returns strings of base64 without a secret, parts of which look like one.
func data() map[string]string {
	std, url := base64.StdEncoding, base64.RawURLEncoding
	alnum := upperDigits + lowerLetters
	mixed := func(seed uint64, n int) string { return random(seed, n, alnum) }
	png := append([]byte("\x89PNG\r\n\x1a\n"), noise(1, 1500)...)
	der := append([]byte{0x30, 0x82, 0, 74}, noise(2, 74)...) // 78 bytes: a line of 64 and one of 40 characters
	gif := append(append([]byte("GIF89a"), noise(3, 80)...), ';')
	return map[string]string{
		"PNG":                         std.EncodeToString(png),
		"PNG for URLs":                url.EncodeToString(png),
		"data URI":                    "data:image/png;base64," + std.EncodeToString(png),
		"JPEG":                        std.EncodeToString(append([]byte("\xFF\xD8\xFF\xE0"), noise(4, 1501)...)),
		"JPEG, escaped":               strings.ReplaceAll(std.EncodeToString(append([]byte("\xFF\xD8\xFF\xE0"), noise(4, 3001)...)), "/", `\/`),
		"WebP, percent-encoded":       strings.NewReplacer("/", "%2F", "=", "%3D").Replace(std.EncodeToString(append([]byte("RIFF\x00\x10\x00\x00WEBPVP8 "), noise(5, 3001)...))),
		"icon with zeros":             std.EncodeToString(append(append(noise(6, 60), 0, 0xA2, 0), bytes.Repeat([]byte{0}, 40)...)),
		"gzip":                        std.EncodeToString(append([]byte("\x1F\x8B\x08"), noise(7, 1500)...)),
		"certificate":                 "-----BEGIN CERTIFICATE-----\n" + wrap(std.EncodeToString(der), 64, "\n") + "\n-----END CERTIFICATE-----\n",
		"GIF, wrapped":                wrap(std.EncodeToString(gif), 76, "\r\n"),
		"text, wrapped":               wrap(std.EncodeToString([]byte(strings.Repeat("Nothing is secret in here, Sir 1", 3)[:87])), 76, "\n"),
		"signature":                   mixed(8, 55) + "-" + mixed(9, 40) + "_" + mixed(10, 61) + "-" + mixed(11, 48),
		"signature that begins so":    mixed(12, 40) + "_" + mixed(13, 90) + "_" + mixed(14, 33),
		"a key ID by chance":          mixed(15, 300) + "AKIA" + random(16, 16, upperDigits) + mixed(17, 300),
		"a key ID by chance, / first": mixed(15, 300) + "/AKIA" + random(16, 16, upperDigits) + mixed(17, 300),
		"a session token by chance":   mixed(18, 300) + "IQoJ" + mixed(19, 300),
		"a session token after +":     mixed(18, 300) + "+FwoG" + mixed(19, 300),
		"a token of Google by chance": mixed(20, 300) + "AIza" + random(21, 400, alphabetURL),
		"40 between plus signs":       mixed(22, 71) + "+" + mixed(23, 40) + "+" + mixed(24, 44),
		"40 between slashes":          mixed(22, 71) + "/" + mixed(23, 40) + "/" + mixed(24, 44),
		"x-amz-id-2":                  mixed(25, 23) + "/" + mixed(26, 40) + "+" + mixed(27, 11) + "=",
		"JSON":                        url.EncodeToString([]byte(`{"v":2,"marker":{"id":{"s":"job-0001"},"created":{"n":"1767225600"}},"odd":"ÿþ~?>ÿþ~?>"}`)),
		"JSON of 40 characters":       std.EncodeToString([]byte(`{"v":2,"offset":1,"Next":"Qa"}`)),
		"digest":                      fmt.Sprintf("%x", noise(28, 32)),
		"digest in base64":            std.EncodeToString(noise(29, 32)),
		"UUID":                        "7d9f3c1e-52a8-4b6f-9c04-0a1b2c3d4e5f",
		"ciphertext":                  "AQICAHh" + mixed(30, 180) + "==",
		"receipt handle":              "AQEB" + mixed(31, 60) + "/" + mixed(32, 40) + "+" + mixed(33, 90) + "==",
		"shard iterator":              "AAAAAAAAAA" + mixed(34, 200),
	}
}

// trueSecrets returns secrets that are found by their form alone.
func trueSecrets() map[string]string {
	return map[string]string{
		"key ID":        "AKIA" + random(40, 16, upperDigits),
		"secret key":    secretSix,
		"random key":    random(41, 40, upperDigits+lowerLetters),
		"session token": "IQoJ" + random(42, 200, upperDigits+lowerLetters+"+/"),
	}
}

// TestExemptData checks that base64 without a secret passes, and that a secret does not: beside it,
// within the same string, in its bytes, and encoded.
func TestExemptData(t *testing.T) {
	for name, value := range data() {
		t.Run(name, func(t *testing.T) {
			requireScan(t, false, map[string]string{"a": value})
			for i, text := range encoded(`{"a":"` + strings.NewReplacer("\n", `\n`, "\r", `\r`, `\`, `\\`).Replace(value) + `"}`) {
				if i < 5 { // deeper than that is not decoded
					requireScan(t, false, map[string]string{"a": text})
				}
			}
			for _, secret := range trueSecrets() {
				requireScan(t, true, map[string]string{"a": value, "b": secret})
				for _, d := range delimiters {
					requireScan(t, true, map[string]string{"a": value + d + secret})
					requireScan(t, true, map[string]string{"a": secret + d + value})
				}
				plain, _ := json.Marshal(map[string]string{"a": value, "b": secret})
				for _, text := range encoded(string(plain)) {
					requireScan(t, true, map[string]string{"a": text})
				}
				if decoded := decodeWord(value); isWord(value) && len(decoded) > 8 {
					inside := append(append(bytes.Clone(decoded), "\x00\x00tEXt{\"k\":\""+secret+"\"}\x00"...), decoded...)
					requireScan(t, true, map[string]string{"a": base64.StdEncoding.EncodeToString(inside)})
					requireScan(t, true, map[string]string{"a": base64.RawURLEncoding.EncodeToString(inside)})
				}
			}
		})
	}
}

// TestDelimitedKeys checks that characters of base64 delimit a secret access key unless the text on
// their other side is random as well.
func TestDelimitedKeys(t *testing.T) {
	key, other := random(60, 40, upperDigits+lowerLetters), random(61, 40, upperDigits+lowerLetters)
	id, mixed := "AKIA"+random(62, 16, upperDigits), func(n int) string { return random(63, n, upperDigits+lowerLetters) }
	for text, found := range map[string]bool{
		"prod-" + key: true, "my_secret_key_" + key: true, key + "-MyDatabase": true, "7d9f3c1e-52a8-4b6f-9c04-0a1b2c3d4e5f-" + key: true,
		id + "_" + key: true, key + "-" + id: true, key + "_" + other: true, mixed(16) + "-" + key: true,
		"path/to/" + key: true, "my+key+" + key: true, "Prod/Credentials/" + key: true, id + "/" + key: true, key + "/20260101/us-east-1": true,
		mixed(60) + "+/" + mixed(30) + "_" + key:        true, // the alphabets do not mix
		"v1-" + encoded(`{"k":"` + secretSix + `"}`)[3]: true,
		mixed(48) + "-" + key:                           false,
		mixed(48) + "/" + id + "+" + mixed(30):          true, // delimited on both sides
		id + "/" + mixed(60):                            true,
		mixed(48) + id + mixed(30):                      false,
		mixed(48) + "/" + key:                           false,
		mixed(20) + key:                                 false,
		encoded(`{"password":"~~??>>~~??>>~o"}`)[3]:     true,
		encoded(`{"password":"~~??>>~~??>>~o"}`)[0]:     true,
	} {
		t.Run(text, func(t *testing.T) { requireScan(t, found, map[string]string{"note": text}) })
	}
}
