package conformance

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/crcheck/crcheck/internal/coverage"
)

// JSON writes a run as one indented JSON object.
func JSON(w io.Writer, r *Results) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Verdict string `json:"verdict"`
		*Results
	}{r.verdict(), r})
}

func (r *Results) verdict() string {
	switch {
	case r.Passes():
		return "passed"
	case r.Ended != "":
		return "not run to the end"
	}
	return "failed"
}

// Text writes a run for people: each group with its counts, what failed with
// the difference and the wire log beneath it, the coverage, the verdict. It holds
// no time, address or map order: the same seed and client make the same bytes.
func Text(w io.Writer, r *Results) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s %s (%s) against %s, seed %d\n\n", r.Client.Name, r.Client.Version, r.Client.Language, r.Operation, r.Seed)
	groups(out, r)
	for i := range r.Outcomes {
		outcome(out, &r.Outcomes[i])
	}
	for _, problem := range r.Known {
		fmt.Fprintf(out, "%s\n\n", problem)
	}
	if r.Ended != "" {
		fmt.Fprintf(out, "the session ended early: %s\n\n", r.Ended)
	}
	if r.LeftOut > 0 {
		fmt.Fprintf(out, "left out: %d cases of the suite\n", r.LeftOut)
	} else if r.Coverage != nil {
		covered(out, r.Coverage)
	}
	r.Generated.text(out)
	if r.Reports == ReportsOutcome {
		fmt.Fprintln(out, "not judged: outputs and error fields, which this client does not report")
	}
	fmt.Fprintf(out, "%s: %s\n", r.verdict(), counts(r))
	return out.Flush()
}

// verdicts is the order in which counts are listed.
var verdicts = []Verdict{Passed, Failed, KnownFailing, Flaky, Observed, Skipped, NotRun}

func counts(r *Results) string {
	parts := []string{fmt.Sprintf("%d cases", len(r.Outcomes))}
	for _, v := range verdicts {
		if n := r.Count(v); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	return strings.Join(parts, ", ")
}

// groups writes a line for each group, in the order of the suite.
func groups(w io.Writer, r *Results) {
	var order []string
	byGroup := map[string]*Results{}
	for _, o := range r.Outcomes {
		group, _, _ := strings.Cut(o.Case, "/")
		if byGroup[group] == nil {
			byGroup[group] = &Results{}
			order = append(order, group)
		}
		byGroup[group].Outcomes = append(byGroup[group].Outcomes, o)
	}
	width := 12
	for _, group := range order {
		width = max(width, len(group))
	}
	for _, group := range order {
		fmt.Fprintf(w, "%-*s %s\n", width, group, counts(byGroup[group]))
	}
	fmt.Fprintln(w)
}

func outcome(w io.Writer, o *Outcome) {
	switch o.Verdict {
	case Passed, Flaky, NotRun:
		return
	case KnownFailing, Skipped:
		fmt.Fprintf(w, "%s %s: %s\n\n", o.Verdict, o.Case, o.Reason)
		return
	}
	fmt.Fprintf(w, "%s %s (%s): %s\n", o.Verdict, o.Case, o.Level, o.About)
	if o.Ref != "" {
		fmt.Fprintf(w, "  follows %s\n", o.Ref)
	}
	for _, problem := range o.Problems {
		fmt.Fprintf(w, "  %s\n", strings.ReplaceAll(problem, "\n", "\n    "))
	}
	for i, a := range o.Wire {
		fmt.Fprintf(w, "  attempt %d: %s\n", i+1, a)
	}
	if len(o.Wire) == 0 {
		fmt.Fprintln(w, "  no request arrived")
	}
	fmt.Fprintln(w)
}

func covered(w io.Writer, r *coverage.Report) {
	shares := r.Shares()
	var parts []string
	for _, s := range shares {
		parts = append(parts, fmt.Sprintf("%d of %d %s", s.Shown, s.Total, s.About()))
	}
	fmt.Fprintf(w, "coverage of the contract: %s\n", strings.Join(parts, ", "))
	const most = 8
	for _, s := range shares {
		for i, address := range s.Missing {
			if i == most {
				fmt.Fprintf(w, "  … and %d more\n", len(s.Missing)-most)
				break
			}
			fmt.Fprintf(w, "  not played: %s\n", address)
		}
	}
}
