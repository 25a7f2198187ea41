package jsontree_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/stretchr/testify/require"
)

// shown writes a tree with all that it knows: of each value the text of the document that it takes
// up, of each member where its name starts, and ~ for one that is overridden.
func shown(document string, n *jsontree.Node) string {
	if n == nil {
		return "nothing"
	}
	if n.Kind != '{' && n.Kind != '[' {
		return fmt.Sprintf("%s=%s", document[n.Start:n.End], n.Text)
	}
	var all []string
	for _, e := range n.Entries {
		text := shown(document, &e.Value)
		if n.Kind == '{' {
			text = fmt.Sprintf("%s@%d:%s", e.Name, e.Start, text)
		}
		if e.Overridden {
			text = "~" + text
		}
		all = append(all, text)
	}
	return string(rune(n.Kind)) + strings.Join(all, " ") + string(rune(n.Kind)+2)
}

func TestParse(t *testing.T) {
	for name, row := range map[string]struct {
		document, want string
		broken         bool
	}{
		"scalars":            {document: ` [ "a\u0062" , -1.50e+2,true, false ,null ] `, want: `["a\u0062"=ab -1.50e+2=-1.50e+2 true=true false=false null=null]`},
		"members":            {document: `{ "b" : 1, "a":{"c":[]} }`, want: `{b@2:1=1 a@11:{c@16:[]}}`},
		"duplicate members":  {document: `{"a":1,"\u0061":2,"b":3,"a":4}`, want: `{~a@1:1=1 ~a@7:2=2 b@18:3=3 a@24:4=4}`},
		"what follows":       {document: `{} x`, want: `{}`},
		"digits":             {document: `[0.10000000000000000000000000000001,1e1000001]`, want: `[0.10000000000000000000000000000001=0.10000000000000000000000000000001 1e1000001=1e1000001]`},
		"a lone surrogate":   {document: `["\ud800"]`, want: `["\ud800"=` + "\ufffd]"},
		"nothing":            {document: "  ", want: "nothing", broken: true},
		"no JSON":            {document: "x", want: "nothing", broken: true},
		"cut in an array":    {document: `{"a":[1,2`, want: `{a@1:[1=1 2=2]}`, broken: true},
		"cut after a name":   {document: `{"a":1,"b":`, want: `{a@1:1=1}`, broken: true},
		"broken in a member": {document: `{"a":{"b":1,c}}`, want: `{a@1:{b@6:1=1}}`, broken: true},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := jsontree.Parse([]byte(row.document))
			require.Equal(t, row.broken, err != nil, "%v", err)
			require.Equal(t, row.want, shown(row.document, n))
		})
	}
}

func TestParseMany(t *testing.T) {
	for name, row := range map[string]struct {
		document string
		broken   bool
		entries  int
	}{
		"overridden among many": {document: `{"a":0,` + strings.Repeat(`"b":1,`, 50) + `"a":2}`, entries: 52},
		"as deep as is read":    {document: strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000), entries: 1},
		"too deep":              {document: strings.Repeat("[", 10_001), broken: true, entries: 1},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := jsontree.Parse([]byte(row.document))
			require.Equal(t, row.broken, err != nil, "%v", err)
			require.Len(t, n.Entries, row.entries)
			counted := 0
			for _, e := range n.Entries {
				if !e.Overridden {
					counted++
				}
			}
			if n.Kind == '{' {
				require.Equal(t, 2, counted)
				require.Equal(t, "2", n.Member("a").Text)
			}
		})
	}
}

func TestFind(t *testing.T) {
	const document = ` {"a": {"b/c": [10, {"~": "x"}], "b/c": [20, {"~": "y"}]}, "": 1, "a~": [0]}`
	for pointer, want := range map[string]string{
		"":             `{a@2:{~b/c@8:[10=10 {~@21:"x"=x}] b/c@33:[20=20 {~@46:"y"=y}]} @59:1=1 a~@66:[0=0]}`,
		"/a/b~1c/0":    "20=20",
		"/a/b~1c/1/~0": `"y"=y`,
		"/a/b~1c/2":    "nothing",
		"/a/b~1c/00":   "nothing",
		"/":            "1=1",
		"/a~0/0":       "0=0",
		"/none":        "nothing",
		"//x":          "nothing",
	} {
		t.Run(pointer, func(t *testing.T) {
			n, err := jsontree.Find([]byte(document), pointer)
			require.NoError(t, err)
			require.Equal(t, want, shown(document, n))
		})
	}
	for name, broken := range map[string]string{"before the end": `{"a":{"b":1},x`, "before its end": `{"a":{"b":1`} {
		t.Run("broken "+name, func(t *testing.T) {
			n, err := jsontree.Find([]byte(broken), "/a/b")
			require.Error(t, err)
			require.Equal(t, "1=1", shown(broken, n))
		})
	}
}

func TestEdit(t *testing.T) {
	one := jsontree.Node{Kind: '0', Text: "1"}
	for name, row := range map[string]struct {
		document, want string
		edit           func(n *jsontree.Node)
	}{
		"nothing":         {`{ "a":"\u0022", "b":[1e2,null, true] }`, `{"a":"\"","b":[1e2,null,true]}`, func(*jsontree.Node) {}},
		"a value":         {`{"a":0,"a":2,"b":3}`, `{"a":0,"a":1,"b":3}`, func(n *jsontree.Node) { n.Set("a", one) }},
		"another member":  {`{"b":3}`, `{"b":3,"a":1}`, func(n *jsontree.Node) { n.Set("a", one) }},
		"without members": {`{"a":0,"b":2,"a":3}`, `{"b":2}`, func(n *jsontree.Node) { n.Delete("a") }},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := jsontree.Parse([]byte(row.document))
			require.NoError(t, err)
			row.edit(n)
			require.Equal(t, row.want, string(n.Append(nil)))
		})
	}
}

func TestPointer(t *testing.T) {
	for pointer, tokens := range map[string][]string{
		"":          nil,
		"/":         {""},
		"/a/b":      {"a", "b"},
		"/~0~1/~01": {"~/", "~1"},
		"/a//":      {"a", "", ""},
	} {
		t.Run(pointer, func(t *testing.T) {
			require.Equal(t, tokens, jsontree.Tokens(pointer))
			written := ""
			for _, token := range tokens {
				written += "/" + jsontree.Escape(token)
			}
			require.Equal(t, pointer, written)
		})
	}
}

func TestQuote(t *testing.T) {
	for text, want := range map[string]string{"": `""`, "a\"b\n": `"a\"b\n"`, "é😀": `"é😀"`, "a\xffb": "\"a\ufffdb\""} {
		t.Run(want, func(t *testing.T) {
			require.Equal(t, want, jsontree.Quote(text))
			back, ok := jsontree.Unquote(want)
			require.True(t, ok)
			require.Equal(t, strings.ToValidUTF8(text, "\ufffd"), back)
		})
	}
	for _, other := range []string{"", "1", `"`, "null"} {
		t.Run("not "+other, func(t *testing.T) {
			_, ok := jsontree.Unquote(other)
			require.False(t, ok)
		})
	}
}
