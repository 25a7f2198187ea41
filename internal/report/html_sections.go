package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/plural"
)

// notRead says what the run did not check, and why.
func notRead(r *Results) pageSection {
	s := pageSection{ID: "not-read", Title: "Not read"}
	add := func(label, text string) { s.Facts = append(s.Facts, fact{Label: label, Text: plainText(text)}) }
	for _, part := range r.reports() {
		for _, problem := range part.Problems {
			add("problem", problem)
		}
		c := &part.Checks
		for _, n := range c.NotChecked {
			add("not checked", fmt.Sprintf("%s: %s", plural.Of(n.Count, "response"), n.Name))
		}
		for _, n := range c.NotRead {
			add("not read", numbers([]Count{n}))
		}
		if u := c.Unrecognised; u != nil {
			names := ""
			if len(u.Names) > 0 {
				names = ", such as " + strings.Join(u.Names, ", ")
			}
			add("unrecognised", plural.Of(u.Count, "document")+" with members that no contract knows"+names)
		}
		for _, n := range c.SkippedKinds {
			add("skipped", fmt.Sprintf("%s (%s)", plural.Of(n.Count, "file"), n.Name))
		}
	}
	if r.Coverage != nil {
		for _, n := range r.Coverage.NotCounted {
			add("not counted", fmt.Sprintf("%s: %s", plural.Of(n.Count, "response"), n.Name))
		}
		if r.Coverage.Unseen > 0 {
			add("left out", plural.Of(r.Coverage.Unseen, "operation")+", not seen")
		}
	}
	for _, suite := range r.Suites {
		if suite.Ended != "" {
			add(suite.name(), "the session ended early: "+suite.Ended)
		}
		if suite.LeftOut > 0 {
			add(suite.name(), plural.Of(suite.LeftOut, "case")+" of the suite not selected")
		}
		if g := suite.Generated; g != nil {
			for _, reason := range slices.Sorted(maps.Keys(g.LeftOut)) {
				add("not generated", fmt.Sprintf("%s: %s", plural.Of(g.LeftOut[reason], "case"), reason))
			}
			for _, n := range g.NotMade {
				add("not generated", n.Operation+": "+n.Reason)
			}
		}
	}
	if r.Drift != nil {
		for _, text := range driftNotRead(r.Drift) {
			add("not compared", text)
		}
	}
	return s
}

// hiddenFindings lists what was accepted, by what, and the ignore rows that need care.
func hiddenFindings(r *Results) pageSection {
	s := pageSection{ID: "hidden", Title: "Hidden"}
	rows := pageTable{Columns: []column{{"hidden by", false}, {"finding", false}, {"reason", false}, {"count", true}}}
	n := 0
	add := func(by HiddenBy, reason string, f finding.Finding, count int) {
		n += count
		what := fmt.Sprintf("%s %s at %s", f.Severity, f.Rule, finding.PlaceText(f.Part, f.Place()))
		if f.Operation != "" {
			what += " of " + f.Operation
		}
		rows.Rows = append(rows.Rows, []cell{{Text: string(by)}, {Text: plainText(what)}, {Text: plainText(cmp.Or(reason, "–"))}, number(plural.Number(count))})
	}
	for _, part := range r.reports() {
		if h := part.Hidden; h != nil {
			for _, g := range h.Groups {
				f := g.First
				f.Severity = g.Severity
				add(g.By, g.Reason, f, g.Count)
			}
		}
		if part.Expected > 0 {
			n += part.Expected
			s.Facts = append(s.Facts, fact{Label: "index", Text: plural.Of(part.Expected, "finding") + " as the index of the cassettes expects"})
		}
	}
	if r.Drift != nil {
		for _, h := range r.Drift.Hidden {
			add(h.By, h.Reason, h.Finding, 1)
		}
	}
	if len(rows.Rows) > 0 {
		s.Tables = append(s.Tables, rows)
	}
	if n > 0 {
		s.Count = plural.Number(n)
		s.Lead = "Findings that are counted, but neither reported nor part of the verdict."
	}
	return s
}

// operations lists what was seen of the contracts, and what was not.
func operations(r *Results) pageSection {
	s := pageSection{ID: "operations", Title: "Operations"}
	seen := map[string]*seenOperation{}
	of := func(name string) *seenOperation {
		if seen[name] == nil {
			seen[name] = &seenOperation{percent: -1}
		}
		return seen[name]
	}
	if r.Traffic != nil {
		for _, c := range r.Traffic.Checks.Contracts {
			of(c.Name).responses = c.Count
		}
		findings := map[string]int{}
		for i := range r.Traffic.Groups {
			r.Traffic.Groups[i].countBy(func(operation string, count int) { findings[operation] += count })
		}
		for name, o := range seen {
			operation, _, _ := strings.Cut(name, "@")
			o.findings = findings[operation]
		}
	}
	missing := map[string][]string{}
	if r.Coverage != nil {
		for i := range r.Coverage.Contracts {
			c := &r.Coverage.Contracts[i]
			if c.Responses == 0 {
				service := finding.Service(c.Name)
				if i := strings.LastIndexByte(strings.SplitN(c.Name, "@", 2)[0], '.'); i >= 0 {
					service = c.Name[:i]
				}
				missing[service] = append(missing[service], plainText(c.Name))
				continue
			}
			o := of(c.Name)
			o.responses, o.percent = max(o.responses, c.Responses), c.Percent
			s.Trees = append(s.Trees, newTree(c, len(r.Coverage.Contracts) == 1))
		}
		s.services(r)
	}
	if len(seen) > 0 {
		s.Tables = append(s.Tables, seenTable(seen, r.Traffic != nil, r.Coverage != nil))
	}
	for _, service := range slices.Sorted(maps.Keys(missing)) {
		s.Facts = append(s.Facts, fact{Label: plainText(service), Text: plural.Of(len(missing[service]), "operation") + " not seen",
			More: &pageList{"Names", missing[service]}})
	}
	if len(seen) > 0 {
		s.Count = plural.Number(len(seen)) + " seen"
	}
	if r.Coverage != nil {
		total := 0
		for _, names := range missing {
			total += len(names)
		}
		s.Count += fmt.Sprintf(", %s missing", plural.Number(total))
		s.Count = strings.TrimPrefix(s.Count, ", ")
	}
	return s
}

// seenOperation is what is known of an operation that occurred.
type seenOperation struct {
	responses, findings int
	percent             int // -1: not measured
}

func seenTable(seen map[string]*seenOperation, checked, covered bool) pageTable {
	t := pageTable{Caption: "Operations seen", Columns: []column{{"operation", false}, {"responses", true}}}
	if checked {
		t.Columns = append(t.Columns, column{"findings", true})
	}
	if covered {
		t.Columns = append(t.Columns, column{"covered", true})
	}
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		o := seen[name]
		row := []cell{head(name), number(plural.Number(o.responses))}
		if checked {
			row = append(row, number(plural.Number(o.findings)))
		}
		switch {
		case covered && o.percent >= 0:
			row = append(row, share(o.percent))
		case covered:
			row = append(row, number("–"))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func share(percent int) cell {
	return cell{Text: fmt.Sprintf("%d%%", percent), Class: "n", Share: true, Percent: percent}
}

// countBy counts the findings of a cause by operation.
func (g *Group) countBy(count func(operation string, n int)) {
	if len(g.Occurrences) == 0 {
		count(g.Operation, g.Count)
	}
	for _, o := range g.Occurrences {
		count(o.Operation, o.Count)
	}
}

// services adds a table of the coverage of each service.
func (s *pageSection) services(r *Results) {
	if len(r.Coverage.Services) == 0 {
		return
	}
	t := pageTable{Caption: "Services", Columns: []column{{"service", false}, {"operations seen", true}, {"responses", true}, {"covered", true}}}
	for _, one := range r.Coverage.Services {
		t.Rows = append(t.Rows, []cell{head(one.Name), number(fmt.Sprintf("%s of %s", plural.Number(one.Seen), plural.Number(one.Operations))),
			number(plural.Number(one.Responses)), share(one.Percent)})
	}
	s.Tables = append(s.Tables, t)
}

// projectChecks shows the verdict on each check of a project, and the contracts in force.
func projectChecks(p *Project) pageSection {
	s := pageSection{ID: "project", Title: "Project"}
	if p == nil {
		return s
	}
	checks := pageTable{Caption: "Checks", Columns: []column{{Name: "check"}, {Name: "verdict"}, {Name: "summary"}}}
	for _, c := range p.Checks {
		checks.Rows = append(checks.Rows, []cell{head(c.Name), {Text: string(c.Verdict)}, {Text: plainText(c.Summary)}})
	}
	contracts := pageTable{Caption: "Contracts in force", Columns: []column{{Name: "contracts"}}}
	for _, c := range p.Contracts {
		contracts.Rows = append(contracts.Rows, []cell{head(c.text())})
	}
	s.Tables = []pageTable{checks, contracts}
	for _, problem := range p.Problems {
		s.Facts = append(s.Facts, fact{Label: "problem", Text: plainText(problem)})
	}
	for _, note := range p.Notes {
		s.Facts = append(s.Facts, fact{Label: "note", Text: plainText(note)})
	}
	return s
}
