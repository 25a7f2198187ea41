package report

import (
	"cmp"
	"maps"
	"slices"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/piece"
)

// problem is why a run could not check everything.
type problem struct {
	At   piece.At `json:"at"`
	Text string   `json:"text"`
	// Shared is what problems of several sources have in common, of which only the first is reported.
	Shared string `json:"shared,omitempty"`
}

func (p problem) compare(q problem) int {
	return cmp.Or(piece.ComparePaths(p.At.Source, q.At.Source), cmp.Compare(p.At.Start, q.At.Start), cmp.Compare(p.At.Index, q.At.Index), cmp.Compare(p.Text, q.Text))
}

// problemTexts returns the problems in the order of the traffic. Pieces of one input may have the same
// problem.
func (c *Collector) problemTexts() (texts []string) {
	problems := slices.Clone(c.problems)
	if c.Pieces != nil {
		for missing := range c.Pieces.Missing() {
			problems = append(problems, problem{At: piece.At{Source: missing.Source, Start: missing.Start}, Text: missing.Error()})
		}
		slices.SortFunc(problems, problem.compare)
	}
	seen := map[problem]bool{}
	for _, p := range problems {
		key := problem{At: piece.At{Source: p.At.Source}, Text: p.Text}
		if p.Shared != "" {
			key = problem{Shared: p.Shared}
		}
		if (c.Pieces != nil || p.Shared != "") && seen[key] {
			continue
		}
		texts = append(texts, p.Text)
		seen[key] = true
	}
	return texts
}

// placed returns a finding with its interaction and line counted from the beginning of its source. A
// finding in a test has the place of the test.
func (c *Collector) placed(f finding.Finding, at piece.At) finding.Finding {
	if c.Pieces == nil || f.Test != "" {
		return f
	}
	before := c.Pieces.Before(at.Source, at.Start)
	if f.Interaction > 0 {
		f.Interaction += before.Interactions
	}
	if f.Line > 0 {
		f.Line += before.Lines
	}
	return f
}

// Merge adds what another collector with equal options collected, as if this one had collected it too.
// Merging is associative and commutative, and an empty collector is its identity. The order of
// the findings is that of their places.
func (c *Collector) Merge(d *Collector) {
	for _, k := range d.sortedKinds() {
		c.addKind(k.clone())
	}
	for _, all := range []map[hiddenKey]*HiddenGroup{d.hidden.of, d.hiddenElsewhere} {
		for _, g := range all {
			copied := *g
			c.addHidden(&copied)
		}
	}
	for _, pair := range []struct{ to, from *map[string]int }{{&c.contracts, &d.contracts}, {&c.notChecked, &d.notChecked}, {&c.notRead, &d.notRead}, {&c.skipped, &d.skipped}} {
		for name, n := range *pair.from {
			countMany(pair.to, name, n)
		}
	}
	c.problems = append(slices.Clone(c.problems), d.problems...)
	c.report.Checks.Responses += d.report.Checks.Responses
	c.report.Checks.Checked += d.report.Checks.Checked
	c.report.Checks.Files += d.report.Checks.Files
	c.report.Checks.Skipped += d.report.Checks.Skipped
	c.report.Expected += d.report.Expected
	c.report.Deviations += d.report.Deviations
	if u := d.report.Checks.Unrecognised; u != nil {
		if c.report.Checks.Unrecognised == nil {
			c.report.Checks.Unrecognised = &Unrecognised{}
		}
		c.report.Checks.Unrecognised.Count += u.Count
		c.report.Checks.Unrecognised.name(u.Names)
	}
}

// order compares the places of findings, and findings at the same place. Without a place, they are in the
// order in which they came.
func order(a piece.At, f *finding.Finding, b piece.At, g *finding.Finding) int {
	if d := a.Compare(b); d != 0 || a.Source == "" {
		return d
	}
	return f.Compare(*g)
}

func (s *Sample) compare(t *Sample) int { return order(s.at, &s.Finding, t.at, &t.Finding) }

// room returns where a sample belongs: after those that are not behind it.
func (k *kind) room(s *Sample) int {
	i := len(k.Samples)
	for i > 0 && k.Samples[i-1].compare(s) > 0 {
		i--
	}
	return i
}

func (k *kind) clone() *kind {
	c := *k
	c.tests, c.Samples = maps.Clone(k.tests), slices.Clone(k.Samples)
	return &c
}

// absorb adds findings of the same kind, of which none is before the first one of k; nil: none.
func (k *kind) absorb(later *kind) {
	if later == nil {
		return
	}
	k.Count += later.Count
	for name := range later.tests {
		k.test(name)
	}
	k.gotVaries = k.gotVaries || later.gotVaries || k.got != later.got || k.want != later.want
	k.shapeVaries = k.shapeVaries || later.shapeVaries || k.Shape != later.Shape
	k.hint = leastText(k.hint, later.hint)
	k.Samples = append(k.Samples, later.Samples...)
	slices.SortStableFunc(k.Samples, func(a, b Sample) int { return a.compare(&b) })
	k.Samples = k.Samples[:min(MaxSamples, len(k.Samples))]
}

// leastText returns the text that is not empty, or the first of two in their order.
func leastText(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return min(a, b)
}
