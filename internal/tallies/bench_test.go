package tallies_test

import (
	"bytes"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/internal/tallies"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
	"github.com/stretchr/testify/require"
)

// BenchmarkTraffic holds responses of NDJSON against a contract: clean ones, and
// such of which every third has something to say.
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

// clean makes documents that the newest contract allows.
func clean(t testing.TB, n int) [][]byte {
	t.Helper()
	s, err := synth.New(contracts.MustLoad(contracts.Newest), schema.Wire)
	require.NoError(t, err)
	var all [][]byte
	for i := range n {
		document, err := s.Random(schema.OutputPart, uint64(i))
		require.NoError(t, err)
		all = append(all, document)
	}
	return all
}
