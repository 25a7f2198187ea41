package tallies_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/garden"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/internal/tallies"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
	"github.com/stretchr/testify/require"
)

// tally validates bare bodies, those of a shard, against a contract.
func tally(t testing.TB, c *schema.Contract, bodies [][]byte, shard tallies.Shard) *tallies.Traffic {
	t.Helper()
	k, err := validate.CompileCatalog(schema.NewCatalog(c), validate.Options{})
	require.NoError(t, err)
	all := tallies.New([]*schema.Contract{c})
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

// observed lists observations in short.
func observed(r *tallies.Traffic) []string {
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
		"not JSON": {[]string{`{"bed":`}, []string{"syntax.invalid output#/bed ×1 @1"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := garden.Changed(garden.Bed(), func(c *schema.Contract) {
				key, value := *garden.Member(c, "Bed", "names").Shape.Inline.Key.Inline, *garden.Member(c, "Bed", "names").Shape.Inline.Value.Inline
				key.Length, value.Length = schema.Is(schema.Bounds{Max: "3"}), schema.Is(schema.Bounds{Max: "4"})
				garden.Member(c, "Bed", "names").Shape.Inline.Key, garden.Member(c, "Bed", "names").Shape.Inline.Value = &schema.Ref{Inline: &key}, &schema.Ref{Inline: &value}
			})
			require.Equal(t, test.want, observed(tally(t, c, bodies(test.bodies...), tallies.Shard{})))
		})
	}
}

// TestExchanges checks that errors unknown to the contract are counted by name, and that
// interactions without a route are counted.
func TestExchanges(t *testing.T) {
	c := garden.Bed()
	k, err := validate.CompileCatalog(schema.NewCatalog(c), validate.Options{})
	require.NoError(t, err)
	all := tallies.New([]*schema.Contract{c})
	for i, path := range []string{"/beds/ab", "/beds/ab", "/hedges/ab"} {
		x := &traffic.Interaction{Source: "c.yaml", Kind: traffic.Cassette, Index: i, Request: &traffic.Request{Method: "GET", URL: "https://garden.example.com" + path},
			Response: traffic.Response{Status: 400, Header: map[string][]string{"X-Amzn-Errortype": {"HailException"}, "Content-Type": {"application/json"}}, Body: traffic.BodyOf([]byte("{}"))}}
		outcome, err := k.Check(x, validate.Bare{})
		require.NoError(t, err)
		all.Add(i+1, x, outcome)
	}
	r := all.Traffic(tallies.Shard{}, finding.Default)
	require.Equal(t, []string{"error.unmodeled output# ×2 @1 HailException[]×2@1"}, observed(r))
	require.Equal(t, []int{3, 2}, []int{r.Interactions, r.Checked})
	require.Len(t, r.NotChecked, 1)
}

// hostile makes documents for the newest contract, most of them invalid variants, many with unique
// names.
func hostile(t testing.TB, n int) [][]byte {
	t.Helper()
	s, err := synth.New(contracts.MustLoad(contracts.Newest), schema.HTTP)
	require.NoError(t, err)
	var misses [][]byte
	for m := range s.InvalidVariants(schema.OutputPart) {
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

// TestShards checks that the shards of a run, merged in any order, equal the run byte for byte,
// even if details are dropped.
func TestShards(t *testing.T) {
	c := contracts.MustLoad(contracts.Newest)
	all := hostile(t, 3000)
	whole := encoded(t, tally(t, c, all, tallies.Shard{}))
	require.Contains(t, whole, `"more":`)
	require.Contains(t, whole, `"timestamps":`)
	var shards []*tallies.Traffic
	for i := range 10 {
		shards = append(shards, tally(t, c, all, tallies.Shard{Index: i + 1, Of: 10}))
	}
	merged, err := tallies.Merge(shards)
	require.NoError(t, err)
	require.Equal(t, whole, encoded(t, merged))
	slices.Reverse(shards)
	merged, err = tallies.Merge(shards)
	require.NoError(t, err)
	require.Equal(t, whole, encoded(t, merged))

	for name, wrong := range map[string][]*tallies.Traffic{
		"none": {}, "one is missing": shards[1:], "one twice": append(shards[:9:9], shards[0]), "no shard": {tally(t, c, all[:1], tallies.Shard{})},
		"another contract": append(shards[1:10:10], tally(t, contracts.MustLoad(contracts.Newest+"@1.42.90"), all[:10], tallies.Shard{Index: 10, Of: 10})),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tallies.Merge(wrong)
			var problem *tallies.ShardError
			require.ErrorAs(t, err, &problem)
		})
	}
}

func encoded(t testing.TB, r *tallies.Traffic) string {
	t.Helper()
	text, err := json.Marshal(r)
	require.NoError(t, err)
	return string(text)
}

// TestBounded checks that memory does not grow with the traffic.
func TestBounded(t *testing.T) {
	c := garden.Bed()
	var all [][]byte
	for i := range 5000 {
		all = append(all, fmt.Appendf(nil, `{"bed":{"colour":"C%d","n%d":1,"plant":{"p%d":1},"names":{"k%d":null}}}`, i, i, i, i))
	}
	r := tally(t, c, all, tallies.Shard{})
	require.Len(t, r.Observations, 4)
	for _, o := range r.Observations {
		require.Equal(t, 5000, o.Count)
		require.LessOrEqual(t, len(o.Details), 100)
	}
	require.Less(t, len(encoded(t, r)), 100_000)
}

func TestShardText(t *testing.T) {
	for _, text := range []string{"", "3", "0/3", "4/3", "a/3", "1/b", "1/0"} {
		t.Run(text, func(t *testing.T) { require.Error(t, new(tallies.Shard).UnmarshalText([]byte(text))) })
	}
	var s tallies.Shard
	require.NoError(t, s.UnmarshalText([]byte("2/3")))
	require.Equal(t, "2/3", s.String())
	require.True(t, s.Holds(2) && s.Holds(5) && !s.Holds(3))
	require.True(t, tallies.Shard{}.Holds(7))
}

// TestNoProse checks that the messages of findings affect neither observations nor proposals.
func TestNoProse(t *testing.T) {
	reword := map[string]func(*finding.Finding){
		"blank": func(f *finding.Finding) { f.Got, f.Want, f.Message = "", "", "" },
		"reworded": func(f *finding.Finding) {
			f.Got, f.Want, f.Message = "gefunden, 1 at least 7", "\"x\" one of", "an object"
		},
	}
	seen := 0
	for seed := range uint64(60) {
		c, options := garden.Random(seed), validate.Options{Profile: finding.Strict}
		if seed%5 == 0 {
			options.Encoding = schema.SDK
		}
		all := hostileTo(t, c, &corrupter{rand.New(rand.NewPCG(seed, 5))}, options.Encoding)
		k, err := validate.CompileCatalog(schema.NewCatalog(c), options)
		require.NoError(t, err)
		result := func(change func(*finding.Finding)) string {
			tally := tallies.New([]*schema.Contract{c})
			for i, x := range all {
				outcome, err := k.Check(x, validate.Bare{})
				require.NoError(t, err)
				outcome.Findings = slices.Clone(outcome.Findings)
				for i := range outcome.Findings {
					change(&outcome.Findings[i])
				}
				seen += len(outcome.Findings)
				tally.Add(i+1, x, outcome)
			}
			r := tally.Traffic(tallies.Shard{}, options.Profile)
			text := encoded(t, r)
			for _, p := range r.Propose([]*schema.Contract{c}) {
				text += string(p.Overlay) + strings.Join(p.Left, "\n")
			}
			return text
		}
		want := result(func(*finding.Finding) {})
		for name, change := range reword {
			require.Equal(t, want, result(change), "%s, seed %d", name, seed)
		}
	}
	require.Greater(t, seen, 1000)
}

// BenchmarkTraffic validates responses of NDJSON against a contract: valid ones, and ones of which
// every third has findings.
func BenchmarkTraffic(b *testing.B) {
	c := contracts.MustLoad(contracts.Newest)
	for name, all := range map[string][][]byte{"clean": clean(b, 10_000), "hostile": hostile(b, 10_000)} {
		b.Run(name, func(b *testing.B) {
			text := bytes.Join(all, []byte("\n"))
			k, err := validate.CompileCatalog(schema.NewCatalog(c), validate.Options{})
			require.NoError(b, err)
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				tally, position := tallies.New([]*schema.Contract{c}), 0
				for x, err := range traffic.Read("bodies.ndjson", bytes.NewReader(text)) {
					require.NoError(b, err)
					outcome, err := k.Check(x, validate.Bare{})
					require.NoError(b, err)
					position++
					tally.Add(position, x, outcome)
				}
				require.Equal(b, len(all), tally.Traffic(tallies.Shard{}, finding.Default).Checked)
			}
			b.ReportMetric(float64(b.N*len(all))/b.Elapsed().Seconds(), "responses/s")
		})
	}
}

// clean makes documents that are valid under the newest contract.
func clean(t testing.TB, n int) [][]byte {
	t.Helper()
	s, err := synth.New(contracts.MustLoad(contracts.Newest), schema.HTTP)
	require.NoError(t, err)
	var all [][]byte
	for i := range n {
		document, err := s.Random(schema.OutputPart, uint64(i))
		require.NoError(t, err)
		all = append(all, document)
	}
	return all
}
