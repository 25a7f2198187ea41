package redact

import (
	"fmt"
	"math"
	"net/http"
	"regexp"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

// recording redacts interactions one after the other, and then replaces names that became known
// late.
func recording(t *testing.T, options Options, live ...*traffic.Interaction) (written []*traffic.Interaction, found finding.Set) {
	t.Helper()
	r := New(options)
	var traces []Trace
	for _, x := range live {
		y, trace, own := r.RedactTraced(x)
		written, traces, found = append(written, y), append(traces, trace), finding.Union(found, own)
	}
	later := r.Later()
	for i, y := range written {
		later.Learn(y, traces[i])
	}
	for i, y := range written {
		now, own := later.Redact(i, y, traces[i])
		require.Equal(t, y.Meta, now.Meta)
		written[i], found = now, finding.Union(found, own)
	}
	return written, found
}

// comesBack requires that the key restores the live interactions, and that live requests map to the
// recorded ones.
func comesBack(t *testing.T, options Options, live, written []*traffic.Interaction) {
	t.Helper()
	replay := New(options)
	for _, y := range written {
		replay.Learn(y)
	}
	for i, y := range written {
		back := replay.Restore(y)
		require.Equal(t, live[i].Request.URL, back.Request.URL)
		require.Equal(t, string(live[i].Request.Body.Bytes), string(back.Request.Body.Bytes))
		require.Equal(t, string(live[i].Response.Body.Bytes), string(back.Response.Body.Bytes))
		require.Equal(t, live[i].Response.Header, back.Response.Header)
		asked := replay.Request(live[i].Request)
		require.Equal(t, y.Request.URL, asked.URL)
		require.Equal(t, string(y.Request.Body.Bytes), string(asked.Body.Bytes))
	}
}

// TestLaterNames checks that a name that was unknown at the time of redaction is replaced once it
// is known, however it is written, and can be restored.
func TestLaterNames(t *testing.T) {
	note := func(*traffic.Interaction) Places { return Places{ResponseHeader: map[string]Place{"x-note": {}}} }
	early := exchange("https://example.com/x?of=the-role%20of%20my-bucket", `{"the-role":"say the-role","json":"{\"a\":\"my-buck\\u0065t\"}"}`,
		`{"a":"the-role reads my-bucket","b":"`+base64Of("the-role, my-bucket")+`","c":"the-roles","n":1.50, "u":"`+uuid+`"}`)
	header := exchange("https://example.com/", `{}`, `{}`)
	header.Response.Header["X-Note"] = []string{"made by the-role", "in my-bucket"}
	live := []*traffic.Interaction{early, header, exchange("https://example.com/", `{"arn":"arn:aws:iam::`+account+`:role/the-role"}`, `{"a":"s3://my-bucket/"}`)}
	for _, all := range []bool{false, true} {
		t.Run(fmt.Sprint("all ", all), func(t *testing.T) {
			options := Options{Key: testKey, All: all, Classify: note}
			written, found := recording(t, options, live...)
			require.Nil(t, found)
			comesBack(t, options, live, written)
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

// TestLaterOverlap checks a name that became known late and contains one that was known before.
func TestLaterOverlap(t *testing.T) {
	options := Options{Key: testKey}
	live := []*traffic.Interaction{
		exchange("https://example.com/analytics-prod-acmecorp", `{"role":"arn:aws:iam::`+account+`:role/analytics-prod","note":"write to analytics-prod-acmecorp"}`, `{}`),
		exchange("https://example.com/", `{}`, `{"bucket":"s3://analytics-prod-acmecorp/x"}`),
	}
	written, found := recording(t, options, live...)
	require.Nil(t, found)
	require.NotContains(t, bytesOf(written[0]), "acmecorp")
	comesBack(t, options, live, written)
}

// TestLaterIsSkipped checks that an interaction redacted with all names is not processed again.
func TestLaterIsSkipped(t *testing.T) {
	r := New(Options{Key: testKey})
	teaches := exchange("https://example.com/", `{}`, `{"a":"s3://my-bucket/"}`)
	repeats := exchange("https://example.com/", `{}`, `{"a":"my-bucket"}`)
	later := r.Later()
	var written []*traffic.Interaction
	var traces []Trace
	for _, x := range []*traffic.Interaction{repeats, teaches, repeats} {
		y, trace, _ := r.RedactTraced(x)
		later.Learn(y, trace)
		written, traces = append(written, y), append(traces, trace)
	}
	require.Equal(t, []int{0, 1, 1}, []int{traces[0].Known, traces[1].Known, traces[2].Known})
	asked := 0
	later.r.options.Classify = func(*traffic.Interaction) Places { asked++; return Places{} }
	for i, y := range written[1:] {
		now, found := later.Redact(i+1, y, traces[i+1])
		require.Same(t, y, now)
		require.Nil(t, found)
	}
	require.Zero(t, asked)
	now, _ := later.Redact(0, written[0], traces[0])
	require.Equal(t, `{"a":"vu-dagiee"}`, string(now.Response.Body.Bytes))
}

// TestLaterOrder checks a name with different pseudonyms in two places: elsewhere, it has that of
// the first place in the recording, not of the interaction that ended first.
func TestLaterOrder(t *testing.T) {
	const id = "abc-defghi"
	options := Options{Key: testKey, Classify: func(*traffic.Interaction) Places {
		return Places{Response: &Node{Members: map[string]*Node{"id": {Place: Place{Class: Whole, Accepts: regexp.MustCompile(`^[a-t]{3}-[a-t]{6}$`).MatchString}}}}}
	}}
	live := []*traffic.Interaction{
		exchange("https://example.com/", `{}`, `{"id":"`+id+`"}`),
		exchange("https://example.com/", `{}`, `{"arn":"arn:aws:x:us-east-1:`+account+`:vpc/`+id+`"}`),
		exchange("https://example.com/"+id, `{}`, `{"text":"no such `+id+`"}`),
	}
	r, written, traces := New(options), make([]*traffic.Interaction, 3), make([]Trace, 3)
	for _, i := range []int{1, 0, 2} {
		written[i], traces[i], _ = r.RedactTraced(live[i])
	}
	before := written[2]
	later := r.Later()
	for i, y := range written {
		later.Learn(y, traces[i])
	}
	for i, y := range written {
		now, found := later.Redact(i, y, traces[i])
		require.Nil(t, found)
		written[i] = now
	}
	require.NotEqual(t, before.Request.URL, written[2].Request.URL)
	comesBack(t, options, live, written)
}

// TestLaterUnrecorded checks a name that only an interaction outside of the recording reveals.
func TestLaterUnrecorded(t *testing.T) {
	r := New(Options{Key: testKey})
	teaches, trace, _ := r.RedactTraced(exchange("https://example.com/", `{}`, `{"a":"s3://my-bucket/"}`))
	_, _ = r.Redact(exchange("https://example.com/", `{}`, `{"a":"arn:aws:iam::`+account+`:role/the-analyst"}`))
	repeats, repeatsTrace, _ := r.RedactTraced(exchange("https://example.com/", `{}`, `{"a":"made by the-analyst"}`))
	later := r.Later()
	later.Learn(teaches, trace)
	later.Learn(repeats, repeatsTrace)
	now, found := later.Redact(1, repeats, repeatsTrace)
	require.Same(t, repeats, now, "the name stays hidden")
	require.Equal(t, []finding.RuleID{finding.RecordOneWay}, found.Rules(), "and a replay does not know it")

	r = New(Options{Key: testKey}) // as many names were known as the recording has, but not the same
	_, _ = r.Redact(exchange("https://example.com/", `{}`, `{"a":"s3://the-other/"}`))
	early, earlyTrace, _ := r.RedactTraced(exchange("https://example.com/", `{}`, `{"a":"my-bucket"}`))
	teaches, trace, _ = r.RedactTraced(exchange("https://example.com/", `{}`, `{"a":"s3://my-bucket/"}`))
	later = r.Later()
	later.Learn(early, earlyTrace)
	later.Learn(teaches, trace)
	now, found = later.Redact(0, early, earlyTrace)
	require.Nil(t, found)
	require.Equal(t, `{"a":"vu-dagiee"}`, string(now.Response.Body.Bytes))
}

// TestLaterOneWay checks that interactions that cannot be restored are reported.
func TestLaterOneWay(t *testing.T) {
	options := Options{Key: testKey}
	arn := exchange("https://example.com/", `{}`, `{"arn":"arn:aws:iam::`+account+`:role/my-bucket-two"}`)
	taught := string(func() []byte { y, _ := New(options).Redact(arn); return y.Response.Body.Bytes }())
	pseudonym := regexp.MustCompile(`role/([^"]*)`).FindStringSubmatch(taught)[1]

	t.Run("a word is the pseudonym of a name that is known late", func(t *testing.T) {
		live := []*traffic.Interaction{exchange("https://example.com/", `{}`, `{"a":"my-bucket-two and `+pseudonym+`"}`), arn}
		written, found := recording(t, options, live...)
		require.Equal(t, []finding.RuleID{finding.RecordOneWay}, found.Rules())
		require.Equal(t, `{"a":"`+pseudonym+` and `+pseudonym+`"}`, string(written[0].Response.Body.Bytes), "the name is hidden all the same")
	})
	t.Run("the interaction cannot be restored", func(t *testing.T) {
		r := New(options)
		y, trace, found := r.RedactTraced(exchange("https://example.com/", `{}`, `{"a":"my-bucket-two"}`))
		require.Nil(t, found)
		trace.Sum[3]++
		other, otherTrace, _ := r.RedactTraced(arn)
		later := r.Later()
		later.Learn(y, trace)
		later.Learn(other, otherTrace)
		now, found := later.Redact(0, y, trace)
		require.Same(t, y, now)
		require.Equal(t, []finding.RuleID{finding.RecordOneWay}, found.Rules())
	})
	t.Run("without a checksum, the interaction is assumed to be restored", func(t *testing.T) {
		r := New(options)
		y, _ := r.Redact(exchange("https://example.com/", `{}`, `{"a":"my-bucket-two"}`))
		other, _ := r.Redact(arn)
		later := r.Later()
		later.Learn(y, Trace{})
		later.Learn(other, Trace{})
		now, found := later.Redact(0, y, Trace{})
		require.Nil(t, found)
		require.Equal(t, `{"a":"`+pseudonym+`"}`, string(now.Response.Body.Bytes))
	})
	t.Run("a name without a pseudonym", func(t *testing.T) {
		only := Options{Key: testKey, Classify: func(*traffic.Interaction) Places {
			return Places{Response: &Node{Members: map[string]*Node{"s": {Place: Place{Class: Whole, Accepts: func(s string) bool { return s == "the-only-one" }}}}}}
		}}
		written, found := recording(t, only, exchange("https://example.com/", `{}`, `{"m":"not the-only-one"}`), exchange("https://example.com/", `{}`, `{"s":"the-only-one"}`))
		require.Equal(t, []finding.RuleID{finding.RecordOneWay}, found.Rules())
		require.Len(t, found, 2)
		require.Equal(t, `{"m":"not `+Mask+`"}`, string(written[0].Response.Body.Bytes))
	})
	t.Run("a binary body", func(t *testing.T) {
		early := exchange("https://example.com/", "", "\x00\x01 my-bucket-two \xff")
		early.Response.Header = http.Header{"Content-Type": {"application/octet-stream"}}
		written, found := recording(t, options, early, arn)
		require.Equal(t, []finding.RuleID{finding.RecordOneWay}, found.Rules())
		require.NotContains(t, bytesOf(written[0]), "my-bucket-two")
	})
	require.Equal(t, math.MaxInt, New(options).first)
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
	comesBack(t, options, live, written)

	// A string that breaks the pattern may get a pseudonym that matches it, and is restored.
	state = regexp.MustCompile(`^vu-dagiee$`)
	live = []*traffic.Interaction{exchange("https://example.com/", `{"a":"s3://my-bucket/"}`, `{"state":"my-bucket"}`)}
	written, found = recording(t, options, live...)
	require.Nil(t, found)
	require.Equal(t, `{"state":"vu-dagiee"}`, string(written[0].Response.Body.Bytes))
	comesBack(t, options, live, written)
}
