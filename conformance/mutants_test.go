package conformance_test

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/internal/reference"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema/contracts"
)

func builtin(t testing.TB) *conformance.Plan {
	t.Helper()
	suite := conformance.Builtin()
	plan, err := conformance.Load(suite, cassettes.Embedded(), contracts.MustLoad(suite.Operation))
	require.NoError(t, err)
	return plan
}

// TestSameSeedSameReport: concurrency, ports and time leave no trace.
func TestSameSeedSameReport(t *testing.T) {
	report := func(seed uint64) []byte {
		results := run(t, builtin(t), reference.New("closed-enum"), conformance.Options{Seed: seed})
		var text, json bytes.Buffer
		require.NoError(t, report.Conformance(&text, results))
		require.NoError(t, report.ConformanceJSON(&json, results))
		return slices.Concat(text.Bytes(), json.Bytes())
	}
	require.Equal(t, string(report(7)), string(report(7)))
	require.NotEqual(t, string(report(7)), string(report(8)))
}

// TestRefusedPaths: a client may refuse identifiers that are no UUIDs, if it then
// sends nothing. One that sends them escapes them.
func TestRefusedPaths(t *testing.T) {
	const paths = "request/path-*"
	refuse := func(send bool) *conformance.Func {
		right := reference.New("")
		client := *right
		client.Do = func(ctx context.Context, call conformance.Call) *conformance.Result {
			if send {
				right.Do(ctx, call)
			}
			return &conformance.Result{Rejected: &conformance.Failure{Member: "membershipIdentifier"}}
		}
		return &client
	}
	for _, v := range []struct {
		name   string
		client *conformance.Func
		passed bool
	}{
		{"sends", reference.New(""), true},
		{"refuses", refuse(false), true},
		{"refuses what it sent", refuse(true), false},
		{"escapes wrongly", reference.New("path-escaped-twice"), false},
	} {
		t.Run(v.name, func(t *testing.T) {
			results, err := builtin(t).Select(paths).Run(t.Context(), v.client, conformance.Options{})
			require.NoError(t, err)
			require.Len(t, results.Outcomes, 5)
			for _, o := range results.Outcomes {
				require.Equal(t, v.passed, o.Verdict == conformance.Passed, o.Case)
			}
		})
	}
}

func TestRunSubtests(t *testing.T) {
	conformance.Run(t, reference.New(""))
}
