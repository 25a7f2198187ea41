package report

import (
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/tallies"
	"github.com/crcheck/crcheck/schema"
)

func driftHead(d *Drift) ([]tile, string) {
	var counts [finding.Error + 1]int
	unit, about := "change", ""
	switch {
	case d.Comparison != nil:
		for i := range d.Comparison.Changes {
			counts[d.Comparison.Changes[i].Severity]++
		}
		about = fmt.Sprintf("%s compared: %s with %s", plural.Of(d.Comparison.Compared, "operation"), d.Old, d.New)
	case d.Matrix != nil:
		return []tile{{plural.Number(len(d.Matrix.Rows)), plural.Noun(len(d.Matrix.Rows), "disagreement"), ""}},
			fmt.Sprintf("%s of %s compared", plural.Of(d.Matrix.Compared, "operation"), plural.Of(len(d.Matrix.Sources), "source"))
	case d.Traffic != nil:
		unit = "observation"
		for _, o := range d.Traffic.Observations {
			counts[o.Severity]++
		}
		about = fmt.Sprintf("%d of %s checked", d.Traffic.Checked, plural.Of(d.Traffic.Interactions, "interaction"))
	}
	var tiles []tile
	for severity := finding.Error; severity >= finding.Info; severity-- {
		class := ""
		if counts[severity] > 0 {
			class = severity.String()
		}
		tiles = append(tiles, tile{plural.Number(counts[severity]), fmt.Sprintf("%s of drift (%s)", plural.Noun(counts[severity], unit), severity), class})
	}
	return tiles, about
}

func driftNotRead(d *Drift) []string {
	var lines []string
	if d.Comparison != nil {
		for _, a := range d.Comparison.Alone {
			lines = append(lines, fmt.Sprintf("%s of %s, which only the %s side describes", plural.Of(a.Operations, "operation"), a.Service, a.Side))
		}
	}
	if d.Traffic != nil {
		for _, n := range d.Traffic.NotChecked {
			lines = append(lines, fmt.Sprintf("%s: %s", plural.Of(n.Count, "interaction"), n.Name))
		}
	}
	return lines
}

// drifted has a card for each change, with the payload that breaks.
func drifted(r *Results, ids cardIDs) pageSection {
	s := pageSection{ID: "drift", Title: "Drift"}
	d := r.Drift
	if d == nil {
		return s
	}
	if d.Comparison != nil {
		for i := range d.Comparison.Changes {
			s.Cards = append(s.Cards, changeCard(&d.Comparison.Changes[i], ids))
		}
		s.Lead = plainText(fmt.Sprintf("From %s to %s.", d.Old, d.New))
	}
	if d.Traffic != nil {
		for i := range d.Traffic.Observations {
			s.Cards = append(s.Cards, observationCard(&d.Traffic.Observations[i], d.From, ids))
		}
	}
	if d.Matrix != nil {
		s.matrix(d.Matrix)
	}
	for _, u := range d.Unmet {
		s.Facts = append(s.Facts, fact{Label: "ignore row", Text: plainText(u.Error())})
	}
	for _, line := range d.Left {
		s.Facts = append(s.Facts, fact{Label: "not in the proposed overlay", Text: plainText(line)})
	}
	if n := len(s.Cards); n > 0 {
		s.Count = plural.Number(n)
	}
	return s
}

func changeCard(change *drift.Change, ids cardIDs) card {
	f := change.Finding()
	rule, _ := change.Rule.Lookup()
	c := card{ID: ids.take(f.Fingerprint()[:IDLength]), Rule: string(change.Rule), Severity: change.Severity,
		Title: plainText(change.Where()), Why: rule.Purpose, Fix: plainText(change.Remedy())}
	c.Notes = append(c.Notes, plainText(clip(change.Message)))
	if change.Contested != "" {
		c.Notes = append(c.Notes, plainText("not proven: "+change.Contested+"; please report it"))
	}
	if change.Untried != "" {
		c.Notes = append(c.Notes, plainText("not tried: "+change.Untried))
	}
	if w := change.Witness; w != nil {
		c.Payloads = append(c.Payloads, witnessPayload(w))
	}
	c.row(finding.Expected{Rule: change.Rule, Operation: finding.Literal(change.Operation), Part: partPattern(f.Part), Place: placePattern(f.Place())})
	return c
}

func partPattern(part string) string {
	if part == "" {
		return "output"
	}
	return finding.Literal(part)
}

func witnessPayload(w *drift.Witness) payload {
	lead := fmt.Sprintf("Breaking payload, which the %s contract allows", w.Allowed)
	if w.Form != "" && w.Form != schema.HTTP.String() {
		lead += ", in the " + w.Form + " encoding"
	}
	if w.Rule != "" {
		lead += fmt.Sprintf("; the %s one reports %s at %s", w.Refused, w.Rule, finding.PointerText(w.Pointer))
	}
	lead += ": " + w.Finding
	var lines []string
	for _, line := range []string{w.Request, w.Response, string(w.Document)} {
		if line != "" {
			lines = append(lines, plainText(line))
		}
	}
	return payload{plainText(lead), strings.Join(lines, "\n")}
}

func observationCard(o *tallies.Observation, from finding.Origin, ids cardIDs) card {
	rule, _ := o.Rule.Lookup()
	part := tallies.PartText(o.Part)
	f := finding.Finding{Rule: o.Rule, Operation: o.Operation, Part: part, Pointer: o.Place}
	c := card{ID: ids.take(f.Fingerprint()[:IDLength]), Rule: string(o.Rule), Severity: o.Severity,
		Title: plainText(fmt.Sprintf("%s of %s", finding.PlaceText(part, o.Place), o.Operation)), Why: rule.Purpose, Fix: rule.RemedyFor(from)}
	if o.Part == schema.InputPart { // who responded makes no difference
		c.Fix = rule.RemedyFor(finding.OriginFixtures)
	}
	if o.Count > 1 {
		c.Times = "×" + plural.Number(o.Count)
	}
	if o.Least != "" {
		c.Got = fmt.Sprintf("from %s to %s", o.Least, o.Greatest)
	}
	c.Samples = append(c.Samples, cardSample{Place: plainText(firstSeen(o.First)), Message: "first seen"})
	var more moreSamples
	for i, d := range o.Details {
		s := cardSample{Place: plainText(d.Text), Message: plainText(fmt.Sprintf("%s, first in %s", plural.Of(d.Count, "time"), firstSeen(d.First)))}
		if i < maxShown {
			c.Samples = append(c.Samples, s)
		} else {
			more.Samples = append(more.Samples, s)
		}
	}
	if o.More > 0 {
		more.Lines = append(more.Lines, "… and others, "+plural.Of(o.More, "time"))
	}
	if n := len(more.Samples) + len(more.Lines); n > 0 {
		more.Summary = plural.Number(n) + " more"
		c.More = &more
	}
	c.row(finding.Expected{Rule: o.Rule, Operation: finding.Literal(o.Operation), Part: partPattern(part), Place: placePattern(o.Place)})
	return c
}

// matrix lists where sources disagree: a row for a facet, a column for a source.
func (s *pageSection) matrix(m *drift.Matrix) {
	sources := pageTable{Caption: "Sources", Columns: []column{{"", false}, {"source", false}, {"kind", false}}}
	for i, source := range m.Sources {
		sources.Rows = append(sources.Rows, []cell{head(drift.Letter(i)), {Text: plainText(source.Name)}, {Text: plainText(strings.TrimSpace(source.Kind + " " + source.Version))}})
	}
	rows := pageTable{Caption: "Disagreements", Columns: []column{{"place", false}, {"facet", false}, {"values", false}}}
	for _, r := range m.Rows {
		var values []string
		for i, v := range r.Values {
			if v != "" {
				values = append(values, drift.Letter(i)+" "+v)
			}
		}
		var classes []string
		for _, c := range r.Classes {
			classes = append(classes, string(c))
		}
		place := schema.Place{Part: r.Part, Pointer: r.Pointer}.String() + " of " + r.Operation
		rows.Rows = append(rows.Rows, []cell{head(place), {Text: plainText(r.Facet + ": " + strings.Join(classes, ", "))}, {Text: plainText(strings.Join(values, "\n")), Class: "lines"}})
	}
	s.Tables = append(s.Tables, sources)
	if len(m.Rows) > 0 {
		s.Tables = append(s.Tables, rows)
	}
	s.Count = plural.Of(len(m.Rows), "disagreement")
}
