package tallies_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/garden"
	"github.com/crcheck/crcheck/internal/piece"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/internal/tallies"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
	"github.com/stretchr/testify/require"
)

// tally validates bare bodies against a contract.
func tally(t testing.TB, c *schema.Contract, bodies [][]byte) *tallies.Traffic {
	t.Helper()
	return split(t, c, bodies, func(int) int { return 0 })[0].Traffic(finding.Default, nil)
}

// split validates bare bodies, each into the tally that in names.
func split(t testing.TB, c *schema.Contract, bodies [][]byte, in func(i int) int) map[int]*tallies.Tally {
	t.Helper()
	k, err := validate.CompileCatalog(schema.NewCatalog(c), validate.Options{})
	require.NoError(t, err)
	all := map[int]*tallies.Tally{0: tallies.New([]*schema.Contract{c})}
	for i, body := range bodies {
		if all[in(i)] == nil {
			all[in(i)] = tallies.New([]*schema.Contract{c})
		}
		x := &traffic.Interaction{Source: "bodies.ndjson", Kind: traffic.NDJSON, Index: i, Response: traffic.Response{Body: traffic.BodyOf(body)}}
		outcome, err := k.Check(x, validate.Bare{})
		require.NoError(t, err)
		all[in(i)].Add(piece.At{Source: x.Source, Index: i}, x, outcome)
	}
	return all
}

// observed lists observations in short.
func observed(r *tallies.Traffic) []string {
	all := []string{}
	for _, o := range r.Observations {
		line := fmt.Sprintf("%s %s#%s ×%d @%d", o.Rule, o.Part, o.Place, o.Count, o.First.Interaction)
		for _, d := range o.Details {
			line += fmt.Sprintf(" %s%v×%d@%d", d.Text, d.Types, d.Count, d.First.Interaction)
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
			require.Equal(t, test.want, observed(tally(t, c, bodies(test.bodies...))))
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
		all.Add(piece.At{Source: x.Source, Index: i}, x, outcome)
	}
	r := all.Traffic(finding.Default, nil)
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

// TestMerge checks that tallies of parts of the traffic, merged in any order and grouping, equal one
// tally of it byte for byte, even if details are dropped.
func TestMerge(t *testing.T) {
	c := contracts.MustLoad(contracts.Newest)
	all := hostile(t, 3000)
	want := encoded(t, tally(t, c, all))
	require.Contains(t, want, `"more":`)
	require.Contains(t, want, `"timestamps":`)
	empty := func() *tallies.Tally { return tallies.New([]*schema.Contract{c}) }
	merged := func(parts ...*tallies.Tally) *tallies.Tally {
		sum := empty()
		for _, p := range parts {
			sum.Merge(p)
		}
		return sum
	}
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 15))
		n := 2 + r.IntN(9)
		turns := make([]int, len(all))
		for i := range turns {
			turns[i] = 1 + r.IntN(n)
			if seed%2 == 0 {
				turns[i] = 1 + i*n/len(all) // consecutive
			}
		}
		byTurn := split(t, c, all, func(i int) int { return turns[i] })
		parts := slices.Collect(maps.Values(byTurn)) // in any order
		for name, sum := range map[string]func() *tallies.Tally{
			"in a row":      func() *tallies.Tally { return merged(parts...) },
			"backwards":     func() *tallies.Tally { slices.Reverse(parts); return merged(parts...) },
			"grouped":       func() *tallies.Tally { return merged(merged(parts[:n/2]...), merged(parts[n/2:]...)) },
			"grouped twice": func() *tallies.Tally { return merged(parts[0], merged(merged(parts[1:]...), empty())) },
			"with nothing":  func() *tallies.Tally { return merged(empty(), merged(parts...), empty()) },
		} {
			t.Run(fmt.Sprint(seed, " ", name), func(t *testing.T) { require.Equal(t, want, encoded(t, sum().Traffic(finding.Default, nil))) })
		}
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
	r := tally(t, c, all)
	require.Len(t, r.Observations, 4)
	for _, o := range r.Observations {
		require.Equal(t, 5000, o.Count)
		require.LessOrEqual(t, len(o.Details), 100)
	}
	require.Less(t, len(encoded(t, r)), 100_000)
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
			for _, x := range all {
				outcome, err := k.Check(x, validate.Bare{})
				require.NoError(t, err)
				outcome.Findings = slices.Clone(outcome.Findings)
				for i := range outcome.Findings {
					change(&outcome.Findings[i])
				}
				seen += len(outcome.Findings)
				tally.Add(piece.At{Source: x.Source, Index: x.Index}, x, outcome)
			}
			r := tally.Traffic(options.Profile, nil)
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
				tally := tallies.New([]*schema.Contract{c})
				for x, err := range traffic.Read("bodies.ndjson", bytes.NewReader(text)) {
					require.NoError(b, err)
					outcome, err := k.Check(x, validate.Bare{})
					require.NoError(b, err)
					tally.Add(piece.At{Source: x.Source, Index: x.Index}, x, outcome)
				}
				require.Equal(b, len(all), tally.Traffic(finding.Default, nil).Checked)
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
