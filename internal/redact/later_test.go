package redact

import (
	"fmt"
	"net/http"
	"regexp"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

// recording redacts interactions one after the other, and then replaces names that became known
// late. The same must come of names that another redactor remembers, as after a kill.
func recording(t *testing.T, options Options, live ...*traffic.Interaction) (written []*traffic.Interaction, found finding.Set) {
	t.Helper()
	r, again := New(options), New(options)
	var traces []Trace
	for _, x := range live {
		y, trace, own := r.RedactTraced(x)
		written, traces, found = append(written, y), append(traces, trace), finding.Union(found, own)
		again.Remember(trace.Names)
	}
	for i, y := range written {
		now, own := r.Late(y, traces[i].Known)
		require.Equal(t, y.Meta, now.Meta)
		recovered, _ := again.Late(y, -1)
		require.Equal(t, bytesOf(now), bytesOf(recovered))
		written[i], found = now, finding.Union(found, own)
	}
	return written, found
}

// TestLateNames checks that a name that was unknown at the time of redaction is replaced once it is
// known, however it is written.
func TestLateNames(t *testing.T) {
	note := func(*traffic.Interaction) Places { return Places{ResponseHeader: map[string]Place{"x-note": {}}} }
	early := exchange("https://example.com/x?of=the-role%20of%20my-bucket", `{"the-role":"say the-role","json":"{\"a\":\"my-buck\\u0065t\"}"}`,
		`{"a":"the-role reads my-bucket","b":"`+base64Of("the-role, my-bucket")+`","c":"the-roles","n":1.50, "u":"`+uuid+`"}`)
	header := exchange("https://example.com/", `{}`, `{}`)
	header.Response.Header["X-Note"] = []string{"made by the-role", "in my-bucket"}
	live := []*traffic.Interaction{early, header, exchange("https://example.com/", `{"arn":"arn:aws:iam::`+account+`:role/the-role"}`, `{"a":"s3://my-bucket/"}`)}
	for _, all := range []bool{false, true} {
		t.Run(fmt.Sprint("all ", all), func(t *testing.T) {
			written, found := recording(t, Options{Key: testKey, All: all, Classify: note}, live...)
			require.Nil(t, found)
			for _, y := range written {
				for _, name := range []string{"the-role", "my-bucket"} {
					for form, seen := range disguises(name) {
						require.NotContains(t, bytesOf(y), seen, form)
					}
				}
			}
		})
	}
}

// TestLateOverlap checks names that became known late and overlap others.
func TestLateOverlap(t *testing.T) {
	for _, v := range []struct{ name, early, late, gone string }{
		{"it contains a name", `{"role":"arn:aws:iam::` + account + `:role/analytics-prod","note":"to analytics-prod-acmecorp"}`, `{"b":"s3://analytics-prod-acmecorp/x"}`, "acmecorp"},
		{"it contains an account", `{"note":"to logs-` + account + `-acmecorp"}`, `{"b":"s3://logs-` + account + `-acmecorp/x"}`, "acmecorp"},
		{"two contain each other", `{"note":"to analytics-acmecorp-prod"}`, `{"b":"s3://analytics-acmecorp-prod/x","a":"s3://acmecorp/"}`, "acmecorp"},
	} {
		t.Run(v.name, func(t *testing.T) {
			written, found := recording(t, Options{Key: testKey}, exchange("https://example.com/", v.early, `{}`), exchange("https://example.com/", v.late, `{}`))
			require.Nil(t, found)
			require.NotContains(t, bytesOf(written[0]), v.gone)
			require.NotContains(t, bytesOf(written[1]), v.gone)
			name := regexp.MustCompile(`to ([^"]*)"`).FindStringSubmatch(bytesOf(written[0]))[1]
			require.Contains(t, bytesOf(written[1]), name, "both have the same pseudonym")
		})
	}
}

// TestLateKeepsPseudonyms checks that a name that became known late is not replaced in a pseudonym.
func TestLateKeepsPseudonyms(t *testing.T) {
	bucket, _ := New(Options{Key: testKey}).Redact(exchange("https://example.com/", `{}`, `{"a":"s3://the-big-bucket/"}`))
	pseudonym := regexp.MustCompile(`s3://([^/]*)/`).FindStringSubmatch(bytesOf(bucket))[1]
	within := pseudonym[:10]
	written, _ := recording(t, Options{Key: testKey},
		exchange("https://example.com/", `{}`, `{"a":"s3://the-big-bucket/","b":"the-big-bucket"}`), exchange("https://example.com/", `{}`, `{"a":"s3://`+within+`/"}`))
	require.Equal(t, `{"a":"s3://`+pseudonym+`/","b":"`+pseudonym+`"}`, string(written[0].Response.Body.Bytes))
}

// TestLateIsSkipped checks that an interaction redacted with all names is not processed again.
func TestLateIsSkipped(t *testing.T) {
	asked := 0
	r := New(Options{Key: testKey, Classify: func(*traffic.Interaction) Places { asked++; return Places{} }})
	teaches := exchange("https://example.com/", `{}`, `{"a":"s3://my-bucket/"}`)
	repeats := exchange("https://example.com/", `{}`, `{"a":"my-bucket"}`)
	var written []*traffic.Interaction
	var traces []Trace
	for _, x := range []*traffic.Interaction{repeats, teaches, repeats} {
		y, trace, _ := r.RedactTraced(x)
		written, traces = append(written, y), append(traces, trace)
	}
	require.Equal(t, []int{0, 1, 1}, []int{traces[0].Known, traces[1].Known, traces[2].Known})
	asked = 0
	for i, y := range written[1:] {
		now, found := r.Late(y, traces[i+1].Known)
		require.Same(t, y, now)
		require.Nil(t, found)
	}
	require.Zero(t, asked)
	now, _ := r.Late(written[0], traces[0].Known)
	require.Equal(t, written[2].Response.Body.Bytes, now.Response.Body.Bytes)
}

// TestLateMasks checks names without a pseudonym, and binary bodies.
func TestLateMasks(t *testing.T) {
	t.Run("a name without a pseudonym", func(t *testing.T) {
		only := Options{Key: testKey, Classify: func(*traffic.Interaction) Places {
			return Places{Response: &Node{Members: map[string]*Node{"s": {Place: Place{Class: Whole, Accepts: func(s string) bool { return s == "the-only-one" }}}}}}
		}}
		written, found := recording(t, only, exchange("https://example.com/", `{}`, `{"m":"not the-only-one"}`), exchange("https://example.com/", `{}`, `{"s":"the-only-one"}`))
		require.Equal(t, []finding.RuleID{finding.RecordMasked}, found.Rules())
		require.Len(t, found, 1)
		require.Equal(t, `{"m":"not `+Mask+`"}`, string(written[0].Response.Body.Bytes))
	})
	t.Run("a binary body", func(t *testing.T) {
		early := exchange("https://example.com/", "", "\x00\x01 my-bucket-two \xff")
		early.Response.Header = http.Header{"Content-Type": {"application/octet-stream"}}
		written, found := recording(t, Options{Key: testKey}, early, exchange("https://example.com/", `{}`, `{"arn":"arn:aws:iam::`+account+`:role/my-bucket-two"}`))
		require.Equal(t, []finding.RuleID{finding.RecordMasked}, found.Rules())
		require.NotContains(t, bytesOf(written[0]), "my-bucket-two")
	})
}

// TestPatternsStay checks that a word of a contract's pattern does not change even if it is a name
// elsewhere, whether that became known before or after.
func TestPatternsStay(t *testing.T) {
	state := regexp.MustCompile(`^(Enabled|Disabled|RW5hYmxlZCE9)$`)
	options := Options{Key: testKey, Classify: func(*traffic.Interaction) Places {
		return Places{
			Query: map[string]Place{"state": {Accepts: state.MatchString}}, ResponseHeader: map[string]Place{"x-state": {Accepts: state.MatchString}},
			Response: &Node{Members: map[string]*Node{"state": {Place: Place{Accepts: state.MatchString}}, "tags": {Element: &Node{Place: Place{Class: Whole}}}}},
		}
	}}
	early := exchange("https://example.com/?state=Enabled", `{}`, `{"state":"Enabled","text":"Enabled"}`)
	early.Response.Header["X-State"] = []string{"Enabled"}
	live := []*traffic.Interaction{early, exchange("https://example.com/", `{}`, `{"state":"Enabled","tags":{"encryption":"Enabled"}}`), early,
		exchange("https://example.com/", `{}`, `{"state":"`+base64Of("Enabled!=")+`"}`), exchange("https://example.com/", `{}`, `{"state":"not Enabled"}`)}
	written, found := recording(t, options, live...)
	require.Nil(t, found)
	for i, want := range []string{`{"state":"Enabled","text":"\w{7}"}`, `{"state":"Enabled","tags":{"encryption":"\w{7}"}}`, `{"state":"Enabled","text":"\w{7}"}`, `{"state":"RW5hYmxlZCE9"}`, `{"state":"not \w{7}"}`} {
		require.Regexp(t, "^"+want+"$", string(written[i].Response.Body.Bytes))
	}
	require.NotContains(t, string(written[0].Response.Body.Bytes), `"text":"Enabled"`)
	require.NotContains(t, string(written[4].Response.Body.Bytes), "Enabled")
	require.Equal(t, "https://example.com/?state=Enabled", written[0].Request.URL)
	require.Equal(t, []string{"Enabled"}, written[0].Response.Header["X-State"])
}
