package redact

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

func redactBody(t *testing.T, options Options, media, body string) (string, finding.Set) {
	t.Helper()
	x := exchange("https://example.com/", "", body)
	x.Response.Header.Set("Content-Type", media)
	x.Response.Header.Set("Content-Length", fmt.Sprint(len(body)))
	y, found := New(options).Redact(x)
	require.Equal(t, body, string(x.Response.Body.Bytes), "the original changed")
	if !y.Response.Body.Missing {
		require.Equal(t, fmt.Sprint(len(y.Response.Body.Bytes)), y.Response.Header.Get("Content-Length"))
	}
	return string(y.Response.Body.Bytes), found
}

// TestBytesStay checks that bytes outside of names do not change, even if the body is not JSON.
func TestBytesStay(t *testing.T) {
	for _, body := range []string{
		`{"a" : 1.50e+1, "a":-0 ,"\u0061":"x\/\u00E9"}` + "\n", "\xEF\xBB\xBF" + `{"a":"x"}`, `{"a":"x`, `{"a":1}{"b":2}`, `{"a":1} x`, `[1,`, ``, ` `,
		`{"a":"` + "\xff" + `"}`, `{"a":"\ud800"}`, strings.Repeat("[", 10_001), `nul`, "<html>&amp;</html>", "\x00\x01binary", `{"n":111122223333}`,
	} {
		for _, media := range []string{"application/json", "text/plain", ""} {
			t.Run(media+" "+body[:min(len(body), 30)], func(t *testing.T) {
				got, found := redactBody(t, Options{Key: testKey}, media, body)
				require.Nil(t, found)
				require.Equal(t, body, got)
			})
		}
	}
}

func TestEscapesStay(t *testing.T) {
	got, _ := redactBody(t, Options{Key: testKey}, "application/json", `{"a":"\u0061rn:aws:s3:::\u006dy-bucket\/é\u00e9\ud83d\ude00"}`)
	require.Regexp(t, `^\{"a":"\\u0061rn:aws:s3:::\\u00[67][0-9a-f]k-onwwqw\\/.\\u00[d-f][0-9a-f]\\ud83d\\ude[0-9a-f]{2}"\}$`, got)
}

func TestBroken(t *testing.T) {
	whole := func(*traffic.Interaction) Places {
		return Places{Response: &Node{Members: map[string]*Node{"s": {Place: Place{Class: Whole}}}}}
	}
	got, found := redactBody(t, Options{Key: testKey, Classify: whole}, "application/json", `{"a":"name","s":"name","s":"half of a na`)
	require.Nil(t, found)
	require.Regexp(t, `^\{"a":"([a-z]{4})","s":"[a-z]{4}",?"[a-z]":"[a-z]{4} [a-z]{2} [a-z] [a-z]{2}$`, got)
	require.NotContains(t, got, "half")
}

func TestCompressed(t *testing.T) {
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	fmt.Fprintf(w, `{"a":"%s"}`, account)
	require.NoError(t, w.Close())
	x := exchange("https://example.com/", "", zipped.String())
	x.Response.Header.Set("Content-Encoding", "gzip")
	x.Response.Header.Set("Content-Length", fmt.Sprint(zipped.Len()))
	y, found := New(Options{Key: testKey}).Redact(x)
	require.Nil(t, found)
	require.Equal(t, `{"a":"901015145457"}`, string(y.Response.Body.Bytes))
	require.Empty(t, y.Response.Header["Content-Encoding"])
	require.Equal(t, "20", y.Response.Header.Get("Content-Length"))

	x.Response.Header.Set("Content-Encoding", "br")
	y, found = New(Options{Key: testKey}).Redact(x)
	require.Equal(t, []finding.RuleID{finding.RecordNotRedacted}, found.Rules())
	require.Empty(t, y.Response.Body.Bytes)
	require.True(t, y.Response.Body.Missing)
}

func TestBinary(t *testing.T) {
	for body, rules := range map[string][]finding.RuleID{
		"\x00\xff nothing":             nil,
		"\x00\xff " + account + "\x00": {finding.RecordNotRedacted},
		"\x00\xff " + keyID + "\x00":   {finding.RecordNotRedacted, finding.SecretFound},
	} {
		t.Run(fmt.Sprintf("%q", body), func(t *testing.T) {
			got, found := redactBody(t, Options{Key: testKey}, "application/octet-stream", body)
			require.Equal(t, rules, found.Rules())
			require.Equal(t, rules == nil, got == body)
		})
	}
}

// TestMasked checks that a string without a pseudonym is masked, and so are its repetitions.
func TestMasked(t *testing.T) {
	options := Options{Key: testKey, Classify: func(*traffic.Interaction) Places {
		return Places{Response: &Node{Members: map[string]*Node{"s": {Place: Place{Class: Whole, Accepts: func(s string) bool { return s == "the-only-one" }}}}}}
	}}
	got, found := redactBody(t, options, "application/json", `{"m":"not the-only-one","s":"the-only-one"}`)
	require.Equal(t, []finding.RuleID{finding.RecordMasked}, found.Rules())
	require.Equal(t, finding.Warning, found[0].Severity)
	require.Equal(t, `{"m":"not `+Mask+`","s":"`+Mask+`"}`, got)
}

func FuzzRedact(f *testing.F) {
	for _, body := range []string{
		`{"a":"arn:aws:iam::111122223333:role/x","b":["` + uuid + `",1.0,null,true]}`, `{"password":"x","a":"s3://bucket/key","m":"bucket"}`, `{"a":"\u0061\ud83d\ude00é` + account + `"}`,
		`"` + base64Of(account) + `"`, `{"` + account + `":"%31%31` + account + `"}`, "\xEF\xBB\xBF{}", `{"a":"` + "\xff" + account + `"`, `x ` + account, "\x00" + account,
	} {
		for _, all := range []bool{false, true} {
			f.Add([]byte(body), all)
		}
	}
	whole := &Node{Place: Place{Class: Whole}, Key: Place{Class: Whole}}
	whole.Element = whole
	places := Places{Response: &Node{Members: map[string]*Node{"s": whole, "k": {Place: Place{Class: Keep}}, "l": {Element: whole}}}}
	f.Fuzz(func(t *testing.T, body []byte, all bool) {
		x := exchange("https://example.com/", "", string(body))
		options := Options{Key: testKey, All: all, Classify: func(*traffic.Interaction) Places { return places }}
		y, _ := New(options).Redact(x)
		if json.Valid(body) && !y.Response.Body.Missing {
			require.True(t, json.Valid(y.Response.Body.Bytes), "%q", y.Response.Body.Bytes)
		}
		require.Nil(t, Scan(y, nil), "%q", y.Response.Body.Bytes)
	})
}

func base64Of(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// TestTime checks that no text takes disproportionate time.
func TestTime(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short, under which the race detector runs: measures time")
	}
	for _, shape := range []string{".s3", "s3-", "s3.amazonaws.com/", "arn:", "arn:aws:s3:::a/", "arn:aws:x:::", "-", "1", "a", "1a-", "%25", "\\\\u0061", "eyJ", "BEGIN PRIVATE KEY-----", "://:", "key=", "QUJDREVGR0hJSktM",
		uuid, account + " ", account, "é", "basic ", "/aaaa", "s3://b/", Mask, "aA1", "[", `\"a\":`} {
		for _, all := range []bool{false, true} {
			t.Run(fmt.Sprint(shape[:min(len(shape), 30)], " ", all), func(t *testing.T) {
				began := time.Now()
				body := `{"a":"` + strings.Repeat(shape, 1+(64<<10)/len(shape)) + `"}`
				_, found := redactBody(t, Options{Key: testKey, All: all}, "application/json", body)
				require.NotContains(t, found.Rules(), finding.RecordMasked, shape)
				require.Less(t, time.Since(began), 30*time.Second, "%s, %v", shape, all)
				if d := time.Since(began); d > 300*time.Millisecond {
					t.Log(shape, all, d)
				}
			})
		}
	}
}
