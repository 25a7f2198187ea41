package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/plural"
)

// maxMarkdown bounds the causes of a Markdown report: GitHub refuses a summary of more than 1 MiB.
const maxMarkdown = 200

// writeMarkdown writes a summary, for pull requests and for the step summary of GitHub.
func writeMarkdown(w io.Writer, r *Results) error {
	m := markdown{bufio.NewWriter(w)}
	fmt.Fprintf(m, "## crcheck %s: %s\n\n", escapeMarkdown(r.Command), r.Verdict())
	var counts [finding.Error + 1]int
	var shown, hidden []Cause
	for _, c := range r.Causes() {
		if c.HiddenBy != "" {
			hidden = append(hidden, c)
			continue
		}
		counts[c.Severity] += c.Count
		shown = append(shown, c)
	}
	fmt.Fprintf(m, "%s, %s, %s\n\n", plural.Of(counts[finding.Error], "error"), plural.Of(counts[finding.Warning], "warning"), plural.Of(counts[finding.Info], "info"))
	m.project(r.Project)
	m.causes(shown)
	m.checks(r)
	m.suites(r.Suites)
	m.coverage(r)
	if len(hidden) > 0 {
		fmt.Fprintf(m, "### Hidden\n\n")
		rows := [][]string{}
		for _, c := range hidden[:min(len(hidden), maxMarkdown)] {
			rows = append(rows, []string{string(c.Rule), c.Where, plural.Number(c.Count), string(c.HiddenBy), c.Reason})
		}
		m.table([]string{"rule", "place", "count", "hidden by", "reason"}, rows)
	}
	return m.Flush()
}

type markdown struct{ *bufio.Writer }

// project writes the verdicts on the checks of a project, and the contracts in force.
func (m markdown) project(p *Project) {
	if p == nil {
		return
	}
	var checks, contracts [][]string
	for _, c := range p.Checks {
		checks = append(checks, []string{c.Name, string(c.Verdict), c.Summary})
	}
	for _, c := range p.Contracts {
		contracts = append(contracts, []string{c.text()})
	}
	m.table([]string{"check", "verdict", "summary"}, checks)
	m.table([]string{"contracts in force"}, contracts)
	for _, line := range slices.Concat(p.Problems, p.Notes) {
		fmt.Fprintf(m, "- %s\n", escapeMarkdown(line))
	}
}

func (m markdown) causes(causes []Cause) {
	if len(causes) == 0 {
		return
	}
	fmt.Fprintf(m, "### To fix\n\n")
	for i := range causes {
		if i == maxMarkdown {
			fmt.Fprintf(m, "… and %s more\n\n", plural.Number(len(causes)-maxMarkdown))
			break
		}
		c := &causes[i]
		client := ""
		if c.Client != "" {
			client = " (" + escapeMarkdown(c.Client) + ")"
		}
		fmt.Fprintf(m, "- **%s** %s%s\n", c.Severity, escapeMarkdown(c.title()), client)
		if at := c.first(); at.File != "" {
			fmt.Fprintf(m, "  - in %s\n", escapeMarkdown(at.place()))
		}
		for _, line := range c.lines() {
			fmt.Fprintf(m, "  - %s\n", escapeMarkdown(strings.Join(strings.Fields(line), " ")))
		}
	}
	fmt.Fprintln(m)
}

// checks says what was checked and what was not.
func (m markdown) checks(r *Results) {
	for _, part := range []*Report{r.Traffic, r.Lint} {
		if part == nil {
			continue
		}
		c := part.Checks
		fmt.Fprintf(m, "Checked %s of %s in %s.", plural.Number(c.Checked), plural.Of(c.Responses, "response"), plural.Of(c.Files, "file"))
		if len(c.NotChecked) > 0 {
			fmt.Fprintf(m, " Not checked: %s.", escapeMarkdown(reasons(c.NotChecked)))
		}
		if len(c.NotRead) > 0 {
			fmt.Fprintf(m, " Not read: %s.", escapeMarkdown(numbers(c.NotRead)))
		}
		if c.Skipped > 0 {
			fmt.Fprintf(m, " Skipped %s (%s).", plural.Of(c.Skipped, "file"), escapeMarkdown(skipped(c)))
		}
		if part.Expected > 0 {
			fmt.Fprintf(m, " As expected: %s.", plural.Of(part.Expected, "finding"))
		}
		fmt.Fprint(m, "\n\n")
		m.table(serviceHeader, serviceRows(part.Services, ""))
	}
	if r.Drift != nil && r.Drift.Comparison != nil {
		fmt.Fprintf(m, "Compared %s: %s with %s.\n\n", plural.Of(r.Drift.Comparison.Compared, "operation"), escapeMarkdown(r.Drift.Old), escapeMarkdown(r.Drift.New))
	}
}

// suites writes a table of clients and verdicts.
func (m markdown) suites(suites []Suite) {
	if len(suites) == 0 {
		return
	}
	header := []string{"client", "operation"}
	for _, v := range caseVerdicts {
		header = append(header, string(v))
	}
	var rows [][]string
	for i := range suites {
		s := &suites[i]
		row := []string{cmp.Or(s.Client, s.SuiteRun.Results.Client.Name), s.Operation}
		for _, v := range caseVerdicts {
			row = append(row, plural.Number((*conformance.Results).Count(s.Results, v)))
		}
		rows = append(rows, row)
	}
	m.table(header, rows)
}

func (m markdown) coverage(r *Results) {
	if r.Coverage == nil {
		return
	}
	var rows [][]string
	for _, c := range r.Coverage.Contracts {
		if c.Responses > 0 {
			rows = append(rows, []string{c.Name, fmt.Sprintf("%d%%", c.Percent), plural.Number(c.Responses)})
		}
	}
	fmt.Fprintf(m, "### Coverage: %d%%\n\n", r.Coverage.Percent)
	m.table([]string{"contract", "covered", "responses"}, rows)
}

func (m markdown) table(header []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(m, "| %s |\n|%s\n", strings.Join(header, " | "), strings.Repeat(" --- |", len(header)))
	for _, row := range rows {
		for i, cell := range row {
			row[i] = escapeMarkdown(cell)
		}
		fmt.Fprintf(m, "| %s |\n", strings.Join(row, " | "))
	}
	fmt.Fprintln(m)
}

var markdownEscapes = strings.NewReplacer("\\", "\\\\", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]", "<", "&lt;", ">", "&gt;", "&", "&amp;", "|", "\\|", "#", "\\#", "@", "&#64;")

// escapeMarkdown makes text that cannot be read as Markdown or HTML, nor mention somebody.
func escapeMarkdown(text string) string { return markdownEscapes.Replace(visible(text)) }
