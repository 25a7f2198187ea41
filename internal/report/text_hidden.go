package report

import (
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/finding"
)

// text counts what is hidden; empty: nothing.
func (h *Hidden) text() string {
	if h == nil {
		return ""
	}
	var parts []string
	if h.Deviations > 0 {
		parts = append(parts, Number(h.Deviations, "known deviation")+" of AWS")
	}
	if h.Ignored > 0 {
		parts = append(parts, thousands(h.Ignored)+" by ignore rows")
	}
	if h.Requests > 0 {
		parts = append(parts, thousands(h.Requests)+" about requests")
	}
	return strings.Join(parts, ", ")
}

// hidden lists what is hidden, where that is asked for.
func (t text) hidden(h *Hidden) {
	if h == nil || !h.list {
		return
	}
	for _, g := range h.Groups {
		of := ""
		if g.Operation != "" {
			of = " of " + g.Operation
		}
		if g.Count > 1 {
			of += ", " + Number(g.Count, "time")
		}
		fmt.Fprintf(t, "hidden (%s): %s %s at %s [%s]\n", g.By, g.Severity, g.Rule, visible(finding.PlaceText(g.Part, g.Place)+of), g.Fingerprint[:IDLength])
		fmt.Fprintf(t, "  %s: %s\n", visible(place(g.First)), visible(g.First.Message))
		if g.Reason != "" {
			fmt.Fprintf(t, "  reason: %s\n", visible(g.Reason))
		}
	}
	fmt.Fprintln(t)
}

// services is a table, aligned for a fixed font.
func (t text) services(services []Service) {
	if len(services) == 0 {
		return
	}
	rows := [][]string{{"service", "checked", "errors", "warnings", "infos"}}
	for _, s := range services {
		rows = append(rows, []string{visible(s.Name), thousands(s.Checked), thousands(s.Errors), thousands(s.Warnings), thousands(s.Infos)})
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	for _, row := range rows {
		fmt.Fprintf(t, "  %-*s", widths[0], row[0])
		for i, cell := range row[1:] {
			fmt.Fprintf(t, "  %*s", widths[i+1], cell)
		}
		fmt.Fprintln(t)
	}
}
