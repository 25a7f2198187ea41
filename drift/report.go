package drift

import (
	"slices"

	"github.com/crcheck/crcheck/finding"
)

// Report is what a run of crcheck drift found, as plain data: one of
// Comparison, Matrix and Traffic, and what a baseline made of it.
type Report struct {
	Verdict    Verdict     `json:"verdict"`
	Old        string      `json:"old,omitempty"`
	New        string      `json:"new,omitempty"`
	Comparison *Comparison `json:"comparison,omitempty"`
	Matrix     *Matrix     `json:"matrix,omitempty"`
	Traffic    *Traffic    `json:"traffic,omitempty"`

	Expected int             `json:"expected,omitempty"` // changes that the baseline knows; they are not in Comparison
	Unmet    []finding.Unmet `json:"unmet,omitempty"`    // expectations that are stale or over-broad
	Left     []string        `json:"left,omitempty"`     // what a proposed overlay does not settle
}

// Verdict is what a run comes to.
type Verdict string

const (
	Failed     Verdict = "failed"      // a change at or above the threshold, or an expectation that was not met
	NotChecked Verdict = "not checked" // no interaction is of the contracts
	Passed     Verdict = "passed"
)

// Settle holds the report against a baseline and derives the verdict. Changes
// that are expected are left out; what traffic showed stays, for shards of it are
// merged.
func (r *Report) Settle(expected []finding.Expected, failOn finding.Threshold) error {
	ledger, err := finding.NewLedger(expected)
	if err != nil {
		return err
	}
	fails := false
	if r.Comparison != nil {
		kept := []Change{}
		for _, c := range r.Comparison.Changes {
			if ledger.Take(c.Finding()) {
				r.Expected++
				continue
			}
			kept = append(kept, c)
			fails = fails || failOn.Fails(c.Severity)
		}
		r.Comparison.Changes = kept
	}
	if r.Traffic != nil {
		for _, f := range r.Traffic.Findings() {
			if ledger.Take(f) {
				r.Expected++
				continue
			}
			fails = fails || failOn.Fails(f.Severity)
		}
	}
	r.Unmet = ledger.Unmet()
	switch {
	case fails || len(r.Unmet) > 0:
		r.Verdict = Failed
	case r.Traffic != nil && r.Traffic.Checked == 0:
		r.Verdict = NotChecked
	default:
		r.Verdict = Passed
	}
	return nil
}

// Findings returns what there is to expect of the report.
func (r *Report) Findings() []finding.Finding {
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
