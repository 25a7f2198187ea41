package finding

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAppendRows(t *testing.T) {
	row := Expected{Rule: TypeNull, Place: "/b", Value: "null", Reason: "r"}
	const written = "- rule: type.null\n  at: /b\n  value: \"null\"\n  reason: r\n"
	const other = "- rule: type.null\n  at: /a\n  reason: r\n"
	for _, v := range []struct{ name, text, want string }{
		{"nothing", "", written},
		{"comments alone", "# ours\n", "# ours\n" + written},
		{"a row", other, other + written},
		{"no end of line", "- {rule: type.null, at: /a, reason: r}", "- {rule: type.null, at: /a, reason: r}\n" + written},
		{"comments stay", "# one\n" + other + "# two\n", "# one\n" + other + "# two\n" + written},
		{"an indented list", "  - {rule: type.null, at: /a, reason: r}\n", "  - {rule: type.null, at: /a, reason: r}\n  - rule: type.null\n    at: /b\n    value: \"null\"\n    reason: r\n"},
		{"a baseline", "crcheckBaseline: 1\nexpected:\n  - {rule: type.null, at: /a, reason: r}\n",
			"crcheckBaseline: 1\nexpected:\n  - {rule: type.null, at: /a, reason: r}\n  - rule: type.null\n    at: /b\n    value: \"null\"\n    reason: r\n"},
		{"another value", "- {rule: type.null, at: /b, reason: r}\n", "- {rule: type.null, at: /b, reason: r}\n" + written},
	} {
		t.Run(v.name, func(t *testing.T) {
			text, err := AppendRows("x.yaml", []byte(v.text), row)
			require.NoError(t, err)
			require.Equal(t, v.want, string(text))
			_, err = AppendRows("x.yaml", text, row)
			var twice *RowError
			require.ErrorAs(t, err, &twice)
			later := row
			later.Reason, later.Expires = "another", "2026-12-31"
			_, err = AppendRows("x.yaml", text, later)
			require.ErrorAs(t, err, &twice, "reason and last day do not matter")
		})
	}
	for _, v := range []struct{ name, text string }{
		{"a list in flow style", "[{rule: type.null, at: /a, reason: r}]\n"},
		{"an empty list", "[]\n"},
		{"a key after the list", "expected:\n  - {rule: type.null, at: /a, reason: r}\ncrcheckBaseline: 1\n"},
		{"a document that ends", other + "...\n"},
		{"not rows", "a: b\n"},
	} {
		t.Run("refused: "+v.name, func(t *testing.T) {
			_, err := AppendRows("x.yaml", []byte(v.text), row)
			var broken *RowError
			require.ErrorAs(t, err, &broken)
			require.Equal(t, "x.yaml", broken.Name)
		})
	}
	text, err := AppendRows("x.yaml", nil, row, Expected{Rule: TypeNull, Place: "/a", Reason: "r"})
	require.NoError(t, err)
	require.Equal(t, written+other, string(text))
	_, err = AppendRows("x.yaml", nil, row, row)
	require.ErrorContains(t, err, "already a row")
	_, err = AppendRows("x.yaml", nil, Expected{Rule: TypeNull, Place: "/b"})
	require.ErrorContains(t, err, "no reason")
}
