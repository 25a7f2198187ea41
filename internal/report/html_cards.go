package report

import (
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/plural"
)

// card shows one cause.
type card struct {
	ID, Rule, Times, Title string
	Severity               finding.Severity
	Got, Want, Why, Fix    string
	Notes                  []string
	Payloads               []payload
	Samples                []cardSample
	More                   *moreSamples
	Row                    string // an ignore row without a reason
}

// payload is a document with what it shows.
type payload struct{ Lead, Text string }

type cardSample struct{ Place, Message, Excerpt string }

// moreSamples open on demand.
type moreSamples struct {
	Summary string
	Samples []cardSample
	Lines   []string
}

// maxCardSamples is how many samples a card has; the first maxShown of them are always visible. JSON
// has more.
const maxCardSamples = 12

// cardIDs gives every card an ID that links lead to: known deviations of AWS that are shown may
// share their fingerprint with other findings.
type cardIDs map[string]int

func (ids cardIDs) take(id string) string {
	ids[id]++
	if n := ids[id]; n > 1 {
		return fmt.Sprintf("%s-%d", id, n)
	}
	return id
}

// toFix has a card for each cause, and the ignore rows that fail the run.
func toFix(r *Results, ids cardIDs) pageSection {
	s := pageSection{ID: "to-fix", Title: "To fix"}
	findings := 0
	for _, part := range r.reports() {
		for i := range part.Groups {
			g := &part.Groups[i]
			findings += g.Count
			s.Cards = append(s.Cards, groupCard(g, ids))
		}
		for _, u := range part.Unmet {
			s.Facts = append(s.Facts, fact{Label: "ignore row", Text: plainText(u.Error())})
		}
	}
	for _, suite := range r.Suites {
		cards := caseCards(&suite, ids)
		s.Cards, findings = append(s.Cards, cards...), findings+len(cards)
		for _, problem := range suite.Unmet {
			s.Facts = append(s.Facts, fact{Label: "expected failure", Text: plainText(problem)})
		}
	}
	shorten(s.Cards)
	if n := len(s.Cards); n > 0 {
		s.Count = plural.Number(n)
		s.Lead = fmt.Sprintf("%s of %s.", plural.Of(findings, "finding"), plural.Of(n, "cause"))
	}
	return s
}

// maxAdvice is how many cards repeat the same advice.
const maxAdvice = 20

// shorten refers to the first card with the same advice once many have it: a page of 10,000 cards
// must open fast.
func shorten(cards []card) {
	type advice struct{ why, fix string }
	type use struct {
		first string
		count int
	}
	seen := map[advice]*use{}
	for i := range cards {
		c := &cards[i]
		a := advice{c.Why, c.Fix}
		if seen[a] == nil {
			seen[a] = &use{first: c.ID}
		}
		if seen[a].count++; seen[a].count > maxAdvice && c.Fix != "" {
			c.Why, c.Fix = "", "see #"+seen[a].first
		}
	}
}

// reports are the parts with groups of findings.
func (r *Results) reports() []*Report {
	var all []*Report
	for _, part := range []*Report{r.Models, r.Traffic, r.Lint} {
		if part != nil {
			all = append(all, part)
		}
	}
	return all
}

func groupCard(g *Group, ids cardIDs) card {
	rule, _ := g.Rule.Lookup()
	c := card{ID: ids.take(g.ID()), Rule: string(g.Rule), Severity: g.Severity, Title: plainText(g.title()), Why: rule.Purpose, Fix: g.Remedy}
	if g.Count > 1 {
		c.Times = "×" + plural.Number(g.Count)
	}
	if g.Deviation != "" {
		c.Notes = append(c.Notes, plainText(g.Deviation))
	}
	if len(g.Samples) > 0 {
		c.Got, c.Want = plainText(g.Samples[0].Got), plainText(g.Samples[0].ShortWant())
	}
	c.samples(g)
	c.row(g.row())
	return c
}

// row sets an ignore row. It has no reason, and crcheck refuses it until somebody writes one.
func (c *card) row(e finding.Expected) {
	// Text that had to be made visible would be another row.
	if row, err := finding.EncodeRows([]finding.Expected{e}); err == nil && plainText(string(row)) == string(row) {
		c.Row = string(row)
	}
}

func (c *card) samples(g *Group) {
	var all []cardSample
	for _, s := range g.Samples[:min(maxCardSamples, len(g.Samples))] {
		one := cardSample{Place: plainText(place(s.Finding)), Message: plainText(s.Message)}
		if event := s.EventText(); event != "" {
			one.Place += " " + plainText(event)
		}
		if s.Excerpt != nil {
			one.Excerpt = s.Excerpt.Text + "\n" + s.Excerpt.indent() + "^"
		}
		all = append(all, one)
	}
	shown := min(maxShown, len(all))
	c.Samples = all[:shown]
	more := &moreSamples{Samples: all[shown:]}
	for _, o := range g.Occurrences {
		more.Lines = append(more.Lines, plainText(fmt.Sprintf("%s of %s, %s", finding.PlaceText(o.Part, o.Place), o.Operation, plural.Of(o.Count, "time"))))
	}
	if left := g.Count - len(all); left > 0 {
		more.Lines = append(more.Lines, fmt.Sprintf("… and %s more", plural.Number(left)))
	}
	if g.Count > shown {
		more.Summary = plural.Number(g.Count-shown) + " more"
	} else if len(g.Occurrences) > 0 {
		more.Summary = plural.Of(len(g.Occurrences), "place")
	}
	if more.Summary != "" {
		c.More = more
	}
}

// title returns the place of a cause.
func (g *Group) title() string {
	return strings.TrimPrefix(strings.TrimPrefix(g.where(true), ","), " at ")
}
