package drift_test

import (
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/schema"
	"github.com/stretchr/testify/require"
)

// FuzzDrift compares contracts of any kind: no panic, every grave change is
// proven, and a contract does not differ from itself.
func FuzzDrift(f *testing.F) {
	small := encode(f, bed())
	f.Add(small, encode(f, rpc("Garden.GetBed")))
	f.Add(small, small)
	f.Fuzz(func(t *testing.T, a, b []byte) {
		if len(a)+len(b) > 16<<10 {
			return
		}
		old, err := schema.Parse(a)
		if err != nil {
			return
		}
		new, err := schema.Parse(b)
		if err != nil {
			return
		}
		itself, err := drift.Compare([]*schema.Contract{old}, []*schema.Contract{old})
		require.NoError(t, err)
		require.Empty(t, itself.Changes)
		new.Service, new.Operation = old.Service, old.Operation
		result, err := drift.Compare([]*schema.Contract{old}, []*schema.Contract{new})
		require.NoError(t, err)
		for _, c := range result.Changes {
			require.True(t, c.Severity == finding.Info || c.Witness != nil, "%s at %s", c.Rule, c.Place())
		}
		_, _ = drift.Cassettes(result.Changes, []*schema.Contract{old}, []*schema.Contract{new})
		_, err = drift.CompareSources([]drift.Source{{Name: "a", Contracts: []*schema.Contract{old}}, {Name: "b", Contracts: []*schema.Contract{new}}})
		require.NoError(t, err)
	})
}

func encode(t testing.TB, c *schema.Contract) []byte {
	t.Helper()
	text, err := c.Encode()
	require.NoError(t, err)
	return text
}
