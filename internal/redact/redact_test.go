package redact

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

var testKey = Key{1, 2, 3}

func exchange(url, request, response string) *traffic.Interaction {
	return &traffic.Interaction{Kind: traffic.Cassette, Source: "test.yaml",
		Request:  &traffic.Request{Method: "POST", URL: url, Header: http.Header{"Content-Type": {"application/json"}}, Body: traffic.BodyOf([]byte(request))},
		Response: traffic.Response{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: traffic.BodyOf([]byte(response))}}
}

const (
	account = "111122223333"
	uuid    = "0f0e1d2c-3b4a-4958-8776-655443322110"
)

func TestRedact(t *testing.T) {
	x := exchange("https://cleanrooms.us-east-1.amazonaws.com/memberships/"+uuid+"/protectedJobs?arn=arn%3Aaws%3Aiam%3A%3A"+account+"%3Arole%2Fthe-role",
		`{"bucket":"s3://my-bucket/keys/a.csv", "n": 1.50, "n": 2 }`,
		`{"message":"`+account+` may not read my-bucket: the-role, arn:aws:cleanrooms:us-east-1:`+account+`:membership/`+uuid+`.","escaped":"\u0061rn:aws:s3:::my-buck\u0065t\/k"}`)
	r := New(Options{Key: testKey})
	y, found := r.Redact(x)
	require.Empty(t, found)
	t.Log(y.Request.URL, string(y.Request.Body.Bytes), string(y.Response.Body.Bytes))
	for _, text := range []string{y.Request.URL, string(y.Request.Body.Bytes), string(y.Response.Body.Bytes)} {
		for _, name := range []string{account, uuid, "my-bucket", "the-role"} {
			require.NotContains(t, text, name)
		}
	}
	again, _ := New(Options{Key: testKey}).Redact(x)
	require.Equal(t, bytesOf(y), bytesOf(again))
	require.Equal(t, finding.Set(nil), Scan(y, nil))
}

// TestConcurrent is for the race detector.
func TestConcurrent(t *testing.T) {
	r := New(Options{Key: testKey})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				x := exchange("https://example.com/", `{"a":"arn:aws:iam::111122223333:role/the-role"}`, `{"a":"the-role"}`)
				x.Request.Header.Set("X-Amz-Security-Token", "some token or other")
				y, _ := r.Redact(x)
				if !strings.Contains(string(y.Request.Body.Bytes), "/"+strings.TrimPrefix(string(y.Response.Body.Bytes), `{"a":"`)) {
					t.Error("two pseudonyms")
				}
			}
		})
	}
	wg.Wait()
}

// TestLater checks that a name of one interaction is found in the next.
func TestLater(t *testing.T) {
	r := New(Options{Key: testKey})
	one, _ := r.Redact(exchange("https://example.com/", `{}`, `{"a":"s3://my-bucket/"}`))
	two, found := r.Redact(exchange("https://example.com/my-bucket", `{}`, `{"a":"no access to my-bucket"}`))
	require.Nil(t, found)
	bucket := strings.TrimSuffix(strings.TrimPrefix(string(one.Response.Body.Bytes), `{"a":"s3://`), `/"}`)
	require.Equal(t, `{"a":"no access to `+bucket+`"}`, string(two.Response.Body.Bytes))
	require.Equal(t, "https://example.com/"+bucket, two.Request.URL)
	require.Equal(t, testKey.ID(), two.Meta.RedactionKey)
}

// TestHostOfAService checks that a name equal to that of a service is not replaced in hosts of AWS.
func TestHostOfAService(t *testing.T) {
	x := exchange("https://cleanrooms.us-east-1.amazonaws.com/", `{}`, `{"a":"s3://cleanrooms/","b":"in cleanrooms"}`)
	y, found := New(Options{Key: testKey}).Redact(x)
	require.Nil(t, found)
	require.Equal(t, x.Request.URL, y.Request.URL)
	require.NotContains(t, string(y.Response.Body.Bytes), "cleanrooms")
	for _, named := range []string{"cleanrooms.example.com", "cleanrooms.s3express-use1-az4.us-east-1.amazonaws.com", "search-cleanrooms-x1.us-east-1.es.amazonaws.com",
		"cleanrooms.s3.eu.api.aws", "cleanrooms.lambda-url.us-east-1.on.aws", "cleanrooms.s3.us-iso-east-1.c2s.ic.gov"} {
		t.Run(named, func(t *testing.T) {
			x.Request.URL = "https://" + named + "/"
			y, _ = New(Options{Key: testKey}).Redact(x)
			require.NotContains(t, y.Request.URL, "cleanrooms")
			_, rest, _ := strings.Cut(named, ".")
			require.Contains(t, y.Request.URL, rest[strings.LastIndex(rest, ".")+1:])
		})
	}
}

// BenchmarkRedact measures a job of GetProtectedJob, a list of many, and a long text.
func BenchmarkRedact(b *testing.B) {
	job := `{"id":"` + uuid + `","membershipArn":"arn:aws:cleanrooms:us-east-1:` + account + `:membership/` + uuid + `","createTime":1700000000.123,"status":"SUCCESS",` +
		`"resultConfiguration":{"outputConfiguration":{"s3":{"bucket":"my-bucket","keyPrefix":"results/2026"}}},"error":{"message":"the job could not write to s3://my-bucket/results","code":"x"}}`
	for name, body := range map[string]string{"one": job, "1MB": "[" + strings.Repeat(job+",\n", 1<<20/len(job)) + "null]", "text": `{"a":"` + strings.Repeat("nothing to see here, move on. ", 1<<15) + `"}`} {
		b.Run(name, func(b *testing.B) {
			x := exchange("https://cleanrooms.us-east-1.amazonaws.com/memberships/"+uuid+"/protectedJobs/"+uuid, "", body)
			r := New(Options{Key: testKey})
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				r.Redact(x)
			}
		})
		b.Run(name+", later", func(b *testing.B) {
			r := New(Options{Key: testKey})
			y, trace, _ := r.RedactTraced(exchange("https://cleanrooms.us-east-1.amazonaws.com/memberships/"+uuid+"/protectedJobs/"+uuid, "", body))
			r.Redact(exchange("https://example.com/", `{"arn":"arn:aws:iam::`+account+`:role/moving-on"}`, ""))
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				r.Late(y, trace.Known)
			}
		})
	}
}

func BenchmarkScan(b *testing.B) {
	body := `{"a":"` + strings.Repeat("nothing to see here, move on. ", 1<<15) + `"}`
	x := exchange("https://example.com/", "", body)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		Scan(x, nil)
	}
}
