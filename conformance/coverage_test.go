package conformance_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/conformance/reference"
	"github.com/crcheck/crcheck/schema/contracts"
)

// covered plays the cases that match a pattern by a contract.
func covered(t *testing.T, contract, pattern string) *conformance.Coverage {
	t.Helper()
	plan, err := conformance.Load(conformance.Builtin().Select(pattern), cassettes.Embedded(), contracts.MustLoad(contract))
	require.NoError(t, err)
	results, err := plan.Run(t.Context(), reference.New(""), conformance.Options{})
	require.NoError(t, err)
	return results.Coverage
}

// TestCoverage: what the suite plays shows all of each built-in contract:
// members present, absent and null, union members, enum values, errors, statuses.
func TestCoverage(t *testing.T) {
	for _, source := range contracts.Sources() {
		t.Run(source.Name(), func(t *testing.T) {
			v := covered(t, source.Name(), "")
			for _, share := range v.Shares() {
				require.Positive(t, share.Total, share.Name)
				require.Empty(t, share.Missing, share.Name)
			}
			require.Equal(t, 100, v.Percent())
		})
	}
}

// TestCoverageOfPart: what is not played is missing, by its address.
func TestCoverageOfPart(t *testing.T) {
	v := covered(t, contracts.Newest, "status/failed")
	require.Contains(t, v.Members.Missing, "output#/protectedJob/result")
	require.NotContains(t, v.Members.Missing, "output#/protectedJob/error")
	require.Contains(t, v.Absent.Missing, "output#/protectedJob/error absent")
	require.NotContains(t, v.Absent.Missing, "output#/protectedJob/result absent")
	require.NotContains(t, v.Absent.Missing, "output#/protectedJob/id absent", "it is required, so the contract knows no such answer")
	require.Contains(t, v.Null.Missing, "output#/protectedJob/result null")
	require.Contains(t, v.Unions.Missing, "output#/protectedJob/result/output/s3")
	require.Contains(t, v.Enums.Missing, "output#/protectedJob/status SUCCESS")
	require.Contains(t, v.Errors.Missing, "ThrottlingException")
	require.Contains(t, v.Statuses.Missing, "429")
	require.Less(t, v.Percent(), 50)

	// What the newer contract alone has, the earlier one does not ask for.
	require.Less(t, covered(t, "cleanrooms.GetProtectedJob@1.42.90", "status").Members.Total, v.Members.Total)
}

// TestWhatArrivesIsPlayed: an answer that a fault lets through counts as played,
// with its status; one that it spoils does not.
func TestWhatArrivesIsPlayed(t *testing.T) {
	for pattern, played := range map[string]bool{"transport/chunked": true, "transport/truncated-chunks": false} {
		plan, err := conformance.Load(conformance.Builtin().Select(pattern), cassettes.Embedded(), contracts.MustLoad(contracts.Newest))
		require.NoError(t, err)
		results, err := plan.Run(t.Context(), reference.New(""), conformance.Options{})
		require.NoError(t, err)
		require.Equal(t, played, results.Coverage.Statuses.Played == 1, pattern)
		attempt := results.Outcomes[0].Wire[0]
		require.NotEmpty(t, attempt.Fault)
		require.Equal(t, played, attempt.Status == 200, pattern)
		if played {
			require.Contains(t, attempt.String(), "→ 200 by chunked")
		}
	}
}
