package redact

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDocument checks that the list of strings, after an edit, is that of the edited text: the next
// pass reads the list and not the text.
func TestDocument(t *testing.T) {
	whole := &Node{Place: Place{Class: Whole, Mask: "7"}, Key: Place{Class: Whole}}
	whole.Element = whole
	edits := map[string]edit{
		"nothing": func(_ site, s string) string { return s },
		"masks":   func(_ site, _ string) string { return Mask },
		"letters": func(_ site, s string) string { return strings.ReplaceAll(s, "a", "z") },
		"some": func(at site, s string) string {
			if strings.HasPrefix(s, "a") || at.number {
				return Mask + `"\`
			}
			return s
		},
	}
	for name, body := range map[string]string{
		"strings":       `{"a":"ab","b":["a", "c" ,{"d":"a"}],"a":"b"}`,
		"escapes":       `{"a\u0061":"\u0061\n\ud83d\ude00a","b":"\"a\\"}`,
		"lone":          `["\ud800a","` + "\xff" + `a"]`,
		"numbers":       `[1, 2.5e3,{"a":-1},true,null]`,
		"mark":          "\uFEFF [\"a\"] ",
		"several":       `"a" {"a":1} ["a"]`,
		"cut":           `{"a":["a","b`,
		"text":          `a b c`,
		"text after it": `{"a":"a"} a b c`,
		"empty":         `{}`,
	} {
		for of, node := range map[string]*Node{"nothing": nil, "map": whole} {
			for what, e := range edits {
				t.Run(name+"/"+of+"/"+what, func(t *testing.T) {
					d := readDocument([]byte(body), root{Node: node})
					text := d.edit("response body", e)
					if what == "nothing" && node == nil {
						require.Equal(t, body, string(text))
					}
					if strings.HasPrefix(what, "mask") && len(d.strings) == 1 && d.strings[0].role == aRest {
						return // text that is not JSON is replaced as it is
					}
					again := readDocument(text, root{Node: node})
					require.Len(t, d.strings, len(again.strings), "%s", text)
					for i, want := range again.strings {
						got := d.strings[i]
						require.Equal(t, []any{want.from, want.to, want.text, want.role}, []any{got.from, got.to, got.text, got.role}, "%s", text)
						again.now, d.now = i, i
						require.Equal(t, again.pointer(), d.pointer())
					}
				})
			}
		}
	}
}
