package coverage_test

import (
	"bytes"
	"flag"
	"net/http"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/schema/source/botocore"
	"github.com/crcheck/crcheck/traffic"
)

var update = flag.Bool("update", false, "rewrite the expected reports in testdata")

// shed returns the contracts of a small service with every construct that counts.
func shed(t testing.TB) *schema.Catalog {
	t.Helper()
	model, err := os.ReadFile("testdata/shed.json")
	require.NoError(t, err)
	all, err := botocore.Read(model, "1")
	require.NoError(t, err)
	return schema.NewCatalog(all...)
}

func plan(t testing.TB, k *schema.Catalog) *coverage.Plan {
	t.Helper()
	p, err := coverage.Compile(k)
	require.NoError(t, err)
	return p
}

func tool(status int, body string, header ...string) *traffic.Interaction {
	return exchange("https://shed.us-east-1.amazonaws.com/tools/1", status, body, header...)
}

func exchange(url string, status int, body string, header ...string) *traffic.Interaction {
	x := &traffic.Interaction{Request: &traffic.Request{Method: "GET", URL: url},
		Response: traffic.Response{Status: status, Header: http.Header{}, Body: traffic.BodyOf([]byte(body))}}
	for i := 0; i < len(header); i += 2 {
		x.Response.Header[header[i]] = []string{header[i+1]}
	}
	return x
}

// missing returns the addresses of a kind that nothing showed.
func missing(c coverage.Contract, kind coverage.Kind) []string {
	for _, s := range c.Shares {
		if s.Kind == kind {
			return s.Missing
		}
	}
	return nil
}

// all returns the addresses of a contract's points.
func all(t *testing.T, k *schema.Catalog, operation string) []string {
	t.Helper()
	return addresses(t, plan(t, k).NewTally(), operation)
}

func addresses(t *testing.T, tally *coverage.Tally, operation string) []string {
	t.Helper()
	var names []string
	for _, c := range tally.Report().Contracts {
		if c.Name != operation {
			continue
		}
		for _, s := range c.Shares {
			names = append(names, s.Missing...)
		}
	}
	return names
}

// TestShown checks what one response shows, by what it removes from the missing points.
func TestShown(t *testing.T) {
	const (
		status  = "200"
		present = "output#/tool"
	)
	// absent are the members that are absent from every tool here unless a row says otherwise.
	absent := func(but ...string) []string {
		var names []string
		for _, name := range []string{"weight", "state", "part", "spare", "tags", "labels"} {
			if !slices.Contains(but, name) {
				names = append(names, "output#/tool/"+name+" absent")
			}
		}
		return append(names, "output#/etag absent", "output#/state absent")
	}
	base := []string{status, present, "output#/tool/name"}
	for _, c := range []struct {
		name  string
		x     *traffic.Interaction
		shows []string
	}{
		{"minimal", tool(200, `{"tool":{"name":"saw"}}`), slices.Concat(base, absent())},
		{"a null counts as no absence", tool(200, `{"tool":{"name":"saw","weight":null}}`),
			slices.Concat(base, absent("weight"), []string{"output#/tool/weight null"})},
		{"a required member that is null", tool(200, `{"tool":{"name":null}}`), slices.Concat([]string{status, present}, absent())},
		{"another type counts as nothing", tool(200, `{"tool":{"name":"saw","weight":"7"}}`), slices.Concat(base, absent("weight"))},
		{"nor what is below it", tool(200, `{"tool":["saw"]}`), []string{status, "output#/etag absent", "output#/state absent"}},
		{"an enum's value", tool(200, `{"tool":{"name":"saw","state":"USED"}}`),
			slices.Concat(base, absent("state"), []string{"output#/tool/state", "output#/tool/state USED"})},
		{"an unknown value is the member", tool(200, `{"tool":{"name":"saw","state":"LOST"}}`),
			slices.Concat(base, absent("state"), []string{"output#/tool/state"})},
		{"a union", tool(200, `{"tool":{"name":"saw","part":{"blade":"b","handle":null,"__type":"x"}}}`),
			slices.Concat(base, absent("part"), []string{"output#/tool/part", "output#/tool/part/blade"})},
		{"a union of two", tool(200, `{"tool":{"name":"saw","part":{"blade":"b","handle":"h"}}}`), slices.Concat(base, absent("part"))},
		{"a union of none", tool(200, `{"tool":{"name":"saw","part":{}}}`), slices.Concat(base, absent("part"))},
		{"a known and an unknown one", tool(200, `{"tool":{"name":"saw","part":{"blade":"b","teeth":1}}}`), slices.Concat(base, absent("part"))},
		{"a union of another type", tool(200, `{"tool":{"name":"saw","part":{"blade":1}}}`), slices.Concat(base, absent("part"))},
		{"entries", tool(200, `{"tool":{"name":"saw","tags":["a"],"labels":{"a":"b"}}}`), slices.Concat(base, absent("tags", "labels"),
			[]string{"output#/tool/tags", "output#/tool/tags/*", "output#/tool/labels", "output#/tool/labels/*"})},
		{"none, where there may be none", tool(200, `{"tool":{"name":"saw","tags":[],"labels":{}}}`), slices.Concat(base, absent("tags", "labels"),
			[]string{"output#/tool/tags", "output#/tool/labels", "output#/tool/labels empty"})},
		{"null entries, where they may be", tool(200, `{"tool":{"name":"saw","tags":[null],"labels":{"a":null}}}`), slices.Concat(base, absent("tags", "labels"),
			[]string{"output#/tool/tags", "output#/tool/labels", "output#/tool/labels/* null"})},
		{"a shape counts wherever it occurs", tool(200, `{"tool":{"name":"saw","spare":{"name":"s","weight":1}}}`),
			slices.Concat(base, absent(), []string{"output#/tool/spare", "output#/tool/weight"})},
		{"headers", tool(200, `{"tool":{"name":"saw"}}`, "etag", "1", "X-State", "NEW"), slices.Concat(base,
			slices.DeleteFunc(absent(), func(s string) bool { return s == "output#/etag absent" || s == "output#/state absent" }),
			[]string{"output#/etag", "output#/state", "output#/state NEW"})},
		{"of repeated names the last", tool(200, `{"tool":{"name":"saw","name":1}}`), slices.Concat([]string{status, present}, absent())},
		{"no JSON", tool(200, `{"tool":{"name":"saw"}`), []string{status, "output#/etag absent", "output#/state absent"}},
		{"an error", tool(404, `{"message":"none"}`, "X-Amzn-Errortype", "NoToolException"), []string{"404", "NoToolException", "error:NoToolException#/message"}},
		{"an error with another status", tool(400, `{}`, "X-Amzn-Errortype", "NoToolException"), []string{"NoToolException", "error:NoToolException#/message absent"}},
		{"an error without a name", tool(409, `{}`), []string{"409"}},
		{"an error that is not JSON", tool(409, `<busy/>`, "X-Amzn-Errortype", "BusyException"), []string{"409", "BusyException"}},
		{"a success that names an error", tool(200, `{"tool":{"name":"saw"}}`, "X-Amzn-Errortype", "BusyException"), slices.Concat(base, absent())},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := shed(t)
			tally := plan(t, k).NewTally()
			tally.Take(c.x)
			left := addresses(t, tally, "shed.GetTool@1")
			var shows []string
			for _, address := range all(t, k, "shed.GetTool@1") {
				if !slices.Contains(left, address) {
					shows = append(shows, address)
				}
			}
			require.ElementsMatch(t, c.shows, shows)
		})
	}
}

// TestBesideTheBody checks a body that is not JSON, a list in a header, and a status member, which
// replaces the points of statuses.
func TestBesideTheBody(t *testing.T) {
	const url = "https://shed.us-east-1.amazonaws.com/pictures/1"
	k := shed(t)
	tally := plan(t, k).NewTally()
	tally.Take(exchange(url, 207, "\x89PNG", "X-Kind", "png", "X-States", "NEW, USED"))
	require.Equal(t, []string{"output#/bytes absent", "output#/kind absent", "output#/states absent"},
		addresses(t, tally, "shed.GetPicture@1"))
	tally.Take(exchange(url, 200, ""))
	require.Empty(t, addresses(t, tally, "shed.GetPicture@1"))
	require.Zero(t, tally.Report().Contracts[0].Unreadable)
}

// TestNotCounted checks that interactions that belong to no contract or cannot be read are counted
// by reason and show nothing.
func TestNotCounted(t *testing.T) {
	dropped := tool(200, "")
	dropped.Response.Body = traffic.Body{Missing: true}
	for _, c := range []struct {
		x   *traffic.Interaction
		why string
	}{
		{exchange("https://shed.us-east-1.amazonaws.com/nails", 200, "{}"), "shed (no such operation)"},
		{exchange("https://iam.amazonaws.com/?Action=ListUsers", 200, "{}"), "iam (query)"},
		{exchange("https://shed.us-east-1.amazonaws.com/%zz", 200, "{}"), "the request's URL is malformed"},
		{dropped, "body not recorded"},
		{tool(200, "\x8b", "Content-Encoding", "compress"), "body in an unknown encoding"},
		{&traffic.Interaction{Response: traffic.Response{Body: traffic.BodyOf([]byte("{}"))}}, "bare body of an unknown operation"},
	} {
		t.Run(c.why, func(t *testing.T) {
			p := plan(t, shed(t))
			_, err := p.Shown(c.x)
			require.Equal(t, &coverage.NotCountedError{Reason: c.why}, err)
			tally := p.NewTally()
			tally.Take(c.x)
			r := tally.Report()
			require.Equal(t, []coverage.Count{{Name: c.why, Count: 1}}, r.NotCounted)
			require.Equal(t, []int{1, 0, 0}, []int{r.Responses, r.Counted, r.Percent})
		})
	}
}

// TestBareBody checks that a bare body is a success of the only contract.
func TestBareBody(t *testing.T) {
	k := schema.NewCatalog(shed(t).Named("GetTool")...)
	shown, err := plan(t, k).Shown(&traffic.Interaction{Response: traffic.Response{Body: traffic.BodyOf([]byte(`{"tool":{"name":"saw"}}`))}})
	require.NoError(t, err)
	require.True(t, shown.Readable)
	require.Equal(t, "GetTool", shown.Contract.Operation)
}

// TestOrderDoesNotMatter checks that neither order nor repetition changes the result.
func TestOrderDoesNotMatter(t *testing.T) {
	traffic := embedded(t)
	var texts [2]bytes.Buffer
	for i := range texts {
		tally := plan(t, builtin()).NewTally()
		for _, x := range traffic {
			tally.Take(x)
		}
		require.NoError(t, report.JSON(&texts[i], tally.Report()))
		slices.Reverse(traffic)
	}
	require.Equal(t, texts[0].String(), texts[1].String())
}

func builtin() *schema.Catalog { return schema.NewCatalog(contracts.MustLoad(contracts.Newest)) }

// embedded returns the built-in traffic.
func embedded(t testing.TB) []*traffic.Interaction {
	t.Helper()
	var all []*traffic.Interaction
	for _, entry := range cassettes.EmbeddedIndex().Entries {
		f, err := cassettes.Embedded().Open(entry.File)
		require.NoError(t, err)
		for x, err := range traffic.Read(entry.File, f) {
			require.NoError(t, err)
			all = append(all, x)
		}
		require.NoError(t, f.Close())
	}
	return all
}

// TestNextIsEnough checks that the responses to record next show all missing points that count, and
// that none of them is superfluous.
func TestNextIsEnough(t *testing.T) {
	for _, k := range []*schema.Catalog{builtin(), schema.NewCatalog(shed(t).Named("GetTool")...)} {
		p := plan(t, k)
		c := k.Contracts()[0]
		tally := p.NewTally()
		tally.Response(c, &traffic.Response{Status: 200, Body: traffic.BodyOf([]byte("{}"))})
		r := tally.Report()
		require.Less(t, r.Percent, 25)
		require.NotEmpty(t, r.Contracts[0].Next)
		last := len(missing(r.Contracts[0], coverage.Members)) + 100
		for _, n := range r.Contracts[0].Next {
			require.LessOrEqual(t, len(n.Shows), last, "what shows most comes first")
			last = len(n.Shows)
			h := http.Header{}
			if name, ok := n.Part.ErrorName(); ok {
				h.Set("X-Amzn-Errortype", name)
			}
			before := tally.Report().Percent
			tally.Add(p.Response(c, &traffic.Response{Status: n.Status, Header: h, Body: traffic.BodyOf([]byte(n.Body))}))
			require.GreaterOrEqual(t, tally.Report().Percent, before)
		}
		for _, s := range tally.Report().Contracts[0].Shares {
			if s.Kind != coverage.Nulls {
				require.Subset(t, []string{"output#/etag", "output#/state", "output#/state NEW", "output#/state USED"}, s.Missing, "headers are not in the body")
			}
		}
	}
}

// TestResponseOfAnotherContract checks that a response of a contract outside the plan shows
// nothing.
func TestResponseOfAnotherContract(t *testing.T) {
	p := plan(t, builtin())
	shown := p.Response(shed(t).Contracts()[0], &traffic.Response{Status: 200})
	require.Zero(t, shown.Len())
	tally := p.NewTally()
	tally.Add(shown)
	require.Zero(t, tally.Report().Counted)
}

func TestText(t *testing.T) {
	k := shed(t)
	tally := plan(t, k).NewTally()
	tally.Take(tool(200, `{"tool":{"name":"saw","part":{"blade":"b"},"labels":{"secret":"hush"}}}`))
	tally.Take(tool(200, `<html>`))
	tally.Take(exchange("https://iam.amazonaws.com/?Action=ListUsers", 200, "{}"))
	for name, format := range map[string]func(*bytes.Buffer) error{
		"testdata/report.txt":  func(b *bytes.Buffer) error { return report.Coverage(b, tally.Report()) },
		"testdata/report.json": func(b *bytes.Buffer) error { return report.JSON(b, tally.Report()) },
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			require.NoError(t, format(&got))
			require.NotContains(t, got.String(), "hush")
			require.NotContains(t, got.String(), "secret")
			if *update {
				require.NoError(t, os.WriteFile(name, got.Bytes(), 0o644))
			}
			want, err := os.ReadFile(name)
			require.NoError(t, err)
			require.Equal(t, string(want), got.String())
		})
	}
}
