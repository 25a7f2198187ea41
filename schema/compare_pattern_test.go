package schema

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDiffPatterns: patterns differ by what they match, not by how they are
// written; between a Smithy model and botocore's, by what botocore makes of them.
func TestDiffPatterns(t *testing.T) {
	const smithy, botocore = "smithy-model", "botocore-model"
	for _, v := range []struct {
		name         string
		a, b         string
		kindA, kindB string
		differ       bool
	}{
		{"the same", `^a$`, `^a$`, botocore, botocore, false},
		{"written otherwise", `^(?:a|b)$`, `^[ab]$`, botocore, botocore, false},
		{"another", `^(?:a|b)$`, `^a$`, botocore, botocore, true},
		{"none, and one that takes all", ``, `^[\s\S]*$`, botocore, botocore, false},
		{"none, and one", ``, `^a$`, botocore, botocore, true},
		{"alternatives that lost their anchors", `^a|b$`, `^(?:a|b)$`, smithy, botocore, false},
		{"the same, the other way round", `^(?:a|b)$`, `^a|b$`, botocore, smithy, false},
		{"in two Smithy models", `^a|b$`, `^(?:a|b)$`, smithy, smithy, true},
		{"in two botocore models", `^a|b$`, `^(?:a|b)$`, botocore, botocore, true}, // in the form of the contract
		{"other alternatives", `^a|b$`, `^(?:a|c)$`, smithy, botocore, true},
		{"too hard to compare", `^(a)(?<!b)c$`, `^(a)(?<!c)c$`, botocore, botocore, true},
	} {
		t.Run(v.name, func(t *testing.T) {
			a, b := small(Shape{Type: String, Pattern: Is(v.a)}), small(Shape{Type: String, Pattern: Is(v.b)})
			a.Origins, b.Origins = []Origin{{Kind: v.kindA}}, []Origin{{Kind: v.kindB}}
			want := 0
			if v.differ {
				want = 1
			}
			require.Len(t, Diff(a, b), want)
			merged, conflicts := Merge(a, b)
			require.Len(t, conflicts, want)
			shape, _, _ := merged.At(Place{Part: OutputPart, Pointer: "/m"})
			require.Equal(t, v.a, shape.Pattern.Or("?"), "the first stands")
		})
	}
}
