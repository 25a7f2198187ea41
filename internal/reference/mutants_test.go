package reference

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/schema/contracts"
)

var update = flag.Bool("update", false, "rewrite testdata")

// plan is the built-in suite, loaded once.
var plan = sync.OnceValues(func() (*conformance.Plan, error) {
	suite := conformance.Builtin()
	return conformance.Load(suite, cassettes.Embedded(), contracts.MustLoad(suite.Operation))
})

// failing runs the built-in suite and returns the cases that did not pass.
func failing(ctx context.Context, mutant string) ([]string, error) { return failingOf(ctx, mutant, "") }

// failingOf is like failing, for the cases whose names match.
func failingOf(ctx context.Context, mutant, cases string) ([]string, error) {
	plan, err := plan()
	if err != nil {
		return nil, err
	}
	results, err := plan.Select(cases).Run(ctx, New(mutant), conformance.Options{})
	if err != nil {
		return nil, err
	}
	if results.Ended != "" {
		return nil, errors.New(results.Ended)
	}
	var failed []string
	for _, o := range results.Outcomes {
		if o.Verdict != conformance.Passed {
			failed = append(failed, o.Case)
		}
	}
	return failed, nil
}

// failures runs all mutants, several at a time, since they mostly wait. The mutant without backoff
// runs alone, because others could delay its retries. Its case is repeated until it fails, since a
// busy machine may delay them as well.
func failures(t *testing.T) [][]string {
	const atATime = 6
	failed, errs := make([][]string, len(mutants)), make([]error, len(mutants))
	next := make(chan int)
	var workers sync.WaitGroup
	for range atATime {
		workers.Go(func() {
			for i := range next {
				failed[i], errs[i] = failing(t.Context(), mutants[i].Name)
			}
		})
	}
	alone := -1
	for i, m := range mutants {
		if m.Name == noBackoff {
			alone = i
			continue
		}
		next <- i
	}
	close(next)
	workers.Wait()
	failed[alone], errs[alone] = failing(t.Context(), noBackoff)
	for try := 0; try < 300 && len(failed[alone]) == 0 && errs[alone] == nil; try++ {
		failed[alone], errs[alone] = failingOf(t.Context(), noBackoff, "retry/backoff")
	}
	require.NoError(t, errors.Join(errs...))
	return failed
}

// retry repeats cases that differ from the golden file, alone and up to five times: on a busy
// machine, a call of some cases may time out.
func retry(t *testing.T, failed [][]string, golden string, order []conformance.Outcome) {
	listed := map[string][]string{}
	name := ""
	for _, line := range strings.Split(golden, "\n") {
		if found, ok := strings.CutPrefix(line, "  "); ok {
			listed[name] = append(listed[name], found)
		} else {
			name, _, _ = strings.Cut(line, ":")
		}
	}
	for i, m := range mutants {
		for try := 0; try < 5; try++ {
			for _, c := range slices.Concat(failed[i], listed[m.Name]) {
				if slices.Contains(failed[i], c) == slices.Contains(listed[m.Name], c) || slices.Contains(listed[m.Name], tooMany) {
					continue
				}
				now, err := failingOf(t.Context(), m.Name, c)
				require.NoError(t, err)
				failed[i] = slices.DeleteFunc(failed[i], func(n string) bool { return n == c })
				failed[i] = append(failed[i], now...)
			}
		}
		at := func(name string) int {
			return slices.IndexFunc(order, func(o conformance.Outcome) bool { return o.Case == name })
		}
		slices.SortFunc(failed[i], func(a, b string) int { return at(a) - at(b) })
	}
}

const tooMany = "too many to count"

// TestClean checks that the client without a bug passes every case, including those that only
// observe. The suite is the test of this client.
func TestClean(t *testing.T) {
	failed, err := failing(t.Context(), "")
	require.NoError(t, err)
	require.Empty(t, failed)
}

// TestMutants tests the suite: it must detect each of the bugs, which authors of clients really
// write, and each case must detect a bug that counts. A bug that fails more than a quarter of the
// cases does not count, since almost any case detects it. The golden file lists the failing cases
// of each bug.
func TestMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it runs the suite against every mutant")
	}
	const at = "testdata/mutants.txt"
	plan, err := plan()
	require.NoError(t, err)
	clean, err := plan.Run(t.Context(), New(""), conformance.Options{})
	require.NoError(t, err)
	failed := failures(t)
	want, err := os.ReadFile(at)
	require.True(t, err == nil || *update, "%v", err)
	retry(t, failed, string(want), clean.Outcomes)
	var golden strings.Builder
	kills := map[string]int{}
	killed, counting := 0, 0
	for i, m := range mutants {
		require.NotEmpty(t, m.Models, m.Name)
		cases := failed[i]
		counts := 4*len(cases) <= len(clean.Outcomes)
		if len(cases) > 0 {
			killed++
		}
		fmt.Fprintf(&golden, "%s: %d\n", m.Name, len(cases))
		if !counts {
			fmt.Fprintf(&golden, "  %s\n", tooMany)
			continue
		}
		counting++
		for _, name := range cases {
			kills[name]++
			fmt.Fprintf(&golden, "  %s\n", name)
		}
	}
	var idle []string
	for _, c := range clean.Outcomes {
		if kills[c.Case] == 0 && c.Level != "observe" {
			idle = append(idle, c.Case)
		}
	}
	t.Logf("mutation score: %d of %d killed, %d of them count; %d of %d cases detect none", killed, len(mutants), counting, len(idle), len(clean.Outcomes))
	for i, m := range mutants {
		require.NotEmpty(t, failed[i], "no case detects the bug %s: %s", m.Name, m.Models)
	}
	require.Empty(t, idle, "these cases do not detect any bug that counts")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(at, []byte(golden.String()), 0o644))
	}
	want, err = os.ReadFile(at)
	require.NoError(t, err)
	if diff := cmp.Diff(string(want), golden.String()); diff != "" {
		t.Error("rewrite with -update\n", diff)
	}
}

func TestMutantNames(t *testing.T) {
	names := map[string]bool{}
	for _, m := range Mutants() {
		require.False(t, names[m.Name], m.Name)
		names[m.Name] = true
	}
	require.Panics(t, func() { New("no such bug") })
}

// TestDocs checks the numbers of cases and bugs in docs/cases.md.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile("../../docs/cases.md")
	require.NoError(t, err)
	require.Contains(t, string(page), fmt.Sprintf("The built-in suite, %d cases,", conformance.Builtin().Len()))
	require.Contains(t, string(page), fmt.Sprintf("and has %d bugs", len(Mutants())))
}
