package finding

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// ordered are findings in the order in which a set has them: each differs from
// the one before in a field that sorts after all fields of the one before.
var ordered = []Finding{
	{},
	{Sensitive: true},
	{Severity: Warning},
	{Message: "m"},
	{Want: "w"},
	{Got: "g"},
	{Operation: "o"},
	{Rule: "rule"},
	{Shape: "S$m"},
	{Pointer: "/a"},
	{Part: "input"},
	{Column: 1},
	{Line: 1},
	{Line: 2, Column: 3},
	{Line: 10},
	{Interaction: 1},
	{Source: "a"},
	{Source: "b"},
}

// TestNewSet checks that the set does not depend on the order and number of the findings.
func TestNewSet(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 0))
		findings := slices.Concat(ordered, ordered, ordered[:random.IntN(len(ordered))])
		random.Shuffle(len(findings), func(i, j int) { findings[i], findings[j] = findings[j], findings[i] })
		before := slices.Clone(findings)
		require.Equal(t, Set(ordered), NewSet(findings...))
		require.Equal(t, before, findings, "the arguments stay as they are")
		half := random.IntN(len(findings))
		require.Equal(t, Set(ordered), Union(NewSet(findings[:half]...), nil, findings[half:]))
	}
}

func TestCleanSetIsNil(t *testing.T) {
	require.Nil(t, NewSet())
	require.Nil(t, NewSet([]Finding{}...))
	require.Nil(t, Union())
	require.Nil(t, Union(nil, Set{}))
	require.Nil(t, Set(nil).Rules())
	_, ok := Set(nil).Worst()
	require.False(t, ok)
	require.False(t, Set(nil).Rejects())
}

func TestSetSummaries(t *testing.T) {
	set := NewSet(Finding{Rule: TypeNull, Severity: Warning}, Finding{Rule: EnumUnknownValue, Pointer: "/a"}, Finding{Rule: TypeNull, Pointer: "/b"})
	require.Equal(t, []RuleID{EnumUnknownValue, TypeNull}, set.Rules())
	worst, ok := set.Worst()
	require.True(t, ok)
	require.Equal(t, Warning, worst)
	require.False(t, set.Rejects())
	require.True(t, Union(set, Set{{Severity: Error}}).Rejects())
	worst, ok = Set{{}}.Worst()
	require.True(t, ok)
	require.Equal(t, Info, worst)
}
