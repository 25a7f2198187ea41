//go:build !race

// The race detector empties pools at random, so that the regular expressions allocate.

package validate

import (
	"strings"
	"testing"

	"github.com/crcheck/crcheck/schema"
	"github.com/stretchr/testify/require"
)

// TestAcceptAllocatesNothing holds the promise of [Validator.Accepts].
func TestAcceptAllocatesNothing(t *testing.T) {
	v := newest(t)
	document := []byte(strings.Replace(full, `"s3":{"bucket":"example-bucket","keyPrefix":"results/daily"}`, `"member":{"accountId":"111122223333"}`, 1))
	var w walker // not of the pool, which the race detector empties at random
	allocations := testing.AllocsPerRun(100, func() {
		w.reset(document)
		require.True(t, w.walk(v.parts[schema.OutputPart].node))
	})
	require.Less(t, allocations, 1.0)
}
