package drift_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// tally holds bare bodies against a contract, those of a shard.
func tally(t testing.TB, c *schema.Contract, bodies [][]byte, shard drift.Shard) *drift.Traffic {
	t.Helper()
	k, err := validate.CompileCatalog(schema.NewCatalog(c), validate.Options{})
	require.NoError(t, err)
	all := drift.NewTally([]*schema.Contract{c})
	for i, body := range bodies {
		if !shard.Holds(i + 1) {
			continue
		}
		x := &traffic.Interaction{Source: "bodies.ndjson", Kind: traffic.NDJSON, Index: i, Response: traffic.Response{Body: traffic.BodyOf(body)}}
		outcome, err := k.Check(x, validate.Bare{})
		require.NoError(t, err)
		all.Add(i+1, x, outcome)
	}
	return all.Traffic(shard, finding.Default)
}

// observed are observations in short.
func observed(r *drift.Traffic) []string {
	all := []string{}
	for _, o := range r.Observations {
		line := fmt.Sprintf("%s %s#%s ×%d @%d", o.Rule, o.Part, o.Place, o.Count, o.First.Position)
		for _, d := range o.Details {
			line += fmt.Sprintf(" %s%v×%d@%d", d.Text, d.Types, d.Count, d.First.Position)
		}
		if o.Least != "" {
			line += fmt.Sprintf(" %s..%s", o.Least, o.Greatest)
		}
		all = append(all, line)
	}
	return all
}

func bodies(texts ...string) [][]byte {
	var all [][]byte
	for _, text := range texts {
		all = append(all, []byte(text))
	}
	return all
}

func TestTally(t *testing.T) {
	for name, test := range map[string]struct {
		bodies []string
		want   []string
	}{
		"clean": {[]string{`{"bed":{"colour":"RED"}}`}, []string{}},
		"unknown members, by their structure": {
			[]string{`{"bed":{"colour":"RED","a":1,"b":"x"}}`, `{"bed":{"colour":"RED","a":"y","inner":{"colour":"RED","a":[]}}}`},
			[]string{"member.unknown output#/bed ×4 @1 a[array integer string]×3@1 b[string]×1@1"},
		},
		"values of an enum": {
			[]string{`{"bed":{"colour":"BLUE"}}`, `{"bed":{"colour":"PINK"}}`, `{"bed":{"colour":"BLUE"}}`},
			[]string{"enum.unknown-value output#/bed/colour ×3 @1 BLUE[]×2@1 PINK[]×1@2"},
		},
		"recursion folds": {
			[]string{`{"bed":{"colour":"RED","inner":{"colour":"RED","inner":{"colour":"BLUE"}}}}`},
			[]string{"enum.unknown-value output#/bed/colour ×1 @1 BLUE[]×1@1"},
		},
		"union members": {
			[]string{`{"bed":{"colour":"RED","plant":{"bush":"x"}}}`, `{"bed":{"colour":"RED","plant":{"herb":"x","tree":"y"}}}`},
			[]string{"union.multiple-members output#/bed/plant ×1 @2 herb, tree[]×1@2", "union.unknown-member output#/bed/plant ×1 @1 bush[string]×1@1"},
		},
		"types": {
			[]string{`{"bed":{"colour":1}}`, `{"bed":{"colour":null}}`, `{"bed":[]}`},
			[]string{"type.mismatch output#/bed ×1 @3 array[]×1@3", "member.missing output#/bed/colour ×1 @2", "type.mismatch output#/bed/colour ×1 @1 integer[]×1@1"},
		},
		"lengths of keys and of values": {
			[]string{`{"bed":{"colour":"RED","names":{"abcdef":"x"}}}`, `{"bed":{"colour":"RED","names":{"a":"abcdefgh"}}}`, `{"bed":{"colour":"RED","names":{"a":"abcde"}}}`},
			[]string{"constraint.length output#/bed/names/* ×2 @2 5..8", "constraint.length output#/bed/names/*key ×1 @1 6..6"},
		},
		"an entry whose key and value break a rule in the same words": {
			[]string{`{"bed":{"colour":"RED","names":{"abcde":"x","*key":"abcde"}}}`},
			[]string{"constraint.length output#/bed/names/* ×1 @1 5..5", "constraint.length output#/bed/names/*key ×2 @1 4..5"},
		},
		"no JSON": {[]string{`{"bed":`}, []string{"syntax.invalid output#/bed ×1 @1"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := changed(bed(), func(c *schema.Contract) {
				key, value := *member(c, "Bed", "names").Shape.Inline.Key.Inline, *member(c, "Bed", "names").Shape.Inline.Value.Inline
				key.Length, value.Length = schema.Is(schema.Bounds{Max: "3"}), schema.Is(schema.Bounds{Max: "4"})
				member(c, "Bed", "names").Shape.Inline.Key, member(c, "Bed", "names").Shape.Inline.Value = &schema.Ref{Inline: &key}, &schema.Ref{Inline: &value}
			})
			require.Equal(t, test.want, observed(tally(t, c, bodies(test.bodies...), drift.Shard{})))
		})
	}
}

// TestExchanges: errors that the contract does not have, by their names; what does
// not route is counted.
func TestExchanges(t *testing.T) {
	c := bed()
	k, err := validate.CompileCatalog(schema.NewCatalog(c), validate.Options{})
	require.NoError(t, err)
	all := drift.NewTally([]*schema.Contract{c})
	for i, path := range []string{"/beds/ab", "/beds/ab", "/hedges/ab"} {
		x := &traffic.Interaction{Source: "c.yaml", Kind: traffic.Cassette, Index: i, Request: &traffic.Request{Method: "GET", URL: "https://garden.example.com" + path},
			Response: traffic.Response{Status: 400, Header: map[string][]string{"X-Amzn-Errortype": {"HailException"}, "Content-Type": {"application/json"}}, Body: traffic.BodyOf([]byte("{}"))}}
		outcome, err := k.Check(x, validate.Bare{})
		require.NoError(t, err)
		all.Add(i+1, x, outcome)
	}
	r := all.Traffic(drift.Shard{}, finding.Default)
	require.Equal(t, []string{"error.unmodeled output# ×2 @1 HailException[]×2@1"}, observed(r))
	require.Equal(t, []int{3, 2}, []int{r.Interactions, r.Checked})
	require.Len(t, r.NotChecked, 1)
}

// hostile makes documents of the newest contract, most of them near-misses, many
// with names of their own.
func hostile(t testing.TB, n int) [][]byte {
	t.Helper()
	s, err := synth.New(contracts.MustLoad(contracts.Newest), schema.Wire)
	require.NoError(t, err)
	var misses [][]byte
	for m := range s.NearMisses(schema.OutputPart) {
		misses = append(misses, m.Document)
	}
	r := rand.New(rand.NewPCG(1, 2))
	var all [][]byte
	for i := range n {
		switch r.IntN(3) {
		case 0:
			document, err := s.Random(schema.OutputPart, uint64(i))
			require.NoError(t, err)
			all = append(all, document)
		case 1:
			all = append(all, fmt.Appendf(nil, `{"protectedJob":{"status":"S%d","x%d":1}}`, r.IntN(400), r.IntN(400)))
		default:
			all = append(all, misses[r.IntN(len(misses))])
		}
	}
	return all
}

// TestShards: the shards of a run, put together in any order, are the run, byte
// for byte, also where there is more than is kept.
func TestShards(t *testing.T) {
	c := contracts.MustLoad(contracts.Newest)
	all := hostile(t, 3000)
	whole := encoded(t, tally(t, c, all, drift.Shard{}))
	require.Contains(t, whole, `"more":`)
	require.Contains(t, whole, `"timestamps":`)
	var shards []*drift.Traffic
	for i := range 10 {
		shards = append(shards, tally(t, c, all, drift.Shard{Index: i + 1, Of: 10}))
	}
	merged, err := drift.Merge(shards)
	require.NoError(t, err)
	require.Equal(t, whole, encoded(t, merged))
	slices.Reverse(shards)
	merged, err = drift.Merge(shards)
	require.NoError(t, err)
	require.Equal(t, whole, encoded(t, merged))

	for name, wrong := range map[string][]*drift.Traffic{
		"none": {}, "one is missing": shards[1:], "one twice": append(shards[:9:9], shards[0]), "no shard": {tally(t, c, all[:1], drift.Shard{})},
		"another contract": append(shards[1:10:10], tally(t, contracts.MustLoad(contracts.Newest+"@1.42.90"), all[:10], drift.Shard{Index: 10, Of: 10})),
	} {
		_, err := drift.Merge(wrong)
		var problem *drift.ShardError
		require.ErrorAs(t, err, &problem, name)
	}
}

func encoded(t testing.TB, r *drift.Traffic) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, report.JSON[report.Drift](&b, &report.Drift{Traffic: r}))
	return b.String()
}

// TestBounded: what is kept does not grow with the traffic.
func TestBounded(t *testing.T) {
	c := bed()
	var all [][]byte
	for i := range 5000 {
		all = append(all, fmt.Appendf(nil, `{"bed":{"colour":"C%d","n%d":1,"plant":{"p%d":1},"names":{"k%d":null}}}`, i, i, i, i))
	}
	r := tally(t, c, all, drift.Shard{})
	require.Len(t, r.Observations, 4)
	for _, o := range r.Observations {
		require.Equal(t, 5000, o.Count)
		require.LessOrEqual(t, len(o.Details), drift.MostDetails)
	}
	require.Less(t, len(encoded(t, r)), 100_000)
}

func TestShardText(t *testing.T) {
	for _, text := range []string{"", "3", "0/3", "4/3", "a/3", "1/b", "1/0"} {
		require.Error(t, new(drift.Shard).UnmarshalText([]byte(text)), text)
	}
	var s drift.Shard
	require.NoError(t, s.UnmarshalText([]byte("2/3")))
	require.Equal(t, "2/3", s.String())
	require.True(t, s.Holds(2) && s.Holds(5) && !s.Holds(3))
	require.True(t, drift.Shard{}.Holds(7))
}
