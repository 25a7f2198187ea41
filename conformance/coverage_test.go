package conformance_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/reference"
	"github.com/crcheck/crcheck/schema/contracts"
)

// covered plays the cases that match a pattern by a contract.
func covered(t *testing.T, contract, pattern string) *coverage.Summary {
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
			require.Len(t, v.Shares(), 9, "every kind of point")
			for _, share := range v.Shares() {
				require.Empty(t, share.Missing, share.Kind)
			}
			require.Equal(t, 100, v.Percent)
		})
	}
}

// TestCoverageOfPart: what is not played is missing, by its address.
func TestCoverageOfPart(t *testing.T) {
	v := covered(t, contracts.Newest, "status/failed")
	missing := map[coverage.Kind][]string{}
	for _, share := range v.Shares() {
		missing[share.Kind] = share.Missing
	}
	require.Contains(t, missing[coverage.Members], "output#/protectedJob/result")
	require.NotContains(t, missing[coverage.Members], "output#/protectedJob/error")
	require.Contains(t, missing[coverage.Absent], "output#/protectedJob/error absent")
	require.NotContains(t, missing[coverage.Absent], "output#/protectedJob/result absent")
	require.NotContains(t, missing[coverage.Absent], "output#/protectedJob/id absent", "it is required, so the contract knows no such answer")
	require.Contains(t, missing[coverage.Nulls], "output#/protectedJob/result null")
	require.Contains(t, missing[coverage.UnionMembers], "output#/protectedJob/result/output/s3")
	require.Contains(t, missing[coverage.EnumValues], "output#/protectedJob/status SUCCESS")
	require.Contains(t, missing[coverage.Errors], "ThrottlingException")
	require.Contains(t, missing[coverage.Statuses], "429")
	require.Less(t, v.Percent, 50)

	// What the newer contract alone has, the earlier one does not ask for.
	require.Less(t, covered(t, "cleanrooms.GetProtectedJob@1.42.90", "status").Shares()[0].Total, v.Shares()[0].Total)
}

// TestWhatArrivesIsPlayed: an answer that a fault lets through counts as played,
// with its status; one that it spoils does not.
func TestWhatArrivesIsPlayed(t *testing.T) {
	for pattern, played := range map[string]bool{"transport/chunked": true, "transport/truncated-chunks": false} {
		plan, err := conformance.Load(conformance.Builtin().Select(pattern), cassettes.Embedded(), contracts.MustLoad(contracts.Newest))
		require.NoError(t, err)
		results, err := plan.Run(t.Context(), reference.New(""), conformance.Options{})
		require.NoError(t, err)
		require.Equal(t, played, results.Coverage.Contracts[0].Answers == 1, pattern)
		require.Equal(t, played, results.Coverage.Percent > 0, pattern)
		attempt := results.Outcomes[0].Wire[0]
		require.NotEmpty(t, attempt.Fault)
		require.Equal(t, played, attempt.Status == 200, pattern)
		if played {
			require.Contains(t, attempt.String(), "→ 200 by chunked")
		}
	}
}
