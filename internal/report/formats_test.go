package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v5 "github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/internal/tallies"
)

// everyPart has every part of the results, with texts that the formats have to escape.
func everyPart() *report.Results {
	var c, hidden report.Collector
	checked(&c, 3)
	for _, f := range assorted() {
		c.Add(f, []byte(`{"id": 7}`))
	}
	odd := finding.Finding{Rule: finding.EnumUnknownValue, Severity: finding.Error, Operation: "garden.GetBed", Source: "a b%,:.json", Pointer: "/season", Masked: "/season", Line: 2, Column: 3,
		Found: finding.ValueOf(finding.KindString, "a<b>|`c`\x00\n]]>%0A::error::"), Wanted: finding.Want{OneOf: []string{"SPRING", "A<B>|`C`"}}}.Rendered()
	c.Redacted = true
	c.Add(odd, nil)
	hiding(&hidden)
	lint := hidden.Report([]finding.Unmet{{Expected: finding.Expected{Rule: finding.TypeNull, Place: "/id", Reason: "it was so"}}}, report.FailOnError)
	lint.Problems = []string{`bed.yaml: cannot unmarshal "secret"`}
	return &report.Results{Command: "check", Models: report.Models(finding.Set{{Rule: finding.SourceConflict, Severity: finding.Warning, Operation: "garden.GetBed", Source: "page.rst", Line: 4, Column: 1, Message: "the page says two things"}}, report.FailOnWarning),
		Traffic: c.Report(nil, report.FailOnWarning), Lint: lint,
		Coverage: &coverage.Summary{Percent: 40, Responses: 3, Counted: 3, Contracts: []coverage.Contract{{Name: "garden.GetBed@1", Responses: 3, Percent: 40}}},
		Suites: []report.Suite{{Client: "boto3", SuiteRun: &report.SuiteRun{Invented: true, Results: &conformance.Results{Operation: "garden.GetBed", Outcomes: []conformance.Outcome{
			{Case: "union/one", Verdict: conformance.Passed}, {Case: "union/two", Verdict: conformance.Failed, About: "two members", Problems: []string{"got 1\nwant 2"}},
			{Case: "union/three", Verdict: conformance.ExpectedFailure, Reason: "known"}, {Case: "union/four", Verdict: conformance.Skipped, Reason: "no unions"},
		}}}}},
		Drift: &report.Drift{Verdict: report.Failed, Traffic: &tallies.Traffic{Observations: []tallies.Observation{{Rule: finding.EnumUnknownValue, Severity: finding.Error, Operation: "garden.GetBed", Part: "output", Place: "/season", Count: 2,
			First: tallies.Seen{Source: "a.ndjson", Interaction: 1}, Details: []tallies.Detail{{Text: "secret", Count: 2}}}}},
			Comparison: &drift.Comparison{Compared: 2, Changes: []drift.Change{{Rule: finding.DriftMemberAdded, Severity: finding.Error, Operation: "garden.GetBed", Part: "output", Pointer: "/n", Facet: "member", Message: "member of type string was added",
				Witness: &drift.Witness{Allowed: drift.New, Refused: drift.Old, Rule: finding.MemberUnknown, Document: json.RawMessage(`{"n":"a"}`)}}}}}}
}

// shared are the formats that leave the terminal.
var shared = []struct {
	format    report.Format
	extension string
}{
	{report.FormatJUnit, ".junit.xml"},
	{report.FormatSARIF, ".sarif.json"},
	{report.FormatGitHub, ".github.txt"},
	{report.FormatMarkdown, ".md"},
	{report.FormatHTML, ".html"},
}

func written(t *testing.T, format report.Format, r *report.Results, showValues bool) string {
	var b bytes.Buffer
	require.NoError(t, report.Write(&b, format, r, report.Style{ShowValues: showValues}))
	return b.String()
}

// constantParts are the style, the script and the hash of the page, which files of their own hold.
var constantParts = regexp.MustCompile(`(?s)(<style>|<script>|script-src 'sha256-).*?(</style>|</script>|')`)

func TestFormats(t *testing.T) {
	for _, f := range shared {
		t.Run(f.format.String(), func(t *testing.T) {
			got := constantParts.ReplaceAllString(written(t, f.format, everyPart(), false), "$1…$2")
			path := filepath.Join("testdata", "every-part"+f.extension)
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s: run go test -update (-want +got):\n%s", path, diff)
			}
			require.NotContains(t, got, "secret")
			require.Contains(t, written(t, f.format, everyPart(), true), "secret", "with --show-values")
			require.NotContains(t, got, "\x00")
			for _, empty := range []*report.Results{{}, {Command: "validate", Traffic: new(report.Collector).Report(nil, report.FailNever)}} {
				written(t, f.format, empty, false)
			}
		})
	}
}

// TestSARIFSchema validates logs against the schema of OASIS, as the npm package @microsoft/jest-sarif
// 1.0.0-beta.0 (MIT) contains it.
func TestSARIFSchema(t *testing.T) {
	schema, err := v5.Compile("testdata/sarif-2.1.0-rtm.5.json")
	require.NoError(t, err)
	valid := func(text string) error {
		var log any
		require.NoError(t, json.Unmarshal([]byte(text), &log))
		return schema.Validate(log)
	}
	require.NoError(t, valid(written(t, report.FormatSARIF, everyPart(), true)))
	require.NoError(t, valid(written(t, report.FormatSARIF, &report.Results{}, true)))
	require.Error(t, valid(strings.ReplaceAll(written(t, report.FormatSARIF, everyPart(), true), `"startLine": 1`, `"startLine": 0`)), "the schema refuses nothing")
}

// TestJUnitCounts holds the counts of each element to what is in it.
func TestJUnitCounts(t *testing.T) {
	var all struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Skipped  int `xml:"skipped,attr"`
		Suites   []struct {
			Cases []struct {
				Failure *struct{} `xml:"failure"`
				Error   *struct{} `xml:"error"`
				Skipped *struct{} `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	require.NoError(t, xml.Unmarshal([]byte(written(t, report.FormatJUnit, everyPart(), false)), &all))
	tests, failures, errs, skipped := 0, 0, 0, 0
	for _, s := range all.Suites {
		for _, c := range s.Cases {
			tests++
			if c.Failure != nil {
				failures++
			}
			if c.Error != nil {
				errs++
			}
			if c.Skipped != nil {
				skipped++
			}
		}
	}
	require.Equal(t, []int{tests, failures, errs, skipped}, []int{all.Tests, all.Failures, all.Errors, all.Skipped})
	require.Positive(t, failures)
	require.Equal(t, 1, errs)
}

// TestGitHubCommands holds every annotation to one line and one cause.
func TestGitHubCommands(t *testing.T) {
	r := everyPart()
	shown := 0
	for _, c := range r.Causes() {
		if c.HiddenBy == "" {
			shown++
		}
	}
	lines := strings.Split(strings.TrimSpace(written(t, report.FormatGitHub, r, true)), "\n")
	require.Len(t, lines, shown)
	for _, line := range lines {
		require.Regexp(t, `^::(error|warning|notice) ([a-z]+=[^,:]+,?)+::`, line)
	}
}
