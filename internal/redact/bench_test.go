package redact

import (
	"strings"
	"testing"
)

// BenchmarkRedact: a job of GetProtectedJob, and a list of many.
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
			next, nextTrace, _ := r.RedactTraced(exchange("https://example.com/", `{"arn":"arn:aws:iam::`+account+`:role/moving-on"}`, ""))
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				later := r.Later()
				later.Learn(y, trace)
				later.Learn(next, nextTrace)
				later.Redact(0, y, trace)
				later.Redact(1, next, nextTrace)
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
