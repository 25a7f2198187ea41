package conformance_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/conformance/sdkgo"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/installed"
	"github.com/crcheck/crcheck/internal/reference"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/schema/source"
)

// generated is the cases of the newest built-in contract.
func generated(t testing.TB) *conformance.Plan {
	t.Helper()
	plan, err := conformance.Generate([]*schema.Contract{contracts.MustLoad(contracts.Newest)}, 0)
	require.NoError(t, err)
	return plan
}

// TestGeneratedReference: the right client passes every generated case, which
// show it the whole contract, and bugs of every kind are found.
func TestGeneratedReference(t *testing.T) {
	plan := generated(t)
	results := run(t, plan, reference.New(""), conformance.Options{})
	require.Equal(t, plan.Len(), results.Count(conformance.Passed))
	require.Equal(t, 100, results.Coverage.Percent)
	for _, bug := range []string{"closed-enum", "enum-as-identifier", "model-before-1.42.91", "constraints-checked", "unknown-member-fails", "null-member-fails",
		"required-member-fails", "empty-collection-is-absent", "union-null-counts", "unknown-union-member-fails", "union-unknown-dropped", "timestamp-integer-only",
		"int32-integers", "non-numeric-floats-fail", "error-header-ignored", "error-fields-dropped", "unmodelled-error-is-unknown", "limit-counts-retries", "not-signed"} {
		results, err := plan.Run(t.Context(), reference.New(bug), conformance.Options{})
		require.NoError(t, err)
		require.NotZero(t, results.Count(conformance.Failed), bug)
	}
}

// TestGeneratedWire: what clients change between the connection and the caller is found.
func TestGeneratedWire(t *testing.T) {
	plan := generated(t).Select("*/wire", "*/status", "*/retry")
	for bug, failing := range map[string]string{
		"nesting-of-100":             "GetProtectedJob/wire/nested-120",
		"bodies-of-128-kib":          "GetProtectedJob/wire/200-kib",
		"first-line-only":            "GetProtectedJob/wire/white-space",
		"error-namespace-kept":       "GetProtectedJob/wire/error/header",
		"error-code-ignored":         "GetProtectedJob/wire/error/code",
		"error-type-ignored":         "GetProtectedJob/wire/error/type",
		"unknown-error-members-kept": "GetProtectedJob/wire/error/unknown-members",
		"one-throttling-code":        "GetProtectedJob/retry/TooManyRequestsException",
		"request-timeout-is-final":   "GetProtectedJob/retry/RequestTimeoutException",
		"retries-on-4xx":             "GetProtectedJob/retry/not-of-unknown",
		"success-is-200-to-204":      "GetProtectedJob/status/299",
		"success-below-400":          "GetProtectedJob/status/304",
		"empty-error-is-its-status":  "GetProtectedJob/status/404-empty",
		"empty-body-fails":           "GetProtectedJob/status/204",
		"error-body-must-be-json":    "GetProtectedJob/status/403-html",
		"fraction-sign-lost":         "GetProtectedJob/wire/time/protectedJob/createTime/negative-fraction",
		"map-keys-in-small-letters":  "GetProtectedJob/wire/map/protectedJob/computeConfiguration/worker/properties/spark/keys",
		"throttling-by-status-only":  "GetProtectedJob/retry/Throttling",
	} {
		t.Run(bug, func(t *testing.T) {
			results, err := plan.Run(t.Context(), reference.New(bug), conformance.Options{})
			require.NoError(t, err)
			var failed []string
			for _, o := range results.Outcomes {
				if o.Verdict == conformance.Failed {
					failed = append(failed, o.Case)
				}
			}
			require.Contains(t, failed, failing)
			require.Less(t, len(failed), plan.Len())
		})
	}
}

// TestGeneratedSeed: the same seed makes the same report, and the identifiers
// follow from it.
func TestGeneratedSeed(t *testing.T) {
	report := func(seed uint64) string {
		results := run(t, generated(t), reference.New("closed-enum"), conformance.Options{Seed: seed})
		var text bytes.Buffer
		require.NoError(t, report.Conformance(&text, results))
		return text.String()
	}
	require.Equal(t, report(7), report(7))
	require.NotEqual(t, report(7), report(8))
}

// TestGeneratedGo: what the AWS SDK for Go gets wrong of them.
func TestGeneratedGo(t *testing.T) {
	text, err := os.ReadFile("sdkgo/expected-failures-generated.yaml")
	require.NoError(t, err)
	known, err := finding.ReadRows("expected-failures-generated.yaml", text)
	require.NoError(t, err)
	results, err := generated(t).Run(t.Context(), sdkgo.New(), conformance.Options{Expected: known})
	require.NoError(t, err)
	require.Empty(t, results.Unmet)
	for _, o := range results.Outcomes {
		require.NotEqual(t, conformance.Failed, o.Verdict, "%s: %v", o.Case, o.Problems)
	}
	require.True(t, results.Passes())
}

// TestGeneratedOtherOperation: who calls one operation skips the others and says why.
func TestGeneratedOtherOperation(t *testing.T) {
	one := contracts.MustLoad(contracts.Newest)
	other := one.Clone()
	other.Operation = "GetOtherJob"
	plan, err := conformance.Generate([]*schema.Contract{one, other}, 1)
	require.NoError(t, err)
	for _, client := range []*conformance.Func{reference.New(""), sdkgo.New()} {
		results, err := plan.Run(t.Context(), client, conformance.Options{})
		require.NoError(t, err)
		require.Equal(t, conformance.Passed, results.Outcomes[0].Verdict)
		require.Equal(t, conformance.Skipped, results.Outcomes[1].Verdict)
		require.Contains(t, results.Outcomes[1].Reason, "cleanrooms.GetProtectedJob alone")
	}
}

// TestGeneratedBoto3 runs boto3 against cases of every operation of Clean Rooms,
// and of services of the other protocols, by the models that it has itself. Where
// those are not at hand, the built-in contract stands for all.
func TestGeneratedBoto3(t *testing.T) {
	python := filepath.Join(installed.Folder(t, adapters[0].recipe), "bin", "python")
	services := map[string]struct {
		limit int
	}{"cleanrooms": {12}, "dynamodb": {8}, "lexv2-runtime": {20}}
	for service, of := range services {
		t.Run(service, func(t *testing.T) {
			all := []*schema.Contract{contracts.MustLoad(contracts.Newest)}
			text, err := os.ReadFile("../../shared/data/models/" + service + "-1.43.67.service-2.json")
			switch {
			case errors.Is(err, fs.ErrNotExist) && service != "cleanrooms":
				t.Skip("skipped: the model is not at hand")
			case !errors.Is(err, fs.ErrNotExist):
				require.NoError(t, err)
				derived, err := source.Read(text, "")
				require.NoError(t, err)
				all = derived.Contracts
			}
			plan, err := conformance.Generate(all, of.limit)
			require.NoError(t, err)
			results, err := plan.Run(t.Context(), &conformance.Process{Command: []string{python, "../clients/python/adapter.py"}}, conformance.Options{})
			require.NoError(t, err)
			require.Empty(t, results.Ended)
			require.Zero(t, results.Count(conformance.Skipped))
			for _, o := range results.Outcomes {
				require.Contains(t, []conformance.Verdict{conformance.Passed, conformance.Observed}, o.Verdict, "%s: %s", o.Case, strings.Join(o.Problems, "\n"))
			}
			t.Logf("%s: %d operations, %d cases", service, results.Generated.Operations, len(results.Outcomes))
		})
	}
}

// TestGeneratedAdapters runs the adapters of SDKs with a package for each service against cases of
// every operation of Clean Rooms, and lists the failures that are the SDK's own. The model is older
// than the SDKs, which know all of it.
func TestGeneratedAdapters(t *testing.T) {
	text, err := os.ReadFile("../../shared/data/models/cleanrooms-1.37.15.service-2.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("skipped: the model is not at hand")
	}
	require.NoError(t, err)
	derived, err := source.Read(text, "")
	require.NoError(t, err)
	plan, err := conformance.Generate(derived.Contracts, 80)
	require.NoError(t, err)
	for _, a := range adapters[1:3] { // JavaScript and Java
		t.Run(a.name(), func(t *testing.T) {
			results, err := plan.Run(t.Context(), a.process(t), conformance.Options{Expected: a.known(t, "expected-failures-generated.yaml")})
			require.NoError(t, err)
			for _, o := range results.Outcomes {
				require.Contains(t, []conformance.Verdict{conformance.Passed, conformance.Observed, conformance.ExpectedFailure}, o.Verdict, "%s: %s%v", o.Case, o.Reason, o.Problems)
			}
			require.Empty(t, results.Unmet)
			require.True(t, results.Passes(), results.Ended)
		})
	}
}

// BenchmarkGenerated runs generated cases against the reference client, and makes
// them.
func BenchmarkGenerated(b *testing.B) {
	b.Run("run", func(b *testing.B) {
		plan := generated(b)
		b.ReportAllocs()
		for b.Loop() {
			results, err := plan.Run(b.Context(), reference.New(""), conformance.Options{})
			require.NoError(b, err)
			require.True(b, results.Passes())
		}
		b.ReportMetric(float64(plan.Len()*b.N)/b.Elapsed().Seconds(), "cases/s")
	})
	b.Run("make", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			generated(b)
		}
	})
}

// A contract is enough to test a client: here one that fails when an enum has a
// new value.
func ExampleGenerate() {
	contract := contracts.MustLoad("cleanrooms.GetProtectedJob")
	plan, err := conformance.Generate([]*schema.Contract{contract}, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	plan = plan.Select("*/output/protectedJob/status")
	results, err := plan.Run(context.Background(), reference.New("closed-enum"), conformance.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range results.Outcomes {
		fmt.Println(o.Case, o.Verdict)
	}
	// Output:
	// GetProtectedJob/output/protectedJob/status/STARTED passed
	// GetProtectedJob/output/protectedJob/status/CANCELLED passed
	// GetProtectedJob/output/protectedJob/status/CANCELLING passed
	// GetProtectedJob/output/protectedJob/status/FAILED passed
	// GetProtectedJob/output/protectedJob/status/SUCCESS passed
	// GetProtectedJob/output/protectedJob/status/member.missing/absent passed
	// GetProtectedJob/output/protectedJob/status/member.missing/null passed
	// GetProtectedJob/output/protectedJob/status/enum.unknown-value/unknown-value failed
}

// swapping is a client that takes members for their neighbours.
type swapping struct {
	conformance.Client
	input, output [2]string // names of members; of the output, of the job
}

func (s swapping) Call(ctx context.Context, call conformance.Call) (*conformance.Result, error) {
	call.Input = swapped(call.Input, s.input)
	result, err := s.Client.Call(ctx, call)
	var output map[string]json.RawMessage
	if err == nil && json.Unmarshal(result.Output, &output) == nil && output["protectedJob"] != nil {
		output["protectedJob"] = swapped(output["protectedJob"], s.output)
		result.Output, err = json.Marshal(output)
	}
	return result, err
}

func swapped(text json.RawMessage, names [2]string) json.RawMessage {
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil || members[names[0]] == nil || members[names[1]] == nil {
		return text
	}
	members[names[0]], members[names[1]] = members[names[1]], members[names[0]]
	text, _ = json.Marshal(members)
	return text
}

// TestGeneratedSwaps: members of one shape have different values, so that who
// takes one for the other is found out.
func TestGeneratedSwaps(t *testing.T) {
	plan := generated(t)
	for _, v := range []struct{ input, output [2]string }{
		{input: [2]string{"membershipIdentifier", "protectedJobIdentifier"}},
		{output: [2]string{"id", "membershipId"}},
	} {
		results, err := plan.Run(t.Context(), swapping{reference.New(""), v.input, v.output}, conformance.Options{})
		require.NoError(t, err)
		require.Greater(t, results.Count(conformance.Failed), plan.Len()/10, v)
	}
}
