package conformance

import (
	"testing"
	"time"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema/contracts"
)

// Run runs the built-in suite against a client, each case as a subtest. An expected failure is
// skipped with its reason. An ignore row that matches nothing, or only cases that pass, fails the
// test.
func Run(t *testing.T, client Client, expected ...finding.Expected) {
	t.Helper()
	suite := Builtin()
	plan, err := Load(suite, cassettes.Embedded(), contracts.MustLoad(suite.Operation))
	if err != nil {
		t.Fatal(err)
	}
	results, err := plan.Run(t.Context(), client, Options{Expected: expected, Today: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range results.Outcomes {
		t.Run(o.Case, func(t *testing.T) {
			switch o.Verdict {
			case Failed, NotRun:
				t.Error(o.Text())
			case ExpectedFailure, Flaky, Skipped:
				t.Skipf("%s: %s", o.Verdict, o.Reason)
			}
		})
	}
	for _, problem := range results.Unmet {
		t.Error(problem)
	}
	if results.Ended != "" {
		t.Error("the session ended early: " + results.Ended)
	}
}
