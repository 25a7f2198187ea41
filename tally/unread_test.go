package tally_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

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
		})
	}
}
