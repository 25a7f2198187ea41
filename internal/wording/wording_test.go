package wording

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestClip(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		max  int
		want string
	}{
		"empty":           {"", 3, ""},
		"at the limit":    {"abc", 3, "abc"},
		"over the limit":  {"abcd", 3, "abc… (4 bytes)"},
		"half a rune":     {"abé", 3, "ab… (4 bytes)"},
		"many":            {"abcdefghij", 2, "ab… (10 bytes)"},
		"nothing is left": {"é", 1, "… (2 bytes)"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, tc.want, Clip(tc.text, tc.max)) })
	}
}

func TestClipPart(t *testing.T) {
	for name, tc := range map[string]struct {
		text      string
		size, max int
		want      string
	}{
		"whole":              {"abc", 3, 3, "abc"},
		"longer than max":    {"abcd", 9, 3, "abc… (9 bytes)"},
		"shorter than max":   {"ab", 9, 3, "ab… (9 bytes)"},
		"nothing of it":      {"", 9, 3, "… (9 bytes)"},
		"larger than wanted": {"abcd", 4, 10, "abcd"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, tc.want, ClipPart(tc.text, tc.size, tc.max)) })
	}
}

func TestParseName(t *testing.T) {
	names := []string{"", "one", "two"}
	for name, tc := range map[string]struct {
		text string
		what string
		want int
		err  string
	}{
		"known":       {"two", "number", 2, ""},
		"unnamed":     {"", "number", 0, ""},
		"unknown":     {"three", "number", 7, `"three" is not a number: use one of one, two`},
		"other case":  {"One", "number", 7, `"One" is not a number: use one of one, two; did you mean one?`},
		"vowel":       {"x", "origin", 7, `"x" is not an origin: use one of one, two`},
		"with spaces": {" one", "number", 7, `" one" is not a number: use one of one, two; did you mean one?`},
	} {
		t.Run(name, func(t *testing.T) {
			got := 7
			err := ParseName(&got, names, []byte(tc.text), tc.what)
			require.Equal(t, tc.want, got)
			if tc.err == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tc.err)
		})
	}
}
