package report

import (
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/plural"
)

// counts are the findings of all parts, by severity.
func (r *Results) counts() (counts [finding.Error + 1]int) {
	for _, part := range r.reports() {
		for i := range part.Groups {
			counts[part.Groups[i].Severity] += part.Groups[i].Count
		}
	}
	return counts
}

// head fills the top of the page: the verdict, what it is about, and a few numbers.
func (p *page) head(r *Results) {
	verdict := r.Verdict()
	p.Verdict, p.Class = string(verdict), strings.ReplaceAll(string(verdict), "not checked", "unchecked")
	p.Title = fmt.Sprintf("crcheck %s: %s", r.Command, verdict)
	counts := r.counts()
	if len(r.reports()) > 0 {
		for severity := finding.Error; severity >= finding.Info; severity-- {
			class := ""
			if counts[severity] > 0 {
				class = severity.String()
			}
			p.Tiles = append(p.Tiles, tile{plural.Number(counts[severity]), plural.Noun(counts[severity], severity.String()), class})
		}
	}
	about := []string{}
	if r.Traffic != nil {
		c := &r.Traffic.Checks
		value := plural.Number(c.Checked)
		if c.Checked != c.Responses {
			value += " of " + plural.Number(c.Responses)
		}
		p.Tiles = append(p.Tiles, tile{value, plural.Noun(c.Responses, "response") + " checked", ""})
		about = append(about, fmt.Sprintf("%s of %s", plural.Of(c.Checked, "response"), plural.Of(c.Files, "file")))
		if len(c.Contracts) > 0 {
			about = append(about, "against "+against(c.Contracts))
		}
	}
	if r.Coverage != nil {
		class := ""
		switch {
		case r.Coverage.Percent < r.MinCoverage:
			class = "error"
		case r.Coverage.Percent == 100:
			class = "ok"
		}
		p.Tiles = append(p.Tiles, tile{fmt.Sprintf("%d%%", r.Coverage.Percent), "covered", class})
		about = append(about, fmt.Sprintf("coverage of %s by %s", plural.Of(len(r.Coverage.Contracts), "contract"), plural.Of(r.Coverage.Counted, "response")))
	}
	for _, s := range r.Suites {
		class := "error"
		if s.Passes() {
			class = "ok"
		}
		p.Tiles = append(p.Tiles, tile{fmt.Sprintf("%s of %s", plural.Number(s.Count(conformance.Passed)), plural.Number(len(s.Outcomes))), "cases passed by " + plainText(s.name()), class})
		about = append(about, fmt.Sprintf("%s %s against %s", s.SuiteRun.Client.Name, s.SuiteRun.Client.Version, s.Operation))
	}
	if r.Drift != nil {
		tiles, text := driftHead(r.Drift)
		p.Tiles = append(p.Tiles, tiles...)
		about = append(about, text)
	}
	p.Sentence = plainText(strings.Join(about, ", "))
}
