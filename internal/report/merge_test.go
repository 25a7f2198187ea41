package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/piece"
)

// found is one thing that a collector gets.
type found struct {
	at       piece.At
	f        finding.Finding
	origin   finding.Origin
	redacted bool
}

// findingsOf returns findings in the order of their places, with more kinds than a collector keeps apart.
func findingsOf(r *rand.Rand) (all []found) {
	for source := range 3 {
		name := fmt.Sprintf("%d.ndjson", source)
		for index := range 40 {
			for range r.IntN(3) {
				f := finding.Finding{Rule: finding.EnumUnknownValue, Severity: finding.Severity(r.IntN(3)), Operation: "garden.GetBed", Source: name, Interaction: index + 1, Line: index + 1, Column: 1,
					Pointer: fmt.Sprintf("/m/k%d", r.IntN(20)), Shape: fmt.Sprintf("Bed$m%d", r.IntN(2)), Got: fmt.Sprint(r.IntN(2)), Message: fmt.Sprint(r.IntN(3))}
				if r.IntN(4) == 0 {
					f.Rule, f.Part = finding.MemberUnknown, "input"
				}
				if r.IntN(9) == 0 { // its cause depends on whether the values vary
					f.Rule, f.Pointer, f.Got = finding.ErrorUnmodeled, "", []string{"A", "A", "A", "B"}[r.IntN(1+3*(source/2))]
					f.Operation = fmt.Sprintf("garden.Get%d", r.IntN(3))
				}
				if r.IntN(6) == 0 {
					f.Test = fmt.Sprint("Test", r.IntN(5))
				}
				all = append(all, found{piece.At{Source: name, Index: index}, f, finding.Origin(r.IntN(3)), r.IntN(2) == 0})
			}
		}
	}
	return all
}

func (c *Collector) take(one found) {
	c.At, c.Origin, c.Redacted = one.at, one.origin, one.redacted
	c.Add(one.f, []byte("text"))
	switch {
	case one.f.Message == "0":
		c.Checked("garden.GetBed@1")
		c.Problem(fmt.Errorf("%s is cut off", one.at.Source))
	case one.f.Got == "0":
		c.Unrecognised([]string{one.f.Pointer[3:], "b", "c"})
		c.SharedProblem(one.at.Source, errors.New("no contract"))
	default:
		c.NotChecked("for a reason")
	}
}

// TestMerge checks that findings collected by any number of collectors, in any order, some of which are
// written and read, have the report of one that got them in order.
func TestMerge(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 2))
			ledger, err := finding.NewLedger([]finding.Expected{{Rule: finding.EnumUnknownValue, Part: "output", Place: "/m/k1*", Reason: "known"}})
			require.NoError(t, err)
			empty := func() *Collector {
				return &Collector{maxKinds: 1 + int(seed)%12, Accept: accepting(ledger.Fresh(), seed%2 == 0)}
			}
			all := findingsOf(r)
			one := empty()
			for _, f := range all {
				one.take(f)
			}
			parts := make([]*Collector, 1+r.IntN(5))
			for i := range parts {
				parts[i] = empty()
			}
			shuffled := r.Perm(len(all))
			if r.IntN(2) == 0 { // findings of one interaction come together, in their order
				shuffled = nil
				for i := range all {
					shuffled = append(shuffled, i)
				}
			}
			owner := map[piece.At]int{}
			byAt := map[piece.At][]found{}
			var order []piece.At
			for _, f := range all {
				byAt[f.at] = append(byAt[f.at], f)
			}
			for _, i := range shuffled {
				at := all[i].at
				if _, known := owner[at]; !known {
					owner[at] = r.IntN(len(parts))
					order = append(order, at)
				}
			}
			for _, at := range order {
				for _, f := range byAt[at] {
					parts[owner[at]].take(f)
				}
			}
			sum := empty()
			for i, p := range parts {
				if i%2 == 0 {
					text, err := json.Marshal(p)
					require.NoError(t, err)
					read := empty()
					require.NoError(t, json.Unmarshal(text, read))
					p = read
				}
				sum.Merge(p)
			}
			sum.Merge(empty())
			one.Pieces, sum.Pieces = &piece.Set{}, &piece.Set{}
			want, err := json.Marshal(one.Report(nil, FailOnError))
			require.NoError(t, err)
			got, err := json.Marshal(sum.Report(nil, FailOnError))
			require.NoError(t, err)
			require.JSONEq(t, string(want), string(got))
		})
	}
}

// accepting returns an acceptance that hides something of every kind.
func accepting(ledger *finding.Ledger, requests bool) Acceptance {
	return Acceptance{Ledger: ledger, ResponsesOnly: requests, Deviations: DeviationsHide, ListHidden: true}
}

// TestMaxKinds checks that a collector does not grow with the kinds of findings, and counts them all.
func TestMaxKinds(t *testing.T) {
	var c Collector
	const n = 2*MaxKinds + 7
	for i := range n {
		c.Add(finding.Finding{Rule: finding.TypeNull, Severity: finding.Error, Operation: "garden.GetBed", Pointer: fmt.Sprintf("/m/k%d", i)}, nil)
	}
	r := c.Report(nil, FailOnError)
	require.Len(t, r.Groups, MaxKinds+1)
	total := 0
	for _, g := range r.Groups {
		if total += g.Count; g.Place == Elsewhere {
			require.Equal(t, n-MaxKinds, g.Count)
			require.Len(t, g.Samples, MaxSamples)
		}
	}
	require.Equal(t, n, total)
}
