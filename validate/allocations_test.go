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
	var a acceptor // not of the pool, which the race detector empties at random
	allocations := testing.AllocsPerRun(100, func() {
		a.reset(document)
		require.True(t, a.value(v.parts[schema.OutputPart].node))
	})
	require.Less(t, allocations, 1.0)
}

// TestStreamAllocatesNothing: what a stream costs does not grow with its events.
func TestStreamAllocatesNothing(t *testing.T) {
	v, err := Compile(talkOf(t, "Talk", "rest-json"), Options{})
	require.NoError(t, err)
	good := plainEvent(t, "plain", `{"n":1,"mood":"GOOD","list":[1,2,3]}`, ":content-type", "application/json")
	stream := []byte(strings.Repeat(string(good), 1000))
	require.True(t, v.Accepts(schema.OutputPart, stream))
	require.Zero(t, testing.AllocsPerRun(10, func() { v.Accepts(schema.OutputPart, stream) }))
}
