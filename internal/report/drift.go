package report

import (
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/internal/tallies"
)

// Drift is the result of crcheck drift, as plain data: one of Comparison, Matrix and Traffic,
// settled by a baseline and ignore rows.
type Drift struct {
	Verdict    Verdict           `json:"verdict"`
	Old        string            `json:"old,omitempty"`
	New        string            `json:"new,omitempty"`
	Comparison *drift.Comparison `json:"comparison,omitempty"`
	Matrix     *drift.Matrix     `json:"matrix,omitempty"`
	Traffic    *tallies.Traffic  `json:"traffic,omitempty"`

	Expected int             `json:"expected,omitempty"` // changes that the baseline knows; they are not in Comparison
	Ignored  int             `json:"ignored,omitempty"`  // changes that other ignore rows accept; they are not in Comparison
	Hidden   []HiddenChange  `json:"hidden,omitempty"`   // both of them
	Unmet    []finding.Unmet `json:"unmet,omitempty"`    // ignore rows that are expired, stale or over-broad
	Below    int             `json:"below,omitempty"`    // changes below MinSeverity; they are not in Comparison
	Left     []string        `json:"left,omitempty"`     // changes that are not in a proposed overlay

	// Interrupted says that the rest of the traffic was not read.
	Interrupted bool `json:"interrupted,omitempty"`

	// Located returns where a document defines the place of a change; nil: unknown. It is for
	// formats that show files.
	Located func(*drift.Change) Seen `json:"-"`

	failOn Threshold

	// From is who sent the responses of Traffic: it decides the advice.
	From finding.Origin `json:"-"`
	// MinSeverity is the lowest severity of changes to show.
	MinSeverity finding.Severity `json:"-"`
	// ListHidden makes [DriftText] list what is hidden.
	ListHidden bool `json:"-"`
}

// Settle applies ignore rows to the report and derives the verdict; all of them
// are taken as required, as those of a baseline are. Changes that a row accepts
// are left out; observations in traffic stay.
func (r *Drift) Settle(expected []finding.Expected, failOn Threshold) error {
	rows := slices.Clone(expected)
	for i := range rows {
		rows[i].Required = true
	}
	ledger, err := finding.NewLedger(rows)
	if err != nil {
		return err
	}
	r.SettleBy(ledger, failOn, true)
	return nil
}

// SettleBy is [Drift.Settle] with a ledger. A stale row that is not required is a
// warning, unless failOnStale, and only if what it names was in the scope.
func (r *Drift) SettleBy(ledger *finding.Ledger, failOn Threshold, failOnStale bool) {
	r.failOn = failOn
	fails := false
	accepts := func(f finding.Finding) bool {
		row, ok := ledger.Accept(f)
		if ok {
			r.hide(row, f)
		} else {
			fails = fails || failOn.Fails(f.Severity)
		}
		return ok
	}
	if r.Comparison != nil {
		kept := []drift.Change{}
		for _, c := range r.Comparison.Changes {
			if !accepts(c.Finding()) {
				kept = append(kept, c)
			}
		}
		r.Comparison.Changes = slices.DeleteFunc(kept, func(c drift.Change) bool { return c.Severity < r.MinSeverity })
		r.Below = len(kept) - len(r.Comparison.Changes)
	}
	if r.Traffic != nil {
		for _, f := range r.Traffic.Findings() {
			accepts(f)
		}
	}
	r.Unmet = ledger.Settle(r.scope(), failOnStale)
	if r.Interrupted { // a row is not stale because traffic was not read
		r.Unmet = slices.DeleteFunc(r.Unmet, finding.Unmet.Stale)
	}
	fails = fails || slices.ContainsFunc(r.Unmet, func(u finding.Unmet) bool { return !u.Warning })
	switch {
	case fails:
		r.Verdict = Failed
	case r.Interrupted:
		r.Verdict = Incomplete
	case r.Traffic != nil && r.Traffic.Checked == 0:
		r.Verdict = NotChecked
	default:
		r.Verdict = Passed
	}
}

// Regrade gives the changes between contracts the severities of rules, and hides those of rules that
// are off. Call it before settling.
func (r *Drift) Regrade(rules Rules) {
	if r.Comparison == nil || len(rules) == 0 {
		return
	}
	kept := []drift.Change{}
	for _, c := range r.Comparison.Changes {
		f := c.Finding()
		if rules.regrade(&f) {
			r.Hidden = append(r.Hidden, HiddenChange{ByRule, "", f})
			continue
		}
		c.Severity = f.Severity
		kept = append(kept, c)
	}
	r.Comparison.Changes = kept
}

// scope returns the scope of the report. For traffic it does not know which parts and shapes were
// reached: a row is stale if its operation was reached and it names neither a part nor a shape, or
// one with an observation.
func (r *Drift) scope() *finding.Scope {
	scope := &finding.Scope{}
	if r.Comparison != nil {
		scope.Layers(finding.LayerDrift)
		return scope.All()
	}
	if r.Traffic != nil {
		scope.Layers(finding.LayerSchema, finding.LayerBytes, finding.LayerHTTP)
		for _, c := range r.Traffic.Contracts {
			if operation, _, _ := strings.Cut(c.Name, "@"); c.Checked > 0 {
				scope.Part(operation, "", func() []string { return nil })
			}
		}
		for _, f := range r.Traffic.Findings() {
			structure, _, _ := strings.Cut(f.Shape, "$")
			scope.Shape(f.Operation, f.Part, structure)
		}
	}
	return scope
}

// Findings returns the findings that ignore rows may accept.
func (r *Drift) Findings() []finding.Finding {
	var all []finding.Finding
	if r.Comparison != nil {
		for i := range r.Comparison.Changes {
			all = append(all, r.Comparison.Changes[i].Finding())
		}
	}
	if r.Traffic != nil {
		all = slices.Concat(all, r.Traffic.Findings())
	}
	return all
}

// HiddenChange is a finding that a row accepts, with the severity that it would have had.
type HiddenChange struct {
	By     HiddenBy `json:"by"`
	Reason string   `json:"reason"`
	finding.Finding
}

// hide notes a finding that a row accepts.
func (r *Drift) hide(row finding.Expected, f finding.Finding) {
	by := ByIgnoreRow
	if row.Required {
		by = ByBaseline
		r.Expected++
	} else {
		r.Ignored++
	}
	r.Hidden = append(r.Hidden, HiddenChange{by, row.Reason, f})
}
