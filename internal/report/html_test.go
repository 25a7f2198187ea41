package report_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/report"
)

// TestHTMLEscapes checks that no text becomes markup, a script, or turns the text around it.
func TestHTMLEscapes(t *testing.T) {
	for _, c := range []struct{ name, text, never string }{
		{"script", `</script><script>alert(1)</script>`, `<script>alert`},
		{"element", `<img src=x onerror=alert(1)>`, `<img`},
		{"attribute", `" onload="alert(1)`, `" onload="`},
		{"single quote", `' onload='alert(1)`, `' onload='`},
		{"comment", `--><b>`, `--><b>`},
		{"template", `{{.Title}}`, `crcheck validate: failed}}`},
		{"right to left", "\u202egnp.exe", "\u202e"},
		{"isolate", "\u2066x", "\u2066"},
		{"control", "\x1b[31m\x00", "\x1b"},
		{"not UTF-8", "a\xffb", "\xff"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var collector report.Collector
			collector.Redacted = true
			f := finding.Finding{Rule: finding.EnumUnknownValue, Severity: finding.Error, Operation: c.text, Source: c.text, Part: c.text, Pointer: "/" + c.text, Shape: c.text, Line: 1, Column: 1,
				Found: finding.ValueOf(finding.KindString, c.text), Wanted: finding.Want{OneOf: []string{c.text}}}.Rendered()
			collector.Add(f, []byte(c.text))
			collector.NotChecked(c.text)
			collector.Checked(c.text)
			r := collector.Report(nil, report.FailOnError)
			page := written(t, report.FormatHTML, &report.Results{Command: "validate", Traffic: r,
				Coverage: &coverage.Summary{Contracts: []coverage.Contract{{Name: c.text}}, NotCounted: []coverage.Count{{Name: c.text, Count: 1}}},
				Suites: []report.Suite{{Client: c.text, SuiteRun: &report.SuiteRun{Results: &conformance.Results{Operation: c.text, Outcomes: []conformance.Outcome{
					{Case: c.text, Verdict: conformance.Failed, About: c.text, Problems: []string{c.text}}}}}}},
			}, true)
			require.False(t, strings.Contains(page, c.never), "the page contains %q", c.never)
			require.Equal(t, 1, strings.Count(page, "<script>"))
			require.Equal(t, 1, strings.Count(page, "</html>"))
		})
	}
}

// TestHTMLSections checks which sections a page has, and that it always has one.
func TestHTMLSections(t *testing.T) {
	everything := everyPart()
	for _, c := range []struct {
		name     string
		results  *report.Results
		sections []string
	}{
		{"nothing", &report.Results{Command: "validate", Traffic: new(report.Collector).Report(nil, report.FailOnError)}, []string{"nothing"}},
		{"coverage", &report.Results{Command: "coverage", Coverage: everything.Coverage}, []string{"operations"}},
		{"a suite", &report.Results{Command: "conform", Suites: everything.Suites}, []string{"to-fix", "clients"}},
		{"drift", &report.Results{Command: "drift", Drift: everything.Drift}, []string{"drift"}},
		{"everything", everything, []string{"to-fix", "not-read", "hidden", "operations", "clients", "drift"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			page := written(t, report.FormatHTML, c.results, false)
			var sections []string
			for _, after := range strings.Split(page, `<section id="`)[1:] {
				id, _, _ := strings.Cut(after, `"`)
				sections = append(sections, id)
			}
			require.Equal(t, c.sections, sections)
		})
	}
}

// TestHTMLRow checks that an ignore row of a withheld value states no value: it would match nothing.
func TestHTMLRow(t *testing.T) {
	for _, c := range []struct {
		name       string
		showValues bool
		has        bool
	}{{"withheld", false, false}, {"shown", true, true}} {
		t.Run(c.name, func(t *testing.T) {
			var collector report.Collector
			collector.Add(finding.Finding{Rule: finding.EnumUnknownValue, Severity: finding.Error, Operation: "garden.GetBed", Pointer: "/season", Masked: "/season",
				Found: finding.ValueOf(finding.KindString, "my secret season"), Wanted: finding.Want{OneOf: []string{"SPRING"}}}.Rendered(), nil)
			page := written(t, report.FormatHTML, &report.Results{Command: "validate", Traffic: collector.Report(nil, report.FailOnError)}, c.showValues)
			_, row, _ := strings.Cut(page, "Ignore row</summary><pre>")
			row, _, _ = strings.Cut(row, "</pre>")
			require.Contains(t, row, "rule: enum.unknown-value")
			require.Equal(t, c.has, strings.Contains(row, "my secret season"))
			require.Equal(t, c.has, strings.Contains(row, "value:"))
		})
	}
}

// TestBadge checks the badge of each verdict, and that of coverage.
func TestBadge(t *testing.T) {
	percent := func(n int) *report.Results { return &report.Results{Coverage: &coverage.Summary{Percent: n}} }
	verdict := func(v report.Verdict) *report.Results {
		return &report.Results{Traffic: &report.Report{Verdict: v}, Coverage: &coverage.Summary{Percent: 40}}
	}
	low := percent(40)
	low.MinCoverage = 50
	for _, c := range []struct {
		name, label, message, color string
		results                     *report.Results
	}{
		{"passed", "crcheck", "passed", "brightgreen", verdict(report.Passed)},
		{"failed", "crcheck", "failed", "red", verdict(report.Failed)},
		{"incomplete", "crcheck", "incomplete", "orange", verdict(report.Incomplete)},
		{"not checked", "crcheck", "not checked", "lightgrey", verdict(report.NotChecked)},
		{"all covered", "crcheck coverage", "100%", "brightgreen", percent(100)},
		{"most covered", "crcheck coverage", "75%", "yellowgreen", percent(75)},
		{"half covered", "crcheck coverage", "50%", "yellow", percent(50)},
		{"little covered", "crcheck coverage", "49%", "orange", percent(49)},
		{"too little covered", "crcheck coverage", "40%", "red", low},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.JSONEq(t, `{"schemaVersion":1,"label":"`+c.label+`","message":"`+c.message+`","color":"`+c.color+`"}`, written(t, report.FormatBadge, c.results, false))
		})
	}
}
