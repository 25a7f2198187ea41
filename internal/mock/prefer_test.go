package mock

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPreferences(t *testing.T) {
	for _, row := range []struct {
		name, header string
		want         []preference
	}{
		{"none", "", nil},
		{"one", "code=404", []preference{{"code", "404", "code=404"}}},
		{"a name of any case", "Code = 404", []preference{{"code", "404", "Code = 404"}}},
		{"no value", "respond-async", []preference{{"respond-async", "", "respond-async"}}},
		{"a list", "a=1,, b=2 ,", []preference{{"a", "1", "a=1"}, {"b", "2", "b=2"}}},
		{"an equals sign in the value", "response=status=FAILED", []preference{{"response", "status=FAILED", "response=status=FAILED"}}},
		{"quotes", `response="a, \"b\" \\"`, []preference{{"response", `a, "b" \`, `response="a, \"b\" \\"`}}},
		{"a quote that does not end", `a="b, c`, []preference{{"a", `"b, c`, `a="b, c`}}},
	} {
		t.Run(row.name, func(t *testing.T) { require.Equal(t, row.want, preferences(row.header)) })
	}
}

func FuzzPreferences(f *testing.F) {
	f.Add(`response="a, \"b\"", code=404`)
	f.Add(`a="\`)
	f.Fuzz(func(t *testing.T, header string) {
		for _, p := range preferences(header) {
			require.NotEmpty(t, p.text)
			require.LessOrEqual(t, len(p.value), len(p.text))
		}
	})
}
