package report_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite testdata")

// scenarios are what the golden files show, each in text, in colours and in JSON.
var scenarios = []struct {
	name   string
	failOn report.Threshold
	unmet  []finding.Unmet
	fill   func(*report.Collector)
}{
	{name: "nothing"},
	{name: "passed", fill: func(c *report.Collector) {
		c.File()
		c.Checked("garden.GetBed@1")
		c.Expected()
	}},
	{name: "counts", fill: func(c *report.Collector) {
		for range 3212 {
			c.Checked("garden.GetBed@1")
		}
		c.Checked("garden.GetBed@2")
		for range 812 {
			c.NotChecked("no contract has the route")
		}
		c.NotChecked("the request's URL is malformed")
		c.File()
		c.File()
		c.Skipped(report.NotTraffic)
		c.Expected()
		c.Expected()
	}},
	{name: "not-read", fill: func(c *report.Collector) {
		checked(c, 20)
		for range 12 {
			c.NotRead("blob payload")
		}
		for range 3 {
			c.NotRead("cbor")
		}
		c.NotRead("text with an unknown encoding")
		for range 11 {
			c.Skipped("README")
		}
		c.Skipped(report.NotTraffic)
		c.Unrecognised([]string{"zeta", "alpha"})
		c.Unrecognised([]string{"alpha", "\x1b[31mred"})
	}},
	{name: "causes", fill: func(c *report.Collector) {
		for _, operation := range []string{"garden.GetBed", "garden.ListBeds", "garden.PutBed", "garden.GetRow", "garden.ListRows"} {
			c.Checked(operation + "@1")
			for range 2 {
				for _, f := range everywhere(operation) {
					c.Add(f, nil)
				}
			}
		}
		c.Checked("shed.GetTool@1")
		for _, f := range everywhere("shed.GetTool") {
			c.Add(f, nil)
		}
		c.File()
	}},
	{name: "places-of-a-shape", fill: func(c *report.Collector) {
		checked(c, 1)
		for _, place := range []string{"/bed/inner/size", "/bed/size"} {
			f := at(finding.MemberMissing, finding.Error, place, 1, 1)
			f.Shape = "Bed$size"
			c.Add(f, nil)
		}
	}},
	{name: "probe", fill: probing},
	{name: "sides", fill: func(c *report.Collector) {
		checked(c, 1)
		for _, part := range []string{"", "input", "error:NoSuchBed"} {
			f := at(finding.EnumUnknownValue, finding.Error, "/season", 1, 1)
			f.Part, f.Shape = part, "Bed$season"
			c.Add(f, nil)
		}
		f := at(finding.MemberUnknown, finding.Warning, "/colour", 1, 1)
		f.Part = "input"
		c.Add(f, nil)
		c.Add(at(finding.PatternUnsupported, finding.Warning, "", 0, 0), nil)
	}},
	{name: "from-aws", fill: func(c *report.Collector) { c.Origin = finding.OriginAWS; everyRule(c) }},
	{name: "from-emulator", fill: func(c *report.Collector) { c.Origin = finding.OriginEmulator; everyRule(c) }},
	{name: "from-anybody", fill: everyRule},
	{name: "deviations-hidden", fill: func(c *report.Collector) {
		c.Accept.Deviations = report.DeviationsHide
		deviating(c)
	}},
	{name: "deviations-shown", fill: func(c *report.Collector) {
		c.Accept.Deviations = report.DeviationsShow
		deviating(c)
	}},
	{name: "deviations-error", fill: deviating},
	{name: "deviations-of-an-emulator", fill: func(c *report.Collector) {
		c.Accept.Deviations, c.Origin = report.DeviationsHide, finding.OriginEmulator
		deviating(c)
	}},
	{name: "hidden", fill: func(c *report.Collector) {
		hiding(c)
	}},
	{name: "hidden-listed", fill: func(c *report.Collector) {
		c.Accept.ListHidden = true
		hiding(c)
	}},
	{name: "many-contracts", fill: func(c *report.Collector) {
		checked(c, 1)
		for _, operation := range []string{"ListBeds", "GetRow", "ListRows", "PutRow"} {
			c.Checked("garden." + operation + "@1")
		}
		for range 812 {
			c.NotChecked("shed (query)")
		}
	}},
	{name: "groups", fill: func(c *report.Collector) {
		checked(c, 1)
		for _, f := range assorted() {
			c.Add(f, []byte(`{"id": 1, "season": "WINTER", "rows": [{"n": 1}]}`))
		}
	}},
	{name: "parts", fill: func(c *report.Collector) {
		checked(c, 1)
		for _, part := range []string{"", "input", "error:NoSuchBed"} {
			for _, place := range []string{"", "/id"} {
				f := at(finding.TypeMismatch, finding.Error, place, 1, 1)
				f.Part = part
				c.Add(f, nil)
			}
		}
	}},
	{name: "warnings-fail", failOn: report.FailOnWarning, fill: func(c *report.Collector) {
		checked(c, 1)
		c.Add(at(finding.MemberUnknown, finding.Warning, "/colour", 1, 1), nil)
	}},
	{name: "errors-pass", failOn: report.FailNever, fill: func(c *report.Collector) {
		checked(c, 1)
		c.Add(at(finding.TypeMismatch, finding.Error, "/id", 1, 1), nil)
	}},
	{name: "many", fill: func(c *report.Collector) {
		checked(c, 1500)
		for i := range 1500 {
			c.Add(at(finding.EnumUnknownValue, finding.Error, "/season", i+1, 12), []byte(`{"season": "WINTER"}`))
		}
		for i := range 4 { // one is one too many to show
			c.Add(at(finding.TypeNull, finding.Info, "/rows/"+string(rune('0'+i))+"/n", i+1, 3), nil)
		}
	}},
	{name: "sensitive", fill: func(c *report.Collector) {
		checked(c, 1)
		f := at(finding.TypeMismatch, finding.Error, "/secret", 1, 12)
		f.Sensitive, f.Got = true, "(withheld: sensitive)"
		c.Add(f, []byte(`{"secret": "hunter2"}`))
	}},
	{name: "event", fill: func(c *report.Collector) {
		checked(c, 1)
		f := at(finding.TypeMismatch, finding.Error, "/stream/416/chunk/n", 9, 13)
		f.Event, f.EventType, f.Offset = 417, "chunk", 51234
		c.Add(f, []byte("    string: AAAAcgAAAGCrgg2e"))
		f.Pointer, f.Event, f.EventType, f.Offset = "/stream/417", 418, "", 51400
		f.Rule = finding.StreamFraming
		c.Add(f, []byte("    string: AAAAcgAAAGCrgg2e"))
	}},
	{name: "no-position", fill: func(c *report.Collector) {
		c.Add(at(finding.PatternUnsupported, finding.Warning, "/id", 0, 0), []byte("not shown"))
		f := at(finding.PatternUnsupported, finding.Warning, "/season", 0, 0)
		f.Source = ""
		c.Add(f, nil)
		f = at(finding.SyntaxInvalid, finding.Error, "", 1, 1)
		f.Source = "-"
		c.Add(f, nil)
	}},
	{name: "excerpts", fill: func(c *report.Collector) {
		checked(c, 1)
		for i, x := range excerpts {
			f := at(finding.TypeMismatch, finding.Error, "/"+x.about, i+1, x.column)
			f.Message = x.about
			c.Add(f, []byte(x.line))
		}
	}},
	{name: "names", fill: func(c *report.Collector) {
		checked(c, 1)
		f := at(finding.MemberUnknown, finding.Error, "/\x1b[31mred\u202etfel/7", 1, 1)
		f.Source, f.Message, f.Want = "\x1b]0;title\a.json", "no member\nerror: forged", "one of \x1b[2J"
		c.Add(f, nil)
	}},
	{name: "unmet", unmet: []finding.Unmet{
		{Expected: finding.Expected{Rule: finding.TypeMismatch, Source: "a.yaml", Place: "/id", Reason: "known since May"}},
		{Expected: finding.Expected{Rule: finding.TypeMismatch, Source: "b.yaml", Count: 2, Reason: "for ever"}, Matched: 3},
	}, fill: func(c *report.Collector) { checked(c, 3) }},
	{name: "problems", fill: func(c *report.Collector) {
		checked(c, 1)
		c.Problem(errors.New("a.json: no such file or directory; check the spelling of the path"))
	}},
	{name: "problems-and-findings", fill: func(c *report.Collector) {
		checked(c, 1)
		c.Problem(errors.New("a.json: no such file or directory; check the spelling of the path"))
		c.Problem(errors.New("b.json: permission denied; give yourself permission to read it"))
		c.Add(at(finding.TypeMismatch, finding.Error, "/id", 1, 1), nil)
	}},
}

var formats = []struct {
	extension string
	write     func(io.Writer, *report.Report) error
}{
	{".txt", report.Text(report.Style{})},
	{".color.txt", report.Text(report.Style{Color: true})},
	{".groups.txt", report.Groups(report.Style{})},
	{".json", report.JSON[report.Report]},
}

func TestGolden(t *testing.T) {
	for _, s := range scenarios {
		var c report.Collector
		if s.fill != nil {
			s.fill(&c)
		}
		r := c.Report(s.unmet, s.failOn)
		for _, f := range formats {
			t.Run(s.name+f.extension, func(t *testing.T) {
				var got bytes.Buffer
				require.NoError(t, f.write(&got, r))
				path := filepath.Join("testdata", s.name+f.extension)
				if *update {
					require.NoError(t, os.WriteFile(path, got.Bytes(), 0o644))
				}
				want, err := os.ReadFile(path)
				require.NoError(t, err)
				if diff := cmp.Diff(string(want), got.String()); diff != "" {
					t.Errorf("%s (-want +got), -update rewrites it:\n%s", path, diff)
				}
			})
		}
	}
}

// TestNoStrayGolden checks that a scenario writes every golden file.
func TestNoStrayGolden(t *testing.T) {
	known := map[string]bool{"sarif-2.1.0-rtm.5.json": true}
	for _, s := range scenarios {
		for _, f := range formats {
			known[s.name+f.extension] = true
		}
	}
	for _, f := range shared {
		known["every-part"+f.extension] = true
	}
	entries, err := os.ReadDir("testdata")
	require.NoError(t, err)
	for _, e := range entries {
		require.True(t, known[e.Name()], e.Name())
	}
}

// TestCaret checks that the caret is below its character, in code points in the data and columns in
// the text.
func TestCaret(t *testing.T) {
	for _, x := range excerpts {
		if !strings.Contains(x.line, "X") {
			continue
		}
		t.Run(x.about, func(t *testing.T) {
			var c report.Collector
			c.Add(at(finding.TypeMismatch, finding.Error, "/x", 1, x.column), []byte(x.line))
			r := c.Report(nil, report.FailNever)
			e := r.Groups[0].Samples[0].Excerpt
			require.Equal(t, "X", string([]rune(e.Text)[e.Caret-1]))
		})
	}
}

// TestOrder checks that the report does not depend on the order of findings.
func TestOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var want []string
	for range 50 {
		var c report.Collector
		findings := slices.DeleteFunc(assorted(), func(f finding.Finding) bool { return f.Rule == finding.MemberUnknown })
		for _, operation := range []string{"garden.GetBed", "garden.PutBed", "shed.GetTool"} {
			findings = append(findings, everywhere(operation)...)
		}
		names := []string{"garden.GetBed@1", "garden.GetBed@2", "shed.GetTool@1", "no contract has the route", "malformed"}
		random.Shuffle(len(findings), func(i, j int) { findings[i], findings[j] = findings[j], findings[i] })
		random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		for _, f := range findings {
			c.Add(f, nil)
		}
		for _, name := range names {
			c.Checked(name)
			c.NotChecked(name)
		}
		r := c.Report(nil, report.FailOnError)
		for i, f := range formats {
			var got bytes.Buffer
			require.NoError(t, f.write(&got, r))
			if len(want) < len(formats) {
				want = append(want, got.String())
			}
			require.Equal(t, want[i], got.String())
		}
	}
}

// TestMemory checks that the memory for a kind of finding is bounded.
func TestMemory(t *testing.T) {
	var c report.Collector
	for i := range 10 * report.MaxSamples {
		c.Add(at(finding.TypeMismatch, finding.Error, "/id", i+1, 1), []byte(strings.Repeat("x", 10_000)))
	}
	g := c.Report(nil, report.FailNever).Groups[0]
	require.Equal(t, 10*report.MaxSamples, g.Count)
	require.Len(t, g.Samples, report.MaxSamples)
	require.Equal(t, 1, g.Samples[0].Line)
	require.Less(t, len(g.Samples[0].Excerpt.Text), 100)
}

// failing takes some bytes, then fails.
type failing struct{ left int }

var errFull = errors.New("the disk is full")

func (w *failing) Write(p []byte) (int, error) {
	if len(p) > w.left {
		return w.left, errFull
	}
	w.left -= len(p)
	return len(p), nil
}

func TestWriterFails(t *testing.T) {
	var c report.Collector
	for _, f := range assorted() {
		c.Add(f, nil)
	}
	r := c.Report(nil, report.FailNever)
	for _, f := range formats {
		for _, room := range []int{0, 10, 500} {
			require.ErrorIs(t, f.write(&failing{room}, r), errFull, "%s, room for %d bytes", f.extension, room)
		}
	}
}

// TestReportAgain checks that a report is a value, and that the collector may continue after it.
func TestReportAgain(t *testing.T) {
	var c report.Collector
	require.Equal(t, report.NotChecked, c.Report(nil, report.FailOnError).Verdict)
	checked(&c, 1)
	first := c.Report(nil, report.FailOnError)
	require.Equal(t, report.Passed, first.Verdict)
	c.Add(at(finding.TypeMismatch, finding.Error, "/id", 1, 1), nil)
	require.Equal(t, report.Failed, c.Report(nil, report.FailOnError).Verdict)
	require.Equal(t, report.Passed, c.Report(nil, report.FailNever).Verdict)
	require.Empty(t, first.Groups)
}
