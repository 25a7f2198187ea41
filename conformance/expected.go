package conformance

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/crcheck/crcheck/finding"
)

// settle marks the outcomes that ignore rows for [finding.ConformFailed] and
// [finding.ConformFlaky] accept, and returns what is wrong with these rows: one
// that matches no case, one whose cases pass, an over-broad one, some of whose
// cases pass, one whose cases are all matched by a flaky row, one whose count
// differs, and one that is expired today. Whether a flaky case passes says nothing, nor does a
// row that is about cases which were left out or skipped. Rows for other rules are
// passed over. The error says that the rows are ill-formed.
func settle(outcomes []Outcome, leftOut []string, rows []finding.Expected, today time.Time) ([]string, error) {
	ledger, err := finding.NewLedger(rows)
	if err != nil {
		return nil, err
	}
	ledger.Expire(today)
	for i := range outcomes {
		o := &outcomes[i]
		f := finding.Finding{Rule: finding.ConformFlaky, Severity: finding.Error, Source: o.Case}
		if row, ok := ledger.Accept(f); ok {
			o.known(Flaky, row.Reason)
			continue
		}
		if o.Verdict != Failed {
			continue
		}
		f.Rule, f.Got = finding.ConformFailed, strconv.Quote(strings.Join(o.Problems, "\n"))
		if row, ok := ledger.Accept(f); ok {
			o.known(ExpectedFailure, row.Reason)
		}
	}
	var problems []string
	unmet := ledger.Unmet()
	for _, row := range rows {
		u := finding.Unmet{Expected: row, Matched: row.Count}
		met := len(unmet) == 0 || unmet[0].Expected != row
		if !met {
			u, unmet = unmet[0], unmet[1:]
		}
		if row.Case == "" {
			continue
		}
		if problem := rowProblem(u, met, outcomes, leftOut); problem != "" {
			problems = append(problems, "expected failure "+row.Case+" "+problem)
		}
	}
	return problems, nil
}

// rowProblem says what is wrong with a row after a run; empty: nothing.
func rowProblem(u finding.Unmet, met bool, outcomes []Outcome, leftOut []string) string {
	if u.Expired {
		return fmt.Sprintf("expired on %s (%s)", u.Expires, u.Reason)
	}
	var about, failed, undecided int
	var passed []string
	for _, o := range outcomes {
		if !finding.MatchesCase(u.Case, o.Case) {
			continue
		}
		about++
		switch o.Verdict {
		case Passed:
			passed = append(passed, o.Case)
		case Failed:
			failed++
		case Skipped, Observed, NotRun:
			undecided++
		}
	}
	for _, name := range leftOut {
		if finding.MatchesCase(u.Case, name) {
			undecided++
		}
	}
	switch {
	case about == 0 && undecided > 0:
		return ""
	case about == 0:
		return "matches no case"
	case len(passed) == about:
		return fmt.Sprintf("is stale: it passes (%s)", u.Reason)
	case len(passed) > 0:
		return fmt.Sprintf("is over-broad: %s passes", passed[0])
	case met:
		return ""
	case u.Count > 0 && u.Matched > u.Count:
		return fmt.Sprintf("is over-broad: it matches %d cases, expected %d (%s)", u.Matched, u.Count, u.Reason)
	case undecided > 0:
		return ""
	case u.Matched > 0:
		return fmt.Sprintf("is stale: it matches %d cases, expected %d (%s)", u.Matched, u.Count, u.Reason)
	case failed > 0:
		return fmt.Sprintf("is stale: none of its cases fails with its value (%s)", u.Reason)
	}
	return fmt.Sprintf("is stale: another row matches all of its cases (%s)", u.Reason)
}
