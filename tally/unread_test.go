package tally_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/tally"
	"github.com/crcheck/crcheck/traffic"
)

// TestReporting checks that each kind passes on what it cannot read of a file, with the line in the file.
func TestReporting(t *testing.T) {
	const text = "{\"protectedJob\":{}}\n\n{\"protectedJob\":{}}\n{\"crcheckInteraction\":1,\"response\":{\"status\":\"x\"}}\n{\"protectedJob\":{}}\n"
	for _, kind := range []tally.Kind{tally.Validation, tally.Drift, tally.Coverage, tally.Lint} {
		t.Run(string(kind), func(t *testing.T) {
			counter, err := tally.New(tally.Options{Kind: kind, Contracts: []*schema.Contract{contracts.MustLoad("cleanrooms.GetProtectedJob")}})
			require.NoError(t, err)
			var unread []error
			reporting := counter.Reporting(func(err error) { unread = append(unread, err) })
			open := func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
			sum := counter.Empty()
			for _, r := range []tally.Range{{Start: 0, End: 21}, {Start: 21}} {
				one, err := reporting.Read(context.Background(), "a.ndjson", open, r)
				require.NoError(t, err)
				require.NoError(t, sum.Merge(one))
			}
			require.Len(t, unread, 1)
			var odd *traffic.Error
			require.ErrorAs(t, unread[0], &odd)
			lines, interactions := sum.Before("a.ndjson", 21)
			require.Equal(t, []int{4, 2}, []int{lines + odd.Line, interactions + odd.Index})
		})
	}
}

// TestUnread checks that a report says that a file was not read.
func TestUnread(t *testing.T) {
	for _, kind := range []tally.Kind{tally.Validation, tally.Drift, tally.Coverage, tally.Lint} {
		t.Run(string(kind), func(t *testing.T) {
			counter, err := tally.New(tally.Options{Kind: kind, Contracts: []*schema.Contract{contracts.MustLoad("cleanrooms.GetProtectedJob")}})
			require.NoError(t, err)
			var unread []error
			broken := errors.New("broken")
			one, err := counter.Reporting(func(err error) { unread = append(unread, err) }).
				Read(context.Background(), "a.ndjson", func(context.Context) (io.ReadCloser, error) { return nil, broken }, tally.Range{})
			if kind == tally.Drift || kind == tally.Coverage {
				require.ErrorIs(t, err, broken)
				require.Empty(t, unread)
				one = counter.Empty()
				require.NoError(t, one.Unread("a.ndjson"))
			} else {
				require.NoError(t, err)
				require.Equal(t, []error{broken}, unread)
			}
			verdict, err := one.Report(io.Discard, tally.ReportOptions{})
			require.NoError(t, err)
			require.Equal(t, tally.Verdict("incomplete"), verdict)
			require.Len(t, one.Problems(), 1)
			status, err := one.ExitStatus(io.Discard, tally.ReportOptions{})
			require.NoError(t, err)
			require.Equal(t, 2, status)
		})
	}
}

// TestExitStatus checks that the exit status is that of the commands.
func TestExitStatus(t *testing.T) {
	const text = "{\"protectedJob\":{}}\n{\"protectedJob\":{}}\n"
	const none = `{"log":{"version":"1.2","entries":[]}}`
	for _, tc := range []struct {
		name, text, failOn string
		kind               tally.Kind
		want               int
	}{
		{"findings", text, "error", tally.Validation, 1},
		{"findings that do not matter", text, "never", tally.Validation, 0},
		{"nothing was checked", none, "error", tally.Validation, 2},
		{"deviations", text, "error", tally.Drift, 1},
		{"no deviations to count", none, "error", tally.Drift, 2},
		{"coverage", text, "error", tally.Coverage, 0},
		{"no response", none, "error", tally.Coverage, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			counter, err := tally.New(tally.Options{Kind: tc.kind, Contracts: []*schema.Contract{contracts.MustLoad("cleanrooms.GetProtectedJob")}})
			require.NoError(t, err)
			one, err := counter.Input(context.Background(), "a.ndjson", strings.NewReader(tc.text))
			require.NoError(t, err)
			status, err := one.ExitStatus(io.Discard, tally.ReportOptions{FailOn: tc.failOn})
			require.NoError(t, err)
			require.Equal(t, tc.want, status)
		})
	}
}

// TestToday checks that an ignore row that expired accepts nothing.
func TestToday(t *testing.T) {
	rows := []finding.Expected{{Rule: finding.MemberMissing, Place: finding.AnyPlace, Reason: "known", Expires: "2026-01-31"}}
	for _, tc := range []struct {
		name  string
		today time.Time
		want  int
	}{
		{"no day", time.Time{}, 0},
		{"the last day", time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC), 0},
		{"later", time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC), 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			counter, err := tally.New(tally.Options{Contracts: []*schema.Contract{contracts.MustLoad("cleanrooms.GetProtectedJob")}, Ignore: rows, Today: tc.today})
			require.NoError(t, err)
			one, err := counter.Input(context.Background(), "a.ndjson", strings.NewReader("{\"protectedJob\":{}}\n"))
			require.NoError(t, err)
			status, err := one.ExitStatus(io.Discard, tally.ReportOptions{})
			require.NoError(t, err)
			require.Equal(t, tc.want, status)
		})
	}
}
