package report

import (
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/plural"
)

// name names the client of a run.
func (s *Suite) name() string {
	if s.Client != "" {
		return s.Client
	}
	return s.SuiteRun.Client.Name
}

// verdictMarks show the verdict of a case as a symbol, a word and a class of the style sheet.
var verdictMarks = map[conformance.Verdict]struct{ symbol, class string }{
	conformance.Passed:          {"✓", "passed"},
	conformance.Failed:          {"✗", "failed"},
	conformance.ExpectedFailure: {"✗", "expected"},
	conformance.Flaky:           {"≈", "flaky"},
	conformance.Observed:        {"·", "observed"},
	conformance.Skipped:         {"–", "skipped"},
	conformance.NotRun:          {"?", "failed"},
}

// clients is a table for each group of cases: a row for a case, a column for a client. A case that
// all clients pass is only counted.
func clients(r *Results) pageSection {
	s := pageSection{ID: "clients", Title: "Clients × cases"}
	if len(r.Suites) == 0 {
		return s
	}
	summary := pageTable{Columns: []column{{"group", false}}}
	for i := range r.Suites {
		summary.Columns = append(summary.Columns, column{plainText(r.Suites[i].name()), false})
	}
	cases := pageTable{Caption: "Cases that not every client passed", Columns: append([]column{{"case", false}}, summary.Columns[1:]...)}
	groups, names, outcomes := casesOf(r.Suites)
	for _, group := range groups {
		row := []cell{head(group)}
		for i := range r.Suites {
			row = append(row, groupCell(names[group], outcomes[i]))
		}
		summary.Rows = append(summary.Rows, row)
		for _, name := range names[group] {
			row, all := []cell{head(name)}, true
			for i := range r.Suites {
				o, ok := outcomes[i][name]
				all = all && ok && o.Verdict == conformance.Passed
				if !ok {
					row = append(row, cell{Text: "not in its suite", Class: "dim"})
					continue
				}
				mark := verdictMarks[o.Verdict]
				row = append(row, cell{Text: mark.symbol + " " + strings.ReplaceAll(string(o.Verdict), "-", " "), Class: "cell " + mark.class})
			}
			if !all {
				cases.Rows = append(cases.Rows, row)
			}
		}
	}
	s.Tables = append(s.Tables, summary)
	if len(cases.Rows) > 0 {
		s.Tables = append(s.Tables, cases)
	}
	total := 0
	for _, group := range groups {
		total += len(names[group])
	}
	s.Count = fmt.Sprintf("%d × %s", len(r.Suites), plural.Number(total))
	return s
}

// casesOf returns the groups in the order of the suites, the names of the cases of each, and the
// outcomes of each suite by name.
func casesOf(suites []Suite) (groups []string, names map[string][]string, outcomes []map[string]*conformance.Outcome) {
	names = map[string][]string{}
	known := map[string]bool{}
	for _, s := range suites {
		of := map[string]*conformance.Outcome{}
		for i := range s.Outcomes {
			o := &s.Outcomes[i]
			of[o.Case] = o
			if known[o.Case] {
				continue
			}
			known[o.Case] = true
			group, _, _ := strings.Cut(o.Case, "/")
			if names[group] == nil {
				groups = append(groups, group)
			}
			names[group] = append(names[group], o.Case)
		}
		outcomes = append(outcomes, of)
	}
	return groups, names, outcomes
}

func groupCell(names []string, outcomes map[string]*conformance.Outcome) cell {
	passed, all := 0, 0
	class := "cell passed"
	for _, name := range names {
		o, ok := outcomes[name]
		if !ok {
			continue
		}
		all++
		switch o.Verdict {
		case conformance.Passed:
			passed++
		case conformance.Failed, conformance.NotRun:
			class = "cell failed"
		}
	}
	if all == 0 {
		return cell{Text: "–", Class: "dim"}
	}
	return cell{Text: fmt.Sprintf("%d of %d", passed, all), Class: class}
}

// caseCards has a card for each case that failed.
func caseCards(s *Suite, ids cardIDs) []card {
	var cards []card
	for i := range s.Outcomes {
		o := &s.Outcomes[i]
		if o.Verdict != conformance.Failed && o.Verdict != conformance.NotRun {
			continue
		}
		c := card{ID: ids.take("case-" + identifier(s.name()+"-"+o.Case)), Rule: plainText(o.Case), Severity: finding.Error,
			Title: plainText(fmt.Sprintf("%s %s", s.name(), strings.ReplaceAll(string(o.Verdict), "-", " "))), Why: plainText(o.About)}
		if o.Ref != "" {
			c.Notes = append(c.Notes, plainText("follows "+o.Ref))
		}
		for _, problem := range o.Problems {
			c.Notes = append(c.Notes, plainText(problem))
		}
		for i, a := range o.Wire {
			c.Samples = append(c.Samples, cardSample{Place: fmt.Sprintf("attempt %d", i+1), Message: plainText(a.String())})
		}
		cards = append(cards, c)
	}
	return cards
}

// identifier makes a name fit for the fragment of a link.
func identifier(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, name)
}
