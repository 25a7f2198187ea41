package report

import (
	"fmt"
	"io"
)

// badge is the JSON that shields.io reads from an endpoint (https://shields.io/badges/endpoint-badge).
type badge struct {
	SchemaVersion int    `json:"schemaVersion"`
	Label         string `json:"label"`
	Message       string `json:"message"`
	Color         string `json:"color"`
}

// writeBadge writes the verdict as a badge. That of coverage alone, which has no verdict, is the
// percentage.
func writeBadge(w io.Writer, r *Results) error {
	b := badge{SchemaVersion: 1, Label: "crcheck"}
	if r.Coverage != nil && r.Drift == nil && len(r.reports())+len(r.Suites) == 0 {
		b.Label, b.Message, b.Color = "crcheck coverage", fmt.Sprintf("%d%%", r.Coverage.Percent), percentColor(r.Coverage.Percent)
		if r.coverageTooLow() {
			b.Color = "red"
		}
		return JSON(w, &b)
	}
	verdict := r.Verdict()
	b.Message = string(verdict)
	b.Color = map[Verdict]string{Passed: "brightgreen", Failed: "red", Incomplete: "orange", NotChecked: "lightgrey"}[verdict]
	return JSON(w, &b)
}

// percentColor grades as badges of coverage usually do.
func percentColor(percent int) string {
	switch {
	case percent >= 90:
		return "brightgreen"
	case percent >= 75:
		return "yellowgreen"
	case percent >= 50:
		return "yellow"
	}
	return "orange"
}
