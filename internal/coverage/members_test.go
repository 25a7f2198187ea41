//go:build unix

package coverage_test

import (
	"bytes"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/redact/bycontract"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source/botocore"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// wide returns the catalog of an operation with n members in its output, and a response with all of them.
func wide(t testing.TB, n int) (*schema.Catalog, *traffic.Interaction) {
	var members, body bytes.Buffer
	for i := range n {
		fmt.Fprintf(&members, `"member%d":{"shape":"%s"},`, i, []string{"Name", "Count", "Kind", "Tags"}[i%4])
		fmt.Fprintf(&body, `"member%d":%s,`, i, []string{fmt.Sprintf(`"arn:aws:shed:us-east-1:111122223333:tool/name-%d"`, i), "7", `"SAW"`, fmt.Sprintf(`{"key%d":"value%d"}`, i, i)}[i%4])
	}
	model := `{"version":"2.0","metadata":{"apiVersion":"2020-01-01","endpointPrefix":"shed","protocol":"rest-json","serviceId":"Shed","signatureVersion":"v4"},
"operations":{"GetTool":{"name":"GetTool","http":{"method":"GET","requestUri":"/tools/{id}","responseCode":200},"input":{"shape":"In"},"output":{"shape":"Out"},"readonly":true}},
"shapes":{"In":{"type":"structure","required":["id"],"members":{"id":{"shape":"Name","location":"uri","locationName":"id"}}},
"Out":{"type":"structure","members":{` + members.String() + `"last":{"shape":"Count"}}},
"Name":{"type":"string","max":100,"pattern":"^[a-z0-9:/-]+$"},"Count":{"type":"integer"},"Kind":{"type":"string","enum":["SAW","AXE"]},
"Tags":{"type":"map","key":{"shape":"Name"},"value":{"shape":"Name"}}}}`
	all, err := botocore.Read([]byte(model), "1")
	require.NoError(t, err)
	x := tool(200, "{"+body.String()+`"last":1}`, "Content-Type", "application/json")
	return schema.NewCatalog(all...), x
}

// onMembers is the work whose cost may only grow in proportion to the number of members.
var onMembers = []struct {
	name string
	do   func(t testing.TB, k *schema.Catalog, x *traffic.Interaction)
}{
	{"validation", func(t testing.TB, k *schema.Catalog, x *traffic.Interaction) {
		c, err := validate.CompileCatalog(k, validate.Options{})
		require.NoError(t, err)
		outcome, err := c.Check(x, validate.Bare{})
		require.NoError(t, err)
		require.Empty(t, outcome.Findings)
	}},
	{"findings", func(t testing.TB, k *schema.Catalog, x *traffic.Interaction) {
		c, err := validate.CompileCatalog(k, validate.Options{})
		require.NoError(t, err)
		y := *x
		y.Response.Body = traffic.BodyOf(bytes.ReplaceAll(x.Response.Body.Bytes, []byte(`"SAW"`), []byte("7")))
		outcome, err := c.Check(&y, validate.Bare{})
		require.NoError(t, err)
		require.NotEmpty(t, outcome.Findings)
	}},
	{"redaction", func(t testing.TB, k *schema.Catalog, x *traffic.Interaction) {
		y, _ := redact.New(redact.Options{Key: redact.Key{1}, Classify: bycontract.New(k)}).Redact(x)
		require.NotContains(t, string(y.Response.Body.Bytes), "111122223333")
	}},
	{"coverage", func(t testing.TB, k *schema.Catalog, x *traffic.Interaction) {
		tally := plan(t, k).NewTally()
		tally.Take(x)
		require.NotEmpty(t, tally.Report().Contracts)
	}},
}

// BenchmarkMembers prints the processor time at five sizes.
func BenchmarkMembers(b *testing.B) {
	for _, work := range onMembers {
		for _, n := range []int{625, 1250, 2500, 5000, 10000} {
			b.Run(fmt.Sprintf("%s/%d", work.name, n), func(b *testing.B) {
				k, x := wide(b, n)
				before := processorTime()
				for b.Loop() {
					work.do(b, k, x)
				}
				b.ReportMetric(float64(processorTime()-before)/float64(b.N), "cpu-ns/op")
			})
		}
	}
}

// TestMembers compares the least processor time of several runs at two sizes. In proportion, four times
// the members take four times as long, and 16 times if the cost grows with the square.
func TestMembers(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 20 seconds")
	}
	for _, work := range onMembers {
		t.Run(work.name, func(t *testing.T) {
			least := func(n int) time.Duration {
				k, x := wide(t, n)
				best := time.Hour
				for range 2 {
					before := processorTime()
					work.do(t, k, x)
					best = min(best, processorTime()-before)
				}
				return best
			}
			small, large := least(2500), least(10000)
			require.Less(t, large, 8*small, "%v for 2,500 members", small)
		})
	}
}

func processorTime() time.Duration {
	var use syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &use)
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
