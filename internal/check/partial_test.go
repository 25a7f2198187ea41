package check_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/partial"
	"github.com/crcheck/crcheck/internal/piece"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

// way is a kind of tally, and the one run that must have its result.
type way struct {
	kind    partial.Kind
	counter *partial.Counter
	whole   func(t *testing.T, in *input.Traffic) any
	result  func(*partial.Tally) any
}

func ways(t *testing.T) []way {
	c := contracts.MustLoad(contracts.Newest)
	loaded := []*schema.Contract{c}
	ledger, err := finding.NewLedger([]finding.Expected{
		{Rule: finding.EnumUnknownValue, Part: "output", Place: "/protectedJob/*", Reason: "known"},
		{Rule: finding.MemberUnknown, Part: "output", Place: "/nowhere", Reason: "stale"},
	})
	require.NoError(t, err)
	options := check.Options{Contracts: &models.InForce{Catalog: schema.NewCatalog(loaded...)}, Encoding: "http", Stderr: io.Discard,
		Accept: report.Acceptance{Ledger: ledger, Deviations: report.DeviationsHide, ListHidden: true}}
	plan, err := coverage.Compile(schema.NewCatalog(loaded...))
	require.NoError(t, err)

	validation, err := partial.NewCounter(partial.Validation, options)
	require.NoError(t, err)
	lint, err := partial.NewCounter(partial.Lint, options)
	require.NoError(t, err)
	drift, err := partial.NewDriftCounter(loaded, options)
	require.NoError(t, err)
	covered, err := partial.NewCoverageCounter(plan, check.Options{Cores: 1, Stderr: io.Discard})
	require.NoError(t, err)
	ctx := context.Background()
	return []way{
		{partial.Validation, validation, func(t *testing.T, in *input.Traffic) any {
			r, err := check.Traffic(ctx, in, options)
			require.NoError(t, err)
			return r
		}, func(tally *partial.Tally) any { return tally.Validation(report.FailOnError, false) }},
		{partial.Lint, lint, func(t *testing.T, in *input.Traffic) any {
			r, err := check.Cassettes(ctx, in, options)
			require.NoError(t, err)
			return r
		}, func(tally *partial.Tally) any { return tally.Lint(report.FailOnError, false) }},
		{partial.Drift, drift, func(t *testing.T, in *input.Traffic) any {
			r, err := check.Tally(ctx, in, loaded, options)
			require.NoError(t, err)
			return r
		}, func(tally *partial.Tally) any { return tally.Drift() }},
		{partial.Coverage, covered, func(t *testing.T, in *input.Traffic) any {
			tally, err := plan.Read(ctx, in, input.Work{})
			require.NoError(t, err)
			return tally.Report()
		}, func(tally *partial.Tally) any { return tally.Coverage() }},
	}
}

// archive writes recordings of all formats.
func archive(t *testing.T, r *rand.Rand) (paths []string) {
	folder := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(folder, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		paths = append(paths, path)
	}
	for i := range 3 {
		write(fmt.Sprintf("a/%d.ndjson", i), check.Recording(r, r.IntN(40)))
	}
	write("a.ndjson", strings.Repeat("\n", 50)+check.Recording(r, 20))
	write("b/zipped.ndjson.gz", check.Zipped(check.Recording(r, 30)))
	write("b/one.ndjson", check.Recording(r, 1))
	write("empty.ndjson", "")
	write("job.json", `{"protectedJob": {"status": "PAUSED"}}`)
	write("notes.txt", "no traffic\n")
	cassette, err := os.ReadFile("../../cassettes/get-protected-job.yaml")
	if err == nil {
		write("job.yaml", string(cassette))
	}
	slices.SortFunc(paths, piece.ComparePaths)
	return paths
}

// tallied counts every file in random ranges, some of which pass through their encoding.
func tallied(t *testing.T, r *rand.Rand, w way, paths []string) []*partial.Tally {
	var all []*partial.Tally
	for _, file := range input.Gather(nil, io.Discard, paths).Files {
		info, err := os.Stat(file.Name)
		require.NoError(t, err)
		step := int64(1 + r.IntN(int(info.Size())+200))
		if step < 40 || r.IntN(4) == 0 {
			step = 0
		}
		for start := int64(0); start <= 20*info.Size(); start += step { // compressed text is longer
			rng := piece.Range{Start: start, End: start + step}
			if step == 0 {
				rng = piece.All
			}
			tally, err := w.counter.File(t.Context(), file, rng)
			require.NoError(t, err, file.Name)
			if r.IntN(2) == 0 {
				tally = decoded(t, w, tally)
			}
			if all = append(all, tally); step == 0 {
				break
			}
		}
	}
	return all
}

func decoded(t *testing.T, w way, tally *partial.Tally) *partial.Tally {
	text, err := json.Marshal(tally)
	require.NoError(t, err)
	read, err := w.counter.Decode(text)
	require.NoError(t, err)
	again, err := json.Marshal(read)
	require.NoError(t, err)
	require.True(t, string(text) == string(again), cmp.Diff(strings.Split(string(text), ","), strings.Split(string(again), ",")))
	return read
}

// TestPieces checks that any split of the traffic, merged in any order and any tree, has the result of
// one run, byte for byte.
func TestPieces(t *testing.T) {
	all := ways(t)
	seeds := uint64(6)
	if testing.Short() {
		seeds = 2
	}
	for seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 1))
		paths := archive(t, r)
		for _, w := range all {
			t.Run(fmt.Sprintf("%s %d", w.kind, seed), func(t *testing.T) {
				some := paths
				if w.kind == partial.Drift || w.kind == partial.Coverage { // they end at a file that is not traffic
					some = slices.DeleteFunc(slices.Clone(paths), func(path string) bool { return strings.Contains(path, "notes") || strings.Contains(path, "empty") })
				}
				want, err := json.MarshalIndent(w.whole(t, input.Gather(nil, io.Discard, some)), "", " ")
				require.NoError(t, err)
				for range 2 {
					parts := tallied(t, r, w, some)
					for len(parts) > 1 { // any tree of merges
						i, j := r.IntN(len(parts)), r.IntN(len(parts))
						if i == j {
							continue
						}
						require.NoError(t, parts[i].Merge(parts[j]))
						parts = slices.Delete(parts, j, j+1)
					}
					require.NoError(t, parts[0].Merge(w.counter.New()))
					require.Empty(t, parts[0].Missing())
					got, err := json.MarshalIndent(w.result(parts[0]), "", " ")
					require.NoError(t, err)
					require.Empty(t, cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")))
				}
			})
		}
	}
}
