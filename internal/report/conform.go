package report

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/plural"
)

// SuiteRun is the run of a suite and how much of its contracts the client was shown.
type SuiteRun struct {
	*conformance.Results
	Coverage *coverage.Summary `json:"coverage,omitempty"`
	// Invented says that crcheck made all values of the cases, so that every report may show them.
	Invented bool `json:"-"`
}

// ConformanceJSON writes a run as one indented JSON object.
func ConformanceJSON(w io.Writer, r *SuiteRun) error {
	return JSON(w, &struct {
		Verdict string `json:"verdict"`
		*SuiteRun
	}{suiteVerdict(r.Results), r})
}

// suiteVerdict returns the verdict on a run of a suite.
func suiteVerdict(r *conformance.Results) string {
	switch {
	case r.Passes():
		return "passed"
	case r.Ended != "":
		return "not run to the end"
	}
	return "failed"
}

// Conformance writes a run of a suite for people: each group with its counts, what failed with
// the difference and the wire log beneath it, the coverage, the verdict. It depends on
// no time, address or map order: the same seed and client make the same bytes.
func Conformance(w io.Writer, r *SuiteRun) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s %s (%s) against %s, seed %d\n\n", r.Client.Name, r.Client.Version, r.Client.Language, r.Operation, r.Seed)
	caseGroups(out, r.Results)
	for i := range r.Outcomes {
		fmt.Fprint(out, r.Outcomes[i].Text())
	}
	for _, problem := range r.Unmet {
		fmt.Fprintf(out, "%s\n\n", problem)
	}
	if r.Ended != "" {
		fmt.Fprintf(out, "the session ended early: %s\n\n", r.Ended)
	}
	if r.LeftOut > 0 {
		fmt.Fprintf(out, "left out: %s of the suite\n", plural.Of(r.LeftOut, "case"))
	} else if r.Coverage != nil && len(r.Outcomes) > 1 {
		playedCoverage(out, r.Coverage)
	}
	if len(r.Outcomes) > 1 {
		generated(out, r.Generated)
	}
	if r.Reports == conformance.ReportsOutcome {
		fmt.Fprintln(out, "not compared: outputs and error fields, which this client does not report")
	}
	fmt.Fprintf(out, "%s: %s\n", suiteVerdict(r.Results), caseCounts(r.Results))
	return out.Flush()
}

// caseVerdicts is the order in which counts are listed.
var caseVerdicts = []conformance.Verdict{conformance.Passed, conformance.Failed, conformance.ExpectedFailure, conformance.Flaky, conformance.Observed, conformance.Skipped, conformance.NotRun}

func caseCounts(r *conformance.Results) string {
	parts := []string{plural.Of(len(r.Outcomes), "case")}
	for _, v := range caseVerdicts {
		switch n := r.Count(v); {
		case n == 0:
		case v == conformance.ExpectedFailure:
			parts = append(parts, plural.Of(n, "expected failure"))
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	return strings.Join(parts, ", ")
}

// caseGroups writes a line for each group, in the order of the suite.
func caseGroups(w io.Writer, r *conformance.Results) {
	var order []string
	byGroup := map[string]*conformance.Results{}
	for _, o := range r.Outcomes {
		group, _, _ := strings.Cut(o.Case, "/")
		if byGroup[group] == nil {
			byGroup[group] = &conformance.Results{}
			order = append(order, group)
		}
		byGroup[group].Outcomes = append(byGroup[group].Outcomes, o)
	}
	width := 12
	for _, group := range order {
		width = max(width, len(group))
	}
	for _, group := range order {
		fmt.Fprintf(w, "%-*s %s\n", width, group, caseCounts(byGroup[group]))
	}
	fmt.Fprintln(w)
}

func playedCoverage(w io.Writer, r *coverage.Summary) {
	shares := r.Shares()
	var parts []string
	for _, s := range shares {
		parts = append(parts, fmt.Sprintf("%d of %d %s", s.Shown, s.Total, s.About()))
	}
	fmt.Fprintf(w, "coverage of the contract: %s\n", strings.Join(parts, ", "))
	const limit = 8
	for _, s := range shares {
		for i, address := range s.Missing {
			if i == limit {
				fmt.Fprintf(w, "  … and %d more\n", len(s.Missing)-limit)
				break
			}
			fmt.Fprintf(w, "  not covered: %s\n", address)
		}
	}
}

// generated writes which cases were generated and which were not; g is nil for a suite.
func generated(w io.Writer, g *conformance.Generated) {
	if g == nil {
		return
	}
	fmt.Fprintf(w, "generated from %s: %s\n", plural.Of(g.Operations, "operation"), plural.Of(g.Cases, "case"))
	for _, reason := range slices.Sorted(maps.Keys(g.LeftOut)) {
		fmt.Fprintf(w, "  not generated: %d %s\n", g.LeftOut[reason], reason)
	}
	for _, n := range g.NotMade {
		fmt.Fprintf(w, "  not generated: %s: %s\n", n.Operation, n.Reason)
	}
}
