package traffic_test

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

// What stands in the fields of an error reaches whoever only prints it.
func TestErrorsSayTheirFields(t *testing.T) {
	for _, tc := range []struct {
		err  error
		says []string
	}{
		{&traffic.UnknownKindError{Source: "in", Looks: "XML", Remedy: "do so"}, []string{"in:", "XML", "do so"}},
		{&traffic.MalformedError{Source: "in", Line: 3, Column: 4, Problem: "odd", Remedy: "do so"}, []string{"in:3:4:", "odd", "do so"}},
		{&traffic.MalformedError{Source: "in", Problem: "odd", Remedy: "do so"}, []string{"in: odd", "do so"}},
		{&traffic.TooLargeError{Source: "in", What: "line 4", Limit: 64 << 20}, []string{"in:", "line 4", "64 MiB"}},
		{&traffic.OpenError{Path: "in", Err: fs.ErrNotExist, Remedy: "do so"}, []string{"in:", "not exist", "do so"}},
	} {
		for _, part := range tc.says {
			require.Contains(t, tc.err.Error(), part)
		}
	}
}
