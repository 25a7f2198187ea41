package report

import (
	"cmp"
	"maps"
	"slices"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/piece"
)

// Acceptance says which findings of a run are hidden: counted, but neither reported nor part of the
// verdict. Its zero value hides none.
type Acceptance struct {
	// Ledger has the rows of indexes, which are required, and of ignore files.
	Ledger *finding.Ledger
	// Deviations says how to treat known deviations of AWS. They apply to responses of AWS and of
	// unknown origin, and to requests.
	Deviations DeviationMode
	// Rules are severities in place of those of the profile; findings of rules that are off are hidden.
	Rules Rules
	// ResponsesOnly hides findings about requests.
	ResponsesOnly bool
	// ListHidden makes [Text] list what is hidden.
	ListHidden bool
}

// Settle returns the rows that were not met, once the run is over; see [finding.Ledger.Settle].
func (a *Acceptance) Settle(scope *finding.Scope, failOnStale bool) []finding.Unmet {
	if a.Ledger == nil {
		return nil
	}
	return a.Ledger.Settle(scope, failOnStale)
}

// Hidden counts findings that are not reported, by what hides them.
type Hidden struct {
	Deviations int           `json:"deviations,omitempty"` // known deviations of AWS
	Ignored    int           `json:"ignored,omitempty"`    // by ignore rows
	Requests   int           `json:"requests,omitempty"`   // about requests
	Off        int           `json:"off,omitempty"`        // of rules that are off
	Groups     []HiddenGroup `json:"groups"`

	list bool
}

// HiddenBy says what hides a finding.
type HiddenBy string

const (
	ByDeviation HiddenBy = "known deviation of AWS"
	ByIgnoreRow HiddenBy = "ignore row"
	ByRequest   HiddenBy = "responses only"
	ByBaseline  HiddenBy = "baseline" // of drift
	ByRule      HiddenBy = "rule that is off"
)

// HiddenGroup is the hidden findings of one fingerprint.
type HiddenGroup struct {
	By          HiddenBy         `json:"by"`
	Reason      string           `json:"reason,omitempty"`
	Fingerprint string           `json:"fingerprint"`
	Rule        finding.RuleID   `json:"rule"`
	Severity    finding.Severity `json:"severity"` // that it would have had
	Side        Side             `json:"side,omitempty"`
	Operation   string           `json:"operation,omitempty"`
	Part        string           `json:"part,omitempty"`
	Place       string           `json:"place"`
	Shape       string           `json:"shape,omitempty"`
	Count       int              `json:"count"`
	First       finding.Finding  `json:"first"`

	redacted bool
	at       piece.At // of First
}

type hiddenKey struct {
	by          HiddenBy
	fingerprint string
	severity    finding.Severity
	reason      string
}

// deviates is the note about a finding that is reported although it is a deviation of AWS: text for
// a known deviation, hint for one that was recorded too seldom.
type deviates struct{ text, hint string }

// hide counts a finding that is hidden, and regrades a known deviation that is shown. Rows take
// precedence, because an index may expect a deviation.
func (c *Collector) hide(f *finding.Finding) (_ deviates, hidden bool) {
	if c.Accept.Rules.regrade(f) {
		c.count(ByRule, "", *f)
		return deviates{}, true
	}
	if c.Accept.Ledger != nil {
		if row, ok := c.Accept.Ledger.Accept(*f); ok {
			if row.Required {
				c.Expected()
			} else {
				c.count(ByIgnoreRow, row.Reason, *f)
			}
			return deviates{}, true
		}
	}
	if c.Accept.ResponsesOnly && sideOf(*f) == Request {
		c.count(ByRequest, "", *f)
		return deviates{}, true
	}
	if !c.Accept.Deviations.Applies(sideOf(*f), c.Origin) {
		return deviates{}, false
	}
	d, ok := finding.KnownDeviation(*f)
	switch {
	case !ok:
		return deviates{}, false
	case !d.Regrades():
		return deviates{hint: d.Hint()}, false
	case c.Accept.Deviations == DeviationsHide:
		c.count(ByDeviation, d.Reason, *f)
		return deviates{}, true
	}
	c.report.Deviations++
	f.Severity = finding.Info
	return deviates{text: d.Hint()}, false
}

func (c *Collector) count(by HiddenBy, reason string, f finding.Finding) {
	c.prepare()
	fingerprint := f.Fingerprint()
	g, known, room := c.hidden.get(hiddenKey{by, fingerprint, f.Severity, reason})
	if !room {
		g, known = c.hiddenElsewhere[hiddenKey{by, elsewhere(f.Rule, f.Operation, f.Part), f.Severity, reason}]
	}
	if known && order(c.At, &f, g.at, &g.First) >= 0 {
		g.Count++
		return
	}
	c.addHidden(&HiddenGroup{by, reason, fingerprint, f.Rule, f.Severity, sideOf(f), f.Operation, f.Part, f.Place(), f.Shape, 1, f, c.Redacted, c.At})
}

// hiddenGroups returns nil if nothing is hidden.
func (c *Collector) hiddenGroups() *Hidden {
	if len(c.hidden.of) == 0 {
		return nil
	}
	h := &Hidden{list: c.Accept.ListHidden}
	for _, group := range slices.AppendSeq(slices.Collect(maps.Values(c.hidden.of)), maps.Values(c.hiddenElsewhere)) {
		g := *group
		g.First = c.placed(g.First, g.at)
		h.Groups = append(h.Groups, g)
		switch g.By {
		case ByDeviation:
			h.Deviations += g.Count
		case ByIgnoreRow:
			h.Ignored += g.Count
		case ByRequest:
			h.Requests += g.Count
		case ByRule:
			h.Off += g.Count
		}
	}
	slices.SortFunc(h.Groups, func(a, b HiddenGroup) int {
		return cmp.Or(cmp.Compare(a.By, b.By), cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Operation, b.Operation),
			cmp.Compare(a.Part, b.Part), cmp.Compare(a.Place, b.Place), cmp.Compare(a.Reason, b.Reason))
	})
	return h
}
