package pattern

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhole(t *testing.T) {
	for _, v := range []struct{ name, source, want string }{
		{"empty", ``, ``},
		{"plain", `[a-z]+`, `^[a-z]+$`},
		{"anchored", `^[a-z]+$`, `^[a-z]+$`},
		{"anchored at the start", `^[a-z]+`, `^[a-z]+$`},
		{"Java's anchors", `\A[a-z]+\z`, `\A[a-z]+\z`},
		{"escaped backslash before a z", `a\\z`, `^a\\z$`},
		{"escaped dollar", `a\$`, `^a\$$`},
		{"escaped backslash before a dollar", `a\\$`, `^a\\$`},
		{"dollar in a class", `[a$]`, `^[a$]$`},
		{"search", `.*\S.*`, `\S`},
		{"search with a look-ahead", `.*` + bucket + `.*`, bucket},
		{"search of alternatives", `.*(^\d{12}$)|(^o-[a-z]+$).*`, `(^\d{12}$)|(^o-[a-z]+$)`},
		{"anything", `.*`, `^.*$`},
		{"anything twice", `.*.*`, `^.*.*$`},
		{"prefix", `a.*`, `^a.*$`},
		{"suffix", `.*a`, `^.*a$`},
		{"escaped dot at the end", `.*a\.*`, `^.*a\.*$`},
		{"lazy", `.*?a.*`, `^.*?a.*$`},
		{"alternatives", `0|[1-9]\d*`, `^(?:0|[1-9]\d*)$`},
		{"alternatives in a group", `(0|[1-9]\d*)`, `^(0|[1-9]\d*)$`},
		{"alternatives that lost their outer anchors", `a$|^b`, `^a$|^b$`},
		{"alternatives that kept some", `(a)|b$|(^c$)`, `^(?:(a)|b$|(^c$))$`},
		{"anchor that may be left out", `^*a`, `^^*a$`},
		{"bar in a class", `[a|b]`, `^[a|b]$`},
		{"escaped bar", `a\|b`, `^a\|b$`},
	} {
		t.Run(v.name, func(t *testing.T) {
			require.Equal(t, v.want, Whole(v.source))
		})
	}
}

// FuzzWhole checks that searching for the converted pattern is the same as matching the whole text.
func FuzzWhole(f *testing.F) {
	for _, source := range []string{`a|b`, `.*a.*`, `^a`, `a$`, `(a|b)*`, `a\|`, `^*a`, `.*0|1.*`, `^a$|^b$`, `[a$]|1`} {
		for _, text := range []string{"", "a", "ab", "ba", "0", "a0"} {
			f.Add(source, text)
		}
	}
	f.Fuzz(func(t *testing.T, source, text string) {
		if len(source) > 40 || len(text) > 20 || strings.Trim(source, `^$()|*.01ab`) != "" || strings.Trim(text, "01ab") != "" || source == "" {
			return
		}
		if _, err := Compile(source); err != nil {
			return // such as )(, which a surrounding group would make valid
		}
		whole, err := Compile("^(?:" + source + ")$")
		require.NoError(t, err)
		search, err := Compile(Whole(source))
		require.NoError(t, err, source)
		want, err := whole.Match([]byte(text))
		require.NoError(t, err)
		got, err := search.Match([]byte(text))
		require.NoError(t, err)
		if _, wrapped := unwrapped(source); wrapped && alternates(source) {
			// .*a|b.* converts to a search for a|b, which finds more.
			require.True(t, got || !want, source)
			return
		}
		require.Equal(t, want, got, "%s as %s", source, Whole(source))
	})
}
