package conformance

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Verdict is the outcome of a case in one word.
type Verdict string

const (
	Passed          Verdict = "passed"
	Failed          Verdict = "failed"
	Skipped         Verdict = "skipped"          // the client reports that it does not support the call
	Observed        Verdict = "observed"         // of level observe: differs from the case, which does not count against the client
	ExpectedFailure Verdict = "expected-failure" // failed, and an ignore row expects it
	Flaky           Verdict = "flaky"            // an ignore row says that the result differs from run to run
	NotRun          Verdict = "not-run"          // the session ended before this case
)

// Outcome is the verdict of one case, with its problems and wire log.
type Outcome struct {
	Case     string    `json:"case"`
	Level    string    `json:"level"`
	Layer    string    `json:"layer"`
	Ref      string    `json:"ref,omitempty"`
	About    string    `json:"about"`
	Cassette string    `json:"cassette,omitempty"` // empty for a generated case
	Verdict  Verdict   `json:"verdict"`
	Problems []string  `json:"problems,omitempty"`
	Wire     []Attempt `json:"wire,omitempty"`
	// Fault, Call, Input, Expected and Reported describe a case that failed or differs: the fault, which
	// of several calls it was, its input, each alternative and the result of the client.
	Fault    string            `json:"fault,omitempty"`
	Call     int               `json:"call,omitempty"`
	Input    json.RawMessage   `json:"input,omitempty"`
	Expected []json.RawMessage `json:"expected,omitempty"`
	Reported json.RawMessage   `json:"reported,omitempty"`
	// Client is how the client misbehaved, if it did.
	Client string `json:"client,omitempty"`
	// Reason is that of the ignore row, or of a client that skipped the call.
	Reason string `json:"reason,omitempty"`
}

// known reduces an outcome to its verdict and reason. The problems of an expected failure may
// differ from run to run, so the report leaves them out.
func (o *Outcome) known(verdict Verdict, reason string) {
	*o = Outcome{Case: o.Case, Level: o.Level, Layer: o.Layer, Ref: o.Ref, About: o.About, Verdict: verdict, Reason: reason}
}

// Text describes the problems of a case, with the wire log below them. It is empty for a case that
// passed, is flaky or did not run.
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
	o.details(w)
	fmt.Fprintln(w)
	return w.String()
}

// Results are the outcomes of a run.
type Results struct {
	Operation string     `json:"operation"`
	Client    ClientInfo `json:"client"`
	Reports   string     `json:"reports"`
	Seed      uint64     `json:"seed"`
	Outcomes  []Outcome  `json:"outcomes"`            // in the order of the suite
	LeftOut   int        `json:"leftOut,omitempty"`   // cases of the suite that were not selected
	Generated *Generated `json:"generated,omitempty"` // nil unless the cases come from [Generate]
	Unmet     []string   `json:"unmet,omitempty"`     // expected failures that did not occur as listed
	Ended     string     `json:"ended,omitempty"`     // why the session ended early
}

// Passes reports whether the client conforms to the suite: every failure is an expected one, every
// expected failure occurred, and at least one case was not skipped.
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
