package conformance

import (
	"fmt"
	"strings"
)

// Verdict is what a case came to.
type Verdict string

const (
	Passed          Verdict = "passed"
	Failed          Verdict = "failed"
	Skipped         Verdict = "skipped"          // the client says that it cannot do it
	Observed        Verdict = "observed"         // of level observe: not what the case suggests, which is no fault
	ExpectedFailure Verdict = "expected-failure" // failed, as listed
	Flaky           Verdict = "flaky"            // known to differ from run to run
	NotRun          Verdict = "not-run"          // the session ended before it
)

// Outcome is what came of one case.
type Outcome struct {
	Case     string    `json:"case"`
	Level    string    `json:"level"`
	Layer    string    `json:"layer"`
	Ref      string    `json:"ref,omitempty"`
	About    string    `json:"about"`
	Verdict  Verdict   `json:"verdict"`
	Problems []string  `json:"problems,omitempty"`
	Wire     []Attempt `json:"wire,omitempty"`
	// Client is how the client misbehaved, if it did.
	Client string `json:"client,omitempty"`
	// Reason is why a failure is known, or what a skipping client says.
	Reason string `json:"reason,omitempty"`
}

// known leaves of an outcome only that it is known and why. What a client does
// wrong may differ from run to run, even if it always does.
func (o *Outcome) known(verdict Verdict, reason string) {
	*o = Outcome{Case: o.Case, Level: o.Level, Layer: o.Layer, Ref: o.Ref, About: o.About, Verdict: verdict, Reason: reason}
}

// Text says of a case that did not pass what was wrong, with the wire log beneath it; of one that
// passed it is empty.
func (o *Outcome) Text() string {
	w := &strings.Builder{}
	switch o.Verdict {
	case Passed, Flaky, NotRun:
		return ""
	case ExpectedFailure:
		return fmt.Sprintf("expected failure %s: %s\n\n", o.Case, o.Reason)
	case Skipped:
		return fmt.Sprintf("skipped %s: %s\n\n", o.Case, o.Reason)
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
	return w.String()
}

// Results is what came of a suite.
type Results struct {
	Operation string     `json:"operation"`
	Client    ClientInfo `json:"client"`
	Reports   string     `json:"reports"`
	Seed      uint64     `json:"seed"`
	Outcomes  []Outcome  `json:"outcomes"`            // in the order of the suite
	LeftOut   int        `json:"leftOut,omitempty"`   // cases of the suite that were not selected
	Generated *Generated `json:"generated,omitempty"` // what the cases were made of, if not of cassettes
	Unmet     []string   `json:"unmet,omitempty"`     // expected failures that did not occur as listed
	Ended     string     `json:"ended,omitempty"`     // why the session ended early
}

// Passes reports whether the client conforms to the suite: nothing failed that is
// not known, every expected failure fails, and not everything was skipped.
func (r *Results) Passes() bool {
	for _, o := range r.Outcomes {
		if o.Verdict == Failed || o.Verdict == NotRun {
			return false
		}
	}
	return len(r.Unmet) == 0 && r.Ended == "" && len(r.Outcomes) > r.Count(Skipped)
}

// Count returns how many outcomes have a verdict.
func (r *Results) Count(v Verdict) int {
	n := 0
	for _, o := range r.Outcomes {
		if o.Verdict == v {
			n++
		}
	}
	return n
}
