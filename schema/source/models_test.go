package source_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/crcheck/crcheck/schema/source/botocore"
	"github.com/crcheck/crcheck/schema/source/internal/sourcetest"
	"github.com/crcheck/crcheck/schema/source/page"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

// sharedModel reads a model of the reference material, by operation.
func sharedModel(t testing.TB, service, version string) map[string]*schema.Contract {
	t.Helper()
	read, err := botocore.Read(sourcetest.SharedFile(t, "data/models/"+service+"-"+version+".service-2.json"), version)
	require.NoError(t, err)
	operations := map[string]*schema.Contract{}
	for _, c := range read {
		require.NoError(t, c.Check())
		require.Equal(t, service, c.Service)
		operations[c.Operation] = c
	}
	return operations
}

// sharedServices has the number of operations of each model.
var sharedServices = map[string]int{"bedrock-runtime": 11, "cleanrooms": 100, "dynamodb": 58, "kinesis": 39, "lexv2-runtime": 6}

// TestPagesAndModels reads every page of the reference material and the model
// that it was generated from: on what both speak of, they agree.
func TestPagesAndModels(t *testing.T) {
	var pages, facets int
	for service, operations := range sharedServices {
		model := sharedModel(t, service, "1.43.67")
		require.Len(t, model, operations, service)
		paths, err := filepath.Glob(sourcetest.Shared(t, "data/pages", service, "*.rst"))
		require.NoError(t, err)
		for _, path := range paths {
			document, err := os.ReadFile(path)
			require.NoError(t, err)
			said, _, err := page.Read(document, "1.43.67")
			if errors.Is(err, page.ErrNoOperation) {
				continue
			}
			require.NoError(t, err, path)
			require.Contains(t, model, said.Operation)
			c := model[said.Operation]
			require.Empty(t, schema.Diff(said, c), c.Name())
			facets += spokenBoth(said, c)
			pages++
		}
	}
	t.Logf("%d pages and models agree on %d facets", pages, facets)
	require.Greater(t, pages, 200)
	require.Greater(t, facets, 10_000)
}

// spokenBoth counts the facets that both contracts state.
func spokenBoth(a, b *schema.Contract) (n int) {
	n = bothKnown(a, b)
	a.Walk(func(at schema.Place, s *schema.Shape, m *schema.Member) {
		other, member, ok := b.At(at)
		if !ok {
			return
		}
		n += bothKnown(s, other)
		if m != nil && member != nil {
			n += bothKnown(m, member)
		}
	})
	return n
}

// bothKnown counts the facets of two values of one type that are both known.
func bothKnown(a, b any) (n int) {
	x, y := reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem()
	for i := range x.NumField() {
		one, ok := x.Field(i).Interface().(interface{ Silent() bool })
		if ok && !one.Silent() && !y.Field(i).Interface().(interface{ Silent() bool }).Silent() {
			n++
		}
	}
	return n
}

// TestHistoryAndModels holds one operation's pages against the models of other
// versions: what changed between them is found, and nothing else.
func TestHistoryAndModels(t *testing.T) {
	for _, v := range []struct {
		page, model string
		want        []string
	}{
		{"1.37.15", "1.37.15", nil},
		{"1.43.67", "1.43.67", nil},
		{"1.42.28", "1.42.90", []string{"output#/protectedJob/jobParameters/parameters"}},
		{"1.37.15", "1.42.90", []string{"output#/protectedJob/jobParameters/parameters", "output#/protectedJob/computeConfiguration"}},
	} {
		t.Run(v.page+" "+v.model, func(t *testing.T) {
			page, _, err := page.Read(sourcetest.SharedFile(t, "data/history/get_protected_job-"+v.page+".rst"), v.page)
			require.NoError(t, err)
			var got []string
			for _, d := range schema.Diff(page, sharedModel(t, "cleanrooms", v.model)["GetProtectedJob"]) {
				require.Equal(t, "member", d.Facet)
				got = append(got, d.Place.String())
			}
			require.ElementsMatch(t, v.want, got, "page %s, model %s", v.page, v.model)
		})
	}
	require.True(t, sharedModel(t, "cleanrooms", "1.37.15")["GetProtectedJob"].Readonly.Silent(), "botocore had the trait from 1.40.37 on")
}

// TestContractsAndModels holds the built-in contracts, whose overlays were
// written by hand, against the models that they stand for.
func TestContractsAndModels(t *testing.T) {
	for _, version := range []string{"1.42.90", "1.43.67"} {
		t.Run(version, func(t *testing.T) {
			builtin, err := contracts.Load("cleanrooms.GetProtectedJob@" + version)
			require.NoError(t, err)
			model := sharedModel(t, "cleanrooms", version)["GetProtectedJob"]
			require.Empty(t, schema.Diff(builtin, model))
			facets := spokenBoth(builtin, model)
			t.Logf("%s agrees with its model on %d facets", version, facets)
			require.Greater(t, facets, 100)
		})
	}
}

// TestModelPatterns compiles the patterns of real models with the engines.
func TestModelPatterns(t *testing.T) {
	patterns, unsupported := map[string]bool{}, map[string]bool{}
	for service := range sharedServices {
		for _, c := range sharedModel(t, service, "1.43.67") {
			c.Walk(func(_ schema.Place, s *schema.Shape, _ *schema.Member) { patterns[s.Pattern.Or("")] = true })
			for _, f := range c.UnsupportedPatterns() {
				unsupported[f.Got] = true
			}
		}
	}
	delete(patterns, "")
	var names []string
	for name := range unsupported {
		names = append(names, name)
	}
	slices.Sort(names)
	t.Logf("%d patterns, unsupported: %q", len(patterns), names)
	require.Empty(t, names)
}
