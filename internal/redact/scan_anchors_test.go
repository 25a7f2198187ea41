package redact

import (
	"encoding/base64"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMayHold compares the scan with and without its first look at a string: in no string that it
// leaves out does the scan find anything, nor are there identifiers in short words.
func TestMayHold(t *testing.T) {
	left := 0
	check := func(t *testing.T, s string) {
		if !mayHold(s) {
			left++
			require.Empty(t, find(s, maxDepth), "%q", s)
		}
		if len(s) < minBase64 && plain(s) {
			require.Same(t, inert, New(Options{}).format(s, maxDepth), "%q", s)
		}
	}
	for _, all := range []map[string]vectors{secretVectors, assignedVectors} {
		for name, v := range all {
			t.Run(name, func(t *testing.T) {
				for _, hit := range v.hits {
					if len(find(hit, maxDepth)) > 0 {
						require.True(t, mayHold(hit), "%q", hit)
					}
				}
				for _, s := range append(v.hits, v.neighbours...) {
					for from := 0; from < len(s); from += 3 {
						for n := 7; n <= 32 && from+n <= len(s); n += 5 {
							if part := s[from : from+n]; !mayHold(part) {
								check(t, part)
							}
						}
					}
				}
			})
		}
	}
	t.Run("basic", func(t *testing.T) {
		const short = "Basic YTpiY2Rl" // a:bcde
		require.NotEmpty(t, find(short, maxDepth))
		require.True(t, mayHold(short))
	})
	t.Run("after an equals sign", func(t *testing.T) { // which is not padding
		require.NotEmpty(t, find("x="+base64.StdEncoding.EncodeToString([]byte("password=hunter2hunter2")), maxDepth))
	})
	t.Run("random", func(t *testing.T) {
		pieces := []string{" ", " ", ",", "\n", "\"", "'", "[", "(", "é", "basic", "Bearer", "AWS", "AKIA", "eyJ", "sk", "hf_", "SG.", "xoxe.", "password", "token", "pw", "12345678", "YTpiYzpk", "a", "Zq7"}
		r := rand.New(rand.NewPCG(1, 2))
		for range 200_000 {
			s := ""
			for range 2 + r.IntN(5) {
				s += pieces[r.IntN(len(pieces))]
			}
			if !mayHold(s) {
				check(t, s)
			}
		}
	})
	require.Greater(t, left, 20_000) // otherwise this test shows nothing
}
