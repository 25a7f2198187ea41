package conformance_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/reference"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

// run plays a plan against a client and measures the coverage.
func run(t *testing.T, plan *conformance.Plan, client conformance.Client, options conformance.Options) *report.SuiteRun {
	t.Helper()
	points, err := coverage.Compile(schema.NewCatalog(plan.Contracts()...))
	require.NoError(t, err)
	tally := points.NewTally()
	options.Played = tally.Response
	results, err := plan.Run(t.Context(), client, options)
	require.NoError(t, err)
	return &report.SuiteRun{Results: results, Coverage: tally.Report()}
}

// covered plays the cases that match a pattern and returns how much of a contract they cover.
func covered(t *testing.T, contract, pattern string) *coverage.Summary {
	t.Helper()
	plan, err := conformance.Load(conformance.Builtin().Select(pattern), cassettes.Embedded(), contracts.MustLoad(contract))
	require.NoError(t, err)
	return run(t, plan, reference.New(""), conformance.Options{}).Coverage
}

// TestCoverage checks that the built-in suite covers each built-in contract completely: members
// that are present, absent and null, union members, enum values, errors and statuses.
func TestCoverage(t *testing.T) {
	for _, name := range contracts.Names() {
		t.Run(name, func(t *testing.T) {
			v := covered(t, name, "")
			require.Len(t, v.Shares(), 9, "every kind of point")
			for _, share := range v.Shares() {
				require.Empty(t, share.Missing, share.Kind)
			}
			require.Equal(t, 100, v.Percent)
		})
	}
}

// TestCoverageOfPart checks that the points of cases that are not run are missing, by address.
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
	require.NotContains(t, missing[coverage.Absent], "output#/protectedJob/id absent", "it is required, so the contract allows no such response")
	require.Contains(t, missing[coverage.Nulls], "output#/protectedJob/result null")
	require.Contains(t, missing[coverage.UnionMembers], "output#/protectedJob/result/output/s3")
	require.Contains(t, missing[coverage.EnumValues], "output#/protectedJob/status SUCCESS")
	require.Contains(t, missing[coverage.Errors], "ThrottlingException")
	require.Contains(t, missing[coverage.Statuses], "429")
	require.Less(t, v.Percent, 50)

	// The earlier contract has fewer points.
	require.Less(t, covered(t, "cleanrooms.GetProtectedJob@1.42.90", "status").Shares()[0].Total, v.Shares()[0].Total)
}

// TestPlayed checks that a response counts as played, with its status, if its fault lets all of it
// through, and does not count otherwise.
func TestPlayed(t *testing.T) {
	for pattern, played := range map[string]bool{"transport/chunked": true, "transport/truncated-chunks": false} {
		t.Run(pattern, func(t *testing.T) {
			plan, err := conformance.Load(conformance.Builtin().Select(pattern), cassettes.Embedded(), contracts.MustLoad(contracts.Newest))
			require.NoError(t, err)
			results := run(t, plan, reference.New(""), conformance.Options{})
			require.Equal(t, played, results.Coverage.Contracts[0].Responses == 1)
			require.Equal(t, played, results.Coverage.Percent > 0)
			attempt := results.Outcomes[0].Wire[0]
			require.NotEmpty(t, attempt.Fault)
			require.Equal(t, played, attempt.Status == 200)
			if played {
				require.Contains(t, attempt.String(), "→ 200 by chunked")
			}
		})
	}
}
