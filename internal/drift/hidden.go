package drift

import (
	"cmp"
	"fmt"

	"github.com/crcheck/crcheck/finding"
)

// HiddenBy says what accepts a finding.
type HiddenBy string

const (
	ByIgnoreRow HiddenBy = "ignore row"
	ByBaseline  HiddenBy = "baseline"
)

// Hidden is a finding that a row accepts, with the severity that it would have had.
type Hidden struct {
	By     HiddenBy `json:"by"`
	Reason string   `json:"reason"`
	finding.Finding
}

// hide notes a finding that a row accepts.
func (r *Report) hide(row finding.Expected, f finding.Finding) {
	by := ByIgnoreRow
	if row.Required {
		by = ByBaseline
		r.Expected++
	} else {
		r.Ignored++
	}
	r.Hidden = append(r.Hidden, Hidden{by, row.Reason, f})
}

// hidden lists what rows accept, each with what it is and why.
func (t text) hidden(hidden []Hidden) {
	for _, h := range hidden {
		fmt.Fprintf(t, "hidden (%s): %s %s at %s of %s\n", h.By, h.Severity, h.Rule, visible(finding.PlaceText(h.Part, h.Pointer)), visible(h.Operation))
		if what := cmp.Or(h.Message, h.Got); what != "" {
			fmt.Fprintf(t, "  %s\n", visible(clip(what)))
		}
		fmt.Fprintf(t, "  reason: %s\n", visible(h.Reason))
	}
	if len(hidden) > 0 {
		fmt.Fprintln(t)
	}
}
