package coverage_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/traffic"
)

// tools are interactions that show, or fail to show, different points.
func tools(r *rand.Rand, n int) []*traffic.Interaction {
	some := []*traffic.Interaction{
		tool(200, `{"tool":{"name":"saw"}}`),
		tool(200, `{"tool":{"name":"saw","weight":7,"state":"NEW"}}`),
		tool(200, `{"tool":{"name":"saw","part":{"blade":"b"},"labels":{}}}`),
		tool(200, `{"tool":{"name":"saw","tags":["a"],"spare":{"name":"s"}}}`, "X-State", "USED"),
		tool(200, `{"tool":`),
		tool(404, `{"message":"none"}`, "X-Amzn-Errortype", "NoToolException"),
		exchange("https://shed.us-east-1.amazonaws.com/pictures/1", 207, "\x89PNG", "X-Kind", "png"),
		exchange("https://shed.us-east-1.amazonaws.com/nails", 200, "{}"),
		exchange("https://iam.amazonaws.com/?Action=ListUsers", 200, "{}"),
	}
	var all []*traffic.Interaction
	for range n {
		all = append(all, some[r.IntN(len(some))])
	}
	return all
}

// TestMerge checks that tallies of any parts of the traffic add up to that of the whole: merging is
// associative and commutative, and an empty tally is its identity.
func TestMerge(t *testing.T) {
	p := plan(t, shed(t))
	reported := func(tally *coverage.Tally) string {
		var text bytes.Buffer
		require.NoError(t, report.JSON(&text, tally.Report()))
		return text.String()
	}
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(15, seed))
			all := tools(r, r.IntN(12))
			in := make([]int, len(all))
			for i := range in {
				in[i] = r.IntN(3)
			}
			of := func(part int) *coverage.Tally {
				tally := p.NewTally()
				for i, x := range all {
					if in[i] == part {
						tally.Take(x)
					}
				}
				return tally
			}
			merged := func(into *coverage.Tally, others ...*coverage.Tally) *coverage.Tally {
				for _, other := range others {
					into.Merge(other)
				}
				return into
			}
			whole := p.NewTally()
			for _, x := range all {
				whole.Take(x)
			}
			want := reported(whole)
			require.Equal(t, want, reported(merged(of(0), of(1), of(2))))
			require.Equal(t, want, reported(merged(of(0), merged(of(1), of(2)))), "associative")
			require.Equal(t, want, reported(merged(of(2), of(0), of(1))), "commutative")
			require.Equal(t, want, reported(merged(p.NewTally(), whole)), "an empty tally on the left")
			require.Equal(t, want, reported(merged(whole, p.NewTally())), "and on the right")
		})
	}
}

// TestRead checks that neither the number of cores nor the size of the parts changes the report.
func TestRead(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 5))
	p := plan(t, shed(t))
	var text bytes.Buffer
	require.NoError(t, traffic.WriteNDJSON(&text, tools(r, 200)))
	lines := strings.ReplaceAll(text.String(), `"status":207`, `"status":"odd"`)
	read := func(cores, size int) string {
		var out bytes.Buffer
		tally, err := p.Read(t.Context(), input.Gather(strings.NewReader(lines), &out, []string{"-"}), input.Work{Cores: cores, PartSize: size})
		require.NoError(t, err)
		require.NoError(t, report.JSON(&out, tally.Report()))
		return out.String()
	}
	want := read(1, len(lines))
	require.Contains(t, want, "crcheck: -:", "entries that do not conform are named")
	for _, cores := range []int{1, 2, 8} {
		for _, size := range []int{1, 1000, len(lines)} {
			require.Equal(t, want, read(cores, size), "%d cores, parts of %d bytes", cores, size)
		}
	}
}
