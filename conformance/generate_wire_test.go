package conformance

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
)

// TestWireMembers: odd strings, elements and keys go where the contract allows any.
func TestWireMembers(t *testing.T) {
	for _, v := range []struct{ name, member, want string }{
		{"a string", `{"name":"a","shape":{"type":"string"}}`, "text"},
		{"a long string", `{"name":"a","shape":{"type":"string","length":{"min":0,"max":100}}}`, "text"},
		{"a short string", `{"name":"a","shape":{"type":"string","length":{"max":5}}}`, ""},
		{"an enum", `{"name":"a","shape":{"type":"string","enum":["A","B"]}}`, ""},
		{"a pattern", `{"name":"a","shape":{"type":"string","pattern":"[a-z]+"}}`, ""},
		{"a header", `{"name":"a","location":"header","wireName":"X-A","shape":{"type":"string"}}`, ""},
		{"a list", `{"name":"a","shape":{"type":"list","element":{"type":"string"}}}`, "list"},
		{"a short list", `{"name":"a","shape":{"type":"list","length":{"max":10},"element":{"type":"string"}}}`, ""},
		{"a list of numbers", `{"name":"a","shape":{"type":"list","element":{"type":"integer"}}}`, ""},
		{"a map", `{"name":"a","shape":{"type":"map","key":{"type":"string"},"value":{"type":"string"}}}`, "map"},
		{"a map below others", `{"name":"a","shape":{"type":"list","element":{"type":"map","key":{"type":"string"},"value":{"type":"integer"}}}}`, "map"},
		{"a map of bounded keys", `{"name":"a","shape":{"type":"map","key":{"type":"string","pattern":"[a-z]"},"value":{"type":"string"}}}`, ""},
	} {
		t.Run(v.name, func(t *testing.T) {
			contract, err := schema.Parse([]byte(`{"crcheckContract":1,"service":"test","operation":"Get","protocol":"restJson1","method":"GET","uri":"/a","status":200,"output":"Out","shapes":{
				"Out":{"type":"structure","members":[` + v.member + `]}}}`))
			require.NoError(t, err)
			plan, err := Generate([]*schema.Contract{contract}, 0)
			require.NoError(t, err)
			kinds := map[string]bool{}
			for _, name := range plan.Select("*/wire").Names() {
				if kind, _, _ := strings.Cut(strings.TrimPrefix(name, "Get/wire/"), "/"); slices.Contains([]string{"text", "list", "map"}, kind) {
					kinds[kind] = true
				}
			}
			want := map[string]bool{}
			if v.want != "" {
				want[v.want] = true
			}
			require.Equal(t, want, kinds)
		})
	}
}

// TestWireLengths: the odd strings fit the lengths that a member must allow.
func TestWireLengths(t *testing.T) {
	for _, odd := range oddTexts {
		require.LessOrEqual(t, len([]rune(odd.text)), maxOddText, odd.how)
	}
	for _, key := range oddKeys {
		require.LessOrEqual(t, len(key), maxOddText)
	}
}
