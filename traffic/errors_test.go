package traffic_test

import (
	"errors"
	"io/fs"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

// TestErrorsSayTheirFields checks that a caller that only prints an error shows its fields, and
// that each reason includes those it should.
func TestErrorsSayTheirFields(t *testing.T) {
	for _, tc := range []struct {
		name string
		err  traffic.Error
		says []string
		is   []error
	}{
		{"unknown format", traffic.Error{Reason: traffic.ErrUnknownFormat, Source: "in", Problem: "XML"}, []string{"in: XML"}, nil},
		{"malformed", traffic.Error{Reason: traffic.ErrMalformed, Source: "in", Line: 3, Column: 4, Problem: "odd"}, []string{"in:3:4: odd"}, nil},
		{"nowhere", traffic.Error{Reason: traffic.ErrMalformed, Source: "in", Problem: "odd"}, []string{"in: odd"}, nil},
		{"odd entry", traffic.Error{Reason: traffic.ErrOddEntry, Source: "in", Problem: "odd"}, []string{"in: odd"}, []error{traffic.ErrMalformed}},
		{"unread entry", traffic.Error{Reason: traffic.ErrUnreadEntry, Source: "in", Problem: "odd"}, []string{"in: odd"}, []error{traffic.ErrMalformed, traffic.ErrOddEntry}},
		{"too large", traffic.Error{Reason: traffic.ErrTooLarge, Source: "in", Problem: "line 4", Limit: 64 << 20}, []string{"in: line 4", "64 MiB"}, nil},
		{"unreadable", traffic.Error{Reason: traffic.ErrUnreadable, Source: "in", Err: fs.ErrNotExist}, []string{"in: file does not exist"}, []error{fs.ErrNotExist}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.err.Remedy = "do so"
			for _, part := range append(tc.says, "do so") {
				require.Contains(t, tc.err.Error(), part)
			}
			all := []error{traffic.ErrUnknownFormat, traffic.ErrMalformed, traffic.ErrOddEntry, traffic.ErrUnreadEntry, traffic.ErrTooLarge, traffic.ErrUnreadable, fs.ErrNotExist}
			for _, reason := range all {
				require.Equal(t, reason == tc.err.Reason || slices.Contains(tc.is, reason), errors.Is(&tc.err, reason), reason)
			}
		})
	}
}
