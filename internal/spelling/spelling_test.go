package spelling_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/spelling"
)

// TestNearest checks which name a misspelled one means.
func TestNearest(t *testing.T) {
	commands := []string{"derive", "schema", "validate", "record", "replay", "drift", "cassette lint", "cassette recover"}
	names := []string{"cleanrooms.GetProtectedJob", "cleanrooms.GetMembership", "dynamodb.ListTables"}
	for _, v := range []struct {
		name  string
		known []string
		want  string
	}{
		{"vaildate", commands, "validate"},
		{"Validate", commands, "validate"},
		{"valid", commands, "validate"},
		{"dirve", commands, "derive"},
		{"drfit", commands, "drift"},
		{"re", commands, ""},
		{"rec", commands, "record"},
		{"lint", commands, "cassette lint"},
		{"int", commands, ""},
		{"recover", commands, "cassette recover"},
		{"frob", []string{"probe"}, ""},
		{"lint", append([]string{"live"}, commands...), "cassette lint"},
		{"frobnicate", commands, ""},
		{"", commands, ""},
		{"validate", nil, ""},
		{"cleanroom.GetProtectdJob", names, "cleanrooms.GetProtectedJob"},
		{"getprotectedjob", append([]string{"GetProtectedJob"}, names...), "GetProtectedJob"},
		{"GetProtectedJob", names, "cleanrooms.GetProtectedJob"},
		{"cleanrooms", names, ""},
		{"dynamodb", names, "dynamodb.ListTables"},
		{"strict", []string{"strict"}, "strict"},
		{"früh", []string{"früher"}, "früher"},
		{"\xff\xfe", commands, ""},
		{strings.Repeat("x", 2_000_000), []string{strings.Repeat("x", 2_000_001)}, ""},
	} {
		t.Run(v.name[:min(len(v.name), 40)], func(t *testing.T) {
			require.Equal(t, v.want, spelling.Nearest(v.name, v.known))
			hint := "; list them"
			if v.want != "" {
				hint = "; did you mean " + v.want + "?"
			}
			require.Equal(t, hint, spelling.Hint(v.name, v.known, "list them"))
		})
	}
	require.Empty(t, spelling.Hint("x", nil, ""))
}
