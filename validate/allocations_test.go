//go:build !race

// The race detector allocates, and empties pools at random.

package validate

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
)

// TestAcceptAllocatesNothing checks the promise of [Validator.Accepts].
func TestAcceptAllocatesNothing(t *testing.T) {
	v := newest(t)
	document := []byte(strings.Replace(full, `"s3":{"bucket":"example-bucket","keyPrefix":"results/daily"}`, `"member":{"accountId":"111122223333"}`, 1))
	for range 100 { // until the patterns have their tables
		require.True(t, v.Accepts(schema.OutputPart, document))
	}
	require.Zero(t, testing.AllocsPerRun(100, func() { v.Accepts(schema.OutputPart, document) }))
}

// TestStreamAllocatesNothing checks that the allocations of a stream do not grow with its events.
func TestStreamAllocatesNothing(t *testing.T) {
	v, err := Compile(talkOf(t, "Talk", "rest-json"), Options{})
	require.NoError(t, err)
	good := plainEvent(t, "plain", `{"n":1,"mood":"GOOD","list":[1,2,3]}`, ":content-type", "application/json")
	stream := []byte(strings.Repeat(string(good), 1000))
	require.True(t, v.Accepts(schema.OutputPart, stream))
	require.Zero(t, testing.AllocsPerRun(10, func() { v.Accepts(schema.OutputPart, stream) }))
}
