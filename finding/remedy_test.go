package finding

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRemedyFor: AWS cannot be told to correct what it sent, whoever stands in for
// it can, and without an origin the advice covers both.
func TestRemedyFor(t *testing.T) {
	for _, r := range Rules() {
		t.Run(string(r.ID), func(t *testing.T) {
			aws, emulator, fixtures, unknown := r.RemedyFor(OriginAWS), r.RemedyFor(OriginEmulator), r.RemedyFor(OriginFixtures), r.RemedyFor(OriginUnknown)
			require.Equal(t, r.Remedy, unknown)
			require.Equal(t, emulator, fixtures)
			require.True(t, strings.HasPrefix(unknown, emulator))
			for _, text := range []string{aws, emulator, unknown} {
				require.Regexp(t, `^[A-Z].*\.$`, text)
			}
			require.NotContains(t, aws, "If AWS")
			require.NotContains(t, emulator, "If AWS")
			if r.Layer != LayerSchema || r.ID == OracleDisagreement {
				return
			}
			require.NotContains(t, strings.ToLower(aws), "check the spelling")
			require.Contains(t, aws, "Clients will receive")
			if r.ID != MemberMissingCollection && r.ID != ConstraintEmpty { // what AWS does, not what its model gets wrong
				require.Contains(t, aws, "crcheck drift --propose")
				require.Contains(t, unknown, "crcheck drift --propose")
				require.Contains(t, unknown, "clients will receive")
			}
		})
	}
}
