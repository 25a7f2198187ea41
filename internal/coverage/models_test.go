package coverage_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

// TestEveryModel checks that every operation of real models compiles, that a response shows some of
// its points, and that no address is there twice.
func TestEveryModel(t *testing.T) {
	models, err := filepath.Glob("../../../shared/data/models/*.json")
	require.NoError(t, err)
	if len(models) == 0 {
		t.Skip("the models of ../shared are not there")
	}
	for _, path := range models {
		document, err := os.ReadFile(path)
		require.NoError(t, err)
		read, err := source.Read(document, "1")
		require.NoError(t, err, path)
		p := plan(t, schema.NewCatalog(read.Contracts...))
		tally := p.NewTally()
		seen := map[string]bool{}
		for _, c := range tally.Report().Contracts {
			for _, s := range c.Shares {
				for _, address := range s.Missing {
					require.False(t, seen[c.Name+address], "%s: %s", c.Name, address)
					seen[c.Name+address] = true
				}
			}
		}
		for _, c := range read.Contracts {
			shown := p.Response(c, &traffic.Response{Status: c.Status.Or(200), Body: traffic.BodyOf([]byte(`{}`))})
			tally.Add(shown)
		}
		var r *coverage.Summary
		if len(read.Contracts) < 30 { // choosing what to record next takes a while
			r = tally.Report()
			require.Positive(t, r.Counted, path)
			require.Less(t, r.Percent, 100, path)
		}
	}
}

func BenchmarkTake(b *testing.B) {
	traffic := embedded(b)
	tally := plan(b, builtin()).NewTally()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		tally.Take(traffic[i%len(traffic)])
	}
}

func BenchmarkMinimize(b *testing.B) {
	p := plan(b, builtin())
	var shown []coverage.Shown
	for _, x := range embedded(b) {
		s, err := p.Shown(x)
		require.NoError(b, err)
		shown = append(shown, s)
	}
	b.ReportAllocs()
	for b.Loop() {
		coverage.Minimize(shown)
	}
}

func BenchmarkReport(b *testing.B) {
	tally := plan(b, builtin()).NewTally()
	tally.Take(throttled)
	b.ReportAllocs()
	for b.Loop() {
		tally.Report()
	}
}
