package conformance

import (
	"fmt"
	"path"
	"slices"
)

// Known is a failure of a client that is known and accepted.
type Known struct {
	Case   string `yaml:"case"` // a name, or a pattern of path.Match
	Reason string `yaml:"reason"`
	// Flaky says that the outcome differs from run to run.
	Flaky bool `yaml:"flaky"`
}

// ParseKnown reads a file of known failures:
//
//	crcheckKnownFailing: 1
//	cases:
//	  - case: union/two-members
//	    reason: the SDK takes one of the members at random
//	    flaky: true
func ParseKnown(name string, text []byte) ([]Known, error) {
	var form struct {
		Version int     `yaml:"crcheckKnownFailing"`
		Cases   []Known `yaml:"cases"`
	}
	if err := strictly(text, &form); err != nil {
		return nil, &SuiteError{name, 0, err.Error()}
	}
	if form.Version != 1 {
		return nil, &SuiteError{name, 0, `begin with "crcheckKnownFailing: 1"`}
	}
	for _, k := range form.Cases {
		if _, err := path.Match(k.Case, ""); err != nil || k.Case == "" {
			return nil, &SuiteError{name, 0, fmt.Sprintf("%q is no pattern of cases", k.Case)}
		}
		if k.Reason == "" {
			return nil, &SuiteError{name, 0, k.Case + " has no reason"}
		}
	}
	return form.Cases, nil
}

// settle marks the outcomes that are known, and returns what is wrong with the
// expectations: one that matches no case, one whose cases pass, and an
// over-broad one, some of whose cases pass. Whether a flaky one passes says
// nothing, nor does one that is about cases which were left out.
func settle(outcomes []Outcome, leftOut []string, known []Known) []string {
	var problems []string
	for _, k := range known {
		matched, passed := 0, []string(nil)
		for i := range outcomes {
			o := &outcomes[i]
			if !matchesCase(k.Case, o.Case) {
				continue
			}
			matched++
			switch {
			case k.Flaky:
				o.known(Flaky, k.Reason)
			case o.Verdict == Failed:
				o.known(KnownFailing, k.Reason)
			case o.Verdict == Passed:
				passed = append(passed, o.Case)
			}
		}
		aboutOthers := slices.ContainsFunc(leftOut, func(name string) bool { return matchesCase(k.Case, name) })
		switch {
		case matched == 0 && aboutOthers:
		case matched == 0:
			problems = append(problems, fmt.Sprintf("known failure %s matches no case", k.Case))
		case len(passed) == matched:
			problems = append(problems, fmt.Sprintf("known failure %s is stale: it passes (%s)", k.Case, k.Reason))
		case len(passed) > 0:
			problems = append(problems, fmt.Sprintf("known failure %s is over-broad: %s passes", k.Case, passed[0]))
		}
	}
	return problems
}
