package conformance

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
)

func TestSettle(t *testing.T) {
	outcomes := func() []Outcome {
		return []Outcome{{Case: "a/1", Verdict: Failed, Problems: []string{"at random"}, Wire: []Attempt{{}}},
			{Case: "a/2", Verdict: Failed, Problems: []string{"the first", "reports \"none\""}},
			{Case: "b/1", Verdict: Passed, Wire: []Attempt{{}}}, {Case: "b/2", Verdict: Failed},
			{Case: "e/1", Verdict: Skipped}, {Case: "e/2", Verdict: Observed}, {Case: "e/3", Verdict: NotRun}}
	}
	failed := func(at string) finding.Expected {
		return finding.Expected{Rule: finding.ConformFailed, Case: at, Reason: "r"}
	}
	flaky := func(at string) finding.Expected {
		return finding.Expected{Rule: finding.ConformFlaky, Case: at, Reason: "r"}
	}
	valued := func(at, value string) finding.Expected {
		return finding.Expected{Rule: finding.ConformFailed, Case: at, Value: value, Reason: "r"}
	}
	counted := func(at string, count int) finding.Expected {
		return finding.Expected{Rule: finding.ConformFailed, Case: at, Count: count, Reason: "r"}
	}
	until := func(at, day string) finding.Expected {
		return finding.Expected{Rule: finding.ConformFailed, Case: at, Expires: day, Reason: "r"}
	}
	const asIs = "FFPF"
	for _, v := range []struct {
		name     string
		rows     []finding.Expected
		problems []string
		verdicts string // of the first four: Failed, Passed, eXpected failure, flakY
	}{
		{"no row", nil, nil, asIs},
		{"a group that fails", []finding.Expected{failed("a/*")}, nil, "XXPF"},
		{"the same by its name", []finding.Expected{failed("a")}, nil, "XXPF"},
		{"one by one", []finding.Expected{failed("a/2"), failed("b/2"), failed("a/1")}, nil, "XXPX"},
		{"one that passes", []finding.Expected{failed("b/1")}, []string{"expected failure b/1 is stale: it passes (r)"}, asIs},
		{"over-broad", []finding.Expected{failed("b")}, []string{"expected failure b is over-broad: b/1 passes"}, "FFPX"},
		{"no such case", []finding.Expected{failed("c/*")}, []string{"expected failure c/* matches no case"}, asIs},
		{"no such flaky case", []finding.Expected{flaky("c/*")}, []string{"expected failure c/* matches no case"}, asIs},
		{"about a case that was left out", []finding.Expected{failed("d/*")}, nil, asIs},
		{"about cases of which nothing can be said", []finding.Expected{failed("e/1"), failed("e/2"), failed("e/3")}, nil, asIs},
		{"flaky", []finding.Expected{flaky("b/*")}, nil, "FFYY"},
		{"a row that a flaky one leaves nothing", []finding.Expected{failed("b/2"), flaky("b/2")}, []string{"expected failure b/2 is stale: another row matches all of its cases (r)"}, "FFPY"},
		{"flaky behind a pattern", []finding.Expected{failed("b/*"), flaky("b/1")}, nil, "FFYX"},
		{"by value", []finding.Expected{valued("a/1", "at random")}, nil, "XFPF"},
		{"by a value of several problems", []finding.Expected{valued("a/2", `~".*reports \\"none\\""`)}, nil, "FXPF"},
		{"by another value", []finding.Expected{valued("a/1", "in order")}, []string{"expected failure a/1 is stale: none of its cases fails with its value (r)"}, asIs},
		{"by a value that one of them has", []finding.Expected{valued("a/*", "at random")}, nil, "XFPF"},
		{"count", []finding.Expected{counted("a/*", 2)}, nil, "XXPF"},
		{"too many", []finding.Expected{counted("a/*", 1)}, []string{"expected failure a/* is over-broad: it matches 2 cases, expected 1 (r)"}, "XXPF"},
		{"too few", []finding.Expected{counted("a/*", 3)}, []string{"expected failure a/* is stale: it matches 2 cases, expected 3 (r)"}, "XXPF"},
		{"its last day", []finding.Expected{until("a/*", "2026-06-30")}, nil, "XXPF"},
		{"expired", []finding.Expected{until("a/*", "2026-06-29")}, []string{"expected failure a/* expired on 2026-06-29 (r)"}, asIs},
		{"a row of another command", []finding.Expected{{Rule: finding.TypeNull, Place: "**", Reason: "r"}, failed("a/*")}, nil, "XXPF"},
	} {
		t.Run(v.name, func(t *testing.T) {
			settled := outcomes()
			problems, err := settle(settled, []string{"d/1"}, v.rows, time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC))
			require.NoError(t, err)
			require.Equal(t, v.problems, problems)
			verdicts := ""
			for _, o := range settled[:4] {
				verdicts += map[Verdict]string{Failed: "F", Passed: "P", ExpectedFailure: "X", Flaky: "Y"}[o.Verdict]
			}
			require.Equal(t, v.verdicts, verdicts)
			for _, o := range settled {
				if o.Verdict == ExpectedFailure || o.Verdict == Flaky {
					require.Equal(t, "r", o.Reason)
					require.Nil(t, o.Wire, "nothing that may differ from run to run is left")
					require.Nil(t, o.Problems)
				}
			}
		})
	}
	_, err := settle(outcomes(), nil, []finding.Expected{counted("a/*", 1), counted("a/1", 1)}, time.Time{})
	require.ErrorContains(t, err, "two ignore rows may match the same finding")
}

// TestRunRefusesRows: before the client is started.
func TestRunRefusesRows(t *testing.T) {
	for _, row := range []finding.Expected{{Rule: finding.ConformFailed, Reason: "r"}, {Rule: finding.ConformFailed, Case: "a/b"}} {
		_, err := (&Plan{}).Run(t.Context(), &Process{Command: []string{"no-such-client"}}, Options{Expected: []finding.Expected{row}})
		require.ErrorContains(t, err, "row for conform.failed")
	}
}
