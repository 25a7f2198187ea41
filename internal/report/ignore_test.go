package report_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/report"
)

// TestRow checks that the row of a group accepts the group's findings, and no other value.
func TestRow(t *testing.T) {
	of := func(change func(*finding.Finding)) finding.Finding {
		f := at(finding.EnumUnknownValue, finding.Error, "/beds/0/season", 1, 1)
		f.Got = `"WINTER"`
		change(&f)
		return f
	}
	same := func(*finding.Finding) {}
	for _, v := range []struct {
		name      string
		findings  []finding.Finding
		at, value string
		not       finding.Finding // that it does not accept
	}{
		{"a place", []finding.Finding{of(same), of(func(f *finding.Finding) { f.Pointer = "/beds/7/season" })}, "garden.GetBed output/beds/*/season", `"WINTER"`,
			of(func(f *finding.Finding) { f.Got = `"FALL"` })},
		{"a request", []finding.Finding{of(func(f *finding.Finding) { f.Part = "input" })}, "garden.GetBed input/beds/*/season", `"WINTER"`, of(same)},
		{"a place like a pattern", []finding.Finding{of(func(f *finding.Finding) { f.Pointer = "/a*/[b]" })}, `garden.GetBed output/a\*/\[b]`, `"WINTER"`,
			of(func(f *finding.Finding) { f.Pointer = "/ab/b" })},
		{"a shape", []finding.Finding{of(func(f *finding.Finding) { f.Shape = "Bed$season" })}, "garden:Bed$season output", `"WINTER"`,
			of(func(f *finding.Finding) { f.Shape, f.Part = "Bed$season", "input" })},
		{"a shape in several operations and parts", []finding.Finding{of(func(f *finding.Finding) { f.Shape = "Bed$season" }),
			of(func(f *finding.Finding) { f.Shape, f.Operation, f.Part = "Bed$season", "garden.PutBed", "error:E" })}, "garden:Bed$season", `"WINTER"`,
			of(func(f *finding.Finding) { f.Shape = "Bed$colour" })},
		{"members that no contract knows", []finding.Finding{of(func(f *finding.Finding) { f.Rule, f.Shape, f.Got = finding.UnionUnknownMember, "Bed$a", "a" }),
			of(func(f *finding.Finding) { f.Rule, f.Shape, f.Got = finding.UnionUnknownMember, "Bed$b", "b" })}, "garden:Bed$* output", "~a|b",
			of(func(f *finding.Finding) { f.Rule, f.Shape, f.Got = finding.UnionUnknownMember, "Bed$c", "c" })},
		{"several values", []finding.Finding{of(same), of(func(f *finding.Finding) { f.Got = `"F.LL"` })}, "garden.GetBed output/beds/*/season", `~"F\.LL"|"WINTER"`,
			of(func(f *finding.Finding) { f.Got = `"FALL"` })},
		{"an exchange in several operations", []finding.Finding{everywhere("garden.GetBed")[0], everywhere("garden.PutBed")[0]}, "garden.* output", "text/html",
			everywhere("shed.GetTool")[0]},
		{"an exchange in several services", []finding.Finding{everywhere("garden.GetBed")[0], everywhere("shed.GetTool")[0]}, "* output", "text/html", of(same)},
		{"invalid inputs of an operation", probed()[:3], "garden.PutBed input/**", "got", probed()[3]},
		{"a contract", []finding.Finding{at(finding.PatternUnsupported, finding.Warning, "/id", 0, 0)}, "garden.GetBed /id", "got", of(same)},
	} {
		t.Run(v.name, func(t *testing.T) {
			var c report.Collector
			for _, f := range v.findings {
				c.Add(f, nil)
			}
			written, err := json.Marshal(c.Report(nil, report.FailOnError))
			require.NoError(t, err)
			var r report.Report
			require.NoError(t, json.Unmarshal(written, &r))
			require.Len(t, r.Groups, 1)
			for _, id := range []string{r.Groups[0].ID(), r.Groups[0].Fingerprint} {
				row, err := r.Row(id)
				require.NoError(t, err)
				require.Equal(t, v.at, row.At())
				require.Equal(t, v.value, row.Value)
				row.Reason = "r"
				require.NoError(t, row.Check())
				for _, f := range v.findings {
					require.True(t, row.Matches(f))
				}
				require.False(t, row.Matches(v.not))
			}
		})
	}
}

// TestBaseline checks that a baseline accepts all findings of a probe, and neither another place nor
// another kind of wrong response.
func TestBaseline(t *testing.T) {
	var c report.Collector
	for _, f := range probed() {
		c.Add(f, nil)
	}
	text, added, err := c.Report(nil, report.FailOnWarning).Baseline("known.yaml", []byte("# ours\n"), report.FailOnWarning)
	require.NoError(t, err)
	require.Equal(t, 6, added, "%s", text)
	rows, err := finding.ReadRows("known.yaml", text)
	require.NoError(t, err)
	ledger, err := finding.NewLedger(rows)
	require.NoError(t, err)
	for _, f := range probed() {
		f.Got = "another value"
		require.True(t, ledger.Take(f), "%v", f)
	}
	for _, change := range []func(*finding.Finding){
		func(f *finding.Finding) { f.Pointer = "/colour" },
		func(f *finding.Finding) { f.Rule = finding.ProbeOtherError },
		func(f *finding.Finding) { f.Operation = "garden.GetBed" },
	} {
		f := probed()[0]
		change(&f)
		require.False(t, ledger.Take(f), "%v", f)
	}
}

func TestRowRefuses(t *testing.T) {
	r := &report.Report{Groups: []report.Group{{Fingerprint: "0123456789abcdef", Rule: finding.TypeNull}, {Fingerprint: "01234567fedcba98", Rule: finding.TypeNull}, {Fingerprint: "aaaaaaaabbbbbbbb", Rule: finding.TypeNull}}}
	for _, v := range []struct {
		id        string
		ambiguous bool
		known     int
	}{{"", false, 3}, {"aaaa", false, 3}, {"aaaaaaac", false, 3}, {"aaaaaaaabbbbbbbbb", false, 3}, {"01234567", true, 2}} {
		t.Run(v.id, func(t *testing.T) {
			_, err := r.Row(v.id)
			var group *report.GroupError
			require.ErrorAs(t, err, &group)
			require.Equal(t, v.ambiguous, group.Ambiguous)
			require.Len(t, group.Known, v.known)
		})
	}
	row, err := r.Row("012345678")
	require.NoError(t, err)
	require.Equal(t, finding.TypeNull, row.Rule)
	_, err = (&report.Report{}).Row("01234567")
	require.ErrorContains(t, err, "no findings")
}
