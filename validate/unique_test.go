package validate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
)

// TestUnique checks which elements of a list that must differ are equal.
func TestUnique(t *testing.T) {
	for _, v := range []struct{ name, element, list, want string }{
		{"none", `{"type":"string"}`, `[]`, ""},
		{"one", `{"type":"string"}`, `["a"]`, ""},
		{"different", `{"type":"string"}`, `["a","b","A"]`, ""},
		{"equal", `{"type":"string"}`, `["a","b","a","a"]`, "/list/2 0, /list/3 0"},
		{"equal when unescaped", `{"type":"string"}`, `["a","\u0061"]`, "/list/1 0"},
		{"numbers", `{"type":"float"}`, `[1,1.5,1.0]`, "/list/2 0"},
		{"large numbers", `{"type":"document"}`, `[9007199254740993,9007199254740992]`, ""},
		{"a number and its text", `{"type":"document"}`, `[1,"1",true,null,"true"]`, ""},
		{"booleans", `{"type":"boolean"}`, `[true,false,true]`, "/list/2 0"},
		{"objects in another order", `{"type":"document"}`, `[{"a":1,"b":[2]},{"b":[2],"a":1.0}]`, "/list/1 0"},
		{"objects", `{"type":"document"}`, `[{"a":1},{"a":{}},{"a":[]},{}]`, ""},
		{"lists", `{"type":"list","element":{"type":"string"}}`, `[["a","b"],["b","a"],["a","b"]]`, "/list/2 0"},
		{"text that looks like a list", `{"type":"document"}`, `["a,b",["a","b"],["a\",\"b"]]`, ""},
	} {
		t.Run(v.name, func(t *testing.T) {
			contract := func(unique bool) *Validator {
				c, err := schema.Parse(fmt.Appendf(nil, `{"crcheckContract":1,"service":"s","operation":"Get","output":"Out","shapes":{"Out":{"type":"structure","members":[
					{"name":"list","shape":{"type":"list","element":%s,"uniqueItems":%t}}]}}}`, v.element, unique))
				require.NoError(t, err)
				return MustCompile(c, Options{})
			}
			document := []byte(`{"list":` + v.list + `}`)
			var found []string
			for _, f := range contract(true).Output(document) {
				if f.Rule == "number.precision" {
					continue
				}
				require.Equal(t, "constraint.unique", string(f.Rule), f)
				found = append(found, fmt.Sprint(f.Pointer, " ", f.Found.Length))
			}
			require.Equal(t, v.want, strings.Join(found, ", "))
			for _, f := range contract(false).Output(document) {
				require.Equal(t, "number.precision", string(f.Rule))
			}
		})
	}
}
